//! Receivables that are older than the window, and the list of deleted ones that Omie may one day not give any more
//! (mapping §4.16).

use std::time::Duration;

use e2e::{Ended, World};
use engine::{Entry, Ledger as _, Quarantine as _, Report, Wanted};
use jiff::civil::{Date, Weekday};
use jiff::tz::{Offset, TimeZone};
use jiff::{Timestamp, ToSpan};
use sales::entities::Titulo;
use sales::history;
use sales::praca::day_in_sao_paulo;
use serde_json::{Value, json};
use simulators::{Fault, Preset, Registry};

const LISTING: &str = "PesquisarLancamentos";
const DELETED: &str = "PesquisarExcluidos";

/// A title that is open in Máxima.
struct Open {
    /// In Omie.
    id: String,
    /// In Máxima.
    row: String,
    included: Date,
}

async fn loaded() -> World {
    let world = World::new(Preset::Small).await;
    assert_eq!(world.load().await, Ended::Finished);
    world.clock.sleep(Duration::from_hours(1)).await;
    world
}

/// The one of them that was included first.
async fn oldest_open(world: &World) -> Open {
    let entries = world.state.scan("titulos", None, usize::MAX).await.expect("readable");
    let in_use = entries.into_iter().filter(|(_, entry)| entry.is_in_use());
    let titles = in_use.filter_map(|(key, Entry { facts, .. })| {
        let facts = facts?;
        let row = format!("{}/{}", facts["numtransvenda"], facts["prest"].as_str()?);
        let included = facts["inclusao"].as_str()?.parse().ok()?;
        Some(Open { id: key.to_string(), row, included })
    });
    let open = titles.filter(|title| status(world, title) == "A");
    open.min_by_key(|title| title.included).expect("an open title")
}

fn status(world: &World, title: &Open) -> Value {
    world.partners.maxima.row("PrestacoesTitulos", &title.row).expect("a row")["Status"].clone()
}

/// A quarter to four in São Paulo, when the nightly reading begins.
fn night_of(day: Date) -> Timestamp {
    let zoned = day.at(3, 45, 0, 0).to_zoned(TimeZone::fixed(Offset::constant(-3)));
    zoned.expect("a time of this century").timestamp()
}

/// The next night that begins this weekday.
async fn sleep_until(world: &World, weekday: Weekday) {
    let today = day_in_sao_paulo(world.clock.now());
    let next = today.nth_weekday(1, weekday).expect("a day of this century");
    world.clock.sleep_until(night_of(next)).await;
}

/// A tenant with a title that is open and by now older than the window, in the night to a Friday in which that has
/// been looked at.
async fn with_an_old_open_title() -> (World, Open) {
    let world = loaded().await;
    let title = oldest_open(&world).await;
    world.clock.sleep_until(night_of(title.included + 190.days())).await;
    sleep_until(&world, Weekday::Friday).await;
    let report = world.keep_by_name("titulos", Wanted::Full).await;
    assert_eq!((report.incomplete, report.counters.removed), (None, 0));
    assert_eq!(status(&world, &title), "A");
    (world, title)
}

/// The nightly reading, and how often it has asked for titles.
async fn nightly(world: &World) -> (Report, usize) {
    let before = world.partners.omie.calls(LISTING).len();
    let report = world.keep_by_name("titulos", Wanted::Full).await;
    (report, world.partners.omie.calls(LISTING).len() - before)
}

/// Paid, and no stamp tells that anything has changed.
fn pay_in_silence(world: &World, title: &Open) {
    let set = |field: &str, value: &str| {
        world.partners.omie.set(Registry::Titulos, &title.id, field, json!(value)).expect("it is there");
    };
    set("cabecTitulo.cStatus", "LIQUIDADO");
    set("cabecTitulo.info.dAlt", "01/01/2020");
}

/// Deleted, and Omie does not list deletions any more.
fn delete_in_silence(world: &World, title: &Open) {
    world.partners.omie.configure(|options| options.deleted_titles = false);
    world.partners.omie.remove(Registry::Titulos, &title.id).expect("it is there");
}

#[tokio::test(start_paused = true)]
async fn an_old_open_title_paid_without_a_stamp_is_paid_in_maxima_after_sunday() {
    let (world, title) = with_an_old_open_title().await;
    pay_in_silence(&world, &title);

    world.keep_by_name("titulos", Wanted::Changes).await;
    sleep_until(&world, Weekday::Saturday).await;
    let (_, on_saturday) = nightly(&world).await;
    assert_eq!(status(&world, &title), "A");
    sleep_until(&world, Weekday::Sunday).await;
    let (_, on_sunday) = nightly(&world).await;

    assert_eq!(status(&world, &title), "P");
    assert_eq!(
        (on_saturday, on_sunday),
        (1, 2),
        "the window is one page, and so is the month of the old one"
    );
}

