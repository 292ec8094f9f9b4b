//! One seed from beginning to end.

use std::time::Duration;

use engine::{Expected, Leases as _};
use fastrand::Rng;
use jiff::Timestamp;
use serde_json::json;
use simulators::{CustomerKind, OrderKind, Registry};

use crate::chaos::Weather;
use crate::harm::Harm;
use crate::kept::{Edition, edition};
use crate::late::Late;
use crate::sabotage::Sabotage;
use crate::schedule::{self, Action};
use crate::seller::{call_off, meanwhile, resend};
use crate::timeline::{Invocations, Outcome, in_time, until, weather};
use crate::world::{CHORE, CUSTOMER, Job, NOTICE, ORDER, Opening, TIMEOUT, World};
use crate::{check, logs, secrets};

/// Runs a seed.
pub fn seed(seed: u64, keep_trace: bool) -> Outcome {
    run(seed, keep_trace, None)
}

/// Runs a seed with a program that makes a mistake.
pub fn sabotaged(seed: u64, sabotage: Sabotage) -> Outcome {
    run(seed, false, Some(sabotage))
}

fn run(seed: u64, keep_trace: bool, sabotage: Option<Sabotage>) -> Outcome {
    let mut rng = Rng::with_seed(seed);
    let mut schedule = schedule::draw(&mut rng);
    let mut more = Rng::with_seed(!seed);
    schedule::draw_more(&mut more, &mut schedule);
    let late = match edition(seed) {
        Edition::First => Late::none(),
        edition => Late::draw(&mut more, edition, &mut schedule),
    };
    let weather = weather(&mut rng, &Harm::ALL);
    let doings = late.meanwhile.clone();
    let opening = Opening {
        weather,
        skew_ms: if rng.bool() { 0 } else { rng.i64(-300_000..=300_000) },
        odd_rows: rng.bool(),
        cancellation_rows: rng.bool(),
        use_critiques: rng.u8(..4) == 0,
        late,
        keep_trace,
        keep_crossings: false,
        sabotage,
        rng: rng.fork(),
    };
    in_time(async move {
        let world = World::open(opening).await;
        let mut sellers = rng;
        tokio::select! {
            biased;
            () = live(&world, &schedule, &mut sellers) => {}
            () = meanwhile(&world, doings) => {}
        }
        end(&world).await
    })
}

/// So many turns may be harmed when harm is exact; the case is due again after each of them that failed.
const TURNS: usize = 4;

/// One order, imported with these harms at these boundaries. Without any, every boundary is told.
pub(crate) fn exact(plan: Vec<(usize, Harm)>, keep_trace: bool, keep_crossings: bool) -> Outcome {
    let opening = Opening {
        weather: Weather::Exact(plan),
        skew_ms: 0,
        odd_rows: false,
        cancellation_rows: false,
        use_critiques: false,
        late: Late::none(),
        keep_trace,
        keep_crossings,
        sabotage: None,
        rng: Rng::with_seed(1),
    };
    in_time(async move {
        let world = World::open(opening).await;
        act(&world, Action::Place(OrderKind::Boleto), &mut Rng::with_seed(4)).await;
        for _ in 0..TURNS {
            let turn = world.invoke(Job::Orders, true);
            tokio::select! {
                biased;
                () = turn => {}
                () = released(&world) => {}
            }
            let Some(next) = next_due(&world, world.ours.now()).await else { break };
            world.clock.sleep(next.clamp(Duration::from_mins(1), Duration::from_mins(31))).await;
        }
        end(&world).await
    })
}

/// Lets what is held go, every 30 seconds, for ever.
async fn released(world: &World) {
    loop {
        world.clock.sleep(Duration::from_secs(30)).await;
        world.omie.faults().release();
        world.maxima.faults().release();
    }
}

