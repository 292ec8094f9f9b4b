//! What the map of stock needs besides the position.

use engine::{Entity as _, State};
use jiff::civil::Date;
use serde::Serialize;

use super::super::accepted::Accepted;
use super::super::{Filial, Produto, Refs};
use crate::settings::{RegraEstoque, Settings, SetupError};

/// Which stock location feeds which branch, how much may be sold, and of which products.
#[derive(Clone, Debug, Serialize)]
pub struct EstoqueRefs {
    /// In the order they are read. Location 0 is the one that is default in Omie.
    pub(super) locais: Vec<(i64, String)>,
    pub(super) regra: RegraEstoque,
    #[serde(skip)]
    pub(super) produtos: Accepted,
    #[serde(skip)]
    pub(super) today: Date,
}

/// The location that is default in Omie (`contracts/omie.md` §8.19).
const PADRAO: i64 = 0;

impl Refs for EstoqueRefs {
    async fn load(state: &impl State, settings: &Settings, today: Date) -> Result<Self, SetupError> {
        let filial = Filial::padrao(state, settings).await?;
        Ok(Self {
            locais: locations(settings, filial)?,
            regra: settings.regra_estoque,
            produtos: Accepted::load(state, Produto::NAME).await?,
            today,
        })
    }
}

impl EstoqueRefs {
    pub(super) fn locations(&self) -> impl Iterator<Item = i64> {
        self.locais.iter().map(|(location, _)| *location)
    }

    /// The branch that a location feeds.
    pub(super) fn branch_of(&self, location: i64) -> Option<&str> {
        self.locais.iter().find(|(known, _)| *known == location).map(|(_, filial)| filial.as_str())
    }

    /// Whether any location feeds the branch.
    pub(super) fn feeds(&self, filial: &str) -> bool {
        self.locais.iter().any(|(_, fed)| fed == filial)
    }
}

/// Every location with its branch, the default one first. Two locations that feed one branch would overwrite each
/// other's stock at each run, and one location cannot be the stock of two branches.
fn locations(settings: &Settings, filial: String) -> Result<Vec<(i64, String)>, SetupError> {
    let first = (settings.local_estoque_omie.unwrap_or(PADRAO), filial);
    let mut found = vec![first];
    for (location, filial) in &settings.locais_estoque {
        let next = (*location, filial.clone());
        if found.contains(&next) {
            continue;
        }
        if let Some((other, _)) = found.iter().find(|(_, fed)| *fed == next.1) {
            let text = format!(
                "os locais de estoque {other} e {location} alimentam a mesma filial {filial}: deixe um local por filial"
            );
            return Err(SetupError::one("LocaisEstoque", text));
        }
        if let Some((_, other)) = found.iter().find(|(known, _)| known == location) {
            let text = format!(
                "o local de estoque {location} alimenta as filiais {other} e {filial}: deixe uma filial por local"
            );
            return Err(SetupError::one("LocaisEstoque", text));
        }
        found.push(next);
    }
    Ok(found)
}
