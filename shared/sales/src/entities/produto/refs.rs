//! What the map of a product needs besides the product.

use std::collections::{BTreeMap, BTreeSet};

use engine::{Entity, Ledger, State, StateError};
use jiff::civil::Date;
use serde::Serialize;

use super::super::departamento::{Familia, SEM_FAMILIA};
use super::super::fornecedor::NENHUM;
use super::super::{Departamento, Filial, Fornecedor, ProdutoFornecedor, Refs, facts, in_use};
use crate::settings::{Settings, SetupError};

/// Suppliers and families as other entities left them, and the choices of the settings.
#[derive(Clone, Debug, Serialize)]
pub struct ProdutoRefs {
    pub(super) filial: String,
    /// Empty: all.
    tipos: BTreeSet<String>,
    /// The supplier of each product that has one in Máxima.
    fornecedores: BTreeMap<i64, i64>,
    familias: BTreeSet<i64>,
    /// Only what is let go bears a date.
    #[serde(skip)]
    pub(super) today: Date,
}

impl Refs for ProdutoRefs {
    async fn load(state: &impl State, settings: &Settings, today: Date) -> Result<Self, SetupError> {
        let familias = facts::<Familia>(state, Departamento::NAME).await?;
        Ok(Self {
            filial: Filial::padrao(state, settings).await?,
            tipos: settings.tipos_produto.iter().cloned().collect(),
            fornecedores: fornecedores(state).await?,
            familias: familias.into_iter().map(|(_, familia)| familia.codigo).collect(),
            today,
        })
    }
}

impl ProdutoRefs {
    /// Whether products of this kind are integrated.
    pub(super) fn is_wanted(&self, tipo: Option<&str>) -> bool {
        self.tipos.is_empty() || tipo.is_some_and(|tipo| self.tipos.contains(tipo.trim()))
    }

    /// The code of the supplier of a product, or of the one that stands for none.
    pub(super) fn fornecedor(&self, produto: i64) -> String {
        self.fornecedores.get(&produto).map_or_else(|| NENHUM.to_owned(), ToString::to_string)
    }

    /// The code of the department, and of the section, of a family.
    pub(super) fn familia(&self, codigo: Option<i64>) -> String {
        let known = codigo.filter(|codigo| self.familias.contains(codigo));
        known.map_or_else(|| SEM_FAMILIA.to_owned(), |codigo| codigo.to_string())
    }
}

/// Of several suppliers the smallest id that Máxima has accepted (mapping §13.11).
async fn fornecedores(ledger: &impl Ledger) -> Result<BTreeMap<i64, i64>, StateError> {
    let accepted: BTreeSet<String> =
        in_use(ledger, Fornecedor::NAME).await?.into_iter().map(|(key, _)| key.to_string()).collect();
    let mut chosen = BTreeMap::new();
    for (supplier, kept) in ProdutoFornecedor::known(ledger).await? {
        let Some(id) = supplier.as_str().parse().ok().filter(|_| accepted.contains(supplier.as_str())) else {
            continue;
        };
        for produto in kept.produtos {
            chosen.entry(produto).and_modify(|known: &mut i64| *known = (*known).min(id)).or_insert(id);
        }
    }
    Ok(chosen)
}