/// Two readings must agree, and there is one a week.
#[tokio::test(start_paused = true)]
async fn an_old_open_title_that_was_deleted_is_cancelled_by_the_second_sunday() {
    let (world, title) = with_an_old_open_title().await;
    delete_in_silence(&world, &title);
    let numbers = world.partners.maxima.count("PrestacoesTitulos");

    let mut asked = Vec::new();
    for night in [Weekday::Saturday, Weekday::Sunday, Weekday::Monday, Weekday::Saturday] {
        sleep_until(&world, night).await;
        let (report, calls) = nightly(&world).await;
        assert_eq!((report.counters.removed, report.incomplete), (0, None), "{night:?}");
        assert_eq!(status(&world, &title), "A", "{night:?}");
        asked.push(calls);
    }
    sleep_until(&world, Weekday::Sunday).await;
    let (report, calls) = nightly(&world).await;

    assert_eq!((report.counters.removed, status(&world, &title)), (1, json!("C")));
    assert_eq!((asked, calls), (vec![1, 2, 1, 1], 2));
    assert_eq!(world.partners.maxima.count("PrestacoesTitulos"), numbers, "no title was sent on the way");
}

#[tokio::test(start_paused = true)]
async fn a_week_whose_sunday_failed_is_made_up_for_by_the_next_night() {
    let (world, title) = with_an_old_open_title().await;
    pay_in_silence(&world, &title);
    sleep_until(&world, Weekday::Sunday).await;
    world.partners.omie.faults().next(LISTING, Fault::Html, 50);
    assert!(world.keep::<Titulo>(Wanted::Full).await.is_err());
    world.partners.omie.faults().clear();

    sleep_until(&world, Weekday::Tuesday).await;
    nightly(&world).await;

    assert_eq!(status(&world, &title), "P");
}

/// The reading that began on Saturday did not look at old titles, so that it missed them is no proof on Sunday.
#[tokio::test(start_paused = true)]
async fn what_a_reading_covers_is_settled_when_it_begins() {
    let (world, title) = with_an_old_open_title().await;
    delete_in_silence(&world, &title);
    world.partners.omie.configure(|options| {
        options.page_caps.insert(LISTING.to_owned(), 5);
    });
    sleep_until(&world, Weekday::Saturday).await;
    world.clock.sleep(Duration::from_hours(20)).await;
    world.partners.omie.faults().next(LISTING, Fault::Slow(1), 1);
    world.partners.omie.faults().next(LISTING, Fault::Html, 50);
    let interrupted = world.keep::<Titulo>(Wanted::Full).await;
    assert!(interrupted.is_err(), "{interrupted:?}");
    world.partners.omie.faults().clear();
    let missed = || async {
        let key = title.id.as_str().into();
        let known = world.state.known("titulos", &[key]).await.expect("readable");
        known.into_values().next().expect("an entry").absent.is_some()
    };

    world.clock.sleep(Duration::from_hours(1)).await;
    let (ended, _) = nightly(&world).await;
    assert!(ended.incomplete.is_none() && !missed().await, "{ended:?}");
    let runs = history::runs(&world.state, "titulos", 1).await.expect("readable");
    assert_eq!(day_in_sao_paulo(runs[0].1.started).weekday(), Weekday::Saturday, "it was continued");
    world.rest().await;
    nightly(&world).await;

    assert!(missed().await, "the one that began on Sunday has looked");
}

#[tokio::test(start_paused = true)]
async fn a_refused_list_of_deletions_is_seen_by_the_operator_and_stops_nothing() {
    let world = loaded().await;
    let title = oldest_open(&world).await;
    world
        .partners
        .omie
        .set(Registry::Titulos, &title.id, "cabecTitulo.cStatus", json!("LIQUIDADO"))
        .expect("it is there");
    let text = "ERROR: O preenchimento da tag [dDtInicial] é obrigatório!".to_owned();
    world.partners.omie.faults().next(DELETED, Fault::Reject { text, status: 500 }, 1);

    let report = world.keep_by_name("titulos", Wanted::Changes).await;

    assert_eq!(status(&world, &title), "P");
    assert_eq!((report.counters.rejected, report.incomplete), (1, None));
    let held = || async { world.state.quarantined("titulos", &[DELETED.into()]).await.expect("readable") };
    let told = held().await.into_values().next().expect("a reason");
    assert!(told.why[0].rule.contains("tag [dDtInicial] é obrigatório"), "{told:?}");
    world.clock.sleep(Duration::from_hours(12)).await;
    nightly(&world).await;
    assert!(held().await.is_empty(), "the whole reading has made up for it");
}

#[tokio::test(start_paused = true)]
async fn a_method_that_is_no_more_is_no_news() {
    let world = loaded().await;
    world.partners.omie.configure(|options| options.deleted_titles = false);

    let report = world.keep_by_name("titulos", Wanted::Changes).await;

    assert_eq!((report.counters.rejected, report.incomplete, report.more), (0, None, false));
}
