//! How much a run reads, and up to where it then says that it has read.

use std::time::Duration;

use engine::{Ask, Budget, Documents, Question, Scope, Wanted, Window, release};
use jiff::Timestamp;
use partner_http::Fault;

use crate::house::{Artigo, House, JOB};

const OVERLAP: Duration = Duration::from_secs(10);

/// What was asked since there were `before` questions.
fn since(house: &House, before: usize) -> Vec<Question> {
    house.source.asked().split_off(before)
}

fn window(from: Timestamp, to: Timestamp) -> Scope {
    Scope::Changed(Window { from: from.checked_sub(OVERLAP).expect("a moment"), to })
}

#[tokio::test(start_paused = true)]
async fn how_much_is_read_follows_from_what_is_wanted_and_what_is_known() {
    let (changes, full) = (Wanted::Changes, Wanted::Full);
    for (has_windows, wanted, has_read, is_same_mark, accepts, is_full, because) in [
        (true, changes, true, true, false, false, None),
        (
            true,
            changes,
            true,
            true,
            true,
            true,
            Some("a remoção foi confirmada, e só a leitura completa mostra o que sumiu"),
        ),
        (
            true,
            changes,
            true,
            false,
            false,
            true,
            Some("a configuração ou os cadastros de que depende mudaram"),
        ),
        (
            true,
            changes,
            false,
            true,
            false,
            true,
            Some("ainda não há leitura completa, ou registros foram liberados"),
        ),
        (true, full, true, true, false, true, None),
        (true, full, false, false, false, true, None),
        (false, changes, true, true, false, true, None),
        (false, changes, false, true, false, true, None),
    ] {
        let mut house = House::of(4);
        house.source.overlap = has_windows.then_some(OVERLAP);
        house.ask = Ask { wanted: full, mark: "m".to_owned(), accept_removals: false };
        if has_read {
            house.run().await.expect("nothing fails");
        }
        let mark = if is_same_mark { "m" } else { "n" }.to_owned();
        house.ask = Ask { wanted, mark, accept_removals: accepts };
        house.pause(100).await;

        house.run().await.expect("nothing fails");

        let record = house.record().await;
        let case = (has_windows, wanted, has_read, is_same_mark, accepts);
        assert_eq!(record.scope == Scope::Full, is_full, "{case:?}");
        assert_eq!(record.because.as_deref(), because, "{case:?}");
        let last = house.source.asked().pop().expect("a question");
        assert_eq!(last.scope, record.scope, "{case:?}: what is told is what was asked");
    }
}

#[tokio::test(start_paused = true)]
async fn a_window_reaches_from_the_last_start_less_the_overlap_to_now() {
    let house = House::with_windows(4);
    let first_start = house.clock.now();
    house.source.takes(Duration::from_secs(20));
    house.run().await.expect("nothing fails");
    let first = house.watermark().await.expect("a watermark");
    assert_eq!((first.from, first.full, first.known), (first_start, Some(first_start), 4));
    let asked = house.source.asked().len();
    house.pause(100).await;
    house.source.put(0, 2, "novo");
    let second_start = house.clock.now();

    let report = house.run().await.expect("nothing fails");

    let questions = since(&house, asked);
    let scope = window(first_start, second_start);
    assert_eq!(questions, [Question { scope, part: String::new(), page: 1 }]);
    assert_eq!((report.counters.read, report.counters.updated), (1, 1));
    assert_eq!(house.target.rows(), house.model());
    let second = house.watermark().await.expect("a watermark");
    assert_eq!((second.from, second.full), (second_start, Some(first_start)));
}

#[tokio::test(start_paused = true)]
async fn a_page_that_fails_leaves_the_watermark_where_it_was() {
    let house = House::with_windows(9);
    house.run().await.expect("nothing fails");
    let before = house.watermark().await;
    house.pause(100).await;
    (1..=5).for_each(|key| house.source.put(0, key, "novo"));
    house.source.fails(Some((2, Fault::Unavailable)));
    let asked = house.source.asked().len();
    house.run().await.expect_err("page 2 failed");
    assert_eq!(house.watermark().await, before);
    assert_eq!(house.memory.get("checkpoint", JOB).await.expect("readable"), None, "no place is kept");
    house.source.fails(None);

    house.run().await.expect("nothing fails");

    let questions = since(&house, asked);
    assert_eq!(questions.iter().map(|question| question.page).collect::<Vec<_>>(), [1, 2, 1, 2]);
    let from = |question: &Question| match question.scope {
        Scope::Changed(window) => Some(window.from),
        Scope::Full => None,
    };
    assert_eq!(from(&questions[2]), from(&questions[0]), "from the same value");
    assert!(from(&questions[0]).is_some());
    assert_eq!(house.target.rows(), house.model());
    assert_eq!(house.source.offences(), Vec::<String>::new());
    assert_ne!(house.watermark().await, before);
}

