//! Everything before Omie is asked: the customer is read and mapped, its cities are looked up in the ledger.

use engine::{Entity as _, Fingerprint, FlowState, Key, Ledger, StateError};

use super::Customers;
use super::case::Customer;
use super::machine::{Prepared, Wish};
use super::map::{self, CadastroRefs, Cidades};
use crate::entities::Cidade;
use crate::waiting::{BUSY, SOON};

pub(super) async fn prepare<S: FlowState>(customers: &Customers<'_, S>, case: &Customer) -> Prepared {
    let cadastro = match case.shown.cadastro() {
        Ok(cadastro) => cadastro,
        Err(why) => return Prepared::Refuse(why),
    };
    let Ok(cidades) = cities(customers.state, &map::cities_named_by(&cadastro)).await else {
        return Prepared::Wait { why: BUSY.to_owned(), after: SOON };
    };
    let refs = CadastroRefs { etiqueta: &customers.tenant.settings.etiquetas.cliente, cidades: &cidades };
    let request = match map::map(case.id, &cadastro, &refs) {
        Ok(request) => request,
        Err(why) => return Prepared::Refuse(why),
    };
    Prepared::Ready(Box::new(Wish {
        digest: Fingerprint::of(&request).as_str().to_owned(),
        documento: request.cnpj_cpf.clone().unwrap_or_default(),
        codigo: cadastro.codigo.as_deref().and_then(|id| id.trim().parse().ok()).filter(|id: &i64| *id > 0),
        is_change: cadastro.tipo_operacao.is_some_and(|kind| kind.trim().eq_ignore_ascii_case("A")),
        request,
    }))
}

/// Those of these cities that the catalogue has read from Omie.
async fn cities(ledger: &impl Ledger, codes: &[String]) -> Result<Cidades, StateError> {
    let keys: Vec<Key> = codes.iter().map(|code| Key::from(code.as_str())).collect();
    if keys.is_empty() {
        return Ok(Cidades::new());
    }
    let known = ledger.known(Cidade::NAME, &keys).await?;
    let city = |(key, entry): (Key, engine::Entry)| {
        Some((key.as_str().to_owned(), serde_json::from_value(entry.facts?).ok()?))
    };
    Ok(known.into_iter().filter_map(city).collect())
}
