//! Checks 9 and 13: what becomes of an order in Omie reaches its seller once, and rightly.

use e2e::{Job, World};
use engine::Wanted;
use fastrand::Rng;
use sales::desk::{self, Kind, Outcome, Told, Word};
use sales::webhook::Received;
use serde_json::{Value, json};
use simulators::{Delivery, OrderSeen, TopicCase};

use crate::orders::{place, seen, selling};

/// Stages of the usual de-para, and one that is not in it (mapping §7.1).
const SET_APART: &str = "20";
const ASSEMBLED: &str = "50";
const UNMAPPED: &str = "30";

/// What the seller reads of an order that is in Omie: that it was taken, and then in which stage it stands.
const SOLD: [&str; 2] = ["Pedido importado com sucesso!", "Etapa: Pedido de Venda"];

/// An order that is in Omie, its seller told and every notice of it delivered.
async fn sold(world: &World) -> u64 {
    let id = place(world, |_| {});
    world.live(4).await;
    assert_eq!(texts(&seen(world, id)), SOLD);
    id
}

/// Where the seller was told that it stood, in turn.
fn letters(order: &OrderSeen) -> Vec<&str> {
    order.critiques.iter().map(|critique| critique.posicao.as_str()).collect()
}

/// What the seller read, in turn.
fn texts(order: &OrderSeen) -> Vec<&str> {
    order.critiques.iter().map(|critique| critique.text.as_str()).collect()
}

fn assert_cancelled(world: &World, id: u64, road: &str) {
    let order = seen(world, id);
    assert_eq!(order.position.as_deref(), Some("C"), "{road}: the header, {order:?}");
    assert_eq!(order.timeline.as_deref(), Some("C"), "{road}");
    let last = order.critiques.last().expect("it was told");
    assert_eq!((last.posicao.as_str(), last.text.as_str()), ("Cancelado", "Pedido cancelado"), "{road}");
    assert_eq!(order.status, 4, "{road}: it was imported all the same");
    assert_eq!(world.partners.maxima.violations(), Vec::<String>::new(), "{road}");
}

/// Check 9: a stage that nobody has placed leaves the order where it was.
async fn in_an_unmapped_stage(world: &World) -> u64 {
    let id = sold(world).await;
    world.partners.omie.set_stage(&id.to_string(), UNMAPPED).expect("it is there");
    world.live(4).await;
    let order = seen(world, id);
    assert_eq!(order.position.as_deref(), Some("P"), "{order:?}");
    id
}

/// Check 9: neither does the reading of past orders move it, which writes the same header (mapping §4.17).
#[tokio::test(start_paused = true)]
async fn the_reading_of_past_orders_leaves_an_order_in_an_unmapped_stage_where_it_was() {
    let world = selling().await;
    let id = sold(&world).await;
    let omie = &world.partners.omie;
    omie.set_stage(&id.to_string(), ASSEMBLED).expect("it is there");
    world.live(4).await;
    assert_eq!(seen(&world, id).position.as_deref(), Some("M"));
    omie.set_stage(&id.to_string(), UNMAPPED).expect("it is there");
    world.live(4).await;

    let report = world.keep_by_name("historicos", Wanted::Changes).await;

    assert!(report.counters.created > 0, "{report:?}");
    let order = seen(&world, id);
    assert_eq!((order.position.as_deref(), order.timeline.as_deref()), (Some("M"), Some("M")), "{order:?}");
}

/// What Omie says of an order's total and items, taxes and all, stays when the seller is told of it once more.
#[tokio::test(start_paused = true)]
async fn telling_maxima_again_does_not_take_the_place_of_what_the_catalogue_wrote() {
    let world = selling().await;
    let id = sold(&world).await;
    world.keep_by_name("historicos", Wanted::Changes).await;
    let number = seen(&world, id).numpederp.expect("it is in Omie");
    let header = || world.partners.maxima.row("HistoricosPedidosCapas", &number).expect("a header");
    let of_omie = header();

    let again = Told::new(Word::Retry, "Maria", "o vendedor não viu").expect("complete");
    let told = desk::tell(&world.state, &world.clock, Kind::Pedidos, &id.to_string(), &again).await;
    assert!(matches!(told.expect("a store"), Outcome::Done(_)));
    world.live(4).await;

    assert_eq!(header(), of_omie);
}

