use jiff::civil::date;
use rust_decimal::Decimal;

use super::super::testing::{TODAY, changed, reasons, record, rejected_fields, row};
use super::*;
use crate::settings::{Posicao, Settings};
use crate::text::dt;

const ORDER: &str = include_str!("../../../testdata/pedido_faturado.json");

pub(super) fn refs() -> HistoricoRefs {
    HistoricoRefs {
        filial: "3456789012".into(),
        vendedor_padrao: None,
        cobranca_padrao: "01".into(),
        plano_padrao: "000".into(),
        etapas: Settings::default().etapas,
        janela: 60,
        today: TODAY,
    }
}

fn order(change: impl FnOnce(&mut omie::Pedido)) -> PedidoLido {
    let mut pedido: omie::Pedido = record(ORDER);
    change(&mut pedido);
    PedidoLido { pedido, vendedor_do_cliente: None, visto: Visto::default() }
}

fn mapped(change: impl FnOnce(&mut omie::Pedido)) -> PedidoHistorico {
    row(Historico::map(order(change), &refs()))
}

fn decimal(text: &str) -> Decimal {
    text.parse().expect("a decimal")
}

fn info(change: impl FnOnce(&mut omie::InfoCadastro)) -> impl FnOnce(&mut omie::Pedido) {
    |pedido| change(pedido.info_cadastro.get_or_insert_default())
}

#[test]
fn an_order_is_a_header_and_its_items() {
    let at = dt(Some(date(2025, 2, 2)), Some(jiff::civil::time(10, 0, 0, 0)));

    assert_eq!(Historico::key(&order(|_| ())), "5366599001".into());
    assert_eq!(
        mapped(|_| ()),
        PedidoHistorico {
            capa: maxima::HistoricoPedidoCapa {
                numped: 1_507,
                numtransvenda: 1_507,
                data: at,
                dtaberturapedpalm: at,
                dtfat: dt(Some(date(2025, 2, 4)), Some(jiff::civil::time(9, 0, 0, 0))),
                vltotal: decimal("124.5"),
                vltabela: decimal("102"),
                vlatend: decimal("124.5"),
                vlfrete: decimal("15"),
                codcli: "5366578425".into(),
                codusur: "4567890123".into(),
                codfilial: "3456789012".into(),
                condvenda: 1,
                codcob: "15".into(),
                codplpag: "A03".into(),
                origemped: "F",
                numpedrca: None,
                posicao: "F",
                numitens: Some(2),
                numnota: None,
                obs: Some("Entregar pela manha".into()),
            },
            itens: vec![
                maxima::HistoricoPedidoItem {
                    numped: 1_507,
                    numseq: 1,
                    codprod: "5366578297".into(),
                    qt: decimal("12"),
                    pvenda: decimal("8.5"),
                    ptabela: decimal("9"),
                    qt_devolvida: None,
                    data: at,
                    codauxiliar: Some("7890000000017".into()),
                    posicao: Some("F"),
                },
                maxima::HistoricoPedidoItem {
                    numped: 1_507,
                    numseq: 2,
                    codprod: "5366578298".into(),
                    qt: decimal("3"),
                    pvenda: decimal("0.666667"),
                    ptabela: decimal("1"),
                    qt_devolvida: None,
                    data: at,
                    codauxiliar: None,
                    posicao: Some("F"),
                },
            ],
        }
    );
}

#[test]
fn zeros_before_the_number_do_not_make_another_order() {
    let padded = mapped(|pedido| pedido.cabecalho.numero_pedido = Some("000000000001507".into()));

    assert_eq!(padded.capa.numped, 1_507);
}

#[test]
fn a_number_that_maxima_cannot_hold_is_rejected_and_the_order_still_has_a_name() {
    for sent in ["2147483648", "PV 7", "0", ""] {
        let record = order(|pedido| pedido.cabecalho.numero_pedido = Some(sent.into()));

        assert_eq!(Historico::key(&record), "5366599001".into());
        let why = reasons(Historico::map(record, &refs()));
        assert_eq!((why[0].field.as_str(), why[0].value.as_str()), ("numero_pedido", sent));
    }
}

