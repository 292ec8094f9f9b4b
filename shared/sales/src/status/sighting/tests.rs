use jiff::civil::{Date, DateTime, date};
use omie::{CancelamentoEtapa, DevolucaoEtapa, FaturamentoEtapa};

use super::*;

const DAY: Date = Date::constant(2025, 2, 2);

fn row(etapa: &str, minute: i8) -> EtapaPedido {
    EtapaPedido {
        etapa: Some(etapa.to_owned()),
        dt_etapa: Some(DAY),
        hr_etapa: Some(jiff::civil::time(8, minute, 0, 0)),
        ..EtapaPedido::default()
    }
}

fn invoiced(etapa: &str, number: &str) -> EtapaPedido {
    let faturamento = FaturamentoEtapa {
        faturado: Some(true),
        num_nfe: Some(number.to_owned()),
        dt_fat: Some(DAY),
        hr_fat: Some(jiff::civil::time(9, 0, 0, 0)),
        ..FaturamentoEtapa::default()
    };
    EtapaPedido { faturamento: Some(faturamento), ..row(etapa, 5) }
}

fn moment(hour: i8, minute: i8) -> DateTime {
    date(2025, 2, 2).at(hour, minute, 0, 0)
}

fn seen(rows: &[EtapaPedido]) -> Sighting {
    match read(rows, &Settings::default()) {
        Some(Reading::Seen(sighting)) => sighting,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_latest_stage_counts_in_whatever_order_the_rows_come() {
    let rows = [row("50", 9), row("10", 1), row("20", 5)];

    let sighting = seen(&rows);

    assert_eq!((sighting.posicao, sighting.moment), (Some(Posicao::M), Some(moment(8, 9))));
    assert_eq!(sighting.text, "Etapa: Faturar");
}

#[test]
fn an_invoiced_order_is_invoiced_whatever_its_stage_and_the_seller_reads_the_number() {
    let sighting = seen(&[invoiced("20", "000012345")]);

    assert_eq!((sighting.posicao, sighting.moment), (Some(Posicao::F), Some(moment(9, 0))));
    assert_eq!(sighting.text, "Etapa: Separar Estoque. NF 12345");
}

#[test]
fn a_cancelled_order_is_cancelled_in_an_unmapped_stage_too_but_must_be_confirmed() {
    let cancelled = EtapaPedido {
        cancelamento: Some(CancelamentoEtapa { cancelado: Some(true), ..CancelamentoEtapa::default() }),
        ..row("33", 5)
    };

    let reading = read(&[cancelled], &Settings::default());

    let Some(Reading::Cancelled(sighting)) = reading else { panic!("{reading:?}") };
    assert_eq!((sighting.posicao, sighting.text.as_str()), (Some(Posicao::C), "Pedido cancelado"));
}

#[test]
fn a_returned_order_stays_invoiced() {
    let returned = EtapaPedido {
        devolucao: Some(DevolucaoEtapa { devolvido: Some(true), ..DevolucaoEtapa::default() }),
        ..invoiced("60", "1")
    };

    let sighting = seen(&[returned]);

    assert_eq!((sighting.posicao, sighting.text.as_str()), (Some(Posicao::F), "Pedido devolvido no ERP"));
}

#[test]
fn a_stage_that_nobody_placed_has_no_position() {
    let sighting = seen(&[row("30", 1)]);

    assert_eq!((sighting.posicao, sighting.text.as_str()), (None, "Etapa: 30"));
}

#[test]
fn a_row_without_any_stamp_says_nothing() {
    assert_eq!(read(&[EtapaPedido::default()], &Settings::default()), None);
}
