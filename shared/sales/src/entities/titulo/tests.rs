use jiff::civil::date;

use super::super::testing::{TODAY, changed, gone, record, rejected_fields, row};
use super::*;

const TITLE: &str = include_str!("../../../testdata/titulo_a_vencer_com_boleto.json");

fn refs() -> TituloRefs {
    TituloRefs {
        filial: "3456789012".into(),
        vendedor_padrao: None,
        avulsos: true,
        janela: 180,
        today: TODAY,
        leitura: leitura::Leitura(vec![(date(2024, 8, 6), TODAY)]),
    }
}

fn numero() -> Numero {
    Numero { numtransvenda: 1_507, prest: "1".into(), dtvencorig: Some(date(2025, 3, 6)) }
}

fn title(change: impl FnOnce(&mut omie::Titulo)) -> TituloNumerado {
    let mut titulo: omie::Titulo = record(TITLE);
    change(&mut titulo);
    TituloNumerado { titulo, numero: Some(numero()), ..TituloNumerado::default() }
}

fn mapped(change: impl FnOnce(&mut omie::Titulo)) -> maxima::PrestacaoTitulo {
    row(Titulo::map(title(change), &refs()))
}

fn decimal(text: &str) -> Decimal {
    text.parse().expect("a decimal")
}

#[test]
fn a_title_of_a_sale_is_an_instalment_of_its_order() {
    assert_eq!(Titulo::key(&title(|_| ())), "5366610001".into());
    assert_eq!(
        mapped(|_| ()),
        maxima::PrestacaoTitulo {
            numtransvenda: 1_507,
            prest: "1".into(),
            duplic: 12_345,
            codcli: "5366578425".into(),
            codusur: "4567890123".into(),
            codfilial: "3456789012".into(),
            codcob: "15".into(),
            dtemissao: dt(Some(date(2025, 2, 4)), None),
            dtvenc: dt(Some(date(2025, 3, 6)), None),
            dtvencorig: dt(Some(date(2025, 3, 6)), None),
            valor: decimal("41.5"),
            valororig: decimal("41.5"),
            vpago: Some(Decimal::ZERO),
            dtpag: None,
            dtbaixa: None,
            status: "A",
            protesto: "N",
            cartorio: "N",
            boleto: "S",
            codbarra: None,
            linhadig: None,
        }
    );
}

#[test]
fn a_due_date_that_moved_keeps_the_first_one() {
    let moved = mapped(|titulo| titulo.cabec.dt_venc = Some(date(2025, 4, 10)));

    assert_eq!(moved.dtvenc, dt(Some(date(2025, 4, 10)), None));
    assert_eq!(moved.dtvencorig, dt(Some(date(2025, 3, 6)), None));
}

#[test]
fn an_invoice_number_that_does_not_fit_gives_way_to_the_sale() {
    let duplic = |text: &str| mapped(|titulo| titulo.cabec.num_doc_fiscal = Some(text.into())).duplic;

    assert_eq!([duplic("99999999999"), duplic("S/N")], [1_507, 1_507]);
}

#[test]
fn every_status_of_omie_is_open_paid_or_cancelled() {
    let status = |text: &str| {
        let sent =
            TituloNumerado { ja_enviado: true, ..title(|titulo| titulo.cabec.status = Some(text.into())) };
        row(Titulo::map(sent, &refs())).status
    };

    for open in
        ["EMABERTO", "PAGTO_PARCIAL", "VENCEHOJE", "AVENCER", "ATRASADO", "A VENCER (BOLETO GERADO)", "NOVO"]
    {
        assert_eq!(status(open), "A", "{open}");
    }
    assert_eq!([status("LIQUIDADO"), status("RECEBIDO"), status("CANCELADO")], ["P", "P", "C"]);
}

#[test]
fn a_cancelled_title_is_sent_only_where_it_was_sent_before() {
    let cancelled = || title(|titulo| titulo.cabec.status = Some("CANCELADO".into()));
    let sent = TituloNumerado { ja_enviado: true, ..cancelled() };

    assert!(matches!(Titulo::map(cancelled(), &refs()), Mapped::Skip(_)));
    assert_eq!(row(Titulo::map(sent, &refs())).status, "C");
}

#[test]
fn payment_dates_come_only_with_the_settlement() {
    let paid = |status: &str| {
        mapped(|titulo| {
            titulo.cabec.status = Some(status.into());
            titulo.cabec.dt_pagamento = Some(date(2025, 2, 1));
        })
    };
    let (open, settled) = (paid("PAGTO_PARCIAL"), paid("RECEBIDO"));

    assert_eq!((open.dtpag, open.dtbaixa), (None, None));
    let day = dt(Some(date(2025, 2, 1)), None);
    assert_eq!((settled.dtpag, settled.dtbaixa), (day, day));
}

#[test]
fn what_was_paid_is_the_sum_of_omie_or_that_of_the_payments() {
    let payment = |val_lanc| omie::Lancamento { val_lanc: Some(decimal(val_lanc)), ..Default::default() };
    let paid = |val_pago: Option<&str>| {
        mapped(|titulo| {
            titulo.lancamentos = vec![payment("10.10"), payment("5.05")];
            let val_pago = val_pago.map(decimal);
            titulo.resumo =
                val_pago.map(|sum| omie::ResumoTitulo { val_pago: Some(sum), ..Default::default() });
        })
        .vpago
    };

    assert_eq!(paid(Some("20")), Some(decimal("20")));
    assert_eq!(paid(None), Some(decimal("15.15")));
}