/// Acceptance check 9 of the mapping §11, as far as past orders go.
#[test]
fn a_cancelled_order_is_cancelled_whatever_its_stage_and_an_invoiced_one_invoiced() {
    let position = |cancelado, faturado, etapa: &str| {
        let row = mapped(|pedido| {
            pedido.cabecalho.etapa = Some(etapa.into());
            info(|info| (info.cancelado, info.faturado) = (cancelado, faturado))(pedido);
        });
        row.capa.posicao
    };

    assert_eq!(position(Some(true), Some(true), "99"), "C");
    assert_eq!(position(Some(false), Some(true), "10"), "F");
    assert_eq!(
        ["00", "10", "20", "50", "60", "70"].map(|etapa| position(None, None, etapa)),
        ["P", "P", "L", "M", "F", "F"]
    );
    assert_eq!(position(None, None, "99"), "P", "a stage nobody has placed");
}

#[test]
fn a_stage_that_nobody_placed_leaves_an_order_of_the_app_where_its_seller_was_told_that_it_stands() {
    let position = |cancelado, etapa: &str| {
        let mut record = order(|pedido| {
            pedido.cabecalho.etapa = Some(etapa.into());
            info(|info| (info.cancelado, info.faturado) = (cancelado, None))(pedido);
        });
        record.visto.posicao = Some(crate::orders::Posicao::M);
        row(Historico::map(record, &refs())).capa.posicao
    };

    assert_eq!([position(None, "99"), position(None, "20"), position(Some(true), "99")], ["M", "L", "C"]);
}

#[test]
fn the_settings_place_the_stages_and_items_know_no_released() {
    let released = HistoricoRefs { etapas: [("10".to_owned(), Posicao::L)].into(), ..refs() };
    let open = order(|pedido| {
        pedido.cabecalho.etapa = Some("10".into());
        info(|info| info.faturado = None)(pedido);
    });

    let row = row(Historico::map(open, &released));

    assert_eq!((row.capa.posicao, row.itens[0].posicao), ("L", Some("P")));
}

#[test]
fn an_order_is_a_bonus_when_every_item_is_one() {
    let bonus = |cfops: [&str; 2], free: [bool; 2]| {
        mapped(|pedido| {
            for ((item, cfop), free) in pedido.det.iter_mut().zip(cfops).zip(free) {
                item.produto.get_or_insert_default().cfop = Some(cfop.into());
                item.inf_adic.get_or_insert_default().nao_gerar_financeiro = Some(free);
            }
        })
        .capa
        .condvenda
    };

    assert_eq!(bonus(["5.910", "6.910"], [true, true]), 5);
    assert_eq!(bonus(["5.910", "5.102"], [true, true]), 1);
    assert_eq!(bonus(["5.910", "5.910"], [true, false]), 1);
    assert_eq!(mapped(|pedido| pedido.det.clear()).capa.condvenda, 1, "an order without items");
}

#[test]
fn the_means_is_that_of_the_order_or_of_its_first_instalment_or_the_default() {
    let codcob = |of_order: Option<&str>, first: Option<&str>| {
        mapped(|pedido| {
            pedido.informacoes_adicionais.get_or_insert_default().meio_pagamento =
                of_order.map(str::to_owned);
            let parcela =
                omie::ParcelaPedido { meio_pagamento: first.map(str::to_owned), ..Default::default() };
            pedido.lista_parcelas = Some(omie::ListaParcelas { parcela: vec![parcela] });
        })
        .capa
        .codcob
    };

    assert_eq!(codcob(Some("17"), Some("03")), "17");
    assert_eq!([codcob(None, Some("03")), codcob(None, None)], ["03", "01"]);
}

#[test]
fn typed_in_instalments_are_of_the_default_plan() {
    let plan = |code: Option<&str>| {
        mapped(|pedido| pedido.cabecalho.codigo_parcela = code.map(str::to_owned)).capa.codplpag
    };

    assert_eq!([plan(Some("999")), plan(None), plan(Some("A05"))], ["000", "000", "A05"]);
}

