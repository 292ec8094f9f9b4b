//! Sellers' orders, to be seen: placed in the simulated Máxima, worked on by a person in the simulated Omie, read by
//! the seller again. Nobody helps: the schedules and the webhook bring them. With [`faults`] the partners and our own
//! functions break meanwhile, and what must hold all the same is counted on the screen.

mod case;
mod desk;
mod havoc;
mod story;
mod tables;
mod tally;

use std::time::Duration;

use clock::{Clock, later};
use engine::{Documents as _, StateError};
use fastrand::Rng;
use jiff::Timestamp;
use sales::reconcile;
use serde_json::json;
use simulators::dataset::UnknownRecord;
use simulators::{NotPossible, Simulators, TopicCase};

pub use case::Sold;
pub use tally::Tally;

use crate::asl::Failure;
use crate::patience::Patience;
use crate::screen::Screen;
use crate::stack::Stack;
use havoc::Havoc;

/// How often both sides are looked at, on this machine's clock.
const LOOK_EVERY: Duration = Duration::from_millis(200);
/// When nothing has happened to any order for so long, nothing will. Longer than Omie's block of half an hour twice.
const PATIENCE: Duration = Duration::from_hours(3);
/// How long things break at least.
const HAVOC: Duration = Duration::from_mins(20);
/// Orders that are placed meanwhile, one after the other.
const ORDERS: u32 = 24;

/// How a demonstration ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// Everything has happened.
    Whole,
    /// Something has not happened.
    Incomplete,
    /// What must never happen has happened.
    Violated,
}

impl Shown {
    /// What the program ends with; 2 also when the load has not finished.
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Whole => 0,
            Self::Violated => 1,
            Self::Incomplete => 2,
        }
    }
}