#[tokio::test(start_paused = true)]
async fn a_reading_that_does_not_add_up_moves_no_watermark() {
    let house = House::with_windows(4);
    house.source.announces(Some(5));
    house.run().await.expect("nothing fails");
    assert_eq!(house.watermark().await, None, "of everything");

    house.source.announces(None);
    house.pause(100).await;
    house.run().await.expect("nothing fails");
    let before = house.watermark().await;
    assert!(before.is_some());
    house.source.announces(Some(5));
    house.pause(100).await;

    let report = house.run().await.expect("nothing fails");

    assert!(matches!(house.record().await.scope, Scope::Changed(_)));
    assert_eq!(report.incomplete.as_deref(), Some("a origem anunciou 5 registros e entregou 0"));
    assert_eq!(house.watermark().await, before, "of changes");
}

#[tokio::test(start_paused = true)]
async fn changes_that_do_not_fit_into_a_run_become_a_reading_of_everything() {
    let house = House::with_windows(40);
    house.run().await.expect("nothing fails");
    let before = house.watermark().await.expect("a watermark");
    house.pause(100).await;
    (1..=30).for_each(|key| house.source.put(0, key, "novo"));
    house.source.takes(Duration::from_secs(5));
    let deadline = clock::later(house.clock.now(), Duration::from_secs(12));

    let first = house.run_within(Budget::new(deadline, Duration::ZERO)).await.expect("nothing fails");

    assert!(first.more);
    assert_eq!(house.watermark().await.as_ref(), Some(&before), "nothing is claimed yet");
    let record = house.record().await;
    assert_eq!(
        (record.scope, record.because.as_deref()),
        (Scope::Full, Some("mudanças demais para uma execução"))
    );
    assert!(record.calls["ListarArtigos"] > 0, "what the attempt has cost is told");
    let widened = record.started;

    let (runs, last) = house.run_by_and_by(Duration::from_secs(12)).await;

    assert!(runs > 2, "{runs} runs");
    assert_eq!((last.counters.read, last.incomplete), (40, None));
    assert_eq!(house.target.rows(), house.model());
    let after = house.watermark().await.expect("a watermark");
    assert_eq!((after.from, after.full), (widened, Some(widened)));
    assert_eq!(house.source.offences(), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn an_interrupted_reading_of_everything_is_continued_whatever_is_wanted() {
    let mut house = House::with_windows(12);
    house.run().await.expect("nothing fails");
    house.pause(100).await;
    house.ask.wanted = Wanted::Full;
    house.source.fails(Some((3, Fault::Unavailable)));
    house.run().await.expect_err("page 3 failed");
    house.source.fails(None);
    house.ask.wanted = Wanted::Changes;

    let report = house.run().await.expect("nothing fails");

    let record = house.record().await;
    let because = Some("continua a leitura completa que foi interrompida");
    assert_eq!((record.scope, record.because.as_deref()), (Scope::Full, because));
    assert_eq!((report.counters.read, report.incomplete), (12, None));
}

#[tokio::test(start_paused = true)]
async fn the_pace_of_a_reading_that_is_taken_up_again_is_measured_from_there() {
    let house = House::with_windows(12);
    house.source.fails(Some((3, Fault::Unavailable)));
    house.run().await.expect_err("page 3 failed");
    let (before, began) = (house.record().await, house.clock.now());
    assert_eq!(before.resumed, None);
    house.source.fails(None);
    house.pause(20 * 3_600).await;
    let again = house.clock.now();

    house.run().await.expect("nothing fails");

    let record = house.record().await;
    assert!(record.started <= began && before.counters.read > 0, "it is the same sweep");
    let resumed = record.resumed.expect("it was taken up again");
    assert_eq!((resumed.at, resumed.read), (again, before.counters.read));
}

#[tokio::test(start_paused = true)]
async fn records_released_during_a_sweep_are_read_by_the_next_one() {
    for has_read_before in [false, true] {
        let mut house = House::with_windows(12);
        house.source.put(0, 1, "");
        if has_read_before {
            house.run().await.expect("nothing fails");
            house.pause(100).await;
        }
        house.ask.wanted = Wanted::Full;
        house.source.takes(Duration::from_secs(10));
        let released = async {
            house.pause(15).await;
            release(&house.memory, JOB, <Artigo as engine::Entity>::NAME, None).await.expect("writable")
        };

        let (report, released) = tokio::join!(house.run(), released);

        let ended = house.record().await.ended.expect("it is over");
        assert!(!report.expect("nothing fails").more && house.clock.now() == ended, "after the release");
        assert_eq!(released, 1);
        assert_eq!(house.watermark().await, None, "it may have been read before it was released");
    }
}

#[tokio::test(start_paused = true)]
async fn another_mark_is_remembered_once_everything_was_read() {
    let mut house = House::with_windows(12);
    house.run().await.expect("nothing fails");
    house.ask.mark = "outra".to_owned();
    house.pause(100).await;
    house.source.fails(Some((2, Fault::Unavailable)));
    house.run().await.expect_err("page 2 failed");
    assert_eq!(house.watermark().await.expect("the old one").mark, "");
    house.source.fails(None);
    house.run().await.expect("nothing fails");
    assert_eq!(house.watermark().await.expect("a new one").mark, "outra");

    house.pause(100).await;
    house.run().await.expect("nothing fails");

    assert!(matches!(house.record().await.scope, Scope::Changed(_)));
}
