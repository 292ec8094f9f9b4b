//! From the stage rows of an order to where it stands (mapping §7.1).

use omie::EtapaPedido;

use crate::orders::{INVOICE, Posicao, Sighting};
use crate::settings::{self, Settings};

/// What is to be made of the stage rows of one order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reading {
    /// Where it stands.
    Seen(Sighting),
    /// A row says that it was cancelled. Of a bonus order the invoice alone may have been: the order itself must say
    /// so too (`contracts/omie.md` §11.5).
    Cancelled(Sighting),
}

/// Reads the row with the latest stamp; none when no row has a stamp.
pub fn read<'a>(rows: impl IntoIterator<Item = &'a EtapaPedido>, settings: &Settings) -> Option<Reading> {
    let (moment, row) = rows
        .into_iter()
        .filter_map(|row| Some((row.latest()?, row)))
        .max_by_key(|(moment, row)| (*moment, is_cancelled(row), is_invoiced(row)))?;
    if is_cancelled(row) {
        let text = "Pedido cancelado".to_owned();
        let moment = Some(moment);
        return Some(Reading::Cancelled(Sighting { posicao: Some(Posicao::C), text, moment, denied: None }));
    }
    let is_invoiced = is_invoiced(row);
    let stage = row.etapa.as_deref().unwrap_or_default().trim();
    let posicao = if is_invoiced { Some(Posicao::F) } else { position_of(stage, settings) };
    let invoice = row.faturamento.as_ref().and_then(|invoice| invoice.num_nfe.as_deref());
    let is_returned = row.devolucao.as_ref().is_some_and(|back| back.devolvido == Some(true));
    let text = words(stage, settings, invoice.filter(|_| is_invoiced), is_returned);
    Some(Reading::Seen(Sighting { posicao, text, moment: Some(moment), denied: None }))
}

/// What the seller reads.
pub(super) fn words(stage: &str, settings: &Settings, invoice: Option<&str>, is_returned: bool) -> String {
    if is_returned {
        return "Pedido devolvido no ERP".to_owned();
    }
    let name = settings.pedidos.nomes_etapas.get(stage).map_or(stage, String::as_str);
    match invoice.map(|number| number.trim().trim_start_matches('0')).filter(|number| !number.is_empty()) {
        Some(number) => format!("Etapa: {name}{INVOICE}{number}"),
        None => format!("Etapa: {name}"),
    }
}

/// Where the de-para places a stage.
pub(crate) fn position_of(stage: &str, settings: &Settings) -> Option<Posicao> {
    settings.etapas.get(stage).map(|position| match position {
        settings::Posicao::P => Posicao::P,
        settings::Posicao::L => Posicao::L,
        settings::Posicao::M => Posicao::M,
        settings::Posicao::F => Posicao::F,
    })
}

fn is_cancelled(row: &EtapaPedido) -> bool {
    row.cancelamento.as_ref().is_some_and(|cancelled| cancelled.cancelado == Some(true))
}

fn is_invoiced(row: &EtapaPedido) -> bool {
    row.faturamento.as_ref().is_some_and(|invoice| invoice.faturado == Some(true))
}

#[cfg(test)]
mod tests;
