use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use engine::flow::FlowError;
use engine::{Case, Mark, StateError};

use super::super::tell::{Incomplete, Outcome, Told, Word, tell};
use super::*;
use crate::chores;
use crate::customers::{self, Stage as CustomerStage};
use crate::orders::Stage;
use crate::orders::machine::{CLAIM, Effect, Posted};

fn said(word: Word) -> Told {
    Told::new(word, "Maria Souza", "cadastro corrigido no Omie").expect("complete")
}

async fn outcome(state: &impl engine::Cases, clock: &Clock, word: Word) -> Outcome {
    tell(state, clock, Kind::Pedidos, "900100200", &said(word)).await.expect("told")
}

fn causes(order: &Order) -> Vec<String> {
    order.history.steps().iter().map(|step| step.cause.clone()).collect()
}

#[test]
fn a_word_needs_an_actor_and_a_reason() {
    assert_eq!(Told::new(Word::Retry, "  ", "motivo"), Err(Incomplete::Actor));
    assert_eq!(Told::new(Word::Refuse, "Maria", " \n\t"), Err(Incomplete::Reason));
    let nothing = InErp { codigo_pedido: 0, numero: 1507 };
    assert_eq!(Told::new(Word::Adopt(nothing), "Maria", "é este"), Err(Incomplete::Erp));
}

#[tokio::test(start_paused = true)]
async fn a_retry_is_filed_with_actor_and_reason_and_is_due_at_once() {
    let (state, clock) = shelf();
    put_order(&state, held()).await;

    let Outcome::Done(record) = outcome(&state, &clock, Word::Retry).await else { panic!("it applies") };

    assert_eq!(record.stage(), "new");
    let order = order(&state, "900100200").await;
    assert_eq!((order.stage, order.due), (Stage::New, Some(at(60))));
    let [.., said, done] = &causes(&order)[..] else { panic!("two steps") };
    assert_eq!(said, "Maria Souza pediu nova tentativa: cadastro corrigido no Omie");
    assert_eq!(done, "nova tentativa pedida pelo operador");
    let change = next(&order, &Event::Due, at(61)).expect("the next turn takes it up");
    assert!(matches!(change.effect, Some(Effect::Prepare)));
}

#[tokio::test(start_paused = true)]
async fn a_refusal_reaches_the_seller_without_the_operator_s_name() {
    let (state, clock) = shelf();
    put_order(&state, held()).await;

    outcome(&state, &clock, Word::Refuse).await;

    let order = order(&state, "900100200").await;
    let owed = order.owed.critique.clone().expect("the seller is told");
    assert_eq!((order.stage, owed.is_error), (Stage::Rejected, true));
    assert_eq!(owed.text, "cadastro corrigido no Omie");
    assert!(causes(&order).contains(&"Maria Souza decidiu recusar: cadastro corrigido no Omie".to_owned()));
    assert_eq!(order.due, Some(at(60)));
}

#[tokio::test(start_paused = true)]
async fn an_adopted_order_is_in_omie_and_its_position_is_asked_for() {
    let (state, clock) = shelf();
    put_order(&state, mistaken()).await;

    outcome(&state, &clock, Word::Adopt(erp())).await;

    let order = order(&state, "900100200").await;
    assert_eq!((order.stage, order.erp), (Stage::InErp, Some(erp())));
    let chores = state.due(chores::KIND, at(61), 10).await.expect("read");
    assert_eq!(chores, ["pedido/900100200"]);
}

#[tokio::test(start_paused = true)]
async fn an_order_of_omie_is_adopted_once() {
    let (state, clock) = shelf();
    put_order(&state, mistaken()).await;
    let mut other = in_erp();
    other.id = "900100199".into();
    put_order(&state, other).await;

    let taken = outcome(&state, &clock, Word::Adopt(erp())).await;

    assert_eq!(taken, Outcome::Taken("900100199".into()));
    assert_eq!(order(&state, "900100200").await.stage, Stage::Held);
}

#[tokio::test(start_paused = true)]
async fn a_word_that_does_not_apply_changes_nothing_and_says_which_do() {
    let (state, clock) = shelf();
    put_order(&state, in_erp()).await;
    let before = order(&state, "900100200").await;

    let refused = outcome(&state, &clock, Word::Refuse).await;

    let text =
        "não se aplica: o pedido 900100200 está: no Omie. O que se aplica agora: Avisar a Máxima de novo";
    assert_eq!(refused.to_string(), text);
    assert_eq!(order(&state, "900100200").await, before);
    let missing = tell(&state, &clock, Kind::Pedidos, "1", &said(Word::Retry)).await.expect("told");
    assert_eq!(missing, Outcome::Missing);
}

