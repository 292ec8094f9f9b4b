//! Orders and customers on the desk: found, read, and told a word, against the memory twin.

mod finding;
mod reading;
mod telling;

use clock::Clock;
use engine::{Cases as _, Filing, Memory};
use jiff::Timestamp;
use jiff::civil::date;
use maxima::PedidoMaxima;
use omie::NovoPedido;
use serde_json::json;

use super::record::{Kind, Record};
use crate::customers::{Customer, Shown};
use crate::orders::machine::{Consulted, Event, Included, Prepared, next};
use crate::orders::{Goods, InErp, Order, Posicao, Row, Sighting};

/// 2 March 2026, 11:00 in São Paulo.
fn at(second: i64) -> Timestamp {
    let start: Timestamp = "2026-03-02T14:00:00Z".parse().expect("a moment");
    clock::later(start, std::time::Duration::from_secs(u64::try_from(second).expect("later")))
}

fn erp() -> InErp {
    InErp { codigo_pedido: 5_366_599_001, numero: 1507 }
}

fn pedido() -> PedidoMaxima {
    let object = json!({"NumPedido": "416", "ValorTotal": 1234.5,
        "DataAberturaPedido": "2026-03-02T10:40:00", "DataFechamentoPedido": "2026-03-02T10:58:30",
        "Cliente": {"Codigo": "55", "CNPJ": "52.998.224/0001-25", "Nome": "PADARIA NOVA LTDA"}});
    PedidoMaxima::parse(&object.to_string()).expect("readable")
}

fn new_order(id: &str, since: Timestamp) -> Order {
    let mut order = Order::new(id, Row::default(), "como veio".to_owned(), since);
    order.pedido = Some(pedido());
    order
}

fn after(mut order: Order, events: &[(Event, i64)]) -> Order {
    for (event, second) in events {
        let change = next(&order, event, at(*second)).unwrap_or_else(|| panic!("{event:?} made nothing"));
        order = change.case;
    }
    order
}

fn ready() -> Event {
    let mut request = Box::<NovoPedido>::default();
    request.cabecalho.data_previsao = date(2026, 3, 2);
    Event::Prepared(Prepared::Ready {
        request,
        digest: "d".to_owned(),
        goods: Goods { gross: 100.into(), net: 100.into() },
        codigo_cliente: 55,
        warning: None,
    })
}

fn sending() -> Order {
    after(new_order("900100200", at(0)), &[(Event::Due, 0), (ready(), 1)])
}

fn in_erp() -> Order {
    after(sending(), &[(Event::Included(Included::Done(erp())), 2)])
}

fn held() -> Order {
    let hold = Event::Prepared(Prepared::Hold("falta a categoria nos parâmetros".into()));
    after(new_order("900100200", at(0)), &[(hold, 1)])
}

/// Held because Omie has another one under its code.
fn mistaken() -> Order {
    let found = Consulted::Found { erp: erp(), mismatch: Some("o cliente é outro".into()) };
    after(
        sending(),
        &[(Event::Included(Included::Duplicate { words: None }), 2), (Event::Consulted(found), 3)],
    )
}

fn seen(posicao: Posicao, text: &str, hour: i8) -> Event {
    let moment = date(2026, 3, 2).at(hour, 30, 0, 0);
    Event::Seen(Sighting {
        posicao: Some(posicao),
        text: text.to_owned(),
        moment: Some(moment),
        denied: None,
    })
}

fn customer(id: i64, since: Timestamp) -> Customer {
    let object = json!({"CodigoClienteNuvem": id, "Codigo": "", "TipoOperacao": "I",
        "Nome": "PADARIA NOVA LTDA", "CNPJ": "52.998.224/0001-25"});
    Customer::new(id, Shown::new(object.to_string()), since)
}

fn shelf() -> (Memory, Clock) {
    let clock = Clock::paused(at(60));
    (Memory::new(clock.clone()), clock)
}

async fn put(state: &Memory, record: &Record) {
    let filing = record.filing();
    let body = match record {
        Record::Pedido(order) => serde_json::to_value(order),
        Record::Cliente(customer) => serde_json::to_value(customer),
    };
    let filing =
        Filing { body: body.expect("JSON"), due: filing.due, marks: filing.marks, expires: filing.expires };
    state.file(record.kind().stored(), &record.id(), None, filing).await.expect("filed");
}

async fn put_order(state: &Memory, order: Order) {
    put(state, &Record::Pedido(Box::new(order))).await;
}

async fn order(state: &Memory, id: &str) -> Order {
    match Record::load(state, Kind::Pedidos, id).await.expect("read") {
        Some(Record::Pedido(order)) => *order,
        other => panic!("no order {id}: {other:?}"),
    }
}