/// The hours of trouble.
async fn live(world: &World, schedule: &[(u64, Action)], rng: &mut Rng) {
    let start = world.clock.now();
    let mut running: Invocations<'_> = Invocations::new();
    for (second, action) in schedule {
        let at = clock::later(start, Duration::from_secs(*second));
        until(&world.clock, &mut running, at).await;
        for (nth, (job, alone)) in act(world, *action, rng).await.into_iter().enumerate() {
            // Two windows that end in the same second are one question.
            let is_woken = *action == Action::DeliverAndWake;
            let later = u64::from(job == Job::Status && (nth > 0 || is_woken));
            running.push(Box::pin(async move {
                world.clock.sleep(Duration::from_secs(later)).await;
                world.invoke(job, alone).await;
            }));
        }
    }
    world.note(format_args!("--- calm"));
    calm(world).await;
    while !running.is_empty() {
        let soon = clock::later(world.clock.now(), Duration::from_secs(5));
        until(&world.clock, &mut running, soon).await;
        world.omie.faults().release();
        world.maxima.faults().release();
    }
}

/// From now on nothing goes wrong any more.
async fn calm(world: &World) {
    {
        let mut state = world.shared.state();
        (state.weather, state.more) = (Weather::Calm, Weather::Calm);
        let crossings = state.crossings;
        state.calm_at.get_or_insert(crossings);
    }
    for faults in [world.omie.faults(), world.maxima.faults()] {
        faults.clear();
        faults.release();
    }
    world.starter_is_down.set(false);
    follow(world);
    restore(world).await;
}

fn follow(world: &World) {
    world.omie.configure(|options| {
        let new = options.app_secret == secrets::OMIE_SECRET_NEW;
        world.omie_secret.set(if new { secrets::OMIE_SECRET_NEW } else { secrets::OMIE_SECRET });
    });
    world.maxima.configure(|options| {
        let new = options.password == secrets::MAXIMA_PASSWORD_NEW;
        let known = if new { secrets::MAXIMA_PASSWORD_NEW } else { secrets::MAXIMA_PASSWORD };
        world.maxima_password.set(known);
    });
}

async fn restore(world: &World) {
    world.settings.save(&*world.memory, Expected::Any).await.expect("valid settings");
}

/// The nth order that was placed, if there is one.
fn order(world: &World, nth: usize) -> Option<u64> {
    world.placed.borrow().get(nth).copied()
}

/// The nth order, if it is in the ERP and was not cancelled there.
fn open_order(world: &World, nth: usize) -> Option<u64> {
    order(world, nth).filter(|id| world.omie.order(&id.to_string()).is_some() && world.truth_of(*id) != 'C')
}

