//! Where titles come from: the listing, what was deleted, and the number of each.

use std::collections::HashMap;
use std::time::Duration;

use engine::{Documents, Ledger, Question, Scope, Source, SourcePage, State, StateError};
use omie::{Call as _, Omie, PesquisarExcluidos, PesquisarLancamentos};
use partner_http::{CallError, Fault};

use super::super::unsaved::unsaved;
use super::super::vendedores::Vendedores;
use super::super::windows::{changed_days, part_of, window_of};
use super::numeracao::{Known, numbered};
use super::{TituloNumerado, TituloRefs};
use crate::source::{self, A_DAY, days};

/// The titles of one reading.
pub(super) struct Titulos<'a, S> {
    omie: &'a Omie,
    state: &'a S,
    refs: &'a TituloRefs,
}

/// The changes of a window; the days of inclusion of a whole reading are the part's name.
const ALTERADOS: &str = "alterados";
/// What was deleted in a window.
const EXCLUIDOS: &str = "excluidos";

impl<'a, S> Titulos<'a, S> {
    pub(super) fn new(omie: &'a Omie, state: &'a S, refs: &'a TituloRefs) -> Self {
        Self { omie, state, refs }
    }
}

impl<S: State> Source<TituloNumerado> for Titulos<'_, S> {
    fn lane(&self) -> String {
        format!("{}/{}", self.omie.credential_id(), PesquisarLancamentos::METHOD)
    }

    fn overlap(&self) -> Option<Duration> {
        Some(A_DAY)
    }

    fn parts(&self, scope: Scope) -> Vec<String> {
        parts(scope, self.refs)
    }

    async fn page(&self, question: &Question) -> Result<SourcePage<TituloNumerado>, CallError> {
        if question.part == EXCLUIDOS {
            return excluded(self.omie, question).await;
        }
        let page = source::page(self.omie, &listing(question), question.page).await?;
        known(self.state, self.refs, page).await.map_err(|error| unsaved("titulos", &error))
    }
}

/// A whole reading may take more than a day; its window is that of the day on which it began.
fn parts(scope: Scope, refs: &TituloRefs) -> Vec<String> {
    match scope {
        Scope::Full => vec![part_of(refs.first_day(), refs.today)],
        Scope::Changed(_) => vec![ALTERADOS.to_owned(), EXCLUIDOS.to_owned()],
    }
}

fn listing(question: &Question) -> PesquisarLancamentos {
    let all = PesquisarLancamentos::default();
    if let Some((from, to)) = changed_days(question.scope) {
        return PesquisarLancamentos { dt_alt_de: Some(from), dt_alt_ate: Some(to), ..all };
    }
    let (from, to) = window_of(&question.part);
    PesquisarLancamentos { dt_inc_de: Some(from), dt_inc_ate: Some(to), ..all }
}

/// The titles that were deleted in the window. Omie marks the method as deprecated (`contracts/omie.md` §8.31): when
/// it does not answer any more, a whole reading finds what it would have said.
async fn excluded(omie: &Omie, question: &Question) -> Result<SourcePage<TituloNumerado>, CallError> {
    let (from, to) = days(question.scope);
    let listing = PesquisarExcluidos { dt_inicial: Some(from), dt_final: Some(to), ..Default::default() };
    let page = match source::page(omie, &listing, question.page).await {
        Err(error) if is_withdrawn(&error.fault) => return Ok(SourcePage::default()),
        page => page?,
    };
    let is_deletion =
        |titulo: &&omie::TituloExcluido| titulo.acao.as_deref().is_none_or(|acao| acao.trim() == "E");
    let gone = page.records.iter().filter(is_deletion).map(|titulo| titulo.cod_titulo.into()).collect();
    Ok(SourcePage { total_pages: page.total_pages, gone, ..SourcePage::default() })
}

/// What a method that is no more would answer; everything else may be different a minute later.
fn is_withdrawn(fault: &Fault) -> bool {
    match fault {
        Fault::Refused { .. }
        | Fault::NotFound { .. }
        | Fault::Malformed { .. }
        | Fault::Misconfigured { .. } => true,
        Fault::Empty
        | Fault::Redundant
        | Fault::Busy
        | Fault::RateLimited
        | Fault::Blocked { .. }
        | Fault::Expired
        | Fault::Unavailable
        | Fault::Unclear
        | Fault::Unauthorized { .. }
        | Fault::Duplicate { .. } => false,
    }
}

/// The titles of a page with their numbers and, where they name none, their sellers.
async fn known<S: Ledger + Documents>(
    state: &S,
    refs: &TituloRefs,
    page: SourcePage<omie::Titulo>,
) -> Result<SourcePage<TituloNumerado>, StateError> {
    let is_wanted = |titulo: &omie::Titulo| refs.wants(titulo);
    let known: HashMap<i64, Known> = numbered(state, &page.records, is_wanted).await?;
    let has_no_seller = |titulo: &&omie::Titulo| titulo.cabec.cod_vendedor.unwrap_or_default() <= 0;
    let nobodys = page.records.iter().filter(|titulo| is_wanted(titulo)).filter(has_no_seller);
    let sellers = Vendedores::of(state, nobodys.filter_map(|titulo| titulo.cabec.cod_cliente)).await?;
    let with_number = |titulo: omie::Titulo| {
        let Known { numero, ja_enviado } = known.get(&titulo.cabec.cod_titulo).cloned().unwrap_or_default();
        let vendedor_do_cliente = sellers.seller_of(titulo.cabec.cod_cliente).map(str::to_owned);
        TituloNumerado { titulo, numero, ja_enviado, vendedor_do_cliente }
    };
    Ok(SourcePage {
        total_pages: page.total_pages,
        total_records: page.total_records,
        records: page.records.into_iter().map(with_number).collect(),
        unreadable: page.unreadable,
        gone: page.gone,
    })
}

#[cfg(test)]
mod tests;
