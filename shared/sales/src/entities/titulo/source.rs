//! Where titles come from: the listing, what was deleted, and the number of each.

use std::collections::HashMap;
use std::time::Duration;

use engine::{Documents, Entry, Key, Ledger, Question, Scope, Source, SourcePage, State, StateError, Why};
use omie::{Call as _, Omie, PesquisarExcluidos, PesquisarLancamentos};
use partner_http::{CallError, Fault};

use super::super::unsaved::unsaved;
use super::super::vendedores::Vendedores;
use super::super::windows::{changed_days, window_of};
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
        let is_old = self.refs.is_older_than_the_window(window_of(&question.part).1);
        known(self.state, self.refs, page, is_old).await.map_err(|error| unsaved("titulos", &error))
    }
}

fn parts(scope: Scope, refs: &TituloRefs) -> Vec<String> {
    match scope {
        Scope::Full => refs.leitura.parts(),
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
/// it is no more, whole readings find what it would have said, of old titles once a week
/// ([`Leitura`](super::leitura::Leitura)). They make up for any other refusal too, so that is no reason to stop; but
/// it is one that somebody should see. The overlap of the windows asks again for a day.
async fn excluded(omie: &Omie, question: &Question) -> Result<SourcePage<TituloNumerado>, CallError> {
    let (from, to) = days(question.scope);
    let listing = PesquisarExcluidos { dt_inicial: Some(from), dt_final: Some(to), ..Default::default() };
    let page = match source::page(omie, &listing, question.page).await {
        Err(CallError { fault, .. }) if is_withdrawn(&fault) => return Ok(SourcePage::default()),
        Err(error) => return refusal(&error.fault).map(refused).ok_or(error),
        Ok(page) => page,
    };
    let is_deletion =
        |titulo: &&omie::TituloExcluido| titulo.acao.as_deref().is_none_or(|acao| acao.trim() == "E");
    let gone = page.records.iter().filter(is_deletion).map(|titulo| titulo.cod_titulo.into()).collect();
    Ok(SourcePage { total_pages: page.total_pages, gone, ..counted(page.unreadable) })
}

/// The rows of this listing are no titles, so only those that are kept out count, each as one that was announced.
/// Where they are on one of several pages the totals disagree, and the reading is incomplete, as it should be.
fn counted(unreadable: Vec<(Key, Why)>) -> SourcePage<TituloNumerado> {
    let total_records = u64::try_from(unreadable.len()).unwrap_or(u64::MAX);
    SourcePage { total_records, unreadable, ..SourcePage::default() }
}

/// A row that says what Omie said, for the counters and the quarantine.
fn refused(text: &str) -> SourcePage<TituloNumerado> {
    let rule = format!(
        "o Omie recusou a lista de títulos excluídos ({text}): as exclusões só chegam pela leitura completa; \
         se continuar, avise o suporte"
    );
    let why = Why::new(PesquisarExcluidos::METHOD, "", rule);
    SourcePage { total_pages: 1, ..counted(vec![(Key::from(PesquisarExcluidos::METHOD), why)]) }
}

/// Whether the key names a refusal instead of a title.
pub(super) fn is_a_refusal(key: &Key) -> bool {
    key.as_str() == PesquisarExcluidos::METHOD
}

/// What Omie, or the SOAP server under it, says of a method that is no more: all words of one of these.
const WITHDRAWN: &[&[&str]] = &[
    &["is not a valid method"],
    &["procedure", "not present"],
    &["método", "não existe no serviço"],
    &["método", "descontinuado"],
    &["método", "obsoleto"],
    &["deprecated"],
];

/// Whether the method is no more. Nothing else is passed over in silence.
fn is_withdrawn(fault: &Fault) -> bool {
    let (Fault::Malformed { text } | Fault::Refused { text }) = fault else { return false };
    let text = text.to_lowercase();
    WITHDRAWN.iter().any(|words| words.iter().all(|word| text.contains(word)))
}

/// What Omie said, if it would say the same a minute later.
fn refusal(fault: &Fault) -> Option<&str> {
    match fault {
        Fault::Refused { text }
        | Fault::NotFound { text }
        | Fault::Duplicate { text, .. }
        | Fault::Malformed { text }
        | Fault::Misconfigured { text } => Some(text),
        Fault::Empty
        | Fault::Redundant
        | Fault::Busy
        | Fault::RateLimited
        | Fault::Blocked { .. }
        | Fault::Expired
        | Fault::Unavailable
        | Fault::Unclear
        | Fault::Unauthorized { .. } => None,
    }
}

/// The titles of a page with their numbers and, where they name none, their sellers. Of those of an `is_old` part only
/// the ones that Máxima has are wanted.
async fn known<S: Ledger + Documents>(
    state: &S,
    refs: &TituloRefs,
    page: SourcePage<omie::Titulo>,
    is_old: bool,
) -> Result<SourcePage<TituloNumerado>, StateError> {
    let is_wanted = |titulo: &omie::Titulo, entry: Option<&Entry>| {
        refs.wants(titulo) && (!is_old || entry.is_some_and(Entry::is_accepted))
    };
    let known: HashMap<i64, Known> = numbered(state, &page.records, is_wanted).await?;
    let has_number = |titulo: &&omie::Titulo| {
        known.get(&titulo.cabec.cod_titulo).is_some_and(|known| known.numero.is_some())
    };
    let has_no_seller = |titulo: &&omie::Titulo| titulo.cabec.cod_vendedor.unwrap_or_default() <= 0;
    let nobodys = page.records.iter().filter(has_number).filter(has_no_seller);
    let sellers = Vendedores::of(state, nobodys.filter_map(|titulo| titulo.cabec.cod_cliente)).await?;
    let with_number = |titulo: omie::Titulo| {
        let Known { numero, ja_enviado } = known.get(&titulo.cabec.cod_titulo).cloned().unwrap_or_default();
        let vendedor_do_cliente = sellers.seller_of(titulo.cabec.cod_cliente).map(str::to_owned);
        let so_de_passagem = is_old && numero.is_none();
        TituloNumerado { titulo, numero, ja_enviado, vendedor_do_cliente, so_de_passagem }
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