#[expect(clippy::too_many_lines, reason = "a list of actions")]
async fn act(world: &World, action: Action, rng: &mut Rng) -> Vec<(Job, bool)> {
    if !matches!(action, Action::Turn(_) | Action::Release) {
        world.note(format_args!(">>> {action:?}"));
    }
    let seller = world.maxima.seller();
    match action {
        Action::Turn(job) => return vec![(job, true)],
        Action::Twice { job, alone } => return vec![(job, true), (job, alone)],
        Action::DeadTurn(job) => {
            let lane = format!("job/{}", job.name());
            let _ = world.memory.acquire(&lane, "morto", world.ours.now(), TIMEOUT).await;
        }
        Action::Place(kind) => {
            if kind == OrderKind::NewCustomer {
                let waits =
                    world.registered.borrow().iter().any(|id| {
                        world.maxima.customer(*id).is_some_and(|customer| customer.codigo.is_empty())
                    });
                if !waits && let Ok(customer) = seller.sample_customer(CustomerKind::Company, rng) {
                    world.registered.borrow_mut().push(seller.register_customer(customer));
                }
            }
            let placed = seller.place_sample(kind, rng);
            world.note(format_args!("    order {placed:?}"));
            world.placed.borrow_mut().extend(placed);
        }
        Action::Register(kind) => {
            if let Ok(customer) = seller.sample_customer(kind, rng) {
                world.registered.borrow_mut().push(seller.register_customer(customer));
            }
        }
        Action::RegisterAndOrder(kind) => {
            if let Ok(customer) = seller.sample_customer(kind, rng) {
                world.registered.borrow_mut().push(seller.register_customer(customer));
                if let Ok(order) = seller.sample_order(OrderKind::NewCustomer, rng) {
                    world.placed.borrow_mut().push(seller.place_order(order));
                }
            }
        }
        Action::Resend { nth, changed } => {
            if let Some(id) = order(world, nth) {
                resend(world, id, changed);
            }
        }
        Action::ChangeCustomer { nth } => {
            let customer = world.registered.borrow().get(nth).copied();
            if let Some(id) = customer {
                let second = clock::until(Timestamp::UNIX_EPOCH, world.clock.now()).as_secs();
                let name = format!("OUTRO NOME {second}");
                let _ = seller.change_customer(id, |object| object["Fantasia"] = name.into());
            }
        }
        Action::CancelBySeller { nth } => {
            if let Some(id) = order(world, nth) {
                call_off(world, id);
            }
        }
        Action::Stage { nth, stage } => {
            if let Some(id) = open_order(world, nth) {
                let is_invoiced = world
                    .omie
                    .order(&id.to_string())
                    .is_some_and(|order| order["infoCadastro"]["faturado"] == "S");
                let to = match stage {
                    _ if is_invoiced => 'F',
                    "10" => 'P',
                    "20" => 'L',
                    "50" => 'M',
                    _ => 'F',
                };
                if world.omie.set_stage(&id.to_string(), stage).is_ok() {
                    world.moved(id, to);
                }
            }
        }
        Action::Invoice { nth } => {
            if let Some(id) = open_order(world, nth)
                && world.omie.invoice(&id.to_string()).is_ok()
            {
                world.moved(id, 'F');
            }
        }
        Action::CancelInErp { nth } => {
            if let Some(id) = open_order(world, nth)
                && world.omie.cancel(&id.to_string()).is_ok()
            {
                world.moved(id, 'C');
            }
        }
        Action::GiveBack { nth } => {
            if let Some(id) = open_order(world, nth) {
                let _ = world.omie.give_back(&id.to_string());
            }
        }
        Action::Delete { nth } => {
            // One that is deleted before we know that it is there cannot be told from one that never came.
            if let Some(id) = open_order(world, nth)
                && world.maxima.order(id).is_some_and(|order| order.status == 4)
                && world.omie.delete(&id.to_string()).is_ok()
            {
                world.moved(id, 'C');
            }
        }
        Action::Deliver => {
            world.deliver().await;
        }
        Action::DeliverAndWake => {
            if world.deliver().await == Some(true) {
                return vec![(Job::Status, true)];
            }
        }
        Action::Duplicate => {
            world.omie.deliveries().duplicate(0);
        }
        Action::Reorder => world.omie.deliveries().reorder(rng),
        Action::Drop => {
            world.omie.deliveries().drop_at(0);
        }
        Action::ExpireTokens => world.maxima.expire_tokens(),
        Action::RotateOmie => {
            world.omie.configure(|options| secrets::OMIE_SECRET_NEW.clone_into(&mut options.app_secret));
        }
        Action::RotateMaxima => {
            world.maxima.configure(|options| secrets::MAXIMA_PASSWORD_NEW.clone_into(&mut options.password));
            world.maxima.expire_tokens();
        }
        Action::FollowRotation => follow(world),
        Action::Settings { what } => edit_settings(world, what).await,
        Action::RestoreSettings => restore(world).await,
        Action::Release => {
            world.omie.faults().release();
            world.maxima.faults().release();
        }
        Action::Inactivate { nth } => {
            // Before them come a supplier and a carrier.
            if let Some(id) = world.omie.ids(Registry::Clientes).get(nth + 2) {
                let _ = world.omie.set(Registry::Clientes, id, "inativo", json!("S"));
            }
        }
        Action::StarterDown(is_down) => world.starter_is_down.set(is_down),
    }
    Vec::new()
}

async fn edit_settings(world: &World, what: u8) {
    let mut settings = world.settings.clone();
    match what {
        0 => {
            settings.contas.remove("15");
            settings.contas.remove("17");
        }
        1 => settings.pedidos.categoria_omie = None,
        2 => settings.pedidos.categoria_omie = Some("9.99.99".to_owned()),
        3 => settings.pedidos.valor_frete_omie = "12.50".parse().unwrap_or_default(),
        5 => {
            settings.etapas.remove("50");
        }
        _ => settings.contas.values_mut().for_each(|account| *account = 7),
    }
    settings.save(&*world.memory, Expected::Any).await.expect("valid settings");
}

/// How long it may take until everything has settled, once nothing goes wrong any more.
const PATIENCE: Duration = Duration::from_hours(8);
/// A held order is looked at again within this.
const HELD: Duration = Duration::from_mins(25);

