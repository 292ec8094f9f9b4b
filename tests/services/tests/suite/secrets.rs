//! R20: secrets never leak.

use std::fmt::Write as _;
use std::time::Duration;

use serde_json::json;
use service_orders::delivery::Delivery;
use service_orders::{show, watch};
use services::{World, canaries, logged};
use simulators::{CallbackForm, EquipmentKind, EventForm, FacadeKey, Fault, LEAKED_TOKEN};

/// A partner that repeats every secret that we have; what another partner has put into a body we never keep.
fn echo(status: u16) -> Fault {
    let ours: Vec<String> = canaries().into_iter().filter(|secret| secret != LEAKED_TOKEN).collect();
    Fault::Reject { text: format!("recusado para {}", ours.join(" e ")), status }
}

/// R20: captured logs and stored items hold none of the configured secrets, and no token of a link but where the note is
/// made from: with credentials in every event and every header, partners that repeat our secrets in every refusal, and
/// a process that is told everything at the finest level. (Every other test of this crate looks at what is stored, too.)
#[tokio::test(start_paused = true)]
async fn r20_no_log_no_item_and_no_answer_holds_a_secret() {
    let (logs, _guard) = logged();
    let form = CallbackForm { facade_key: FacadeKey::Bearer, ..CallbackForm::mixed() };
    let world = World::with(
        |options| {
            options.senior.events = EventForm { credentials: true, ..EventForm::mixed() };
            options.senior.token_calls = Some(5);
            options.sismetro.callbacks = Some(form);
        },
        |settings| settings.auto_resend = true,
    );
    world.partners.sismetro.callbacks().sign_with(Some(services::HMAC_KEY));
    let ids = bad_days(&world).await;

    assert_eq!(world.state.leaks(), Vec::<String>::new());
    let shown = shown(&world, &ids).await;
    let logs = logs.take();
    assert!(
        logs.contains("service order") && shown.contains("recusado para"),
        "there is something to look at"
    );
    for (number, secret) in canaries().iter().enumerate() {
        assert!(!logs.contains(secret.as_str()), "secret {number} is logged");
        assert!(!shown.contains(secret.as_str()), "secret {number} is shown: {shown}");
    }
    for ss in world.partners.sismetro.all_ss() {
        let token = ss.link.split_once("token=").expect("a token").1.to_owned();
        assert!(!logs.contains(&token), "the token of SS {} is logged", ss.number);
        assert!(!shown.contains(&token), "the token of SS {} is shown", ss.number);
    }
}

/// Six times three orders, each time with two calls that are refused in nine ways.
async fn bad_days(world: &World) -> Vec<String> {
    let mut ids = Vec::new();
    for (n, (senior, sismetro)) in [
        ("getOrder", "open"),
        ("listObservations", "open"),
        ("addObservation", "findBySs"),
        ("updateOrderStatusIntegration", "listAll"),
        ("cancelOrders", "findBySs"),
        ("loginWithKey", "open"),
    ]
    .into_iter()
    .enumerate()
    {
        for status in [400, 401, 403, 404, 409, 422, 429, 500, 503] {
            world.partners.senior.faults().next(senior, echo(status), 1);
            world.partners.sismetro.faults().next(sismetro, echo(status), 1);
        }
        for seed in 0..3 {
            ids.push(world.closes_a(EquipmentKind::ALL[(n + 1) % 3], seed + n as u64 * 10));
        }
        world.lives(Duration::from_mins(40)).await;
        redrive(world, &ids, n).await;
        world.lives(Duration::from_mins(20)).await;
        all_end(world);
        world.lives(Duration::from_hours(2)).await;
    }
    ids
}

/// Every second service is done, the others are called off.
fn all_end(world: &World) {
    for ss in world.partners.sismetro.all_ss() {
        let done = if ss.number % 2 == 0 {
            world.partners.sismetro.conclude(ss.number)
        } else {
            world.partners.sismetro.cancel(ss.number, "Cliente desistiu")
        };
        done.expect("it is there");
    }
}

async fn redrive(world: &World, ids: &[String], round: usize) {
    for (n, id) in ids.iter().enumerate() {
        let command = format!("c-{round}-{n}");
        let body = json!({"op": "redrive", "order_id": id, "reason": "corrigido", "command_id": command});
        // Those that are not parked say so.
        drop(world.told(body).await);
    }
}

/// Everything that a person can ask for.
async fn shown(world: &World, ids: &[String]) -> String {
    let mut text = String::new();
    for id in ids {
        text += &show::order(&world.state, id).await.expect("read").expect("an order").to_string();
        for (_, delivery) in Delivery::of_order(&world.state, id, 100).await.expect("read") {
            write!(text, "{delivery:?}").expect("a String takes any text");
        }
    }
    for state in service_orders::State::ALL {
        let list = show::list(&world.state, Some(state), 500).await.expect("read");
        text += &json!(list).to_string();
    }
    write!(text, "{:?}", watch::summary(&world.state).await.expect("read")).expect("a String takes any text");
    write!(text, "{:?} {:?} {:?}", world.credentials, world.settings, world.orders().tenant)
        .expect("a String takes any text");
    text
}

/// R20: neither do the errors of a store that quotes what it was given.
#[tokio::test(start_paused = true)]
async fn r20_an_answer_that_says_no_says_nothing_else() {
    let world = World::new();
    world.closes_one();
    let push = world.partners.senior.hub().take_next().expect("an event");
    let calls = 1..20;
    for call in calls {
        world.faults().strike(call, engine::Moment::Before, engine::Harm::Fail);
        let answer = world.event(&push).await;
        world.faults().spare();
        assert!(answer.status == 200 || (answer.status == 503 && answer.body.is_empty()), "{answer:?}");
        for secret in canaries() {
            assert!(!answer.body.contains(&secret));
        }
    }
}
