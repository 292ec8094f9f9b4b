//! What a listing filters by, without reading the record.

use jiff::civil::DateTime;
use jiff::tz::Offset;
use serde_json::Value;

use super::Registry;

/// What is known about one record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Marks {
    /// Lower-case tags.
    pub(crate) tags: &'static [&'static str],
    /// Tags no generated record has.
    pub(crate) other_tags: Vec<String>,
    /// Local seconds since 1970, as [`seconds`] reads them.
    pub(crate) included: Option<i64>,
    pub(crate) changed: Option<i64>,
    pub(crate) cancelled: Option<i64>,
    /// For when an order is expected (`data_previsao`).
    pub(crate) expected: Option<i64>,
    /// The table of a price, the location of a stock position.
    pub(crate) group: u64,
    pub(crate) traits: Traits,
}

/// Yes-or-no questions about a record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Traits(u8);

impl Traits {
    pub(crate) const NONE: Self = Self(0);
    /// No longer in use.
    pub(crate) const INACTIVE: Self = Self(1);
    /// A product of the point of sale.
    pub(crate) const PDV: Self = Self(2);
    /// Came in through the API.
    pub(crate) const IMPORTED: Self = Self(4);
    /// A product whose stock has moved.
    pub(crate) const MOVED: Self = Self(8);
    /// A title to be paid, not to be received.
    pub(crate) const PAYABLE: Self = Self(16);

    /// These when it is so, none when it is not.
    pub(crate) fn when(self, so: bool) -> Self {
        if so { self } else { Self::NONE }
    }

    pub(crate) fn and(self, others: Self) -> Self {
        Self(self.0 | others.0)
    }

    /// Those of these that are also among the others.
    pub(crate) fn shared_with(self, others: Self) -> Self {
        Self(self.0 & others.0)
    }

    pub(crate) fn has(self, others: Self) -> bool {
        self.0 & others.0 == others.0
    }
}

/// Stamps Omie knows and does not show are kept here, and never listed.
pub(crate) const KEPT_STAMPS: &str = "_info";

impl Marks {
    /// Reads them from a record.
    pub(crate) fn of(registry: Registry, record: &Value) -> Self {
        let tags = record["tags"].as_array().map(Vec::as_slice).unwrap_or_default();
        let (included, changed) = stamped(registry, record);
        Self {
            tags: &[],
            other_tags: tags.iter().filter_map(|tag| Some(tag["tag"].as_str()?.to_lowercase())).collect(),
            included,
            changed,
            cancelled: day(record, "cabecTitulo.dDtCanc"),
            expected: day(record, "cabecalho.data_previsao"),
            group: group(registry, record),
            traits: traits(registry, record),
        }
    }

    /// Whether the record has the tag, in any case.
    pub(crate) fn has_tag(&self, lower_case: &str) -> bool {
        self.tags.contains(&lower_case) || self.other_tags.iter().any(|tag| tag == lower_case)
    }
}

fn stamped(registry: Registry, record: &Value) -> (Option<i64>, Option<i64>) {
    let member = |path: &str| {
        let shown = at(record, path).as_str();
        shown.or_else(|| at(&record[KEPT_STAMPS], path.rsplit('.').next()?).as_str())
    };
    let read = |[day, hour]: [&str; 2]| {
        let hour = member(hour).filter(|hour| !hour.is_empty());
        seconds(member(day)?, hour.unwrap_or("00:00:00"))
    };
    let Some(stamps) = registry.stamps() else { return (UNSTAMPED, UNSTAMPED) };
    let (included, changed) = (read(stamps.included), read(stamps.changed));
    (included.or(UNSTAMPED), changed.or(included).or(UNSTAMPED))
}

fn group(registry: Registry, record: &Value) -> u64 {
    let group = match registry {
        Registry::ItensTabela => &record["nCodTabPreco"],
        Registry::PosicoesEstoque => &record["codigo_local_estoque"],
        _ => return 0,
    };
    text_of(group).parse().unwrap_or(0)
}

fn traits(registry: Registry, record: &Value) -> Traits {
    let yes = |member: &str| record[member] == "S";
    match registry {
        Registry::Produtos => {
            Traits::INACTIVE.when(yes("inativo")).and(Traits::IMPORTED.when(yes("importado_api")))
        }
        Registry::PosicoesEstoque => {
            let figures = ["nSaldo", "fisico", "reservado", "nPendente", "nCMC"];
            let nothing = |member: &str| matches!(text_of(&record[member]).as_str(), "" | "0" | "0.0");
            Traits::MOVED.when(!figures.into_iter().all(nothing))
        }
        Registry::Titulos => Traits::PAYABLE.when(at(record, "cabecTitulo.cNatureza") == "P"),
        _ => Traits::NONE,
    }
}

/// The registry knows when a record was made even where its answers leave `info` out: 2020-01-01.
const UNSTAMPED: Option<i64> = Some(1_577_836_800);

/// The member a dotted path leads to; null when it leads nowhere.
pub(crate) fn at<'a>(record: &'a Value, path: &str) -> &'a Value {
    path.split('.').fold(record, |at, part| &at[part])
}

/// The text of a member that is text or a number; nothing when it is absent.
pub(crate) fn text_of(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// The day a member states, at midnight.
pub(crate) fn day(record: &Value, path: &str) -> Option<i64> {
    seconds(at(record, path).as_str()?, "00:00:00")
}

/// Reads `dd/mm/yyyy` and `hh:mm:ss` as seconds since 1970 on the account's own wall clock.
pub(crate) fn seconds(day: &str, hour: &str) -> Option<i64> {
    let read = DateTime::strptime("%d/%m/%Y %H:%M:%S", format!("{day} {hour}")).ok()?;
    Some(Offset::UTC.to_timestamp(read).ok()?.as_second())
}