#[test]
fn only_an_order_of_the_api_is_one_of_the_sales_force() {
    let origin = |text: Option<&str>| {
        mapped(|pedido| pedido.cabecalho.origem_pedido = text.map(str::to_owned)).capa.origemped
    };

    assert_eq!([origin(Some("API")), origin(Some("MLV")), origin(None)], ["F", "T", "T"]);
}

#[test]
fn an_order_without_seller_is_its_clients_or_the_default_sellers_or_nobodys() {
    let nobodys = || order(|pedido| pedido.informacoes_adicionais.get_or_insert_default().cod_vend = Some(0));
    let of_client = PedidoLido { vendedor_do_cliente: Some("55".into()), ..nobodys() };
    let with_default = HistoricoRefs { vendedor_padrao: Some("9".into()), ..refs() };

    assert_eq!(row(Historico::map(of_client, &with_default)).capa.codusur, "55");
    assert_eq!(row(Historico::map(nobodys(), &with_default)).capa.codusur, "9");
    assert_eq!(rejected_fields(Historico::map(nobodys(), &refs())), ["informacoes_adicionais.codVend"]);
}

#[test]
fn what_an_order_lacks_is_named_at_once() {
    let empty = PedidoLido {
        pedido: record(r#"{"cabecalho":{"codigo_pedido":1},"det":[{"produto":{"quantidade":0}}]}"#),
        vendedor_do_cliente: None,
        visto: Visto::default(),
    };

    assert_eq!(
        rejected_fields(Historico::map(empty, &refs())),
        [
            "numero_pedido",
            "infoCadastro.dInc",
            "codigo_cliente",
            "informacoes_adicionais.codVend",
            "total_pedido.valor_total_pedido",
            "det[1].produto.codigo_produto",
        ]
    );
}

#[test]
fn an_item_of_no_quantity_keeps_its_list_price() {
    let row = mapped(|pedido| pedido.det[0].produto.get_or_insert_default().quantidade = Some(Decimal::ZERO));

    assert_eq!((row.itens[0].qt, row.itens[0].pvenda), (Decimal::ZERO, decimal("9")));
}

#[test]
fn an_order_that_was_excluded_is_cancelled_in_maxima() {
    let facts = Historico::facts(&order(|_| ()));
    let retirement = Historico::retirement(&"5366599001".into(), facts.as_ref(), &refs());

    assert_eq!(changed(retirement), json!({"Numped": 1507, "Posicao": "C"}));
}

#[test]
fn an_order_included_before_the_window_is_out_of_sight() {
    let absence = |day: Option<&str>| {
        let facts = day.map(|day| json!({ "inclusao": day }));
        Historico::absence(&"1".into(), facts.as_ref(), &refs())
    };

    assert_eq!(Historico::facts(&order(|_| ())), Some(json!({"numero": 1507, "inclusao": "2025-02-02"})));
    assert_eq!(absence(Some("2024-12-04")), Absence::Gone);
    assert_eq!(absence(Some("2024-12-03")), Absence::OutOfSight);
    assert_eq!(absence(None), Absence::OutOfSight);
}

#[test]
fn the_apps_number_its_branch_and_the_invoice_come_from_what_else_is_known() {
    let visto =
        Visto { rca: Some(416), nota: Some(12_345), filial: Some("2".to_owned()), ..Visto::default() };
    let known = PedidoLido { visto, ..order(|_| {}) };
    let too_large = PedidoLido { visto: Visto { rca: Some(LARGER), ..Visto::default() }, ..order(|_| {}) };

    let capa = row(Historico::map(known, &refs())).capa;
    assert_eq!((capa.numpedrca, capa.numnota, capa.codfilial.as_str()), (Some(416), Some(12_345), "2"));
    let capa = row(Historico::map(too_large, &refs())).capa;
    assert_eq!((capa.numpedrca, &capa.codfilial), (None, &refs().filial), "the standard branch");
}

/// More than Máxima takes.
const LARGER: i64 = 2_147_483_648;
