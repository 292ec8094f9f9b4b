//! Orders and customers, each brought where it is by its machine.

use engine::{Cases as _, Filing, Memory};
use jiff::civil::date;
use maxima::PedidoMaxima;
use sales::customers::{self, Customer, Shown};
use sales::orders::machine::{Consulted, Event, Included, Prepared, next};
use sales::orders::{self, Goods, InErp, Order, Posicao, Row, Sighting};
use serde_json::json;

use super::{HOSTILE, before, noon};

const NAMES: [&str; 6] = [
    "PADARIA NOVA LTDA",
    "MERCEARIA SÃO JORGE",
    "SUPERMERCADO BOA VISTA LTDA",
    "BAR DO ZECA ME",
    "DISTRIBUIDORA CENTRAL",
    "EMPÓRIO DA SERRA EIRELI",
];

pub(super) async fn fill(state: &Memory) {
    for n in 0..48_u64 {
        put(state, order(n)).await;
    }
    for n in 0..9_i64 {
        put_customer(state, customer(n)).await;
    }
}

async fn put(state: &Memory, order: Order) {
    let filing = order.filing();
    let body = serde_json::to_value(&order).expect("JSON");
    let filing = Filing { body, due: filing.due, marks: filing.marks, expires: filing.expires };
    state.file(orders::KIND, &order.id, None, filing).await.expect("filed");
}

async fn put_customer(state: &Memory, customer: Customer) {
    let filing = customer.filing();
    let body = serde_json::to_value(&customer).expect("JSON");
    let filing = Filing { body, due: filing.due, marks: filing.marks, expires: filing.expires };
    state.file(customers::KIND, &customer.key(), None, filing).await.expect("filed");
}

fn order(n: u64) -> Order {
    let name = if n == 7 { HOSTILE } else { NAMES[usize::try_from(n).expect("few") % NAMES.len()] };
    let object = json!({
        "NumPedido": (400 + n).to_string(), "ValorTotal": 1234.5 + f64::from(u32::try_from(n * 37).expect("few")),
        "DataAberturaPedido": "2026-03-02T10:40:00", "DataFechamentoPedido": "2026-03-02T10:58:30",
        "Cliente": {"Codigo": "55", "CNPJ": "52.998.224/0001-25", "Nome": name}
    });
    let mut order = Order::new(
        (900_100_200 + n).to_string(),
        Row::default(),
        "como veio".to_owned(),
        before(400 - n * 7),
    );
    order.pedido = Some(PedidoMaxima::parse(&object.to_string()).expect("readable"));
    let erp = InErp {
        codigo_pedido: 5_366_599_000 + i64::try_from(n).expect("few"),
        numero: 1_500 + i64::try_from(n).expect("few"),
    };
    let events = match n % 8 {
        0 => vec![Event::Prepared(Prepared::Hold(
            "falta a categoria nos parâmetros: escolha-a no de-para".into(),
        ))],
        1 => vec![Event::Prepared(Prepared::Refuse(format!(
            "o item 3 não tem estoque no local padrão ({name})"
        )))],
        2 => vec![ready()],
        3 => vec![
            ready(),
            Event::Included(Included::Duplicate { words: None }),
            Event::Consulted(Consulted::Found { erp, mismatch: Some("o cliente é outro".into()) }),
        ],
        4 | 5 => vec![ready(), Event::Included(Included::Done(erp)), invoiced()],
        6 => vec![],
        _ => vec![ready(), Event::Included(Included::Done(erp))],
    };
    for (at, event) in events.iter().enumerate() {
        let when = clock::later(order.since, std::time::Duration::from_secs(20 * (at as u64 + 1)));
        order = next(&order, event, when).unwrap_or_else(|| panic!("{event:?} made nothing")).case;
    }
    order
}

fn ready() -> Event {
    Event::Prepared(Prepared::Ready {
        request: Box::default(),
        digest: "d".to_owned(),
        goods: Goods { gross: 100.into(), net: 100.into() },
        codigo_cliente: 55,
        warning: None,
    })
}

fn invoiced() -> Event {
    let moment = date(2026, 3, 2).at(10, 30, 0, 0);
    let text = "Etapa: Faturado".to_owned();
    Event::Seen(Sighting { posicao: Some(Posicao::F), text, moment: Some(moment), denied: None })
}

fn customer(n: i64) -> Customer {
    let name = if n == 3 { HOSTILE } else { NAMES[usize::try_from(n).expect("few") % NAMES.len()] };
    let object = json!({
        "CodigoClienteNuvem": 88_770 + n, "Codigo": "", "TipoOperacao": "I", "Nome": name, "CNPJ": "52.998.224/0001-25"
    });
    let since = clock::later(before(300), std::time::Duration::from_mins(u64::try_from(n).expect("few")));
    let customer = Customer::new(88_770 + n, Shown::new(object.to_string()), since);
    if n % 3 != 0 {
        return customer;
    }
    let refused = customers::machine::Prepared::Refuse("o CNPJ não confere: corrija o cadastro".into());
    customers::machine::next(&customer, &customers::machine::Event::Prepared(refused), noon())
        .expect("it is new")
        .case
}
