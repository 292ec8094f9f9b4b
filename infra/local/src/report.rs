//! The tables at the end: what was read, stored, kept out and why, the calls made, the time.

use std::collections::BTreeMap;
use std::time::Duration;

use clock::until;
use comfy_table::presets::UTF8_FULL_CONDENSED;
use comfy_table::{CellAlignment, ContentArrangement, Table};
use engine::{Counters, RunRecord};

use crate::bound::Verdict;
use crate::lambda::Usage;
use crate::outcome::Rejection;
use crate::words::{duration, number};

/// Wide enough for a reason to be read, narrow enough for a terminal.
const WIDTH: u16 = 120;
/// Refusals that mean that a limit was passed (`contracts/omie.md` §3).
const PASSED: [&str; 4] = ["rate_limited", "blocked", "redundant", "busy"];
/// The row of all methods of a partner.
const ALL: &str = "(todos)";
/// The table of the entities has more columns than words to break.
const WIDE: u16 = 140;

/// Per entity: read, stored, unchanged, removed, skipped, rejected; per step how fast it was and what it asked.
pub fn entities(steps: &[(String, RunRecord)]) -> Table {
    const HEAD: [&str; 10] = [
        "entidade",
        "lidos",
        "gravados",
        "sem mudança",
        "removidos",
        "ignorados",
        "rejeitados",
        "garantidos",
        "linhas/min",
        "chamadas",
    ];
    let mut table = table(&HEAD, 1);
    table.set_width(WIDE);
    for (_, record) in steps {
        for (nth, (entity, counters)) in takers(record).enumerate() {
            let counts = [
                counters.read,
                counters.created + counters.updated,
                counters.unchanged + counters.repeated,
                counters.removed,
                counters.skipped,
                counters.quarantined(),
                counters.guaranteed,
            ];
            let mut row: Vec<_> = std::iter::once(entity.to_owned()).chain(counts.map(number)).collect();
            // Entities that share a listing share the reading of it.
            if nth == 0 {
                row.extend([record.rate(record.updated), record.calls.values().sum()].map(number));
            }
            table.add_row(row);
        }
    }
    table
}

/// Per job: what it read, wrote into Máxima, kept out, asked of both partners, and wrote into the table: in write units,
/// and in units per 1,000 rows read. A run counts its units before the last writes, which end it: eight at most.
pub fn costs(steps: &[(String, RunRecord)]) -> Table {
    const HEAD: [&str; 8] = [
        "execução",
        "lidos",
        "gravados na Máxima",
        "em quarentena",
        "chamadas",
        "unidades na tabela",
        "por mil lidos",
        "minutos",
    ];
    let mut table = table(&HEAD, 1);
    table.set_width(WIDE);
    for (_, record) in steps {
        let counters = &record.counters;
        let calls = record.calls.values().sum();
        let written = counters.created + counters.updated + counters.removed + counters.guaranteed;
        let counts = [counters.read, written, counters.quarantined(), calls, record.write_units];
        let took = until(record.started, record.ended.unwrap_or(record.updated));
        let tenths = u64::try_from(took.as_millis().div_ceil(6_000)).unwrap_or(u64::MAX);
        let row = std::iter::once(record.entity.clone()).chain(counts.map(number));
        table.add_row(row.chain([per_thousand(record.write_units, counters.read), decimal(tenths)]));
    }
    table
}

/// With one decimal, rounded up.
fn per_thousand(units: u64, read: u64) -> String {
    if read == 0 { "–".to_owned() } else { decimal(units.saturating_mul(10_000).div_ceil(read)) }
}

fn decimal(tenths: u64) -> String {
    format!("{},{}", number(tenths / 10), tenths % 10)
}

/// The entities of a step, each with its own counters: one, or those that share its listing.
fn takers(record: &RunRecord) -> impl Iterator<Item = (&str, &Counters)> {
    let alone = record.of.is_empty().then_some((record.entity.as_str(), &record.counters));
    alone.into_iter().chain(record.of.iter().map(|(entity, tally)| (entity.as_str(), &tally.counters)))
}

/// Per reason: what was left out on purpose; nothing when nothing was.
pub fn skips(steps: &[(String, RunRecord)]) -> Option<Table> {
    let mut table = table(&["entidade", "motivo", "registros"], 2);
    for (_, record) in steps {
        let alone = record.of.is_empty().then_some((&record.entity, &record.skipped));
        let takers =
            alone.into_iter().chain(record.of.iter().map(|(entity, tally)| (entity, &tally.skipped)));
        for (entity, skipped) in takers {
            for (why, count) in skipped {
                table.add_row([entity.clone(), why.clone(), number(*count)]);
            }
        }
    }
    (!table.is_empty()).then_some(table)
}

/// Per reason: entity, field, rule, how many, an example.
pub fn rejections(rejections: &[Rejection]) -> Table {
    let mut table = table(&["entidade", "campo", "motivo", "exemplo", "registros"], 4);
    for one in rejections {
        let example = match one.value.as_str() {
            "" => one.example.clone(),
            value => format!("{} ({value})", one.example),
        };
        table.add_row([one.entity.clone(), one.field.clone(), one.rule.clone(), example, number(one.count)]);
    }
    table
}