/// Why a demonstration could not be shown.
#[derive(Debug, thiserror::Error)]
pub enum ShowError {
    /// Máxima holds nothing to order.
    #[error("o vendedor simulado não conseguiu fazer o pedido: {0}")]
    Seller(#[from] NotPossible),
    /// Máxima holds too little to order.
    #[error("há poucos clientes para os pedidos da demonstração")]
    FewCustomers,
    /// The simulated Omie lacks what Máxima holds.
    #[error("o Omie simulado não tem o cliente do pedido: {0}")]
    Customer(#[from] UnknownRecord),
    /// The table.
    #[error("a tabela não respondeu: {0}")]
    State(#[from] StateError),
}

/// Places the orders of the demonstration.
pub fn place(stack: &Stack, seed: u64, screen: &Screen) -> Result<Vec<Sold>, ShowError> {
    screen.show(&"\nPedidos de um vendedor, que os agendamentos levam ao Omie e cuja situação volta:");
    let placed =
        story::place_all(&stack.partners.simulators, &mut Rng::with_seed(seed), stack.clock().now())?;
    for order in &placed {
        screen.say(&order.placed(&stack.partners.simulators));
    }
    Ok(placed)
}

/// Places one order, as a person does who looks at the console; its code.
pub(crate) fn place_one(simulators: &Simulators, rng: &mut Rng) -> Result<u64, ShowError> {
    story::place_one(simulators, rng)
}

/// Follows placed orders to their ends and tells them. Somebody else must fire the schedules.
pub async fn follow(stack: &Stack, mut sold: Vec<Sold>, screen: &Screen) -> Result<Shown, ShowError> {
    let machine_time = Clock::system();
    let mut patience = Patience::new(stack.clock(), machine_time.clone(), PATIENCE);
    while !sold.iter().all(Sold::has_ended) {
        let has_news = look(stack, &mut sold, screen).await?;
        if patience.is_spent(has_news) {
            break;
        }
        machine_time.sleep(LOOK_EVERY).await;
    }
    let tally = Tally::count(stack, &sold).await?;
    let is_found = tell(stack, &sold, screen).await?;
    let explained = reconciled(stack, screen).await?;
    let whole = is_found && sold.iter().all(Sold::has_ended);
    let violated = tally.is_violated() || !explained;
    screen.show(&format_args!("\n{tally}"));
    Ok(match (violated, whole) {
        (true, _) => Shown::Violated,
        (false, true) => Shown::Whole,
        (false, false) => Shown::Incomplete,
    })
}

/// The same while everything breaks: orders are placed one after the other, faults drawn from `seed` strike both
/// partners and our own functions, then everything heals and must settle.
pub async fn faults(stack: &Stack, seed: u64, screen: &Screen) -> Result<Shown, ShowError> {
    let clock = stack.clock();
    let mut rng = Rng::with_seed(seed);
    let mut havoc = Havoc::new(rng.fork(), later(clock.now(), HAVOC));
    let mut seller = Placing { rng, left: ORDERS, next: clock.now() };
    screen
        .show(&format_args!("\nFalhas sorteadas (semente {seed}) enquanto o vendedor faz {ORDERS} pedidos:"));
    stack.partners.simulators.omie.configure(|options| options.topic_case = TopicCase::Mixed);
    let mut sold = Vec::new();
    let mut told = Tally::default();
    let machine_time = Clock::system();
    let mut patience = Patience::new(stack.clock(), machine_time.clone(), PATIENCE);
    loop {
        let has_placed = seller.place(stack, &mut sold, screen)?;
        havoc.strike(stack, seller.left > 0, screen).await;
        let has_news = look(stack, &mut sold, screen).await?;
        let tally = Tally::count(stack, &sold).await?;
        for wrong in tally.wrong.iter().filter(|wrong| !told.wrong.contains(wrong)) {
            screen.say(&format!("✘ {wrong}"));
        }
        screen.live(&tally.to_string(), &havoc.told());
        told = tally;
        let settled = seller.left == 0 && havoc.is_over() && sold.iter().all(Sold::has_ended);
        if settled || patience.is_spent(has_news || has_placed) {
            break;
        }
        machine_time.sleep(LOOK_EVERY).await;
    }
    screen.end();
    tell(stack, &sold, screen).await?;
    screen.show(&format_args!("\n{}", havoc.told()));
    let explained = reconciled(stack, screen).await?;
    judged(stack, &sold, explained, screen).await
}

/// The last word: everything that must hold, once nothing is on its way any more.
async fn judged(stack: &Stack, sold: &[Sold], explained: bool, screen: &Screen) -> Result<Shown, ShowError> {
    let tally = Tally::count(stack, sold).await?.at_the_end();
    screen.show(&format_args!("\n{tally}"));
    for wrong in &tally.wrong {
        screen.say(&format!("✘ {wrong}"));
    }
    let shown = judge(&tally, explained, sold.iter().all(Sold::has_ended));
    let holds = shown == Shown::Whole;
    screen.show(&if holds { "As invariantes valeram." } else { "AS INVARIANTES NÃO VALERAM." });
    Ok(shown)
}

/// What a run under faults has shown, from what was counted at its end, from whether the nightly count could explain
/// every order, and from whether each has come to its end.
fn judge(tally: &Tally, explained: bool, all_ended: bool) -> Shown {
    if tally.is_violated() || !explained || !all_ended { Shown::Violated } else { Shown::Whole }
}

/// A seller who places an order every now and then.
struct Placing {
    rng: Rng,
    left: u32,
    next: Timestamp,
}

impl Placing {
    /// Places one when its time has come; whether it did.
    fn place(&mut self, stack: &Stack, sold: &mut Vec<Sold>, screen: &Screen) -> Result<bool, ShowError> {
        let now = stack.clock().now();
        if self.left == 0 || now < self.next {
            return Ok(false);
        }
        let order = story::place_any(&stack.partners.simulators, &mut self.rng, now)?;
        screen.say(&order.placed(&stack.partners.simulators));
        sold.push(order);
        self.left -= 1;
        self.next = later(now, Duration::from_secs(self.rng.u64(15..75)));
        Ok(true)
    }
}

/// Looks at the orders and tells what is new of them; whether anything was.
async fn look(stack: &Stack, sold: &mut [Sold], screen: &Screen) -> Result<bool, StateError> {
    let now = stack.clock().now();
    let mut has_news = false;
    for order in sold {
        let mut said = order.look(&stack.partners.simulators, now);
        if order.may_be_held()
            && let Some(why) = tally::held(&stack.store, order.id()).await?
        {
            said.extend(order.hold(&why, now));
        }
        has_news |= !said.is_empty();
        for line in said {
            screen.say(&line);
        }
    }
    Ok(has_news)
}

/// Tells the orders, and the way of one; whether the desk finds that one by each of its names.
async fn tell(stack: &Stack, sold: &[Sold], screen: &Screen) -> Result<bool, StateError> {
    screen.show(&format_args!("\n{}", tables::orders(&stack.partners.simulators, sold)));
    // The one with the longest way.
    let Some(longest) = sold.iter().max_by_key(|order| order.steps()) else { return Ok(true) };
    let Some(order) = tally::record(&stack.store, longest.id()).await? else { return Ok(true) };
    let now = stack.clock().now();
    let looked = desk::look_up(&stack.store, &order, now).await?;
    screen.show(&format_args!("\n{}", desk::told(&looked, &order, now)));
    Ok(looked.iter().all(|(_, is_found)| *is_found))
}

/// Lets the nightly job count both sides now; whether it could explain every order.
async fn reconciled(stack: &Stack, screen: &Screen) -> Result<bool, StateError> {
    let function = format!("ponte-{}-reconcile-pedidos", crate::stack::TENANT);
    let done = crate::asl::Lambdas::invoke(&stack.pool, &function, json!({ "trigger": "manual" })).await;
    if let Err(Failure { error, cause }) = done {
        screen.show(&format_args!("\nConferência: {error}: {cause}"));
        return Ok(false);
    }
    let reports = stack.store.list(reconcile::KIND, "", usize::MAX).await?;
    let last = reports.into_iter().next_back().map(|(_, document)| document.body);
    if let Some(report) = last.and_then(|body| serde_json::from_value::<reconcile::Report>(body).ok()) {
        screen.show(&format_args!("\nConferência dos dois lados: {report}"));
    }
    Ok(true)
}
