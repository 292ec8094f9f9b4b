//! The load while it goes on: a bar per step for a person, plain lines for a file.

use std::collections::{BTreeMap, BTreeSet};

use clock::Clock;
use engine::{RunRecord, RunState};
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use crate::words::{duration, number};

/// How many per cent a step must move on before a plain line says so again.
const LINE_EVERY: u64 = 25;

/// The view of one load.
#[derive(Debug)]
pub struct Progress {
    clock: Clock,
    width: usize,
    view: View,
}

#[derive(Debug)]
enum View {
    Bars { all: MultiProgress, bars: BTreeMap<String, ProgressBar> },
    Lines { said: BTreeMap<String, u64>, ended: BTreeSet<String> },
}

impl Progress {
    /// A view of these steps, in the order they are shown.
    pub fn new(steps: &[String], clock: Clock, is_terminal: bool) -> Self {
        let width = steps.iter().map(|step| step.chars().count()).max().unwrap_or(0);
        let view = if is_terminal {
            View::Bars { all: MultiProgress::new(), bars: BTreeMap::new() }
        } else {
            View::Lines { said: BTreeMap::new(), ended: BTreeSet::new() }
        };
        Self { clock, width, view }
    }

    /// Shows how far each step is.
    pub fn show(&mut self, records: &BTreeMap<String, RunRecord>) {
        let mut in_order: Vec<_> = records.iter().collect();
        in_order.sort_by_key(|(_, record)| record.started);
        for (step, record) in in_order {
            let told = told(record, &self.clock);
            let width = self.width;
            match &mut self.view {
                View::Bars { all, bars } => {
                    let bar = bars.entry(step.clone()).or_insert_with(|| new_bar(all, step, width));
                    if bar.is_finished() {
                        continue;
                    }
                    bar.set_length(record.expected.max(record.counters.read).max(1));
                    bar.set_position(record.counters.read);
                    bar.set_message(told);
                    if record.state == RunState::Done {
                        bar.abandon();
                    }
                }
                View::Lines { said, ended } => {
                    let part = record.counters.read * 100 / record.expected.max(1) / LINE_EVERY;
                    let is_news = match record.state {
                        RunState::Done => ended.insert(step.clone()),
                        RunState::Running if record.counters.read == 0 => false,
                        RunState::Running | RunState::Failed => {
                            said.insert(step.clone(), part).is_none_or(|before| before < part)
                        }
                    };
                    if is_news {
                        println!("  {step:<width$}  {told}");
                    }
                }
            }
        }
    }

    /// Leaves the last picture standing.
    pub fn end(&self) {
        if let View::Bars { bars, .. } = &self.view {
            bars.values().filter(|bar| !bar.is_finished()).for_each(ProgressBar::abandon);
        }
    }
}

/// Added before it is given a look: a bar that nobody manages yet would draw itself wherever the cursor is.
fn new_bar(all: &MultiProgress, step: &str, width: usize) -> ProgressBar {
    let bar = all.add(ProgressBar::new(1));
    let style = ProgressStyle::with_template("  {prefix} [{bar:24}] {msg}");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()).progress_chars("=> "));
    bar.set_prefix(format!("{step:<width$}"));
    bar
}

/// One step in words: `1.200/5.500 lidos · 1.180 gravados · 20 rejeitados · 3.400/min · faltam 2,5 s`.
fn told(record: &RunRecord, clock: &Clock) -> String {
    let now = clock.now();
    let counters = &record.counters;
    let mut parts = vec![
        format!("{}/{} lidos", number(counters.read), number(record.expected.max(counters.read))),
        format!("{} na Máxima", number(counters.stored())),
    ];
    if counters.quarantined() > 0 {
        let noun = if counters.quarantined() == 1 { "rejeitado" } else { "rejeitados" };
        parts.push(format!("{} {noun}", number(counters.quarantined())));
    }
    if counters.removed > 0 {
        parts.push(format!("{} removidos", number(counters.removed)));
    }
    match record.state {
        RunState::Running => {
            parts.push(format!("{}/min", number(record.rate(now))));
            // What remains is told in the person's time, not the tenant's.
            parts.extend(record.eta(now).map(|eta| format!("faltam {}", duration(clock.real(eta)))));
        }
        RunState::Done => parts.push(match (&record.incomplete, record.braked) {
            (Some(why), _) => format!("concluído, mas incompleto: {why}"),
            (None, Some(gone)) => format!("concluído; {} remoções esperam confirmação", number(gone)),
            (None, None) => "concluído".to_owned(),
        }),
        RunState::Failed => {
            let why = record.errors.last().map_or("sem detalhe", |error| error.text.as_str());
            parts.push(format!("parado: {why}"));
        }
    }
    parts.join(" · ")
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use clock::later;
    use engine::{Counters, Scope};
    use jiff::Timestamp;

    use super::*;

    fn record(state: RunState, read: u64) -> RunRecord {
        let started = Timestamp::from_second(1_000).expect("a second");
        RunRecord {
            v: RunRecord::VERSION,
            entity: "clientes".to_owned(),
            sweep: "s".to_owned(),
            scope: Scope::Full,
            because: None,
            holder: String::new(),
            state,
            counters: Counters { read, created: read - 1, rejected: 1, ..Counters::default() },
            skipped: BTreeMap::new(),
            of: BTreeMap::new(),
            pages_read: 1,
            total_pages: 4,
            expected: 4_000,
            started,
            resumed: None,
            updated: started,
            ended: None,
            calls: BTreeMap::new(),
            write_units: 0,
            errors: Vec::new(),
            incomplete: None,
            braked: None,
            outcome: None,
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_running_step_says_how_far_how_fast_and_how_long() {
        let record = record(RunState::Running, 1_000);
        let clock = Clock::paused(later(record.started, Duration::from_secs(30)));

        let told = told(&record, &clock);

        assert_eq!(told, "1.000/4.000 lidos · 999 na Máxima · 1 rejeitado · 2.000/min · faltam 1min30s");
    }

    #[tokio::test(start_paused = true)]
    async fn a_step_that_is_done_says_so() {
        let record = record(RunState::Done, 4_000);

        assert!(told(&record, &Clock::paused(record.started)).ends_with("concluído"));
    }

    #[tokio::test(start_paused = true)]
    async fn removals_that_nobody_has_confirmed_are_told() {
        let record = RunRecord { braked: Some(1_200), ..record(RunState::Done, 4_000) };

        let told = told(&record, &Clock::paused(record.started));

        assert!(told.ends_with("1.200 remoções esperam confirmação"), "{told}");
    }
}
