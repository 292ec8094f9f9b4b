//! Service orders, to be seen: closed in the simulated Senior X, opened as SS in the simulated Sismetro, done or
//! cancelled there, released or cancelled in the ERP. Nobody helps: webhooks, events and schedules of the template bring
//! them. With [`faults`] the partners and our own functions break meanwhile.

mod case;
mod havoc;
mod operator;
mod partners;
mod story;
mod tables;
mod tally;
mod words;

use std::time::Duration;

use clock::{Clock, later};
use engine::flow::FlowError;
use fastrand::Rng;
use jiff::Timestamp;
use service_orders::records;
use simulators::{CallbackForm, EventForm, NotAllowed};

pub use case::Served;
pub use partners::{ServicePartners, WEBHOOK_HEADER, WEBHOOK_SECRET};
pub use tally::{Counts, Invariant};

use crate::patience::Patience;
use crate::report;
use crate::screen::Screen;
use crate::sellers::Shown;
use crate::stack::Stack;
use crate::words::hour;
use havoc::Havoc;
use operator::Operator;

/// The tenant of this demonstration.
pub type ServiceStack = Stack<ServicePartners>;

/// How often both sides are looked at, on this machine's clock.
const LOOK_EVERY: Duration = Duration::from_millis(200);
/// When nothing has happened to any order for so long, nothing will. A lost callback takes up to an hour and a half.
const PATIENCE: Duration = Duration::from_hours(4);
/// How long things break at least.
const HAVOC: Duration = Duration::from_mins(30);
/// Orders that are closed meanwhile, one after the other.
const ORDERS: u32 = 24;

