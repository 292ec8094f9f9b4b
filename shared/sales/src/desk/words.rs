//! What stages and positions are called, and how moments are written: the one place that knows.

use jiff::Timestamp;
use jiff::civil::DateTime;

use crate::orders::Posicao;
use crate::praca::in_sao_paulo;

/// A stage of an order or of a customer, by its name in the history and in the marks; a name that is none is itself.
pub fn stage(name: &str) -> &str {
    match name {
        "new" => "novo",
        "sending" => "enviando",
        "in-erp" => "no Omie",
        "rejected" => "recusado",
        "held" => "retido",
        "skipped" => "não vai ao Omie",
        other => other,
    }
}

/// The stage that an operator means, by its name in the marks; `word` is in lower case and without accents.
pub(super) fn stage_named(word: &str) -> Option<&'static str> {
    Some(match word {
        "novo" | "novos" | "nova" | "novas" | "new" => "new",
        "enviando" | "sending" => "sending",
        "in-erp" => "in-erp",
        "recusado" | "recusados" | "recusada" | "recusadas" | "rejected" => "rejected",
        "retido" | "retidos" | "retida" | "retidas" | "held" => "held",
        "ignorado" | "ignorados" | "skipped" => "skipped",
        _ => return None,
    })
}

/// What the app calls a position.
pub fn posicao(posicao: Posicao) -> &'static str {
    match posicao {
        Posicao::P => "Pendente",
        Posicao::L => "Liberado",
        Posicao::M => "Montado",
        Posicao::F => "Faturado",
        Posicao::C => "Cancelado",
    }
}

/// The same by its letter; one that is none is itself.
pub fn letter(letter: &str) -> &str {
    match letter {
        "P" => posicao(Posicao::P),
        "L" => posicao(Posicao::L),
        "M" => posicao(Posicao::M),
        "F" => posicao(Posicao::F),
        "C" => posicao(Posicao::C),
        other => other,
    }
}

/// The position that an operator means; `word` is in lower case and without accents.
pub(super) fn posicao_named(word: &str) -> Option<Posicao> {
    Some(match word.trim_end_matches('s') {
        "pendente" => Posicao::P,
        "liberado" => Posicao::L,
        "montado" => Posicao::M,
        "faturado" => Posicao::F,
        "cancelado" => Posicao::C,
        _ => return None,
    })
}

/// A moment in the tenant's time, to the second.
pub fn local(at: Timestamp) -> DateTime {
    in_sao_paulo(at).with().subsec_nanosecond(0).build().unwrap_or_else(|_| in_sao_paulo(at))
}

/// `02/03/2026 14:05`.
pub fn written(at: DateTime) -> String {
    at.strftime("%d/%m/%Y %H:%M").to_string()
}

/// Without accents, in lower case: as people type when they search.
pub(super) fn plain(text: &str) -> String {
    let bare = |c: char| match c {
        'á' | 'à' | 'â' | 'ã' => 'a',
        'é' | 'ê' => 'e',
        'í' => 'i',
        'ó' | 'ô' | 'õ' => 'o',
        'ú' | 'ü' => 'u',
        'ç' => 'c',
        other => other,
    };
    text.to_lowercase().chars().map(bare).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{customers, orders};

    #[test]
    fn every_stage_has_a_name_and_is_found_by_it() {
        use orders::Stage;
        let of_orders =
            [Stage::New, Stage::Sending, Stage::InErp, Stage::Rejected, Stage::Held, Stage::Skipped];
        let of_customers = [customers::Stage::New, customers::Stage::InErp, customers::Stage::Held];
        let names = of_orders.map(Stage::name).into_iter().chain(of_customers.map(customers::Stage::name));
        for name in names {
            assert_ne!(stage(name), name, "an operator reads Portuguese");
            assert_eq!(stage_named(name), Some(name));
        }
        assert_eq!(stage_named(&plain("Retidos")), Some("held"));
    }

    #[test]
    fn every_position_is_found_by_its_name() {
        for position in [Posicao::P, Posicao::L, Posicao::M, Posicao::F, Posicao::C] {
            assert_eq!(posicao_named(&plain(posicao(position))), Some(position));
            assert_eq!(letter(&format!("{position:?}")), posicao(position));
        }
    }

    #[test]
    fn moments_are_the_tenant_s() {
        let at: Timestamp = "2026-03-03T01:05:00.123Z".parse().expect("a moment");

        assert_eq!(local(at).to_string(), "2026-03-02T22:05:00");
        assert_eq!(written(local(at)), "02/03/2026 22:05");
    }
}
