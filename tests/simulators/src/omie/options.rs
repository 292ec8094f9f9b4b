//! What a simulated Omie account may be told to do differently.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use serde::Deserialize;

use super::refusal::Refusal;
use super::request::Asked;
use super::webhook::TopicCase;

/// The key a simulated Omie accepts unless told otherwise.
pub const APP_KEY: &str = "1000000000001";
/// The secret a simulated Omie accepts unless told otherwise.
pub const APP_SECRET: &str = "segredo-omie-simulado";

/// Options of the Omie simulator; they may change while it runs.
///
/// As JSON in `/_sim/options`: the same names, durations in milliseconds, members left out stay as they are.
#[derive(Clone, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub struct OmieOptions {
    /// The accepted key.
    pub app_key: String,
    /// The accepted secret.
    pub app_secret: String,
    /// How long a served page takes, virtual time. Default 350 ms.
    pub latency: Duration,
    /// Whether a repeated query inside 60 s is refused. Default yes.
    pub redundancy: bool,
    /// Largest page by method, whatever is asked; 100 for the others.
    pub page_caps: BTreeMap<String, usize>,
    /// Most simultaneous calls by method; 4 for the others. Default 1 for `ListarPosEstoque`.
    pub in_flight: BTreeMap<String, usize>,
    /// Answers payment means under `tipo_documento_cadastro`, as older accounts do.
    pub means_as_documents: bool,
    /// Whether listings that take dates and get none leave out what was included and changed more than 30 days
    /// ago (`contracts/omie.md` §7). Default yes.
    pub hide_old_when_undated: bool,
    /// Answers `itensTabela` at the root, without the table's header, as some accounts are said to
    /// (`contracts/omie.md` §8.16). Default no.
    pub items_at_root: bool,
    /// Whether `PesquisarExcluidos` is still offered; it is deprecated (`contracts/omie.md` §8.31). Default yes.
    pub deleted_titles: bool,
    /// Whether what happens to the account is told to a webhook (`contracts/omie.md` §9). Default no; registering
    /// a URL turns it on.
    pub webhooks: bool,
    /// How topics are written. Default as the contract writes them.
    pub topic_case: TopicCase,
    /// Whether events state `appKey` as a number, as some accounts do. Default as text.
    pub key_as_number: bool,
    /// Whether a cancellation gets a row of its own in `ListarEtapasPedido`. Default no: an order keeps its stage,
    /// so that only the rows of its stages show that it is cancelled.
    pub cancellation_rows: bool,
    /// Whether `ListarEtapasPedido` states the hour of a cancellation, besides its day. Default yes.
    pub cancellation_hours: bool,
    /// How long after its stamp a stage can be listed first. Default at once.
    pub stage_rows_after: Duration,
    /// Number of the first order that comes in through the API. Default above every number of a dataset.
    pub first_order_number: u64,
}

impl Default for OmieOptions {
    fn default() -> Self {
        Self {
            app_key: APP_KEY.to_owned(),
            app_secret: APP_SECRET.to_owned(),
            latency: Duration::from_millis(350),
            redundancy: true,
            page_caps: BTreeMap::new(),
            // Some methods take one call at a time: this one is said to be among them.
            in_flight: BTreeMap::from([("ListarPosEstoque".to_owned(), 1)]),
            means_as_documents: false,
            hide_old_when_undated: true,
            items_at_root: false,
            deleted_titles: true,
            webhooks: false,
            topic_case: TopicCase::Documented,
            key_as_number: false,
            cancellation_rows: false,
            cancellation_hours: true,
            stage_rows_after: Duration::ZERO,
            first_order_number: 100_001,
        }
    }
}

impl OmieOptions {
    pub(super) fn page_cap(&self, method: &str) -> usize {
        self.page_caps.get(method).copied().unwrap_or(100)
    }

    /// Whether the credentials are the account's.
    pub(super) fn admits(&self, asked: &Asked) -> Result<(), Refusal> {
        let right = (&asked.app_key, &asked.app_secret) == (&self.app_key, &self.app_secret);
        if right { Ok(()) } else { Err(Refusal::unauthorized()) }
    }

    pub(super) fn most_in_flight(&self, method: &str) -> usize {
        self.in_flight.get(method).copied().unwrap_or(4)
    }
}

/// Without the credentials.
impl fmt::Debug for OmieOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OmieOptions")
            .field("latency", &self.latency)
            .field("redundancy", &self.redundancy)
            .field("page_caps", &self.page_caps)
            .field("in_flight", &self.in_flight)
            .field("means_as_documents", &self.means_as_documents)
            .field("hide_old_when_undated", &self.hide_old_when_undated)
            .field("items_at_root", &self.items_at_root)
            .field("deleted_titles", &self.deleted_titles)
            .field("webhooks", &self.webhooks)
            .field("topic_case", &self.topic_case)
            .field("key_as_number", &self.key_as_number)
            .field("cancellation_rows", &self.cancellation_rows)
            .field("cancellation_hours", &self.cancellation_hours)
            .field("stage_rows_after", &self.stage_rows_after)
            .field("first_order_number", &self.first_order_number)
            .finish_non_exhaustive()
    }
}

/// The members of a change over HTTP.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Change {
    latency: Option<u64>,
    redundancy: Option<bool>,
    page_caps: Option<BTreeMap<String, usize>>,
    in_flight: Option<BTreeMap<String, usize>>,
    means_as_documents: Option<bool>,
    hide_old_when_undated: Option<bool>,
    items_at_root: Option<bool>,
    deleted_titles: Option<bool>,
    webhooks: Option<bool>,
    topic_case: Option<TopicCase>,
    key_as_number: Option<bool>,
    cancellation_rows: Option<bool>,
    cancellation_hours: Option<bool>,
    stage_rows_after: Option<u64>,
    first_order_number: Option<u64>,
}

impl Change {
    pub(super) fn apply(self, options: &mut OmieOptions) {
        if let Some(latency) = self.latency {
            options.latency = Duration::from_millis(latency);
        }
        options.redundancy = self.redundancy.unwrap_or(options.redundancy);
        options.page_caps.extend(self.page_caps.unwrap_or_default());
        options.in_flight.extend(self.in_flight.unwrap_or_default());
        options.means_as_documents = self.means_as_documents.unwrap_or(options.means_as_documents);
        options.hide_old_when_undated = self.hide_old_when_undated.unwrap_or(options.hide_old_when_undated);
        options.items_at_root = self.items_at_root.unwrap_or(options.items_at_root);
        options.deleted_titles = self.deleted_titles.unwrap_or(options.deleted_titles);
        options.webhooks = self.webhooks.unwrap_or(options.webhooks);
        options.topic_case = self.topic_case.unwrap_or(options.topic_case);
        options.key_as_number = self.key_as_number.unwrap_or(options.key_as_number);
        options.cancellation_rows = self.cancellation_rows.unwrap_or(options.cancellation_rows);
        options.cancellation_hours = self.cancellation_hours.unwrap_or(options.cancellation_hours);
        if let Some(after) = self.stage_rows_after {
            options.stage_rows_after = Duration::from_millis(after);
        }
        options.first_order_number = self.first_order_number.unwrap_or(options.first_order_number);
    }
}
