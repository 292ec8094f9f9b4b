//! Whose order it is: the customer in Omie, and what the taxes of the order need to know of them (mapping §6.2).

use std::time::Duration;

use engine::{Entity as _, FlowState, Key};
use maxima::ClientePedido;
use omie::{Call as _, ConsultarCliente, ListarClientes};
use partner_http::{CallError, Fault};
use serde::{Deserialize, Serialize};

use super::machine::Prepared;
use super::map::Comprador;
use super::prepare::busy;
use super::{Orders, why};
use crate::customers::{self, Standing};
use crate::entities::Cliente;
use crate::patience::spared;
use crate::text::digits;
use crate::waiting::wait;

/// An order waits so long for its new customer.
const ONE_MINUTE: Duration = Duration::from_mins(1);

/// And so long once it has taken longer than anything on its way takes.
const TEN_MINUTES: Duration = Duration::from_mins(10);

/// So long after an order came, its new customer may still be on the way: the customers' own turn comes every five
/// minutes, and Máxima shows it what the seller wrote in the same minute as the order.
const ON_ITS_WAY: Duration = Duration::from_mins(30);

/// What an order needs to know of its customer: a fact of [`Cliente`] in the ledger.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Taxes {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) uf: Option<String>,
    /// A natural person, or no ICMS contributor.
    #[serde(default)]
    pub(crate) consumidor: bool,
}

impl Taxes {
    pub(crate) fn of(cliente: &omie::Cliente) -> Self {
        let is_person = match (cliente.pessoa_fisica, digits(cliente.cnpj_cpf.as_deref())) {
            (Some(is_person), _) => is_person,
            (None, document) => document.is_some_and(|digits| digits.len() == 11),
        };
        Self {
            uf: cliente.estado.as_deref().map(str::trim).filter(|uf| !uf.is_empty()).map(str::to_owned),
            consumidor: is_person || cliente.contribuinte != Some(true),
        }
    }
}

/// The customer, or why the order cannot go yet.
pub(super) async fn resolve<S: FlowState>(
    orders: &Orders<'_, S>,
    cliente: &ClientePedido,
    age: Duration,
) -> Result<Comprador, Prepared> {
    let Orders { tenant, state, clock } = orders;
    let omie = &tenant.omie;
    let codigo = which(orders, cliente, age).await?;
    let known = state.known(Cliente::NAME, &[Key::from(codigo)]).await.map_err(|_| busy())?;
    let fact = known.into_values().next().and_then(|entry| entry.facts);
    let fact = fact.and_then(|fact| serde_json::from_value::<Fact>(fact).ok());
    let taxes = if let Some(taxes) = fact.and_then(|fact| fact.impostos) {
        taxes
    } else {
        // Not in our register yet: a customer of today.
        let call = ConsultarCliente::by_codigo(codigo);
        match spared(omie, ConsultarCliente::METHOD, *state, clock, omie.call(&call)).await {
            Ok(found) => Taxes::of(&found),
            Err(error) if matches!(error.fault, Fault::NotFound { .. }) => return Err(unregistered()),
            Err(error) => return Err(later(&error)),
        }
    };
    Ok(Comprador { codigo, is_consumidor_final: taxes.consumidor, uf: taxes.uf })
}

#[derive(Deserialize)]
struct Fact {
    #[serde(default)]
    impostos: Option<Taxes>,
}

async fn which<S: FlowState>(
    orders: &Orders<'_, S>,
    cliente: &ClientePedido,
    age: Duration,
) -> Result<i64, Prepared> {
    let Orders { tenant, state, clock } = orders;
    let id = |text: &str| text.trim().parse::<i64>().ok().filter(|id| *id > 0);
    if let Some(codigo) = cliente.codigo.as_deref().and_then(id) {
        return Ok(codigo);
    }
    if let Some(cloud) = cliente.codigo_cliente_nuvem.as_deref().and_then(id) {
        match customers::standing(*state, cloud).await.map_err(|_| busy())? {
            Some(Standing::InErp(codigo)) => return Ok(codigo),
            Some(Standing::Pending) => {
                let why = "espera o cadastro do cliente novo".to_owned();
                // One that is held for a person takes its time.
                let after = if age < ON_ITS_WAY { ONE_MINUTE } else { TEN_MINUTES };
                return Err(Prepared::Await { why, after });
            }
            Some(Standing::Rejected(why)) => {
                return Err(Prepared::Refuse(format!("o cadastro do cliente foi recusado: {why}")));
            }
            None if age < ON_ITS_WAY => {
                let why = "espera que a Máxima mostre o cadastro do cliente novo".to_owned();
                return Err(Prepared::Await { why, after: ONE_MINUTE });
            }
            None => {}
        }
    }
    let Some(document) = digits(cliente.cnpj.as_deref()) else { return Err(unregistered()) };
    let found = customers::find_by_document(&tenant.omie, &document);
    match spared(&tenant.omie, ListarClientes::METHOD, *state, clock, found).await {
        Ok(Some(found)) => Ok(found.codigo_cliente_omie),
        Ok(None) => Err(unregistered()),
        Err(error) => Err(later(&error)),
    }
}

fn unregistered() -> Prepared {
    Prepared::Refuse("cliente sem cadastro no ERP: cadastre-o e reenvie o pedido".to_owned())
}

fn later(error: &CallError) -> Prepared {
    Prepared::Wait { why: why(error), after: wait(error) }
}
