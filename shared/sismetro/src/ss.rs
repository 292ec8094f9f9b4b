//! An SS as the read API and callbacks of shape C write it (`contracts/sismetro.md` §7.3).

use std::fmt;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::link;
use crate::member::{self, Object, text_of};
use crate::moment::instant;
use crate::plain::{folded, without_html};

/// An SS. Only its number is certain to be there; whatever cannot be read is missing. Stored only for a while: what is
/// written of it is this crate's own.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ss {
    /// `idSs`, digits without leading zeros.
    pub number: String,
    /// `status`, as it came.
    pub status: Option<String>,
    /// `evolucao`, as it came.
    pub evolucao: Option<String>,
    /// `tipoSs`.
    pub tipo: Option<String>,
    /// `dataAbertura`.
    pub opened_at: Option<Timestamp>,
    /// `dataAlteracao`.
    pub changed_at: Option<Timestamp>,
    /// `dataEncerramento`, or the first of the other close dates that is one.
    pub closed_at: Option<Timestamp>,
    /// `descricaoSs`.
    pub description: Option<String>,
    /// `servicosArealizar`.
    pub services: Option<String>,
    /// `conclusao`, without its HTML.
    pub conclusion: Option<String>,
    /// `abertoPor`.
    pub opened_by: Option<String>,
    /// `filial`.
    pub branch: Option<String>,
    /// `solicitante`.
    pub requester: Option<String>,
    /// `localizacao`.
    pub place: Option<String>,
    /// `idPatrimonio`, digits without leading zeros where it is a number.
    pub equipment_id: Option<String>,
    /// `tag` of the equipment.
    pub tag: Option<String>,
    /// `tecnicoDesignado`.
    pub technician: Option<String>,
    /// `url`, when it is an http(s) address. It may be a capability: see [`crate::masked_link`].
    pub url: Option<String>,
    texts: Vec<String>,
}

const CLOSE_DATES: [&str; 6] = [
    "dataEncerramento",
    "dataFechamento",
    "dataFinalizacao",
    "dataConclusao",
    "dataHoraConclusao",
    "dataHoraFinalizacao",
];

impl Ss {
    /// The record in `value`; nothing when it has no number.
    pub(crate) fn read(value: &Value, zone: &TimeZone) -> Option<Self> {
        let record = value.as_object()?;
        let number = member::member(record, "idSs").and_then(member::number)?;
        let text = |name| text_of(record, name);
        let at = |name| instant(&text(name)?, zone);
        Some(Self {
            number,
            status: text("status"),
            evolucao: text("evolucao"),
            tipo: text("tipoSs"),
            opened_at: at("dataAbertura"),
            changed_at: at("dataAlteracao"),
            closed_at: CLOSE_DATES.iter().find_map(|&name| at(name)),
            description: text("descricaoSs"),
            services: text("servicosArealizar"),
            conclusion: text("conclusao").map(|html| without_html(&html)).filter(|text| !text.is_empty()),
            opened_by: text("abertoPor"),
            branch: text("filial"),
            requester: text("solicitante"),
            place: text("localizacao"),
            equipment_id: equipment(record),
            tag: text("tag"),
            technician: text("tecnicoDesignado"),
            url: text("url").map(|url| url.replace("&amp;", "&")).filter(|url| link::is_address(url)),
            texts: texts(value),
        })
    }

    /// Whether any text of the record has `word` as a word of its own, in any case: the id or number of an order
    /// (§5.5). An empty word is in nothing.
    pub fn mentions(&self, word: &str) -> bool {
        let word = word.trim().to_lowercase();
        !word.is_empty() && self.texts.iter().any(|text| stands_alone(&text.to_lowercase(), &word))
    }

    /// Whether the requester is `name`: the same words without case and accents, where one of the two may be cut
    /// short. `METALURGICA RIO VERDE` is `Metalúrgica Rio Verde Ltda`; a single word is no part of a name.
    pub fn requested_by(&self, name: &str) -> bool {
        let words = |text: &str| -> Vec<String> {
            let text = folded(text);
            let words = text.split(|letter: char| !letter.is_alphanumeric());
            words.filter(|word| !word.is_empty()).map(str::to_owned).collect()
        };
        let (ours, theirs) = (words(name), words(self.requester.as_deref().unwrap_or_default()));
        let (short, long) = if ours.len() < theirs.len() { (&ours, &theirs) } else { (&theirs, &ours) };
        !short.is_empty() && (short == long || short.len() > 1 && long.starts_with(short))
    }
}

