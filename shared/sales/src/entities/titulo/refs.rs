//! What the map of titles needs besides the title.

use engine::State;
use jiff::ToSpan;
use jiff::civil::Date;
use serde::Serialize;

use super::super::{Filial, Refs};
use super::leitura::Leitura;
use super::numero::is_of_a_sale;
use crate::settings::{Settings, SetupError};

/// What all titles share, and which of them are wanted.
#[derive(Clone, Debug, Serialize)]
pub struct TituloRefs {
    pub(super) filial: String,
    pub(super) vendedor_padrao: Option<String>,
    pub(super) avulsos: bool,
    /// Days back, by inclusion.
    pub(super) janela: u32,
    #[serde(skip)]
    pub(super) today: Date,
    #[serde(skip)]
    pub(super) leitura: Leitura,
}

impl Refs for TituloRefs {
    async fn load(state: &impl State, settings: &Settings, today: Date) -> Result<Self, SetupError> {
        let janela = settings.janela_titulos_dias;
        Ok(Self {
            filial: Filial::padrao(state, settings).await?,
            vendedor_padrao: settings.vendedor_padrao.clone(),
            avulsos: settings.enviar_titulos_avulsos,
            janela,
            today,
            leitura: Leitura::load(state, first_day(janela, today), today).await?,
        })
    }
}

/// The first day of inclusion of the window that ends `today`.
fn first_day(janela: u32, today: Date) -> Date {
    today.saturating_sub(i64::from(janela).days())
}

impl TituloRefs {
    /// Whether the window of today begins after `day`.
    pub(super) fn is_older_than_the_window(&self, day: Date) -> bool {
        day < first_day(self.janela, self.today)
    }

    /// Whether the title is for Máxima, cancelled or not.
    pub(super) fn wants(&self, titulo: &omie::Titulo) -> bool {
        why_not(titulo).is_none() && !self.leaves_out(titulo)
    }

    /// Whether the settings leave the title out, so that one sent before is let go.
    pub(super) fn leaves_out(&self, titulo: &omie::Titulo) -> bool {
        !self.avulsos && !is_of_a_sale(&titulo.cabec)
    }
}

/// Why a title is not for Máxima by its nature, if it is not.
pub(super) fn why_not(titulo: &omie::Titulo) -> Option<&'static str> {
    let cabec = &titulo.cabec;
    if cabec.natureza.as_deref().is_some_and(|natureza| natureza.trim() != "R") {
        return Some("título a pagar");
    }
    cabec.num_doc_fiscal.is_none().then_some("título ainda sem documento fiscal")
}
