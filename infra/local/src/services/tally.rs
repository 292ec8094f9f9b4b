//! What must hold, counted: one line each, and a sentence for whatever does not.

use std::fmt;

use service_orders::State;
use simulators::{OrderSituation, ServiceSeen, ServiceSimulators, Standing, Violation, ViolationKind};

use super::Served;
use super::story::End;

/// How many orders are where, for the line that changes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    closed: usize,
    with_ss: usize,
    released: usize,
    cancelled: usize,
    without: usize,
    parked: usize,
    under_way: usize,
    wrong: usize,
}

impl Counts {
    /// Counts, with what the simulated partners have found wrong so far.
    pub(super) fn of(served: &[Served], simulators: &ServiceSimulators) -> Self {
        let mut counts = Self {
            closed: served.len(),
            with_ss: simulators.sismetro.ss_per_order().len(),
            wrong: simulators.violations().len(),
            ..Self::default()
        };
        for order in served {
            let place = match order.record().map(|record| record.state) {
                Some(State::Released) => &mut counts.released,
                Some(State::Cancelled) => &mut counts.cancelled,
                Some(State::Skipped) => &mut counts.without,
                Some(State::NeedsAttention) => &mut counts.parked,
                _ => &mut counts.under_way,
            };
            *place += 1;
        }
        counts
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { closed, with_ss, released, cancelled, without, parked, under_way, wrong } = self;
        write!(
            f,
            "pedidos fechados {closed} · com SS {with_ss} · liberados {released} · cancelados {cancelled} · sem SS \
             {without} · parados {parked} · a caminho {under_way} · regras violadas {wrong}"
        )
    }
}

/// Something that must hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invariant {
    rule: &'static str,
    /// What was counted.
    counted: String,
    /// What breaks it, a sentence each.
    wrong: Vec<String>,
}

impl Invariant {
    /// Whether it holds.
    pub fn holds(&self) -> bool {
        self.wrong.is_empty()
    }
}

impl fmt::Display for Invariant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mark = if self.holds() { '✔' } else { '✘' };
        write!(f, "  {mark} {}: {}", self.rule, self.counted)?;
        self.wrong.iter().try_for_each(|wrong| write!(f, "\n      {wrong}"))
    }
}

/// What must hold at the end, in the order of an order's life. `wanted` tells which orders the demonstration closed.
pub(super) fn invariants(served: &[Served], simulators: &ServiceSimulators) -> Vec<Invariant> {
    let seen: Vec<(&Served, ServiceSeen)> =
        served.iter().filter_map(|order| Some((order, simulators.order(order.id())?))).collect();
    let violations = simulators.violations();
    vec![
        one_ss(&seen, &violations),
        noted(&seen, &violations),
        released(&seen, &violations),
        cancelled(&seen, &violations),
        ended(&seen),
    ]
}

type Seen<'a> = [(&'a Served, ServiceSeen)];

/// What the simulated partners saw of these kinds.
fn found<'a>(violations: &'a [Violation], kinds: &'a [ViolationKind]) -> impl Iterator<Item = String> + 'a {
    violations.iter().filter(|one| kinds.contains(&one.kind)).map(ToString::to_string)
}

fn one_ss(seen: &Seen<'_>, violations: &[Violation]) -> Invariant {
    const KINDS: [ViolationKind; 3] =
        [ViolationKind::SecondSs, ViolationKind::SsWithoutEquipment, ViolationKind::NotOneOrder];
    let mut wrong: Vec<String> = found(violations, &KINDS).collect();
    let wants = |order: &Served| match order.end() {
        End::Released | End::Cancelled => Some(1),
        End::Skipped => Some(0),
        End::Any => None,
    };
    for (order, seen) in seen {
        if let Some(wanted) = wants(order).filter(|wanted| seen.ss.len() != *wanted) {
            wrong.push(format!("pedido {}: {} SS em vez de {wanted}", order.number(), seen.ss.len()));
        }
    }
    let (orders, ss) = (seen.iter().filter(|(_, seen)| !seen.ss.is_empty()).count(), all_ss(seen));
    let others = seen.len() - orders;
    let counted =
        format!("{orders} pedidos, {ss} SS; {others} sem equipamento ou de filial desligada, nenhuma");
    Invariant { rule: "uma SS por pedido", counted, wrong }
}

