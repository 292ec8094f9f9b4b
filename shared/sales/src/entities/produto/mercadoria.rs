//! What others need to know of a product.

use engine::{Entity, Key, Ledger, StateError};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::super::{fact, in_use};
use super::Produto;
use crate::text::dec;

/// Whether and at which price a product is sold: a fact in the ledger. A stored format: a new member must be
/// optional.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mercadoria {
    /// Not `inativo`.
    pub ativo: bool,
    /// `bloqueado`.
    #[serde(default)]
    pub bloqueado: bool,
    /// The list price, in reais.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "crate::decimal")]
    pub valor_unitario: Option<Decimal>,
}

impl Mercadoria {
    pub(super) fn of(produto: &omie::Produto) -> Self {
        Self {
            ativo: produto.inativo != Some(true),
            bloqueado: produto.bloqueado == Some(true),
            valor_unitario: produto.valor_unitario.map(|price| dec(price, 6)),
        }
    }

    /// Every product that Máxima holds as one in use, whatever became of it in Omie since.
    pub(crate) async fn all(ledger: &impl Ledger) -> Result<Vec<(Key, Self)>, StateError> {
        let products = in_use(ledger, Produto::NAME).await?;
        let told = products.into_iter().filter_map(|(key, entry)| Some((key, entry.facts?)));
        told.map(|told| fact(Produto::NAME, told)).collect()
    }

    /// Neither inactive nor blocked.
    pub fn is_for_sale(&self) -> bool {
        self.ativo && !self.bloqueado
    }
}
