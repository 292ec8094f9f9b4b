use clock::Clock;
use engine::Memory;

use super::*;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_738_500_000 + second).expect("a valid second")
}

fn state() -> Memory {
    Memory::new(Clock::system())
}

async fn open(state: &Memory) -> Draft {
    Draft::open(state).await.expect("it can be read")
}

/// Without problems.
fn usable() -> Settings {
    Settings { contas: [("01".to_owned(), 7)].into(), ..Settings::default() }
}

#[tokio::test]
async fn what_was_never_begun_begins_at_the_first_step_with_the_defaults() {
    let draft = open(&state()).await;

    assert_eq!((draft.current(), draft.is_in_use), (Some(Step::Maxima), false));
    assert_eq!(draft.settings, Settings::default());
    assert!(draft.is_open(Step::Maxima) && !draft.is_open(Step::Omie));
}

#[tokio::test]
async fn settings_with_problems_are_kept_for_the_next_step_and_used_by_nobody() {
    let state = state();
    let incomplete = Settings { bonificacao: false, ..Settings::default() };
    open(&state).await.finish(&state, Step::Maxima, incomplete.clone(), "ana", at(0)).await.expect("kept");

    let draft = open(&state).await;

    assert_eq!((draft.current(), draft.is_in_use), (Some(Step::Omie), false));
    assert_eq!(draft.settings, incomplete);
    assert_eq!(draft.done[&Step::Maxima], Done { at: at(0), by: "ana".to_owned() });
    assert_eq!(Settings::stored(&state).await.expect("read"), None);
}

#[tokio::test]
async fn settings_without_problems_are_in_use_and_signed() {
    let state = state();
    let draft = open(&state).await.finish(&state, Step::Contas, usable(), "ana", at(0)).await.expect("kept");
    assert!(draft.is_in_use);

    let draft = draft.finish(&state, Step::Padroes, usable(), "ana", at(5)).await.expect("nothing new");
    let changed = Settings { bonificacao: false, ..usable() };
    draft.finish(&state, Step::Padroes, changed.clone(), "bia", at(60)).await.expect("kept");

    assert_eq!(Settings::load(&state).await.expect("in use"), changed);
    let versions = versions::latest(&state, 10).await.expect("kept");
    assert_eq!(versions.iter().map(|(_, it)| it.by.as_str()).collect::<Vec<_>>(), ["bia", "ana"]);
    assert_eq!(open(&state).await.settings, changed);
}

#[tokio::test]
async fn of_two_who_do_a_step_at_once_the_second_is_told() {
    let state = state();
    let (one, other) = (open(&state).await, open(&state).await);
    one.finish(&state, Step::Maxima, Settings::default(), "ana", at(0)).await.expect("kept");

    let late = other.finish(&state, Step::Maxima, Settings::default(), "bia", at(0)).await;

    assert!(matches!(late, Err(SetupError::State(StateError::Conflict { .. }))), "{late:?}");
}

#[test]
fn the_steps_follow_each_other_and_are_found_by_their_names() {
    for (step, next) in Step::ALL.iter().zip(&Step::ALL[1..]) {
        assert_eq!((step.next(), next.previous()), (Some(*next), Some(*step)));
    }
    for step in Step::ALL {
        assert_eq!(Step::named(step.id()), Some(step));
    }
    assert_eq!((Step::Maxima.previous(), Step::Carga.next(), Step::named("x")), (None, None, None));
}