fn all_ss(seen: &Seen<'_>) -> usize {
    seen.iter().map(|(_, seen)| seen.ss.len()).sum()
}

fn noted(seen: &Seen<'_>, violations: &[Violation]) -> Invariant {
    let mut wrong: Vec<String> =
        found(violations, &[ViolationKind::SecondNote, ViolationKind::WrongLink]).collect();
    let mut count = 0;
    for (order, seen) in seen {
        for ss in &seen.ss {
            // A cancellation does not wait for the note (flow §4).
            let is_wanted = seen.order.situation != OrderSituation::Cancelled;
            let texts = seen.order.observations.concat();
            let is_there =
                texts.contains(&format!("Sismetro SS {}", ss.number)) && texts.contains(token(&ss.link));
            count += usize::from(is_there);
            if is_wanted && !is_there {
                wrong.push(format!("pedido {}: a observação não tem a SS {}", order.number(), ss.number));
            }
        }
    }
    let counted = format!("{count} de {}", all_ss(seen));
    Invariant { rule: "número e link da SS na observação do pedido, uma vez", counted, wrong }
}

/// What makes the link one: its parameters may stand in another order.
fn token(link: &str) -> &str {
    link.split_once("token=").map_or(link, |(_, rest)| rest.split('&').next().unwrap_or(rest))
}

fn released(seen: &Seen<'_>, violations: &[Violation]) -> Invariant {
    const KINDS: [ViolationKind; 2] =
        [ViolationKind::ReleaseBeforeConclusion, ViolationKind::ReleaseWithoutNote];
    let mut wrong: Vec<String> = found(violations, &KINDS).collect();
    for (order, seen) in seen {
        if seen.order.released() > 1 {
            wrong.push(format!("pedido {}: liberado {} vezes", order.number(), seen.order.released()));
        }
    }
    let concluded = standing(seen, Standing::Completed);
    let released = seen.iter().filter(|(_, seen)| seen.order.released() > 0).count();
    let counted = format!("{concluded} concluídos no Sismetro, {released} liberados");
    Invariant { rule: "liberado para faturar só depois de concluído", counted, wrong }
}

fn cancelled(seen: &Seen<'_>, violations: &[Violation]) -> Invariant {
    const KINDS: [ViolationKind; 2] = [ViolationKind::CancelNotAsked, ViolationKind::SeveralIds];
    let mut wrong: Vec<String> = found(violations, &KINDS).collect();
    let is_cancelled = |seen: &ServiceSeen| seen.order.situation == OrderSituation::Cancelled;
    for (order, seen) in seen {
        let is_wanted = seen.ss.iter().any(|ss| ss.standing == Standing::Cancelled);
        if is_wanted && !is_cancelled(seen) {
            wrong.push(format!("pedido {}: SS cancelada, pedido não", order.number()));
        }
    }
    let wanted = standing(seen, Standing::Cancelled);
    let done = seen.iter().filter(|(_, seen)| is_cancelled(seen)).count();
    let counted = format!("{wanted} cancelados no Sismetro, {done} no ERP");
    Invariant { rule: "cancelado no ERP quando cancelado no Sismetro, e só então", counted, wrong }
}

fn standing(seen: &Seen<'_>, standing: Standing) -> usize {
    seen.iter().filter(|(_, seen)| seen.ss.iter().any(|ss| ss.standing == standing)).count()
}

