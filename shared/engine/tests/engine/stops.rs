//! What makes a run stop before its sweep is over, and what it says then.

use std::time::Duration;

use engine::RunState;
use partner_http::{CallError, Fault, Remedy};

use crate::world::World;

const NAMES: [&str; 10] = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"];

#[tokio::test(start_paused = true)]
async fn a_spent_budget_stops_between_pages_and_the_rest_comes_later() {
    let world = World::of(&NAMES);
    world.source.takes(Duration::from_secs(5));

    let first = world.run_within(world.seconds(7)).await.expect("nothing fails");
    assert!(first.more);
    assert_eq!(first.wait_seconds, 0);
    assert_eq!(first.counters.read, 9, "the pages fetched last are settled too");
    assert_eq!(world.record().await.state, RunState::Running);

    let second = world.run().await.expect("nothing fails");

    assert!(!second.more);
    assert_eq!(second.counters.read, 10, "of the whole sweep");
    assert_eq!(world.target.rows(), world.model());
    assert_eq!(world.source.asked(), [1, 2, 3, 4], "and without a wait");
    assert_eq!(world.source.offences(), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn a_spent_budget_asks_for_nothing() {
    let world = World::of(&NAMES);

    let report = world.run_within(world.seconds(0)).await.expect("nothing fails");

    assert!(report.more);
    assert_eq!(world.source.asked(), Vec::<u32>::new());
}

#[tokio::test(start_paused = true)]
async fn a_blocked_lane_says_how_long() {
    let world = World::of(&NAMES);
    world.source.answer(Some(CallError::new("omie", "ListarItens", Fault::Blocked { seconds: 1_830 })));

    let report = world.run().await.expect("a block is no error");

    assert!(report.more);
    assert_eq!(report.wait_seconds, 1_830);
    assert_eq!(report.waiting_for.as_deref(), Some("omie ListarItens pede espera: bloqueado por 1830 s"));
    let record = world.record().await;
    assert_eq!((record.state, record.outcome), (RunState::Running, report.waiting_for));
}

#[tokio::test(start_paused = true)]
async fn a_block_is_remembered_by_the_next_run() {
    let world = World::of(&NAMES);
    // The second of a pair, while the first one fails in a way that asks for no patience.
    world.source.fails(2, Fault::Unavailable);
    world.source.fails(3, Fault::Blocked { seconds: 1_830 });
    world.run().await.expect_err("page 2 failed");
    world.source.recovers();
    let asked = world.source.asked();

    world.clock.sleep(Duration::from_secs(100)).await;
    let second = world.run().await.expect("a block is no error");
    world.clock.sleep(Duration::from_secs(30)).await;
    let third = world.run().await.expect("and is not forgotten by telling it");

    assert_eq!(world.source.asked(), asked, "a question inside the block would extend it");
    assert_eq!((second.more, second.wait_seconds), (true, 1_730));
    assert_eq!((third.more, third.wait_seconds), (true, 1_700));
    let text = second.waiting_for.expect("a reason");
    assert!(text.starts_with("a origem bloqueou este método"), "{text}");
    assert_eq!(world.record().await.outcome, Some(text));

    world.clock.sleep(Duration::from_secs(third.wait_seconds)).await;
    let last = world.run().await.expect("the block is over");
    assert_eq!((last.more, last.counters.read), (false, 10));
}

#[tokio::test(start_paused = true)]
async fn a_failed_call_stops_the_run_with_its_remedy_and_its_cause() {
    let world = World::of(&NAMES);
    let text = "Chave de acesso inválida".to_owned();
    world.source.answer(Some(CallError::new("omie", "ListarItens", Fault::Unauthorized { text })));

    let error = world.run().await.expect_err("the key is refused");

    assert_eq!(error.remedy(), Remedy::FixConfig);
    assert_eq!(error.to_string(), "a execução de itens parou na página 1");
    let record = world.record().await;
    assert_eq!((record.state, record.errors.len()), (RunState::Failed, 1));
    assert_eq!(record.errors[0].remedy, "FixConfig");
    assert!(record.errors[0].text.contains("Chave de acesso inválida"), "{}", record.errors[0].text);

    world.source.answer(None);
    let report = world.run_to_the_end().await;

    assert_eq!(report.counters.read, 10);
    assert_eq!(world.record().await.state, RunState::Done);
    assert_eq!(world.source.offences(), Vec::<String>::new(), "page 1 was not asked again inside 60 s");
}

#[tokio::test(start_paused = true)]
async fn an_unclear_write_needs_nobodys_leave_to_be_repeated() {
    let cause = engine::Cause::Call(CallError::new("maxima", "Itens", Fault::Unclear));

    assert!(matches!(cause.remedy(), Remedy::RetryLater { .. }), "{:?}", cause.remedy());
}