/// Check 9: Omie's notice brings the cancellation.
#[tokio::test(start_paused = true)]
async fn an_order_cancelled_in_a_stage_without_position_is_cancelled_for_its_seller() {
    let world = selling().await;
    let id = in_an_unmapped_stage(&world).await;

    world.partners.omie.cancel(&id.to_string()).expect("it is there");
    world.live(4).await;

    assert_cancelled(&world, id, "by notice");
}

/// Check 9: the notice is lost and the reading of the stages shows the cancellation.
#[tokio::test(start_paused = true)]
async fn a_cancellation_whose_notice_is_lost_is_found_among_the_stages() {
    let world = selling().await;
    world.partners.omie.configure(|options| options.cancellation_rows = true);
    let id = in_an_unmapped_stage(&world).await;

    world.partners.omie.cancel(&id.to_string()).expect("it is there");
    lose_all_notices(&world);
    world.live(6).await;

    assert_cancelled(&world, id, "by the stages");
}

/// Check 9: the same where the stages tell only the day of a cancellation: its row bears no later stamp than before.
#[tokio::test(start_paused = true)]
async fn a_cancellation_without_its_hour_is_found_among_the_stages_too() {
    let world = selling().await;
    world.partners.omie.configure(|options| options.cancellation_hours = false);
    let id = in_an_unmapped_stage(&world).await;

    world.partners.omie.cancel(&id.to_string()).expect("it is there");
    lose_all_notices(&world);
    world.live(6).await;

    assert_cancelled(&world, id, "by the stages");
}

/// Check 9: the notice is lost and no stage tells of it: both sides are counted at night.
#[tokio::test(start_paused = true)]
async fn a_cancellation_that_nothing_tells_of_is_found_in_the_night() {
    let world = selling().await;
    let id = in_an_unmapped_stage(&world).await;
    // Until no reading of the stages reaches back to where it was put last.
    world.live(30).await;

    world.partners.omie.cancel(&id.to_string()).expect("it is there");
    lose_all_notices(&world);
    world.live(30).await;
    assert_eq!(seen(&world, id).position.as_deref(), Some("P"), "nobody has told us");
    let report = world.reconcile().await;
    world.live(4).await;

    assert_eq!((report.behind, report.unexplained.len()), (1, 0), "{report}");
    assert_cancelled(&world, id, "by counting");
}

/// Excluded in Omie, and nothing tells of it: the night says that Omie does not show it, and the next one knows why.
#[tokio::test(start_paused = true)]
async fn an_order_that_omie_shows_no_more_is_unexplained_until_it_is_known_to_be_excluded() {
    let world = selling().await;
    let id = sold(&world).await;
    world.live(30).await;
    world.partners.omie.delete(&id.to_string()).expect("it is there");
    lose_all_notices(&world);

    let report = world.reconcile().await;

    let [(order, why)] = &report.unexplained[..] else { panic!("{report}") };
    assert_eq!((order, report.in_erp), (&id.to_string(), 0), "{report}");
    assert!(why.contains("o Omie não o mostra"), "{why}");
    world.live(4).await;
    assert_cancelled(&world, id, "by counting");
    let report = world.reconcile().await;
    assert_eq!((report.unexplained.len(), report.in_erp, report.cancelled), (0, 1, 1), "{report}");
}

/// A cancellation stays in the window of many readings; Omie is asked for the order once.
#[tokio::test(start_paused = true)]
async fn a_cancelled_order_is_not_asked_for_at_every_reading() {
    let world = selling().await;
    world.partners.omie.configure(|options| options.cancellation_rows = true);
    let id = sold(&world).await;
    world.partners.omie.cancel(&id.to_string()).expect("it is there");
    lose_all_notices(&world);
    let asked = || world.partners.omie.verdict().calls("ConsultarPedido");
    let before = asked();

    world.live(30).await;

    assert_cancelled(&world, id, "by the stages");
    assert_eq!(asked() - before, 1);
}