#[test]
fn the_kind_of_title_tells_the_payment_means() {
    let codcob = |kind: &str| mapped(|titulo| titulo.cabec.tipo = Some(kind.into())).codcob;

    let kinds = ["BOL", "CRT", "CHQ", "DIN", "PIX", "TRA", "TED", "DOC", "pix ", "OUT"];
    assert_eq!(kinds.map(codcob), ["15", "03", "02", "01", "17", "18", "18", "18", "17", "15"]);
}

#[test]
fn a_boleto_has_a_number_or_says_so_and_its_code_goes_by_its_length() {
    let with = |kind: &str, number: Option<&str>, code: usize| {
        mapped(|titulo| {
            titulo.cabec.tipo = Some(kind.into());
            titulo.cabec.num_boleto = number.map(str::to_owned);
            titulo.cabec.codigo_barras = Some("1".repeat(code));
        })
    };

    assert_eq!(
        [with("BOL", None, 0).boleto, with("PIX", Some("7"), 0).boleto, with("PIX", None, 0).boleto],
        ["S", "S", "N"]
    );
    let (bars, line, neither) = (with("BOL", None, 44), with("BOL", None, 47), with("BOL", None, 46));
    assert_eq!((bars.codbarra.map(|code| code.len()), bars.linhadig), (Some(44), None));
    assert_eq!((line.codbarra, line.linhadig.map(|code| code.len())), (None, Some(47)));
    assert_eq!((neither.codbarra, neither.linhadig), (None, None));
}

#[test]
fn a_title_without_seller_is_its_clients_or_the_default_sellers_or_nobodys() {
    let nobodys = || title(|titulo| titulo.cabec.cod_vendedor = Some(0));
    let of_client = TituloNumerado { vendedor_do_cliente: Some("55".into()), ..nobodys() };
    let with_default = TituloRefs { vendedor_padrao: Some("9".into()), ..refs() };

    assert_eq!(row(Titulo::map(of_client, &with_default)).codusur, "55");
    assert_eq!(row(Titulo::map(nobodys(), &with_default)).codusur, "9");
    assert_eq!(rejected_fields(Titulo::map(nobodys(), &refs())), ["cCodVendedor"]);
}

#[test]
fn titles_that_are_not_for_maxima_are_skipped_and_those_the_settings_leave_out_let_go() {
    let unbilled = title(|titulo| titulo.cabec.num_doc_fiscal = None);
    let payable = title(|titulo| titulo.cabec.natureza = Some("P".into()));
    let loose = || title(|titulo| titulo.cabec.operacao = Some("01".into()));
    let without_loose = TituloRefs { avulsos: false, ..refs() };

    for skipped in [unbilled, payable] {
        assert!(matches!(Titulo::map(skipped, &refs()), Mapped::Skip(_)));
    }
    assert!(gone(Titulo::map(loose(), &without_loose)).contains("EnviarTitulosAvulsos"));
    assert!(matches!(Titulo::map(loose(), &refs()), Mapped::Row(_)));
}

#[test]
fn what_a_title_lacks_is_named_at_once() {
    let empty = TituloNumerado {
        numero: None,
        ..title(|titulo| {
            let cabec =
                omie::CabecTitulo { num_doc_fiscal: Some("1".into()), ..omie::CabecTitulo::default() };
            titulo.cabec = cabec;
        })
    };

    assert_eq!(
        rejected_fields(Titulo::map(empty, &refs())),
        ["nCodTitulo", "dDtEmissao", "dDtVenc", "nCodCliente", "cCodVendedor", "nValorTitulo"]
    );
}

#[test]
fn a_title_that_is_gone_is_cancelled_under_its_number() {
    let facts = Titulo::facts(&title(|_| ())).expect("facts");

    assert_eq!(
        facts,
        json!({"numtransvenda": 1507, "prest": "1", "dtvencorig": "2025-03-06", "inclusao": "2025-02-04"})
    );
    assert_eq!(
        changed(Titulo::retirement(&"1".into(), Some(&facts), &refs())),
        json!({"Numtransvenda": 1507, "Prest": "1", "Status": "C"})
    );
    assert_eq!(Titulo::retirement(&"1".into(), None, &refs()), Retirement::Keep);
}

#[test]
fn only_a_title_that_is_closed_says_so_in_its_facts() {
    let closed = |status: &str| {
        let facts = Titulo::facts(&title(|titulo| titulo.cabec.status = Some(status.into())));
        facts.expect("facts")["encerrado"].clone()
    };

    assert_eq!([closed("RECEBIDO"), closed("CANCELADO")], [json!(true), json!(true)]);
    assert_eq!([closed("ATRASADO"), closed("PAGTO_PARCIAL")], [Value::Null, Value::Null]);
}

#[test]
fn a_title_that_the_reading_does_not_cover_is_out_of_sight() {
    let absence = |day: Option<Date>| {
        let fato = Fato { numero: numero(), inclusao: day, encerrado: false };
        let facts = serde_json::to_value(fato).expect("JSON");
        Titulo::absence(&"1".into(), Some(&facts), &refs())
    };

    assert_eq!(absence(Some(date(2024, 8, 6))), Absence::Gone);
    assert_eq!(absence(Some(date(2024, 8, 5))), Absence::OutOfSight);
    assert_eq!(absence(None), Absence::OutOfSight, "nothing proves that it should have been shown");
}

#[test]
fn a_title_without_number_has_no_facts() {
    let unbilled = TituloNumerado { numero: None, ..title(|_| ()) };

    assert_eq!(Titulo::facts(&unbilled), None);
}
