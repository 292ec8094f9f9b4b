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
use crate::customers::{self, Customers, Standing};
use crate::entities::Cliente;
use crate::patience::spared;
use crate::text::digits;
use crate::waiting::wait;

/// An order waits so long for its new customer.
const ONE_MINUTE: Duration = Duration::from_mins(1);

/// So long after an order came, its new customer may still be on the way: the customers' own turn comes every five
/// minutes, and Máxima shows it what the seller wrote in the same minute as the order. Omie is not asked for its
/// document meanwhile: the customer's own turn asks the same, and the same twice within a minute is redundant.
const ON_ITS_WAY: Duration = Duration::from_mins(30);

/// What an order needs to know of its customer: a fact of [`Cliente`] in the ledger.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Taxes {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) uf: Option<String>,
    /// A natural person, or no ICMS contributor (mapping §6.3).
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
            consumidor: is_person || !is_contributor(cliente),
        }
    }
}

/// Whether the customer pays ICMS, as `contribuinte` says. Omie leaves it out of many records; a number in the state's
/// register says the same then, and "ISENTO" is no number.
fn is_contributor(cliente: &omie::Cliente) -> bool {
    cliente.contribuinte.unwrap_or_else(|| {
        let registered = digits(cliente.inscricao_estadual.as_deref());
        registered.is_some_and(|digits| digits.bytes().any(|digit| digit != b'0'))
    })
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
        let customers = Customers { tenant, state: *state, clock };
        match customers::brought(&customers, cloud).await.map_err(|_| busy())? {
            Some(Standing::InErp(codigo)) => return Ok(codigo),
            Some(standing @ (Standing::Pending | Standing::Held(_))) => return Err(awaits(&standing, age)),
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

/// An order waits for its new customer, and is held once that has taken longer than anything on its way takes: it is
/// looked at again all the same, so that it goes on by itself when the customer is there.
fn awaits(standing: &Standing, age: Duration) -> Prepared {
    if age < ON_ITS_WAY {
        return Prepared::Await { why: "espera o cadastro do cliente novo".to_owned(), after: ONE_MINUTE };
    }
    Prepared::Hold(match standing {
        Standing::Held(why) => format!("o cadastro do cliente novo espera uma decisão: {why}"),
        _ => "o cadastro do cliente novo ainda não chegou ao Omie: confira-o".to_owned(),
    })
}

fn unregistered() -> Prepared {
    Prepared::Refuse("cliente sem cadastro no ERP: cadastre-o e reenvie o pedido".to_owned())
}

fn later(error: &CallError) -> Prepared {
    Prepared::Wait { why: why(error), after: wait(error) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMPANY: &str = "98.765.432/0001-98";
    const PERSON: &str = "529.982.247-25";

    fn is_final(
        cnpj_cpf: &str,
        pessoa_fisica: Option<bool>,
        contribuinte: Option<bool>,
        inscricao_estadual: Option<&str>,
    ) -> bool {
        let cliente = omie::Cliente {
            cnpj_cpf: Some(cnpj_cpf.to_owned()),
            pessoa_fisica,
            contribuinte,
            inscricao_estadual: inscricao_estadual.map(str::to_owned),
            ..omie::Cliente::default()
        };
        Taxes::of(&cliente).consumidor
    }

    #[test]
    fn a_company_is_a_final_consumer_when_it_pays_no_icms() {
        for (contribuinte, inscricao, expected) in [
            (Some(true), Some("10.987.654-3"), false),
            (Some(true), None, false),
            (Some(true), Some("ISENTO"), false),
            (Some(false), Some("10.987.654-3"), true),
            (Some(false), None, true),
            // What Omie leaves out, the state's register says.
            (None, Some("10.987.654-3"), false),
            (None, Some("P-01100424.3/002"), false),
            (None, Some(" isento "), true),
            (None, Some("ISENTA"), true),
            (None, Some("000000000"), true),
            (None, Some(""), true),
            (None, None, true),
        ] {
            let found = is_final(COMPANY, Some(false), contribuinte, inscricao);

            assert_eq!(found, expected, "{contribuinte:?} {inscricao:?}");
            assert_eq!(is_final(COMPANY, None, contribuinte, inscricao), expected, "by its document");
        }
    }

    #[test]
    fn a_natural_person_is_always_a_final_consumer() {
        for (pessoa_fisica, contribuinte, inscricao) in [
            (Some(true), None, None),
            (Some(true), Some(true), Some("P-01100424.3/002")),
            (None, None, None),
            (None, Some(true), Some("10.987.654-3")),
        ] {
            assert!(is_final(PERSON, pessoa_fisica, contribuinte, inscricao), "{pessoa_fisica:?}");
        }
        assert!(is_final(COMPANY, Some(true), Some(true), Some("10.987.654-3")), "as Omie says");
    }

    #[test]
    fn an_order_whose_new_customer_takes_too_long_is_held_with_the_reason() {
        let held = Standing::Held("outro documento".to_owned());
        let minutes = |minutes| Duration::from_mins(minutes);

        for standing in [&held, &Standing::Pending] {
            let early = awaits(standing, minutes(29));
            assert!(matches!(early, Prepared::Await { after: ONE_MINUTE, .. }), "{early:?}");
        }
        let late = awaits(&held, minutes(30));
        assert!(
            matches!(&late, Prepared::Hold(why) if why.ends_with("decisão: outro documento")),
            "{late:?}"
        );
        let late = awaits(&Standing::Pending, minutes(30));
        assert!(matches!(&late, Prepared::Hold(why) if why.contains("ainda não chegou")), "{late:?}");
    }
}