#[tokio::test(start_paused = true)]
async fn a_retry_of_what_may_be_in_omie_asks_omie_first() {
    let (state, clock) = shelf();
    put_order(&state, after(sending(), &[(Event::Included(Included::Unclear { words: None }), 2)])).await;

    outcome(&state, &clock, Word::Retry).await;

    let order = order(&state, "900100200").await;
    assert_eq!((order.stage, order.due, order.asked), (Stage::Sending, Some(at(60)), None));
    let change = next(&order, &Event::Due, at(61)).expect("due");
    assert!(matches!(change.effect, Some(Effect::Consult)));
}

#[tokio::test(start_paused = true)]
async fn nobody_is_told_something_while_an_older_word_is_on_its_way() {
    let (state, clock) = shelf();
    put_order(&state, in_erp()).await;

    outcome(&state, &clock, Word::Retry).await;

    assert_eq!(order(&state, "900100200").await.due, Some(clock::later(at(2), CLAIM)));

    let unreachable =
        Posted::Unclear { why: "a Máxima não responde".into(), after: Duration::from_mins(50) };
    let post = in_erp().owed.next().expect("owed");
    let (state, clock) = shelf();
    put_order(&state, after(in_erp(), &[(Event::Posted(post, unreachable), 3)])).await;

    outcome(&state, &clock, Word::Retry).await;

    let due = order(&state, "900100200").await.due.expect("due");
    assert_eq!(due, clock::later(at(60), CLAIM), "sooner than the pause");
}

#[tokio::test(start_paused = true)]
async fn a_customer_hears_two_of_the_words() {
    let (state, clock) = shelf();
    put(&state, &Record::Cliente(Box::new(customer(88_771, at(0))))).await;
    let tells = async |word| tell(&state, &clock, Kind::Clientes, "88771", &said(word)).await.expect("told");

    assert!(matches!(tells(Word::Adopt(erp())).await, Outcome::DoesNotApply { .. }));
    let Outcome::Done(Record::Cliente(refused)) = tells(Word::Refuse).await else { panic!("it applies") };
    assert_eq!((refused.stage, refused.due), (CustomerStage::Rejected, Some(at(60))));
    assert_eq!(
        refused.owed.answer.as_ref().map(|answer| answer.text.as_str()),
        Some("cadastro corrigido no Omie")
    );
    let Outcome::Done(Record::Cliente(again)) = tells(Word::Retry).await else { panic!("it applies") };
    assert_eq!(again.stage, CustomerStage::New);
    let due = state.due(customers::KIND, at(60), 10).await.expect("read");
    assert_eq!(due, ["88771"]);
}

/// A shelf on which somebody else changes the case between our look and our filing, so many times.
struct Crowded<'a>(&'a Memory, AtomicU32);

impl engine::Cases for Crowded<'_> {
    async fn case(&self, kind: &str, id: &str) -> Result<Option<Case>, StateError> {
        self.0.case(kind, id).await
    }

    async fn file(
        &self,
        kind: &str,
        id: &str,
        before: Option<&Case>,
        after: Filing,
    ) -> Result<Case, StateError> {
        let left = self.1.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1));
        if left.is_ok() {
            let theirs = before.expect("a case").clone();
            self.0.file(kind, id, Some(&theirs), theirs.filing.clone()).await?;
        }
        self.0.file(kind, id, before, after).await
    }

    async fn open_all(&self, kind: &str, cases: &[(String, Filing)]) -> Result<(), StateError> {
        self.0.open_all(kind, cases).await
    }

    async fn due(&self, kind: &str, now: Timestamp, limit: usize) -> Result<Vec<String>, StateError> {
        self.0.due(kind, now, limit).await
    }

    async fn marked(
        &self,
        kind: &str,
        mark: &Mark,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<String>, StateError> {
        self.0.marked(kind, mark, after, limit).await
    }
}

#[tokio::test(start_paused = true)]
async fn a_word_that_is_overtaken_is_said_again_and_in_the_end_given_back() {
    let (state, clock) = shelf();
    put_order(&state, held()).await;

    let twice = outcome(&Crowded(&state, AtomicU32::new(2)), &clock, Word::Retry).await;
    assert!(matches!(twice, Outcome::Done(_)), "{twice:?}");

    let always = outcome(&Crowded(&state, AtomicU32::new(u32::MAX)), &clock, Word::Retry).await;
    assert_eq!(always, Outcome::Overtaken);
}

#[tokio::test(start_paused = true)]
async fn a_word_about_a_record_that_cannot_be_read_fails_and_names_it() {
    let (state, clock) = shelf();
    let filing = held().filing();
    let broken = Filing { body: json!({"id": 7}), due: None, marks: filing.marks, expires: filing.expires };
    state.file(Kind::Pedidos.stored(), "900100200", None, broken).await.expect("filed");

    let failed = tell(&state, &clock, Kind::Pedidos, "900100200", &said(Word::Retry)).await;

    assert!(matches!(failed, Err(FlowError::Unreadable { id, .. }) if id == "900100200"));
}
