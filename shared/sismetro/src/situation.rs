//! What the words of `status` and `evolucao` mean (`contracts/sismetro.md` §7.4).

use crate::options::{SismetroOptions, StatusMap};
use crate::plain::{cut, folded, tidy};
use crate::ss::Ss;

/// Where an SS stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Situation {
    /// Cancelled or deleted.
    Cancelled,
    /// Done.
    Completed,
    /// Under way.
    InExecution,
    /// Waiting.
    Open,
    /// Words that nobody has told us about; they are shown and nothing is done.
    Unknown(String),
}

/// Where `ss` stands, by the words of [`StatusMap`] in the order of the contract's rules. That something is over is
/// read from the beginning of a word only: `NÃO CONCLUÍDA` is not done.
pub fn situation(ss: &Ss, options: &SismetroOptions) -> Situation {
    let StatusMap { cancelled, completed, in_execution, open } = &options.status_map;
    let status = folded(ss.status.as_deref().unwrap_or_default());
    let evolucao = folded(ss.evolucao.as_deref().unwrap_or_default());
    let begins = |text: &str, words: &[String]| {
        words.iter().map(|word| folded(word)).any(|word| !word.is_empty() && text.starts_with(&word))
    };
    let holds = |text: &str, words: &[String]| {
        words.iter().map(|word| folded(word)).any(|word| !word.is_empty() && text.contains(&word))
    };
    if begins(&status, cancelled) {
        return Situation::Cancelled;
    }
    if begins(&status, completed) || begins(&evolucao, completed) {
        return Situation::Completed;
    }
    if options.close_date_means_done && ss.closed_at.is_some() && !holds(&status, open) {
        return Situation::Completed;
    }
    if holds(&evolucao, in_execution) || holds(&status, in_execution) {
        return Situation::InExecution;
    }
    if holds(&evolucao, open) || holds(&status, open) {
        return Situation::Open;
    }
    Situation::Unknown(raw(ss))
}

/// Both labels as they came, fit for a line.
fn raw(ss: &Ss) -> String {
    const MOST: usize = 120;
    let labels = [&ss.status, &ss.evolucao].into_iter().flatten().map(|label| tidy(label));
    cut(labels.collect::<Vec<_>>().join(" / "), MOST)
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;
    use serde_json::{Value, json};

    use super::*;

    fn of(record: &Value, options: &SismetroOptions) -> Situation {
        let mut record = record.clone();
        record["idSs"] = json!(1);
        situation(&Ss::read(&record, &TimeZone::UTC).expect("an SS"), options)
    }

    fn labels(status: &str, evolucao: &str) -> Situation {
        of(&json!({"status": status, "evolucao": evolucao}), &SismetroOptions::default())
    }

    #[test]
    fn every_label_that_was_seen_means_something() {
        use Situation::{Cancelled, Completed, InExecution, Open};
        for (status, evolucao, means) in [
            ("CANCELADA", "", Cancelled),
            ("CANCELADO", "", Cancelled),
            ("Excluída", "", Cancelled),
            ("EXCLUÍDA", "EM EXECUÇÃO", Cancelled),
            ("EXCLUIDA", "CONCLUÍDO", Cancelled),
            ("CONCLUÍDA", "", Completed),
            ("CONCLUIDA PELO TÉCNICO", "", Completed),
            ("ABERTA", "CONCLUÍDO", Completed),
            ("", "concluído", Completed),
            ("ENCERRADA", "", Completed),
            ("FINALIZADA", "", Completed),
            ("FECHADA", "", Completed),
            ("ABERTA", "EM EXECUÇÃO", InExecution),
            ("em execucao", "", InExecution),
            ("ABERTA", "", Open),
            ("ABERTA", "AGUARDANDO AGENDAMENTO", Open),
            ("ABERTA", "PENDENTE", Open),
            ("", "AGENDADA", Open),
            ("REABERTA", "", Open),
        ] {
            assert_eq!(labels(status, evolucao), means, "{status} / {evolucao}");
        }
    }

    #[test]
    fn nothing_is_over_because_of_a_word_inside() {
        for (status, evolucao) in
            [("NÃO CONCLUÍDA", ""), ("A CANCELAR", ""), ("", "CANCELADA"), ("", "NÃO FINALIZADO"), ("", "")]
        {
            assert!(matches!(labels(status, evolucao), Situation::Unknown(_)), "{status} / {evolucao}");
        }
        assert_eq!(labels(" em\tanálise ", "x"), Situation::Unknown("em análise / x".to_owned()));
    }

    #[test]
    fn a_close_date_means_done_only_when_we_are_told_so_and_the_status_does_not_disagree() {
        let told = SismetroOptions { close_date_means_done: true, ..SismetroOptions::default() };
        let closed = |status: &str| json!({"status": status, "dataFechamento": "2026-11-21 10:00"});

        let silent = of(&closed("BAIXADA"), &SismetroOptions::default());
        assert_eq!(silent, Situation::Unknown("BAIXADA".to_owned()));
        assert_eq!(of(&closed("BAIXADA"), &told), Situation::Completed);
        assert_eq!(of(&closed("ABERTA"), &told), Situation::Open);
        assert_eq!(of(&closed("CANCELADA"), &told), Situation::Cancelled);
        assert!(matches!(of(&json!({"status": "BAIXADA"}), &told), Situation::Unknown(_)));
    }

    #[test]
    fn the_words_are_configuration() {
        let map = json!({"completed": ["baixad"], "cancelled": ["ANULAD"]});
        let status_map = serde_json::from_value(map).expect("a map");
        let options = SismetroOptions { status_map, ..SismetroOptions::default() };

        assert_eq!(of(&json!({"status": "Baixada"}), &options), Situation::Completed);
        assert_eq!(of(&json!({"status": "ANULADA"}), &options), Situation::Cancelled);
        assert!(matches!(of(&json!({"status": "CONCLUÍDA"}), &options), Situation::Unknown(_)));
    }
}
