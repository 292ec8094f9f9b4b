//! Service orders, each as it arrives and as an operator leaves it.

use clock::Clock;
use engine::{Cases as _, Filing, Memory};
use serde_json::json;
use service_orders::delivery::{Came, Source};
use service_orders::machine::{Arrival, Event, Failure, Found, Gate, Opened, Prepared, Telling, first, next};
use service_orders::notice::{self, Callback, Fate};
use service_orders::{Content, Equipment, KIND, Order, Payload, Reason, Skip};

use super::{HOSTILE, before};

pub(super) async fn fill(state: &Memory, clock: &Clock) {
    for n in 0..24_u64 {
        put(state, &order(n)).await;
    }
    let headers = [("content-type".to_owned(), "application/json".to_owned())];
    for (n, body) in ["{\"pedido\": null}", "isto não é JSON", HOSTILE].into_iter().enumerate() {
        let source = if n == 1 { Source::Sismetro } else { Source::Senior };
        let came = Came { source, path: "/senior/eventos", headers: &headers, body };
        let why = format!("o corpo não é um evento conhecido: {body}");
        came.store(state, clock, "quarentena", Some(&why), vec![]).await.expect("stored");
    }
    unmatched(state, clock).await;
}

/// A callback that has looked for its order for a day.
async fn unmatched(state: &Memory, clock: &Clock) {
    let said =
        json!({ "ss_number": "99881", "outcome": "completed", "reason": HOSTILE, "item_sequences": [] });
    let callback = Callback {
        received: before(26 * 60),
        fate: Fate::Unmatched,
        told: "nenhum pedido daqui tem esta SS".to_owned(),
        ..Callback::new(serde_json::from_value(said).expect("a callback"), clock.now())
    };
    notice::store_all(state, &[("sample".to_owned(), callback)]).await.expect("stored");
}

pub(crate) async fn put(state: &Memory, order: &Order) {
    let filing = order.filing();
    let body = serde_json::to_value(order).expect("JSON");
    let filing = Filing { body, due: filing.due, marks: filing.marks, expires: filing.expires };
    state.file(KIND, &order.id, None, filing).await.expect("filed");
}

pub(crate) fn order(n: u64) -> Order {
    let payload = Payload {
        body: Some("{\"token\":\"CANARIO\"}".into()),
        beside: None,
        content_type: "application/json".into(),
        digest: format!("5f2a{n}"),
        occurred: None,
    };
    let customer = if n == 5 { HOSTILE } else { "CLÍNICA SANTA LUZIA" };
    let content = Content {
        number: Some((4_400 + n).to_string()),
        company: Some(1),
        branch: Some(3),
        customer: Some(customer.to_owned()),
        equipment: Equipment::Existing { id: "812".into() },
    };
    let gate = if n % 6 == 5 { Gate::Unwanted(Skip::NoEquipment) } else { Gate::Wanted };
    let since = before(900 - n % 24 * 30);
    let arrival = Arrival { payload, content, gate, told: Telling::First };
    let order = first(&format!("5b1f6f0e-{n:04}"), arrival, since);
    let ready = Prepared::Ready { account: "principal".to_owned(), branch: Some((1, 3)) };
    let link = Some("https://acme.sismetro.com/printSS.php?id=77&hash=CANARIO".to_owned());
    let found = Found { number: (91_000 + n).to_string(), link, unsure: false, mismatch: false };
    let events: Vec<Event> = match n % 6 {
        0 => vec![
            Event::Due,
            Event::Prepared(Prepared::Parked(Reason::AccountMissing, "a filial 1/3 não tem conta".into())),
        ],
        1 => vec![
            Event::Due,
            Event::Prepared(ready),
            Event::Opened(Opened::Refused(format!("setor inválido {HOSTILE}"))),
        ],
        2 => vec![Event::Due, Event::Prepared(ready), Event::Opened(Opened::Done(found))],
        3 => {
            vec![Event::Due, Event::Prepared(ready), Event::Opened(Opened::Done(found)), Event::Noted(Ok(()))]
        }
        4 => {
            let why = "o Senior X não respondeu".to_owned();
            vec![Event::Due, Event::Prepared(Prepared::Failed(Failure::Passing { why, after: None }))]
        }
        _ => vec![],
    };
    events.iter().enumerate().fold(order, |order, (at, event)| {
        let when = clock::later(since, std::time::Duration::from_secs(15 * (at as u64 + 1)));
        next(&order, event, when)
            .unwrap_or_else(|| panic!("{event:?} made nothing of {:?}", order.state))
            .case
    })
}