/// Only the invoice was cancelled, which the stages show like a cancelled order: the order itself denies it, once, and
/// its seller hears nothing (`contracts/omie.md` §11.5).
#[tokio::test(start_paused = true)]
async fn a_cancelled_invoice_is_no_cancelled_order_and_no_news() {
    for has_hours in [true, false] {
        cancelled_invoice(has_hours).await;
    }
}

/// With a row of its own and the hour in it, or with the day alone in the rows of its stages.
async fn cancelled_invoice(has_hours: bool) {
    let world = selling().await;
    world.partners.omie.configure(|options| {
        (options.cancellation_rows, options.cancellation_hours) = (has_hours, has_hours);
    });
    let id = sold(&world).await;
    world.partners.omie.invoice(&id.to_string()).expect("it is there");
    world.live(4).await;
    let told = texts(&seen(&world, id)).join("; ");
    assert!(told.contains("NF "), "{told}");
    world.partners.omie.cancel_invoice(&id.to_string()).expect("it is there");
    lose_all_notices(&world);
    let asked = || world.partners.omie.verdict().calls("ConsultarPedido");
    let before = asked();

    world.live(30).await;

    let order = seen(&world, id);
    assert_eq!(texts(&order).join("; "), told);
    assert_eq!(order.position.as_deref(), Some("F"));
    assert_eq!(asked() - before, 1);
}

/// Our clock is ahead of Omie's, and its stages are listed a minute late: where an order stands is read from its header
/// first, and what happens to it afterwards is news all the same.
#[tokio::test(start_paused = true)]
async fn what_follows_a_reading_of_the_header_is_not_taken_for_older_than_it() {
    let world = World::ahead(std::time::Duration::from_mins(4)).await;
    world.partners.omie.configure(|options| options.stage_rows_after = std::time::Duration::from_mins(1));
    let id = place(&world, |_| {});
    world.turn(Job::Orders).await;
    assert!(world.deliver().await, "Omie tells of the order before its stage is listed");
    world.turn(Job::Status).await;
    assert_eq!(texts(&seen(&world, id)), SOLD, "its header says where it stands");

    world.partners.omie.set_stage(&id.to_string(), SET_APART).expect("it is there");
    world.live(6).await;

    let order = seen(&world, id);
    assert_eq!((order.position.as_deref(), letters(&order).last()), (Some("L"), Some(&"Liberado")));
}

fn lose_all_notices(world: &World) {
    let notices = world.partners.omie.deliveries();
    assert!(!notices.is_empty(), "Omie tells of it");
    while notices.drop_at(0).is_some() {}
}

/// Takes the notices that wait, so that the test delivers them its own way.
fn intercepted(world: &World) -> Vec<Delivery> {
    let deliveries = world.partners.omie.deliveries();
    let taken = std::iter::from_fn(|| deliveries.take_next());
    taken.inspect(|delivery| assert!(deliveries.ack(&delivery.message_id))).collect()
}

/// Each of them three times, in no order.
fn replayed(notices: &[Delivery], rng: &mut Rng) -> Vec<Delivery> {
    let mut replayed = [notices, notices, notices].concat();
    rng.shuffle(&mut replayed);
    replayed
}

/// The same event under another `messageId`: nothing but what it says tells that it is the same.
fn renamed(notice: &Delivery, nth: usize) -> Delivery {
    let mut body: Value = serde_json::from_slice(&notice.body).expect("JSON");
    body["messageId"] = json!(format!("outra-{nth}-{}", notice.message_id));
    Delivery { body: body.to_string().into(), ..notice.clone() }
}

/// How often the seller's side was written to: results, and headers of the history.
fn writes(world: &World) -> (u64, u64) {
    let verdict = world.partners.maxima.verdict();
    (verdict.calls("PUT StatusPedidos"), verdict.calls("PUT HistoricosPedidosCapas"))
}

/// Lets them arrive one by one, the status job woken by each as it is in production.
async fn arrive(world: &World, notices: &[Delivery]) {
    for notice in notices {
        if world.notice(notice).await == Received::Stored {
            world.turn(Job::Status).await;
        }
        world.clock.sleep(std::time::Duration::from_secs(7)).await;
    }
}