/// Turns of one job lie so far apart: the same question within a minute is redundant to Omie.
const APART: Duration = Duration::from_secs(75);

/// The catalogue reads the customers this often.
const CATALOGUE: Duration = Duration::from_mins(15);

/// So often the reconciliation is tried.
const NIGHTS: usize = 6;

/// Settles and checks.
async fn end(world: &World) -> Outcome {
    calm(world).await;
    let calm_since = world.clock.now();
    let mut problems = Vec::new();
    world.reports.borrow_mut().clear();
    // Every stage is listed now.
    world.clock.sleep(world.rows_after).await;
    problems.extend(notices(world).await);
    settle(world, calm_since, &mut problems).await;
    world.note(format_args!("--- night"));
    for _ in 0..NIGHTS {
        world.clock.sleep(APART).await;
        world.invoke(Job::Reconcile, true).await;
        if !world.reports.borrow().is_empty() {
            break;
        }
        // Omie has blocked its listing.
        world.clock.sleep(Duration::from_mins(10)).await;
    }
    if world.reports.borrow().last().is_none_or(|report| report.behind > 0) {
        settle(world, calm_since, &mut problems).await;
        world.clock.sleep(APART).await;
        world.invoke(Job::Reconcile, true).await;
    }
    let ends = check::all(world, &mut problems).await;
    problems.extend(logs::leaks());
    Outcome::of(&world.shared, problems, ends)
}

/// How long a notice may take when nothing goes wrong any more: what Omie blocked is open again.
const NOTICED: Duration = Duration::from_hours(2);

/// Lets what was told by notices have its effect before any listing of what changed can bring it; what has none.
///
/// Where Omie lists a stage later than it tells of it, who looks at once sees nothing, and only a listing brings it.
async fn notices(world: &World) -> Vec<String> {
    if !world.rows_after.is_zero() {
        return Vec::new();
    }
    let end = clock::later(world.clock.now(), NOTICED);
    world.shared.state().is_deaf = true;
    let mut without = check::without_effect(world).await;
    while !without.is_empty() && world.clock.now() < end {
        world.invoke(Job::Status, true).await;
        without = check::without_effect(world).await;
        world.clock.sleep(APART).await;
    }
    world.shared.state().is_deaf = false;
    without
}

/// Turns of every job until nothing is left to do.
async fn settle(world: &World, calm_since: Timestamp, problems: &mut Vec<String>) {
    let end = clock::later(world.clock.now(), PATIENCE);
    let held = clock::later(world.ours.now(), HELD);
    let mut read = world.clock.now();
    loop {
        if clock::later(read, CATALOGUE) <= world.clock.now() && check::leaves_a_customer(world) {
            read = world.clock.now();
            world.read_customers().await;
        }
        while world.deliver().await.is_some() {}
        world.invoke(Job::Orders, true).await;
        if !world.registered.borrow().is_empty() {
            world.invoke(Job::Customers, true).await;
        }
        world.invoke(Job::Status, true).await;
        if is_quiet(world, held).await {
            return;
        }
        let now = world.clock.now();
        if now > end {
            let hours = clock::until(calm_since, now).as_secs() / 3_600;
            problems.push(format!("nothing goes wrong any more, and after {hours} h it has not settled"));
            check::unsettled(world, problems).await;
            return;
        }
        let next = next_due(world, held).await.unwrap_or(Duration::from_mins(10));
        world.clock.sleep(next.clamp(APART, Duration::from_mins(10))).await;
    }
}

/// How long until something is due; held orders count until then.
async fn next_due(world: &World, held: Timestamp) -> Option<Duration> {
    let mut next: Option<Timestamp> = None;
    for kind in [ORDER, CUSTOMER, CHORE, NOTICE] {
        for (_, due, case) in world.due(kind).await {
            let waits = case["stage"] == "held" || check::waits_for_a_customer(world, &case).await;
            if !waits || due <= held {
                next = Some(next.map_or(due, |next| next.min(due)));
            }
        }
    }
    next.map(|next| clock::until(world.ours.now(), next))
}

/// Whether nothing is left to do but what waits for a person.
async fn is_quiet(world: &World, held: Timestamp) -> bool {
    next_due(world, held).await.is_none() && check::everybody_knows(world).await
}