/// Per method of a partner: calls, the most in a minute, the most at once, refusals and how many of them say that a
/// limit was passed; then the same of all its methods together, as one address counts.
pub fn calls(partners: &[(&str, simulators::Verdict)]) -> Table {
    const HEAD: [&str; 7] =
        ["parceiro", "método", "chamadas", "máx. por minuto", "simultâneas", "recusas", "por limite"];
    let mut table = table(&HEAD, 2);
    for (partner, verdict) in partners {
        let mut all = [0; 3];
        for (method, seen) in &verdict.methods {
            let refused = seen.faults.values().sum();
            let passed = PASSED.iter().filter_map(|kind| seen.faults.get(*kind)).sum();
            let counts = [seen.calls, seen.most_per_minute, seen.most_in_flight, refused, passed];
            let names = [(*partner).to_owned(), method.clone()];
            table.add_row(names.into_iter().chain(counts.map(number)));
            all = [all[0] + seen.calls, all[1] + refused, all[2] + passed];
        }
        let [calls, refused, passed] = all.map(number);
        let together = number(verdict.most_per_minute);
        table.add_row([
            (*partner).to_owned(),
            ALL.to_owned(),
            calls,
            together,
            String::new(),
            refused,
            passed,
        ]);
    }
    table
}

/// Per function: cold and warm starts, failures, memory.
pub fn functions(usage: &BTreeMap<String, Usage>) -> Table {
    let mut table = table(&["função", "frias", "quentes", "falhas", "memória (MB)", "limite (MB)"], 1);
    for (name, used) in usage.iter().filter(|(_, used)| used.cold > 0) {
        let counts = [used.cold, used.warm, used.failed, used.most_memory_mb, used.memory_mb];
        table.add_row(std::iter::once(name.clone()).chain(counts.map(number)));
    }
    table
}

/// The time beside the bound of Omie's limits, in the tenant's time and on this machine.
pub fn time(verdict: &Verdict, speed: f64) -> Table {
    let mut table = table(&["tempo", "do inquilino", "desta máquina"], 1);
    let rows = [
        ("limite do Omie", verdict.bound),
        ("permitido (1,15 × + 10 s)", verdict.allowed),
        ("carga", verdict.took),
    ];
    for (name, real) in rows {
        table.add_row([name.to_owned(), duration(stretched(real, speed)), duration(real)]);
    }
    table
}

fn stretched(real: Duration, speed: f64) -> Duration {
    Duration::try_from_secs_f64(real.as_secs_f64() * speed).unwrap_or(Duration::MAX)
}

/// A table whose first `texts` columns are words and the others numbers.
pub(crate) fn table(head: &[&str], texts: usize) -> Table {
    let mut table = Table::new();
    table.load_style(UTF8_FULL_CONDENSED);
    table.set_content_arrangement(ContentArrangement::Dynamic);
    table.set_width(WIDTH);
    table.set_header(head);
    for column in table.column_iter_mut().skip(texts) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

#[cfg(test)]
mod tests {
    use simulators::MethodVerdict;

    use super::*;

    #[test]
    fn a_reason_is_shown_with_an_example() {
        let rejection = Rejection {
            entity: "cliente".to_owned(),
            field: "cep".to_owned(),
            rule: "é obrigatório: preencha no Omie".to_owned(),
            count: 1_200,
            example: "42".to_owned(),
            value: "abc".to_owned(),
        };

        let text = rejections(&[rejection]).to_string();

        for part in ["cliente", "cep", "é obrigatório: preencha no Omie", "1.200", "42 (abc)"] {
            assert!(text.contains(part), "{text}");
        }
    }

    #[test]
    fn all_methods_of_a_partner_are_shown_together_with_what_passed_a_limit() {
        let seen = |faults: &[(&str, u64)]| MethodVerdict {
            calls: 700,
            most_per_minute: 230,
            faults: faults.iter().map(|(kind, count)| ((*kind).to_owned(), *count)).collect(),
            ..MethodVerdict::default()
        };
        let methods = [
            ("ListarBancos".to_owned(), seen(&[("rate_limited", 2), ("redundant", 1), ("empty", 4)])),
            ("ListarClientes".to_owned(), seen(&[])),
        ];
        let verdict = simulators::Verdict {
            methods: BTreeMap::from(methods),
            most_per_minute: 460,
            ..simulators::Verdict::default()
        };

        let text = calls(&[("Omie", verdict)]).to_string();

        let row = |name: &str| {
            let row = text.lines().find(|line| line.contains(name)).expect(name);
            row.split(['│', '┆']).map(|cell| cell.trim().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(row("ListarBancos")[3..8], ["700", "230", "0", "7", "3"]);
        assert_eq!(row("(todos)")[3..8], ["1.400", "460", "", "7", "3"]);
    }

    #[test]
    fn write_units_are_told_for_a_thousand_rows() {
        assert_eq!(per_thousand(56, 5_570), "10,1");
        assert_eq!(per_thousand(9, 1_000), "9,0");
        assert_eq!(per_thousand(9, 0), "–");
    }

    #[test]
    fn the_time_is_shown_side_by_side() {
        let verdict = Verdict::of(Duration::from_secs(12), Duration::from_secs(10));

        let text = time(&verdict, 20.0).to_string();

        for part in ["3min20s", "10,0 s", "7min10s", "21,5 s", "4min00s", "12,0 s"] {
            assert!(text.contains(part), "{part}: {text}");
        }
    }
}
