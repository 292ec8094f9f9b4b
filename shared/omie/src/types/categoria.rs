//! Categoria: what a sale is booked as (`contracts/omie.md §8.20`).

use serde::Deserialize;

use crate::formats;

/// A category.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Categoria {
    /// Identity: `1.01.03`.
    #[serde(deserialize_with = "formats::text_id")]
    pub codigo: String,
    /// Description, up to 50 characters.
    #[serde(default, deserialize_with = "formats::text")]
    pub descricao: Option<String>,
    /// Inactive.
    #[serde(default, deserialize_with = "formats::sn")]
    pub conta_inativa: Option<bool>,
    /// Of revenue.
    #[serde(default, deserialize_with = "formats::sn")]
    pub conta_receita: Option<bool>,
    /// A sum of others: nothing can be booked as it.
    #[serde(default, deserialize_with = "formats::sn")]
    pub totalizadora: Option<bool>,
    /// Of transfers between accounts.
    #[serde(default, deserialize_with = "formats::sn")]
    pub transferencia: Option<bool>,
    /// Hidden.
    #[serde(default, deserialize_with = "formats::sn")]
    pub nao_exibir: Option<bool>,
}

impl Categoria {
    /// Whether a sale may be booked as it.
    pub fn is_for_sales(&self) -> bool {
        let unfit = [self.conta_inativa, self.totalizadora, self.transferencia, self.nao_exibir];
        self.conta_receita == Some(true) && !unfit.contains(&Some(true))
    }
}
