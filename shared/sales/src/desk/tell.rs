//! An operator's word, brought into the machine.
//!
//! A word is filed and nothing else: the record is due at once then, and whoever works on what is due does what
//! follows. So it is not lost when no partner can be reached, nor when this process ends.

use std::convert::Infallible;
use std::fmt;

use clock::Clock;
use engine::flow::{self, Advance, Change, FilingOf, Flow, FlowError};
use engine::{Budget, Cases, FlowState, Mark};
use jiff::Timestamp;
use omie::{Call as _, ConsultarPedido};
use partner_http::Fault;

use super::actions::{actions, customer_hears, order_hears};
use super::record::{Kind, Record};
use super::words;
use crate::chores::{self, Task};
use crate::customers::{self, Customer, Customers};
use crate::orders::machine::{self, CLAIM};
use crate::orders::{self, InErp, Order, Orders};
use crate::patience::spared;
use crate::tenant::Tenant;
use crate::text::txt;
use crate::waiting::unasked;

/// Who says it, at most.
const ACTOR: usize = 80;
/// Why, at most; a refusal's reason goes to the seller.
const REASON: usize = 500;
/// Somebody else may change the record while we do.
const ATTEMPTS: usize = 5;

/// What an operator decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Word {
    /// Try again now.
    Retry,
    /// It will not go to Omie; the seller reads the reason.
    Refuse,
    /// This order of Omie is it.
    Adopt(InErp),
}

impl Word {
    pub(super) fn of_order(&self, reason: &str) -> machine::Word {
        match self {
            Self::Retry => machine::Word::Retry,
            Self::Refuse => machine::Word::Refuse(reason.to_owned()),
            Self::Adopt(erp) => machine::Word::Adopt(erp.clone()),
        }
    }

    pub(super) fn of_customer(&self, reason: &str) -> Option<customers::machine::Word> {
        match self {
            Self::Retry => Some(customers::machine::Word::Retry),
            Self::Refuse => Some(customers::machine::Word::Refuse(reason.to_owned())),
            Self::Adopt(_) => None,
        }
    }
}

/// A word, who says it and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    word: Word,
    actor: String,
    reason: String,
}

/// What a word lacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Incomplete {
    /// Nobody says it.
    #[error("diga quem decide (nome do operador)")]
    Actor,
    /// Without a reason.
    #[error("diga o motivo: ele fica no histórico")]
    Reason,
    /// An order of Omie without id or number.
    #[error("informe o número do pedido no Omie")]
    Erp,
}

impl Told {
    /// A word with its actor and its reason: neither may be empty, and an order of Omie has an id and a number.
    pub fn new(word: Word, actor: &str, reason: &str) -> Result<Self, Incomplete> {
        if matches!(&word, Word::Adopt(erp) if erp.codigo_pedido <= 0 || erp.numero <= 0) {
            return Err(Incomplete::Erp);
        }
        let actor = txt(actor, ACTOR).ok_or(Incomplete::Actor)?;
        let reason = txt(reason, REASON).ok_or(Incomplete::Reason)?;
        Ok(Self { word, actor, reason })
    }

    /// What the history says of it.
    fn cause(&self) -> String {
        let Self { word, actor, reason } = self;
        match word {
            Word::Retry => format!("{actor} pediu nova tentativa: {reason}"),
            Word::Refuse => format!("{actor} decidiu recusar: {reason}"),
            Word::Adopt(erp) => format!("{actor} associou ao pedido {} do Omie: {reason}", erp.numero),
        }
    }
}

/// What came of a word.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// It is filed; the record as it is now.
    Done(Record),
    /// It does not apply to the record as it is.
    DoesNotApply {
        /// The record.
        record: Record,
        /// Which words do, for a sentence: "Tentar de novo, Recusar".
        instead: String,
    },
    /// There is no such record.
    Missing,
    /// That order of Omie is another one of ours, with this cloud code.
    Taken(String),
    /// Others go on changing the record: say it again.
    Overtaken,
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Done(record) => {
                let (noun, stage) = (record.kind().noun(), words::stage(record.stage()));
                write!(f, "anotado; o {noun} {} está: {stage}", record.id())
            }
            Self::DoesNotApply { record, instead } => {
                let (noun, stage) = (record.kind().noun(), words::stage(record.stage()));
                write!(f, "não se aplica: o {noun} {} está: {stage}. {instead}", record.id())
            }
            Self::Missing => f.write_str("não encontrado: confira o código da nuvem"),
            Self::Taken(other) => write!(f, "esse pedido do Omie já é o pedido {other}: confira os dois"),
            Self::Overtaken => f.write_str("o registro está sendo alterado neste momento: tente de novo"),
        }
    }
}

