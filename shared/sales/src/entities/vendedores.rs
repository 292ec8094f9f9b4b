//! Whose sale it is when a title or an order names no seller: that of the client (mapping §4.16, §4.17).
//!
//! When the client's seller changes, such a title or order goes to the new one with the next whole reading: in the
//! same night, or in the week for a title that is open and older than the window. The hourly runs do not notice it.
//! In Omie the document has not changed, so no window of changes shows it. The mark of a run
//! ([`Refs`](super::Refs)) could tell, but it has one answer only, to read everything, and one client given to
//! another seller would cost a whole reading of titles and one of orders within the hour for the few documents
//! without a seller; a morning on which sellers swap their clients would cost one every hour. Who needs it sooner
//! starts the whole reading of the job by hand.

use std::collections::{BTreeSet, HashMap};

use engine::{Entity as _, Key, Ledger, StateError};

use super::Cliente;
use crate::text::code;

/// The sellers of some clients, by the client's id.
#[derive(Clone, Debug, Default)]
pub(super) struct Vendedores(HashMap<i64, String>);

impl Vendedores {
    /// Looks only these clients up: few titles and orders name no seller.
    pub(super) async fn of(
        ledger: &impl Ledger,
        clients: impl IntoIterator<Item = i64>,
    ) -> Result<Self, StateError> {
        let clients: BTreeSet<i64> = clients.into_iter().filter(|client| *client > 0).collect();
        if clients.is_empty() {
            return Ok(Self::default());
        }
        let keys: Vec<Key> = clients.into_iter().map(Key::from).collect();
        let known = ledger.known(Cliente::NAME, &keys).await?;
        let seller = |(key, entry): (Key, engine::Entry)| {
            let seller = entry.facts.as_ref()?.get("vendedor")?.as_str()?;
            Some((key.as_str().parse().ok()?, seller.to_owned()))
        };
        Ok(Self(known.into_iter().filter_map(seller).collect()))
    }

    /// The seller of this client, if it is among them and has one.
    pub(super) fn seller_of(&self, client: Option<i64>) -> Option<&str> {
        self.0.get(&client?).map(String::as_str)
    }
}

/// The seller that a record names, its client's, or the one of the settings.
pub(super) fn seller(
    named: Option<i64>,
    of_client: Option<String>,
    padrao: Option<&String>,
) -> Option<String> {
    code(named).or(of_client).or_else(|| padrao.cloned())
}

/// What an operator is told when there is none of them.
pub(super) const WITHOUT_SELLER: &str = "sem vendedor no documento e no cliente: escolha o vendedor nas \
                                         recomendações do cliente no Omie ou preencha VendedorPadrao nos parâmetros";

#[cfg(test)]
mod tests {
    use super::super::testing::{learn, memory, record};
    use super::*;

    #[tokio::test]
    async fn the_seller_of_a_client_is_what_its_sync_left_behind() {
        let state = memory();
        let with = record(r#"{"codigo_cliente_omie":7,"recomendacoes":{"codigo_vendedor":55}}"#);
        let without = record(r#"{"codigo_cliente_omie":8}"#);
        learn::<Cliente>(&state, &[with, without]).await;

        let sellers = Vendedores::of(&state, [7, 8, 9, 0]).await.expect("read");

        let found = [Some(7), Some(8), Some(9), None].map(|client| sellers.seller_of(client));
        assert_eq!(found, [Some("55"), None, None, None]);
    }

    #[test]
    fn the_document_names_the_seller_then_the_client_then_the_settings() {
        let (of_client, padrao) = (Some("2".to_owned()), Some("3".to_owned()));

        assert_eq!(seller(Some(1), of_client.clone(), padrao.as_ref()).as_deref(), Some("1"));
        assert_eq!(seller(Some(0), of_client, padrao.as_ref()).as_deref(), Some("2"));
        assert_eq!(seller(None, None, padrao.as_ref()).as_deref(), Some("3"));
        assert_eq!(seller(None, None, None), None);
    }
}
