//! What may be set about Sismetro without a new build (`contracts/sismetro.md` §11).

use jiff::tz::{Offset, TimeZone};
use serde::{Deserialize, Serialize};

/// Every knob, each with its default; a knob that does not exist is refused, because nobody would notice it.
///
/// [`check`](Self::check) says whether they make sense; whoever stores or loads them calls it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SismetroOptions {
    /// Where an SS is opened.
    pub open_url: String,
    /// Base of the read API.
    pub read_base_url: String,
    /// What the body of an opening is.
    pub open_body_mode: OpenBodyMode,
    /// Members that may hold the SS number in the reply to an opening, in this order.
    pub reply_number_keys: Vec<String>,
    /// Members that may hold the link there, in this order.
    pub reply_link_keys: Vec<String>,
    /// What the words of `status` and `evolucao` mean.
    pub status_map: StatusMap,
    /// Whether a close date alone means that the work is done.
    pub close_date_means_done: bool,
    /// Zone of Sismetro's times, which carry none: a name of the IANA database.
    pub sismetro_tz: String,
    /// Requests to the read API per minute and unit.
    pub reads_per_minute: u32,
    /// What the event names of a callback mean.
    pub callback_aliases: CallbackAliases,
    /// Path of the equipment list below the base of the read API; assumed (§9).
    pub equipment_path: String,
}

/// What is sent as the body of an opening (§5.1). The caller composes it; [`crate::Sismetro::open`] sends what it is
/// given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OpenBodyMode {
    /// The event as it came.
    #[default]
    Passthrough,
    /// The event without its envelope.
    Unwrapped,
    /// [`crate::Mapped`].
    Mapped,
}

/// Words of `status` and `evolucao`, compared in upper case without accents (§7.4).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct StatusMap {
    /// How a `status` begins that means cancelled.
    pub cancelled: Vec<String>,
    /// How a `status` or `evolucao` begins that means done.
    pub completed: Vec<String>,
    /// What is in one that means under way.
    pub in_execution: Vec<String>,
    /// What is in one that means waiting.
    pub open: Vec<String>,
}

/// Event names of a callback, compared in upper case without accents (§10.3). All others are progress.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CallbackAliases {
    /// The work is done.
    pub completed: Vec<String>,
    /// The SS was cancelled.
    pub cancelled: Vec<String>,
}

impl Default for SismetroOptions {
    fn default() -> Self {
        Self {
            open_url: "https://integracaog7.api.sismetro.com/serviceOrder/open".to_owned(),
            read_base_url: "https://get.api.sismetro.com".to_owned(),
            open_body_mode: OpenBodyMode::default(),
            reply_number_keys: words(&[
                "ss",
                "idSs",
                "numeroSs",
                "numSs",
                "ssNumber",
                "os",
                "serviceOrder",
                "number",
                "id",
            ]),
            reply_link_keys: words(&[
                "url",
                "link",
                "pdf",
                "linkPdf",
                "urlPdf",
                "print",
                "detailUrl",
                "linkDetalhes",
            ]),
            status_map: StatusMap::default(),
            close_date_means_done: false,
            sismetro_tz: "America/Sao_Paulo".to_owned(),
            reads_per_minute: 9,
            callback_aliases: CallbackAliases::default(),
            equipment_path: "Patrimonio/listAll".to_owned(),
        }
    }
}

impl Default for StatusMap {
    fn default() -> Self {
        Self {
            cancelled: words(&["CANCEL", "EXCLU"]),
            completed: words(&["CONCLU", "ENCERR", "FINALIZ", "FECHAD"]),
            in_execution: words(&["EXECU"]),
            open: words(&["AGUARD", "PENDEN", "ABERT", "AGEND"]),
        }
    }
}

impl Default for CallbackAliases {
    fn default() -> Self {
        Self {
            completed: words(&["SS_COMPLETED", "completed", "concluida", "finished"]),
            cancelled: words(&["SS_CANCELLED", "cancelled", "canceled", "cancelada", "excluida"]),
        }
    }
}

impl SismetroOptions {
    /// The zone of Sismetro's times; that of Brasília where the knob names none, which `check` refuses.
    pub(crate) fn zone(&self) -> TimeZone {
        TimeZone::get(&self.sismetro_tz).unwrap_or(TimeZone::fixed(Offset::constant(-3)))
    }
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|&word| word.to_owned()).collect()
}