/// Check 13: after each change everything that Omie ever told comes again, thrice and in disorder.
#[tokio::test(start_paused = true)]
async fn notices_replayed_thrice_and_in_disorder_are_one_write_per_change() {
    let world = selling().await;
    world.partners.omie.configure(|options| options.topic_case = TopicCase::Mixed);
    let (id, mut rng) = (place(&world, |_| {}), Rng::with_seed(13));
    world.turn(Job::Orders).await;
    let mut told = intercepted(&world);
    assert!(!told.is_empty(), "Omie tells that it was included");
    let first = writes(&world);
    assert_eq!(first.0, 1, "that it was taken");
    let omie = world.partners.omie.clone();
    let key = id.to_string();
    let changes: [(&dyn Fn(), &str); 3] = [
        (&|| omie.set_stage(&key, SET_APART).expect("it is there"), "Liberado"),
        (&|| omie.set_stage(&key, ASSEMBLED).expect("it is there"), "Montado"),
        (&|| drop(omie.invoice(&key).expect("it is there")), "Faturado"),
    ];

    for (nth, (change, letter)) in (1..).zip(changes) {
        change();
        let news = intercepted(&world);
        assert!(!news.is_empty(), "Omie tells of {letter}");
        told.extend(news);
        arrive(&world, &replayed(&told, &mut rng)).await;
        world.live(4).await;

        let order = seen(&world, id);
        assert_eq!(letters(&order).last(), Some(&letter), "{order:?}");
        assert_eq!(writes(&world), (first.0 + nth, first.1 + nth), "{letter}: {order:?}");
    }

    let order = seen(&world, id);
    assert_eq!(letters(&order), ["Pendente", "Liberado", "Montado", "Faturado"]);
    assert_eq!((order.position.as_deref(), order.repeats, order.unchanged), (Some("F"), 0, 0));
    assert!(order.critiques[3].text.contains("NF "), "{order:?}");
    assert_eq!(world.partners.maxima.violations(), Vec::<String>::new());
}

/// Check 13: three changes are over before the first notice of them comes, the last one first.
#[tokio::test(start_paused = true)]
async fn notices_that_come_late_and_backwards_tell_only_where_the_order_stands_now() {
    let world = selling().await;
    let id = sold(&world).await;
    let before = writes(&world);
    let key = id.to_string();
    world.partners.omie.set_stage(&key, SET_APART).expect("it is there");
    world.clock.sleep(std::time::Duration::from_secs(40)).await;
    world.partners.omie.set_stage(&key, ASSEMBLED).expect("it is there");
    world.clock.sleep(std::time::Duration::from_secs(40)).await;
    world.partners.omie.invoice(&key).expect("it is there");
    let mut told = intercepted(&world);
    told.reverse();

    arrive(&world, &[&told[..], &told[..], &told[..]].concat()).await;
    world.live(6).await;

    let order = seen(&world, id);
    assert_eq!(letters(&order), ["Pendente", "Pendente", "Faturado"]);
    assert_eq!(order.position.as_deref(), Some("F"));
    assert_eq!(writes(&world), (before.0 + 1, before.1 + 1));
}

/// Check 13: even copies that nobody can know for copies.
#[tokio::test(start_paused = true)]
async fn copies_of_a_notice_under_other_ids_are_one_write_all_the_same() {
    let world = selling().await;
    let id = sold(&world).await;
    let before = writes(&world);
    world.partners.omie.set_stage(&id.to_string(), SET_APART).expect("it is there");
    let told = intercepted(&world);
    let copies: Vec<Delivery> = (0..12).map(|nth| renamed(&told[nth % told.len()], nth)).collect();

    for copy in &copies {
        assert_eq!(world.notice(copy).await, Received::Stored);
    }
    arrive(&world, &told).await;
    world.live(6).await;

    assert_eq!(letters(&seen(&world, id)), ["Pendente", "Pendente", "Liberado"]);
    assert_eq!(writes(&world), (before.0 + 1, before.1 + 1));
}
