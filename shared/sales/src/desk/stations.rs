//! Which stations a record has reached.

use engine::History;
use jiff::civil::DateTime;

use super::timeline::{Progress, Station};
use super::waiting::because;
use super::words::{self, local};
use crate::customers::{self, Customer};
use crate::orders::{Order, Posicao, Stage};

/// The name of "in Omie" in the history of both.
const IN_ERP: &str = "in-erp";

pub(super) fn of_order(order: &Order) -> [Station; 4] {
    [seller_sent(order), in_cloud(order.since), order_in_omie(order), invoiced(order)]
}

/// When the seller closed the order on the phone, by the phone's clock; else the best that it says.
fn seller_sent(order: &Order) -> Station {
    let pedido = order.pedido.as_ref();
    let at = pedido
        .and_then(|pedido| pedido.data_fechamento_pedido.or(pedido.data_abertura_pedido).or(pedido.data));
    let numped = pedido.and_then(|pedido| pedido.num_pedido.clone()).or_else(|| order.row.numped.clone());
    let note = numped.map(|numped| format!("pedido {numped} do app"));
    Station { name: "vendedor enviou", progress: Progress::Reached, at, note }
}

fn in_cloud(since: jiff::Timestamp) -> Station {
    Station { name: "na nuvem", progress: Progress::Reached, at: Some(local(since)), note: None }
}

fn order_in_omie(order: &Order) -> Station {
    let why = order.why.as_deref();
    let (progress, note) = match order.stage {
        Stage::InErp => {
            let number = order.erp.as_ref();
            (Progress::Reached, number.map(|erp| format!("nº {}, código {}", erp.numero, erp.codigo_pedido)))
        }
        Stage::New | Stage::Sending => (Progress::UnderWay, order.why.clone()),
        Stage::Rejected => (Progress::Stopped, Some(because("recusado", why))),
        Stage::Held => (Progress::Stopped, Some(because("retido", why))),
        Stage::Skipped => (Progress::Stopped, Some(because("não vai ao Omie", why))),
    };
    Station { name: "no Omie", progress, at: entered(&order.history, order.stage.name(), progress), note }
}

/// Omie's own moment of the position, where it is known.
fn invoiced(order: &Order) -> Station {
    let name = "faturado";
    let Some(fate) = order.fate.as_ref().filter(|_| order.stage == Stage::InErp) else {
        return Station { name, progress: Progress::Ahead, at: None, note: None };
    };
    let position = words::posicao(fate.posicao);
    let (progress, at, note) = match fate.posicao {
        Posicao::F => (Progress::Reached, fate.moment, fate.text.clone()),
        Posicao::C => (Progress::Stopped, fate.moment, fate.text.clone()),
        // Of what is not there yet the moment would be read as its own.
        Posicao::P if fate.moment.is_none() => (Progress::UnderWay, None, position.to_owned()),
        Posicao::P | Posicao::L | Posicao::M => {
            (Progress::UnderWay, None, format!("{position} – {}", fate.text))
        }
    };
    Station { name, progress, at, note: Some(note) }
}

pub(super) fn of_customer(customer: &Customer) -> [Station; 4] {
    let registered =
        Station { name: "vendedor enviou", progress: Progress::Reached, at: None, note: said_by(customer) };
    [registered, in_cloud(customer.since), customer_in_omie(customer), in_catalogue(customer)]
}

fn said_by(customer: &Customer) -> Option<String> {
    let cadastro = customer.shown.cadastro().ok()?;
    let what = match cadastro.tipo_operacao.as_deref() {
        Some("A") => "alteração de cadastro",
        _ => "cadastro",
    };
    Some(cadastro.nome.map_or_else(|| what.to_owned(), |nome| format!("{what}: {nome}")))
}

fn customer_in_omie(customer: &Customer) -> Station {
    use customers::Stage;
    let why = customer.why.as_deref();
    let (progress, note) = match customer.stage {
        Stage::InErp => (Progress::Reached, customer.codigo.map(|codigo| format!("código {codigo}"))),
        Stage::New | Stage::Sending => (Progress::UnderWay, customer.why.clone()),
        Stage::Rejected => (Progress::Stopped, Some(because("recusado", why))),
        Stage::Held => (Progress::Stopped, Some(because("retido", why))),
    };
    let at = entered(&customer.history, customer.stage.name(), progress);
    Station { name: "no Omie", progress, at, note }
}

/// Whether orders can be sold to it: the row of `Clientes` (mapping §8).
fn in_catalogue(customer: &Customer) -> Station {
    let is_there = customer.stage == customers::Stage::InErp;
    let (progress, at) = match (is_there, customer.owed.row, customer.seen) {
        (false, ..) => (Progress::Ahead, None),
        (true, false, Some(seen)) => (Progress::Reached, Some(local(seen))),
        (true, ..) => (Progress::UnderWay, None),
    };
    let note = customer.warning.clone().filter(|_| is_there);
    Station { name: "no catálogo", progress, at, note }
}

/// When it last came into its stage, where that is a place to be: what is under way came nowhere.
fn entered(history: &History, stage: &str, progress: Progress) -> Option<DateTime> {
    if progress == Progress::UnderWay {
        return None;
    }
    let entering = |step: &&engine::Step| step.to == stage && step.from != stage;
    let step = history.steps().iter().rev().find(entering)?;
    // What was repeated carries its last time; in Omie it came once.
    Some(local(step.at)).filter(|_| step.times == 1 || stage != IN_ERP)
}
