//! Looking through Sismetro's list: nobody takes half of it for the whole, and a slow pace only takes longer.

use std::time::Duration;

use service_orders::{Reason, Settings, State, watch};

use super::partners::Ss;
use super::world::{ORDER, World, event, settings};

/// The reply to the opening is lost, and Sismetro's list has so many SS before ours, ten on a page.
async fn in_doubt(settings: Settings, others: u64) -> World {
    let world = World::with(settings);
    {
        let mut data = world.partners.data();
        let old = Ss {
            status: "ABERTA".to_owned(),
            opened: "2026-11-20 06:00:00".to_owned(),
            body: "de outro".to_owned(),
        };
        data.ss.extend((1..=others).map(|n| (1_280_000 + n, old.clone())));
        (data.page, data.lose) = (10, Some(("open", true)));
    }
    world.hears(&event(ORDER)).await;
    world
}

fn resends() -> Settings {
    Settings { auto_resend: true, ..settings() }
}

#[tokio::test(start_paused = true)]
async fn a_page_that_is_refused_does_not_prove_that_there_is_no_ss() {
    let world = in_doubt(resends(), 25).await;
    world.partners.data().hidden = Some(3);
    world.works_for(Duration::from_hours(3)).await;

    assert_eq!(world.partners.count("open"), 1, "no second SS");
    let order = world.order(ORDER).await;
    assert_eq!((order.state, order.opening.empty_scans), (State::OpenUnknown, 0));
    assert!(order.last_error.as_ref().is_some_and(|why| why.contains("página 3")), "{:?}", order.last_error);

    world.partners.data().hidden = None;
    world.works_for(Duration::from_hours(1)).await;
    assert_eq!((world.state_of(ORDER).await, world.partners.count("open")), (State::AwaitingExecution, 1));
}

#[tokio::test(start_paused = true)]
async fn a_list_that_does_not_say_how_long_it_is_proves_nothing_before_its_end() {
    for (others, hidden) in [(45, None), (15, Some(2))] {
        let world = in_doubt(resends(), others).await;
        (world.partners.data().endless, world.partners.data().hidden) = (true, hidden);
        world.works_for(Duration::from_hours(1)).await;

        let order = world.order(ORDER).await;
        assert_eq!((order.attention, order.opening.calls), (Some(Reason::OpenAmbiguous), 1), "{others}");
        assert_eq!(world.partners.count("open"), 1, "no second SS");
    }
    // Its end was seen, and it has none of ours.
    let world = in_doubt(resends(), 15).await;
    (world.partners.data().endless, world.partners.data().lose) = (true, Some(("open", false)));
    world.works_for(Duration::from_hours(1)).await;
    assert_eq!(
        (world.state_of(ORDER).await, world.partners.data().opened.len()),
        (State::AwaitingExecution, 1)
    );
}

#[tokio::test(start_paused = true)]
async fn an_ss_is_found_however_few_reads_are_allowed() {
    for reads in [1, 2, 3, 4, 6, 7, 9, 30] {
        let mut settings = settings();
        settings.sismetro.reads_per_minute = reads;
        let world = in_doubt(settings, 65).await;
        world.works_for(Duration::from_mins(25)).await;

        let order = world.order(ORDER).await;
        assert_eq!(order.state, State::AwaitingExecution, "{reads} a minute: {:?}", order.last_error);
        assert_eq!((world.partners.count("open"), world.partners.count("listAll")), (1, 6), "{reads}");
        assert_eq!(world.orders().tenant.met().doubts, 1, "{reads}: one doubt");
    }
}

#[tokio::test(start_paused = true)]
async fn the_poll_does_not_keep_a_doubt_from_being_looked_into() {
    let world = in_doubt(settings(), 35).await;
    world.partners.data().lose = None;
    for n in 0..30 {
        let id = format!("o-{n}");
        world.partners.data().orders.insert(id.clone(), "AGUARDANDO_INTEGRACAO");
        world.hears(&event(&id)).await;
    }
    world.works_for(Duration::from_mins(30)).await;
    world.clock.sleep(Duration::from_hours(2)).await;
    world.partners.data().orders.insert("o-30".to_owned(), "AGUARDANDO_INTEGRACAO");
    world.partners.data().lose = Some(("open", true));
    world.hears(&event("o-30")).await;
    world.works().await;
    assert_eq!(world.state_of("o-30").await, State::OpenUnknown);
    world.clock.sleep(Duration::from_mins(3)).await;

    let (polled, ()) = tokio::join!(world.polls(), world.works());

    assert_eq!((polled.looked, polled.failed), (31, 0));
    assert_eq!(world.state_of("o-30").await, State::AwaitingExecution);
}

#[tokio::test(start_paused = true)]
async fn an_order_that_gets_no_further_before_its_ss_is_known_is_seen_within_the_hour() {
    let world = World::new();
    world.partners.data().down = Some(("open", 429));
    world.hears(&event(ORDER)).await;
    let late = async || watch::stale(&world.state, &world.clock, &world.settings).await.expect("read");
    world.works_for(Duration::from_mins(50)).await;
    assert_eq!((world.state_of(ORDER).await, late().await.len()), (State::Received, 0));

    world.works_for(Duration::from_mins(20)).await;

    let late = late().await;
    assert_eq!((late.len(), late[0].state, late[0].count), (1, State::Received, 1));
}