impl fmt::Debug for Ss {
    /// What a developer needs, without people and without the link.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ss")
            .field("number", &self.number)
            .field("status", &self.status)
            .field("evolucao", &self.evolucao)
            .field("opened_at", &self.opened_at)
            .field("closed_at", &self.closed_at)
            .finish_non_exhaustive()
    }
}

fn equipment(record: &Object) -> Option<String> {
    let id = member::member(record, "idPatrimonio")?;
    // Zero is PHP's way to say that there is none.
    member::number(id).or_else(|| member::text(id).filter(|text| !text.trim_matches('0').is_empty()))
}

fn texts(record: &Value) -> Vec<String> {
    let mut texts = Vec::new();
    member::strings(record, &mut texts);
    texts.into_iter().map(str::to_owned).collect()
}

/// Whether `word` is in `text` with no letter and no digit next to it.
fn stands_alone(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + word.len()..].chars().next();
        !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(char::is_alphanumeric)
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(record: &Value) -> Option<Ss> {
        Ss::read(record, &TimeZone::get("America/Sao_Paulo").expect("the bundled database"))
    }

    fn ss(record: &Value) -> Ss {
        read(record).expect("an SS")
    }

    #[test]
    fn a_record_needs_its_number_and_nothing_else() {
        assert_eq!(ss(&json!({"idSs": "00123"})).number, "123");
        for record in [json!({}), json!({"idSs": null}), json!({"idSs": "x"}), json!([1]), json!("1")] {
            assert_eq!(read(&record), None, "{record}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_missing() {
        let ss = ss(&json!({
            "idSs": 1, "status": ["x"], "dataAbertura": "logo", "dataEncerramento": "0000-00-00 00:00:00",
            "dataConclusao": "2026-11-21T10:00", "url": "indexNEW.php", "idPatrimonio": 0, "conclusao": "<br>",
            "solicitante": 7
        }));

        assert_eq!(
            (ss.status, ss.opened_at, ss.url, ss.equipment_id, ss.conclusion),
            (None, None, None, None, None)
        );
        assert_eq!(ss.closed_at.map(|at| at.to_string()).as_deref(), Some("2026-11-21T13:00:00Z"));
        assert_eq!(ss.requester.as_deref(), Some("7"));
    }

    #[test]
    fn an_order_is_mentioned_as_a_word_of_its_own() {
        let id = "5b1f6f0e-2a51-4a63-9d1c-7a1f0c9e4b10";
        let ss = ss(&json!({"idSs": 1, "descricaoSs": "Pedido 48213 - Calibração", "novo": {"erp": [id]}}));

        assert!(ss.mentions("48213") && ss.mentions(id) && ss.mentions(&id.to_uppercase()));
        for word in ["4821", "8213", "48213 - Cal", "", " ", "calibra"] {
            assert!(!ss.mentions(word), "{word}");
        }
    }

    #[test]
    fn a_requester_is_known_by_the_beginning_of_the_name() {
        let named = |requester: &str| ss(&json!({"idSs": 1, "solicitante": requester}));
        let name = "Metalúrgica Rio Verde Ltda";

        assert!(named("METALURGICA RIO VERDE").requested_by(name));
        assert!(named("METALURGICA RIO VERDE LTDA. - FILIAL 2").requested_by(name));
        assert!(named("Ambev").requested_by("AMBEV"));
        for other in ["METALURGICA", "METALURGICA RIO BRANCO", "RIO VERDE", "", "-"] {
            assert!(!named(other).requested_by(name), "{other}");
        }
        assert!(!named("").requested_by(""));
    }

    #[test]
    fn what_is_shown_has_neither_people_nor_the_link() {
        let link = "https://br.sismetro.com/printSS.php?os=1&token=canary";
        let ss = ss(&json!({"idSs": 1, "url": link, "solicitante": "canary", "descricaoSs": "canary"}));

        assert_eq!(ss.url.as_deref(), Some(link));
        assert!(!format!("{ss:?}").contains("canary"));
    }
}