/// Why a demonstration could not be shown.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// The simulated ERP does not close an order.
    #[error("o ERP simulado não fechou o pedido: {0}")]
    Erp(#[from] NotAllowed),
    /// The table.
    #[error("a tabela não respondeu: {0}")]
    State(#[from] FlowError),
}

/// Closes the orders of the demonstration, follows them to their ends and tells them. Somebody else must fire the
/// schedules. `keep` is filled with the orders, for whoever goes on watching.
pub async fn demonstrate(
    stack: &ServiceStack,
    seed: u64,
    screen: &Screen,
    keep: &mut Vec<Served>,
) -> Result<Shown, ServiceError> {
    let simulators = &stack.partners.simulators;
    let clock = stack.clock();
    let mut rng = Rng::with_seed(seed);
    screen.show(
        &"Ordens de serviço fechadas no ERP, que vão ao Sismetro como SS e voltam concluídas ou canceladas:",
    );
    let first = story::close_first(simulators, &mut rng, clock.now())?;
    screen.say(&format!("{}; o evento chega três vezes", first.closed(simulators)));
    keep.push(first);
    stack.partners.register_webhook();
    let met = || simulators.sismetro.faults().pending() == 0;
    watch(stack, keep, screen, story::FIRST_ALONE, |_| met()).await?;
    for order in story::close_others(simulators, &mut rng, clock.now())? {
        screen.say(&order.closed(simulators));
        keep.push(order);
    }
    let is_lost = |order: &Served| order.what() == story::LOST;
    let is_over = |order: &Served| order.is_settled() || order.is_parked();
    watch(stack, keep, screen, PATIENCE, |served| {
        served.iter().all(|order| is_over(order) || is_lost(order))
    })
    .await?;
    screen.say(
        "… o aviso perdido: a cada 30 min o Sismetro é consultado sobre as SS sem notícia há mais de 1 h",
    );
    watch(stack, keep, screen, PATIENCE, |served| served.iter().all(is_over)).await?;
    screen.end();
    let untold = keep.iter().find(|order| is_lost(order));
    Ok(tell(stack, keep, untold, screen))
}

/// The same while everything breaks: orders are closed one after the other, faults drawn from `seed` strike both
/// partners and our own functions; then everything heals, an operator decides what was parked, and all must settle.
pub async fn faults(
    stack: &ServiceStack,
    seed: u64,
    screen: &Screen,
    keep: &mut Vec<Served>,
) -> Result<Shown, ServiceError> {
    let (simulators, clock) = (&stack.partners.simulators, stack.clock());
    let mut rng = Rng::with_seed(seed);
    let mut havoc = Havoc::new(rng.fork(), later(clock.now(), HAVOC));
    let (mut closing, mut operator) = (Closing { rng, left: ORDERS, next: clock.now() }, Operator::default());
    screen.show(&format_args!(
        "Falhas sorteadas (semente {seed}) enquanto {ORDERS} ordens de serviço são fechadas:"
    ));
    simulators.senior.configure(|options| options.events = EventForm::mixed());
    simulators.sismetro.configure(|options| options.callbacks = Some(CallbackForm::mixed()));
    stack.partners.register_webhook();
    let machine_time = Clock::system();
    let mut patience = Patience::new(stack.clock(), machine_time.clone(), PATIENCE);
    loop {
        let has_closed = closing.close(stack, keep, screen)?;
        havoc.strike(stack, closing.left > 0, screen).await;
        let has_news = look(stack, keep, screen).await?;
        if havoc.is_over() {
            for line in operator.look(stack, keep).await {
                screen.say(&line);
            }
        }
        screen.live(&Counts::of(keep, simulators).to_string(), &havoc.told());
        let settled = closing.left == 0 && havoc.is_over() && keep.iter().all(Served::is_settled);
        if settled || patience.is_spent(has_news || has_closed) {
            break;
        }
        machine_time.sleep(LOOK_EVERY).await;
    }
    screen.end();
    let shown = tell(stack, keep, None, screen);
    screen.show(&format_args!("\n{}", havoc.told()));
    Ok(shown)
}

/// What a person can do meanwhile in another terminal, each as a command to be copied.
pub fn hints(stack: &ServiceStack) -> String {
    let ServicePartners { senior_at, sismetro_at, .. } = &stack.partners;
    let order = r#"'{"equipment":"new","seed":7,"close":true}'"#;
    [
        "Em outro terminal:".to_owned(),
        format!("  operar     cargo run -q -p senior-sismetro --bin so -- --endpoint {} list", stack.address),
        format!("  fechar OS  curl -X POST {senior_at}/_sim/order -d {order}"),
        format!("  concluir   curl -X POST {sismetro_at}/_sim/ss/1287001/conclude"),
    ]
    .join("\n")
}

/// Goes on telling what happens, for as long as it is polled: also to orders that somebody closes from outside.
pub async fn stay(
    stack: &ServiceStack,
    served: &mut Vec<Served>,
    screen: &Screen,
) -> Result<(), ServiceError> {
    let simulators = &stack.partners.simulators;
    let machine_time = Clock::system();
    loop {
        let now = stack.clock().now();
        for order in simulators.senior.orders() {
            if order.events > 0 && !served.iter().any(|known| known.id() == order.id) {
                let strange = Served::strange(&order, now);
                screen.say(&strange.closed(simulators));
                served.push(strange);
            }
        }
        look(stack, served, screen).await?;
        machine_time.sleep(LOOK_EVERY).await;
    }
}

/// Looks at the orders until it `is_enough`, or until nothing has happened to them for long.
async fn watch(
    stack: &ServiceStack,
    served: &mut [Served],
    screen: &Screen,
    quiet: Duration,
    is_enough: impl Fn(&[Served]) -> bool,
) -> Result<(), ServiceError> {
    let machine_time = Clock::system();
    let mut patience = Patience::new(stack.clock(), machine_time.clone(), quiet);
    loop {
        let has_news = look(stack, served, screen).await?;
        screen.waiting(&format!(
            "{}  {}",
            hour(stack.clock().now()),
            Counts::of(served, &stack.partners.simulators)
        ));
        if is_enough(served) || patience.is_spent(has_news) {
            return Ok(());
        }
        machine_time.sleep(LOOK_EVERY).await;
    }
}

/// Looks at the orders and tells what is new of them; whether anything was.
async fn look(stack: &ServiceStack, served: &mut [Served], screen: &Screen) -> Result<bool, ServiceError> {
    let mut has_news = false;
    for order in served.iter_mut().filter(|order| !order.is_settled()) {
        let record = records::order(&stack.store, order.id()).await?;
        for line in order.look(&stack.partners.simulators, record, stack.clock().now()) {
            has_news = true;
            screen.say(&line);
        }
    }
    Ok(has_news)
}

/// The orders, the way of one, what it took, and what must hold.
fn tell(stack: &ServiceStack, served: &[Served], one: Option<&Served>, screen: &Screen) -> Shown {
    let simulators = &stack.partners.simulators;
    screen.show(&format_args!("\n{}", tables::orders(simulators, served)));
    if let Some(order) = one {
        screen.show(&format_args!("\n{}", tables::timeline(order)));
    }
    let calls = [("Senior X", simulators.senior.verdict()), ("Sismetro", simulators.sismetro.verdict())];
    screen.show(&format_args!("\nChamadas aos parceiros:\n{}", report::calls(&calls)));
    screen.show(&format_args!("\nFunções:\n{}", report::functions(&stack.pool.usage())));
    let invariants = tally::invariants(served, simulators);
    screen.show(&"\nO que tem de valer:");
    for invariant in &invariants {
        screen.show(invariant);
    }
    if invariants.iter().all(Invariant::holds) { Shown::Whole } else { Shown::Violated }
}

/// A person who closes an order every now and then.
struct Closing {
    rng: Rng,
    left: u32,
    next: Timestamp,
}

impl Closing {
    /// Closes one when its time has come; whether it did.
    fn close(
        &mut self,
        stack: &ServiceStack,
        served: &mut Vec<Served>,
        screen: &Screen,
    ) -> Result<bool, ServiceError> {
        let now = stack.clock().now();
        if self.left == 0 || now < self.next {
            return Ok(false);
        }
        let simulators = &stack.partners.simulators;
        let order = story::close_any(simulators, &mut self.rng, now)?;
        screen.say(&order.closed(simulators));
        served.push(order);
        self.left -= 1;
        self.next = later(now, Duration::from_secs(self.rng.u64(20..110)));
        Ok(true)
    }
}