fn ended(seen: &Seen<'_>) -> Invariant {
    let wrong: Vec<String> = seen
        .iter()
        .filter_map(|(order, seen)| Some(format!("pedido {}: {}", order.number(), order.wrong(seen)?)))
        .collect();
    let counted = format!("{} de {}", seen.len() - wrong.len(), seen.len());
    Invariant { rule: "todo pedido teve o fim que devia ter", counted, wrong }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use clock::Clock;
    use fastrand::Rng;
    use http::Request;
    use jiff::Timestamp;
    use service_orders::{Content, Order, Payload};
    use simulators::{EquipmentKind, ServiceOptions, UNIT, UNIT_KEY};

    use super::*;

    struct Bench {
        simulators: ServiceSimulators,
        served: Served,
    }

    impl Bench {
        /// An order that is to end so, and where our record says that it is.
        fn new(kind: EquipmentKind, end: End, state: State) -> Self {
            let now = Timestamp::UNIX_EPOCH;
            let simulators = ServiceSimulators::open(ServiceOptions::new(Clock::paused(now)));
            let id = simulators.close_sample(kind, &mut Rng::with_seed(1));
            let payload = Payload {
                body: None,
                beside: None,
                content_type: "application/json".to_owned(),
                digest: String::new(),
                occurred: None,
            };
            let mut record = Order::new(&id, payload, Content::default(), now);
            record.state = state;
            let mut served = Served::new(id, 48_213, "", None, end, now);
            served.look(&simulators, Some(record), now);
            Self { simulators, served }
        }

        async fn open_ss(&self) {
            let body = format!(r#"{{"orderId":"{}"}}"#, self.served.id());
            let request = Request::post("/serviceOrder/open").header("unit", UNIT).header("key", UNIT_KEY);
            let request = request.header("content-type", "application/json").body(Bytes::from(body));
            let answer = self.simulators.sismetro.handle(request.expect("a request")).await;
            assert!(answer.expect("an answer").status().is_success());
        }

        /// The rules that do not hold, by their first words.
        fn broken(&self) -> Vec<&'static str> {
            let invariants = invariants(std::slice::from_ref(&self.served), &self.simulators);
            invariants
                .iter()
                .filter(|one| !one.holds())
                .filter_map(|one| one.rule.split(' ').next())
                .collect()
        }
    }

    #[tokio::test(start_paused = true)]
    async fn an_order_without_equipment_wants_nothing() {
        let bench = Bench::new(EquipmentKind::Absent, End::Skipped, State::Skipped);
        assert_eq!(bench.broken(), Vec::<&str>::new());

        bench.open_ss().await;

        assert_eq!(bench.broken(), ["uma", "número"]);
    }

    #[tokio::test(start_paused = true)]
    async fn none_and_two_are_not_one_ss() {
        let bench = Bench::new(EquipmentKind::New, End::Released, State::Released);
        bench.simulators.senior.released_elsewhere(bench.served.id()).expect("it waits");
        assert_eq!(bench.broken(), ["uma"]);

        bench.open_ss().await;
        assert_eq!(bench.broken(), ["número"], "nobody has noted it");

        bench.open_ss().await;
        assert_eq!(bench.broken(), ["uma", "número"]);
    }

    #[tokio::test(start_paused = true)]
    async fn an_order_whose_ss_is_cancelled_is_cancelled() {
        let bench = Bench::new(EquipmentKind::New, End::Cancelled, State::Cancelled);
        bench.open_ss().await;
        bench.simulators.sismetro.cancel(1_287_001, "desistência").expect("there is one");
        assert_eq!(bench.broken(), ["número", "cancelado", "todo"]);

        bench.simulators.senior.cancelled_elsewhere(bench.served.id()).expect("it waits");

        assert_eq!(bench.broken(), Vec::<&str>::new(), "a cancellation does not wait for the note");
    }

    #[test]
    fn an_order_that_has_not_come_to_its_end_is_named_with_where_it_is() {
        for state in [State::AwaitingExecution, State::NeedsAttention, State::Skipped, State::Cancelled] {
            let bench = Bench::new(EquipmentKind::Absent, End::Released, state);
            let told = invariants(std::slice::from_ref(&bench.served), &bench.simulators);
            let last = told.last().expect("the ends").to_string();

            assert!(last.contains("✘ todo pedido") && last.contains("pedido 48213: "), "{last}");
        }
    }
}