/// Brings a word to the record with this cloud code. Filed with the actor and the reason in its history, due at once;
/// who has the partners at hand may [`carry_on`], and else the next turn of its job does.
pub async fn tell(
    state: &impl Cases,
    clock: &Clock,
    kind: Kind,
    id: &str,
    told: &Told,
) -> Result<Outcome, FlowError> {
    if let (Word::Adopt(erp), Kind::Pedidos) = (&told.word, kind)
        && let Some(other) = owner(state, erp, id).await?
    {
        return Ok(Outcome::Taken(other));
    }
    for _ in 0..ATTEMPTS {
        let event = Some(told.clone());
        let advanced = match kind {
            Kind::Pedidos => flow::advance(&OrderDesk, state, clock, id, event).await?,
            Kind::Clientes => flow::advance(&CustomerDesk, state, clock, id, event).await?,
        };
        if matches!(advanced, Advance::Missing) {
            return Ok(Outcome::Missing);
        }
        let Some(record) = Record::load(state, kind, id).await? else { return Ok(Outcome::Missing) };
        match advanced {
            Advance::Settled => {
                look_at_it(state, clock, told, id).await;
                return Ok(Outcome::Done(record));
            }
            Advance::Unmoved => {
                let instead = instead(&record, clock.now());
                return Ok(Outcome::DoesNotApply { record, instead });
            }
            Advance::Overtaken | Advance::Missing => {}
        }
    }
    Ok(Outcome::Overtaken)
}

/// The order of Omie that an operator wants to adopt by the number that people see there: it must be there, and for the
/// customer of ours where we know him. The error is for the operator; while Omie cannot be asked, nothing can be adopted.
pub async fn adoptable<S: FlowState>(
    tenant: &Tenant,
    state: &S,
    clock: &Clock,
    id: &str,
    numero: i64,
) -> Result<InErp, String> {
    let call = ConsultarPedido::by_numero(numero);
    let asked = spared(&tenant.omie, ConsultarPedido::METHOD, state, clock, tenant.omie.call(&call)).await;
    let there = asked.map_err(|error| match &error.fault {
        Fault::NotFound { .. } => format!("o Omie não tem pedido com o número {numero}"),
        _ => format!("o Omie não pôde ser consultado, tente de novo depois: {}", unasked(&error)),
    })?;
    let header = there.pedido.cabecalho;
    let theirs = header.numero_pedido.as_deref().and_then(|numero| numero.trim().parse::<i64>().ok());
    if theirs != Some(numero) {
        let theirs = theirs.map_or("um sem número".to_owned(), |numero| format!("o {numero}"));
        return Err(format!("o Omie foi consultado sobre o pedido {numero} e mostrou {theirs}"));
    }
    let ours = match Record::load(state, Kind::Pedidos, id).await {
        Ok(Some(Record::Pedido(order))) => order.codigo_cliente,
        _ => None,
    };
    if let (Some(ours), Some(theirs)) = (ours, header.codigo_cliente)
        && ours != theirs
    {
        return Err(format!("o pedido {numero} é do cliente {theirs}, e o nosso é do cliente {ours}"));
    }
    Ok(InErp { codigo_pedido: header.codigo_pedido, numero })
}

/// Does at once what follows from a word, within the budget; whoever else has taken the record up meanwhile goes first.
pub async fn carry_on<S: FlowState>(
    tenant: &Tenant,
    state: &S,
    clock: &Clock,
    kind: Kind,
    id: &str,
    budget: Budget,
) -> Result<Advance, FlowError> {
    tenant.wait_no_longer_than(budget);
    match kind {
        Kind::Pedidos => Box::pin(flow::wake(&Orders { tenant, state, clock }, state, clock, id)).await,
        Kind::Clientes => Box::pin(flow::wake(&Customers { tenant, state, clock }, state, clock, id)).await,
    }
}

