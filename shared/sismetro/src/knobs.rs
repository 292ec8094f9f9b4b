//! Whether the knobs make sense, said by name.

use std::collections::HashSet;

use http::Uri;
use jiff::tz::TimeZone;

use crate::host;
use crate::options::{CallbackAliases, SismetroOptions, StatusMap};
use crate::plain::folded;

/// A knob that cannot be so.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("o parâmetro \"{knob}\" do Sismetro não serve: {why}")]
pub struct BadKnob {
    /// Name of the knob; a dot leads into a group.
    pub knob: String,
    /// What to do about it, in Portuguese.
    pub why: String,
}

impl BadKnob {
    pub(crate) fn new(knob: &str, why: &str) -> Self {
        Self { knob: knob.to_owned(), why: why.to_owned() }
    }
}

/// Reads a minute and unit that we are willing to ask for; a revision of a public client speaks of 30
/// (`contracts/sismetro.md` §4).
const MOST_READS: u32 = 30;

impl SismetroOptions {
    /// Whether every knob makes sense; the first that does not is named.
    pub fn check(&self) -> Result<(), BadKnob> {
        address("open_url", &self.open_url)?;
        address("read_base_url", &self.read_base_url)?;
        if self.read_base_url.contains(['?', '#']) {
            return Err(BadKnob::new("read_base_url", "informe só o endereço base, sem consulta"));
        }
        names("reply_number_keys", &self.reply_number_keys)?;
        names("reply_link_keys", &self.reply_link_keys)?;
        self.status_map.check()?;
        if TimeZone::get(&self.sismetro_tz).is_err() {
            return Err(BadKnob::new("sismetro_tz", "use um fuso da base IANA, como America/Sao_Paulo"));
        }
        if !(1..=MOST_READS).contains(&self.reads_per_minute) {
            return Err(BadKnob::new("reads_per_minute", "use um número de 1 a 30"));
        }
        self.callback_aliases.check()?;
        path("equipment_path", &self.equipment_path)
    }
}

impl StatusMap {
    fn check(&self) -> Result<(), BadKnob> {
        let lists = [
            ("status_map.cancelled", &self.cancelled),
            ("status_map.completed", &self.completed),
            ("status_map.in_execution", &self.in_execution),
            ("status_map.open", &self.open),
        ];
        for (knob, words) in lists {
            // An empty word begins every status, and would bill every order.
            names(knob, words)?;
        }
        let doubled = self.cancelled.iter().any(|ours| {
            let ours = folded(ours);
            self.completed.iter().any(|theirs| {
                let theirs = folded(theirs);
                ours.starts_with(&theirs) || theirs.starts_with(&ours)
            })
        });
        if doubled {
            let why = "um mesmo começo de palavra não pode dizer cancelada e concluída";
            return Err(BadKnob::new("status_map.completed", why));
        }
        Ok(())
    }
}

impl CallbackAliases {
    fn check(&self) -> Result<(), BadKnob> {
        names("callback_aliases.completed", &self.completed)?;
        names("callback_aliases.cancelled", &self.cancelled)?;
        let completed: HashSet<String> = self.completed.iter().map(|name| folded(name)).collect();
        if self.cancelled.iter().any(|name| completed.contains(&folded(name))) {
            let why = "um mesmo nome não pode dizer cancelada e concluída";
            return Err(BadKnob::new("callback_aliases.cancelled", why));
        }
        Ok(())
    }
}

fn address(knob: &str, text: &str) -> Result<(), BadKnob> {
    match text.parse::<Uri>() {
        Ok(uri) if host::is_allowed(&uri) => Ok(()),
        _ => Err(BadKnob::new(knob, "use um endereço https de sismetro.com (ou local, em testes)")),
    }
}

fn names(knob: &str, words: &[String]) -> Result<(), BadKnob> {
    if words.is_empty() {
        return Err(BadKnob::new(knob, "a lista está vazia: informe ao menos uma palavra"));
    }
    if words.iter().any(|word| folded(word).is_empty()) {
        return Err(BadKnob::new(knob, "há uma palavra vazia na lista: retire-a"));
    }
    Ok(())
}

fn path(knob: &str, text: &str) -> Result<(), BadKnob> {
    let segment = |segment: &str| {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
        !segment.is_empty() && segment.bytes().all(allowed)
    };
    if text.split('/').all(segment) {
        return Ok(());
    }
    Err(BadKnob::new(knob, "use um caminho como Patrimonio/listAll, sem barra no início nem consulta"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(knobs: serde_json::Value) -> SismetroOptions {
        serde_json::from_value(knobs).expect("knobs")
    }

    #[test]
    fn the_defaults_make_sense_and_are_what_no_knob_says() {
        assert_eq!(SismetroOptions::default().check(), Ok(()));
        assert_eq!(read(json!({})), SismetroOptions::default());
    }

    #[test]
    fn knobs_survive_being_stored() {
        let options = read(json!({"open_body_mode": "mapped", "reads_per_minute": 5}));
        let stored = serde_json::to_value(&options).expect("JSON");

        assert_eq!(read(stored), options);
    }

    #[test]
    fn a_knob_that_does_not_exist_is_named() {
        for knobs in [json!({"reads_per_minut": 9}), json!({"status_map": {"canceled": []}})] {
            let error = serde_json::from_value::<SismetroOptions>(knobs).expect_err("unknown").to_string();
            assert!(error.contains("reads_per_minut") || error.contains("canceled"), "{error}");
        }
    }

    #[test]
    fn each_knob_that_cannot_be_so_is_named_with_what_to_do() {
        let wrong = [
            ("open_url", json!({"open_url": "https://sismetro.com.evil.example/open"})),
            ("open_url", json!({"open_url": "http://integracaog7.api.sismetro.com/serviceOrder/open"})),
            ("open_url", json!({"open_url": "não é um endereço"})),
            ("read_base_url", json!({"read_base_url": ""})),
            ("read_base_url", json!({"read_base_url": "https://get.api.sismetro.com/?a=b"})),
            ("reply_number_keys", json!({"reply_number_keys": []})),
            ("reply_number_keys", json!({"reply_number_keys": ["ss", " "]})),
            ("reply_link_keys", json!({"reply_link_keys": []})),
            ("status_map.cancelled", json!({"status_map": {"cancelled": []}})),
            ("status_map.completed", json!({"status_map": {"completed": [""]}})),
            ("status_map.in_execution", json!({"status_map": {"in_execution": ["\u{301}"]}})),
            ("status_map.open", json!({"status_map": {"open": []}})),
            ("status_map.completed", json!({"status_map": {"completed": ["cancelada"]}})),
            ("sismetro_tz", json!({"sismetro_tz": "America/Sao Paulo"})),
            ("reads_per_minute", json!({"reads_per_minute": 0})),
            ("reads_per_minute", json!({"reads_per_minute": 31})),
            ("callback_aliases.completed", json!({"callback_aliases": {"completed": []}})),
            ("callback_aliases.cancelled", json!({"callback_aliases": {"cancelled": ["CONCLUÍDA"]}})),
            ("equipment_path", json!({"equipment_path": "/Patrimonio/listAll"})),
            ("equipment_path", json!({"equipment_path": "Patrimonio/../x?y"})),
        ];
        for (knob, knobs) in wrong {
            let bad = read(knobs.clone()).check().expect_err(knob);
            assert_eq!(bad.knob, knob, "{knobs}");
            assert!(bad.to_string().contains(knob) && !bad.why.is_empty());
        }
    }
}