fn instead(record: &Record, now: Timestamp) -> String {
    let labels: Vec<_> = actions(record, now).into_iter().map(|action| action.label).collect();
    if labels.is_empty() {
        return "Agora não há o que decidir: o envio está em andamento".to_owned();
    }
    format!("O que se aplica agora: {}", labels.join(", "))
}

/// Which other order is this one of Omie.
async fn owner(state: &impl Cases, erp: &InErp, id: &str) -> Result<Option<String>, FlowError> {
    let mark = Mark::new("codigo", erp.codigo_pedido.to_string());
    let marked = state.marked(orders::KIND, &mark, None, 2).await?;
    Ok(marked.into_iter().find(|other| other != id))
}

/// An order that was in Omie before we knew has a position there already: it is read, so that the seller learns it.
async fn look_at_it(state: &impl Cases, clock: &Clock, told: &Told, id: &str) {
    if !matches!(told.word, Word::Adopt(_)) {
        return;
    }
    if let Err(error) = chores::ask(state, clock, Task::Look(id.to_owned())).await {
        // The nightly count finds the order behind and asks for the same.
        tracing::warn!(id, error = partner_http::story(&error), "an adopted order is not looked at yet");
    }
}

/// When a record is due after a word. While Máxima is being told something, whoever is at it would come after us with
/// what is older: then no sooner than its claim is over.
fn due_after(is_owing: bool, due: Option<Timestamp>, now: Timestamp) -> Timestamp {
    let claimed = due.filter(|due| is_owing && *due > now).map(|due| due.min(clock::later(now, CLAIM)));
    claimed.unwrap_or(now)
}

/// Orders, for words alone: nothing is performed.
struct OrderDesk;

impl Flow for OrderDesk {
    const KIND: &'static str = orders::KIND;
    type Case = Order;
    type Event = Option<Told>;
    type Effect = Infallible;

    fn next(order: &Order, told: &Option<Told>, now: Timestamp) -> Option<Change<Order, Infallible>> {
        let told = told.as_ref().filter(|told| order_hears(order, &told.word, now))?;
        let mut noted = order.clone();
        noted.history.note(now, order.stage.name(), order.stage.name(), told.cause());
        let event = machine::Event::Told(told.word.of_order(&told.reason));
        let decided = machine::next(&noted, &event, now)?;
        let mut after = decided.case;
        if decided.effect.is_some() {
            // Whoever does it notes it: nobody has been asked yet.
            after.asked = order.asked;
            after.due = Some(due_after(order.owed.next().is_some(), order.due, now));
        }
        Some(Change::to(after))
    }

    fn due() -> Option<Told> {
        None
    }

    fn filing(order: &Order) -> FilingOf {
        order.filing()
    }

    async fn perform(&self, _: &Order, effect: Infallible) -> Option<Told> {
        match effect {}
    }
}

/// The same for customers.
struct CustomerDesk;

impl Flow for CustomerDesk {
    const KIND: &'static str = customers::KIND;
    type Case = Customer;
    type Event = Option<Told>;
    type Effect = Infallible;

    fn next(
        customer: &Customer,
        told: &Option<Told>,
        now: Timestamp,
    ) -> Option<Change<Customer, Infallible>> {
        let told = told.as_ref().filter(|told| customer_hears(customer, &told.word, now))?;
        let mut noted = customer.clone();
        noted.history.note(now, customer.stage.name(), customer.stage.name(), told.cause());
        let event = customers::machine::Event::Told(told.word.of_customer(&told.reason)?);
        let decided = customers::machine::next(&noted, &event, now)?;
        let mut after = decided.case;
        if decided.effect.is_some() {
            after.asked.clone_from(&customer.asked);
            after.due = Some(due_after(customer.owed.answer.is_some(), customer.due, now));
        }
        Some(Change::to(after))
    }

    fn due() -> Option<Told> {
        None
    }

    fn filing(customer: &Customer) -> FilingOf {
        customer.filing()
    }

    async fn perform(&self, _: &Customer, effect: Infallible) -> Option<Told> {
        match effect {}
    }
}
