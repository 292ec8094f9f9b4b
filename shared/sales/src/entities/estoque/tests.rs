use std::collections::BTreeMap;

use engine::{Entry, Fingerprint, Ledger as _, Why};

use super::super::Refs as _;
use super::super::accepted::Accepted;
use super::super::testing::{TODAY, changed, learn, memory, record, rejected_fields, row, settings};
use super::*;
use crate::settings::Settings;

const POSITION: &str = include_str!("../../../testdata/posicao_com_reserva_e_pendente.json");
const PRODUCT: i64 = 5_366_578_297;

fn refs(regra: RegraEstoque) -> EstoqueRefs {
    EstoqueRefs {
        locais: vec![(4401, "3456789012".into()), (4402, "3456789013".into())],
        regra,
        produtos: [PRODUCT].into_iter().collect(),
        today: TODAY,
    }
}

fn position() -> EstoqueDaFilial {
    EstoqueDaFilial { filial: "3456789012".into(), posicao: record(POSITION) }
}

fn decimal(text: &str) -> Decimal {
    text.parse().expect("a decimal")
}

#[test]
fn stock_is_the_balance_and_costs_what_it_cost_not_what_it_sells_for() {
    assert_eq!(Estoque::key(&position()), "3456789012/5366578297".into());
    assert_eq!(
        row(Estoque::map(position(), &refs(RegraEstoque::default()))),
        maxima::Estoque {
            codfilial: "3456789012".into(),
            codprod: "5366578297".into(),
            qtestger: decimal("120"),
            qtreserv: decimal("6"),
            qtpendente: Decimal::ZERO,
            qtbloqueada: Decimal::ZERO,
            custofin: decimal("5.3"),
            custoreal: decimal("5.3"),
            custorep: decimal("5.3"),
            valorultent: Decimal::ZERO,
        }
    );
}

#[test]
fn the_rule_withholds_what_is_reserved_or_what_is_pending_and_never_both() {
    let withheld = |regra| {
        let row = row(Estoque::map(position(), &refs(regra)));
        (row.qtestger, row.qtreserv, row.qtpendente)
    };
    let [saldo, reserved, pending] = ["120", "6", "12"].map(decimal);

    assert_eq!(withheld(RegraEstoque::Saldo), (saldo, Decimal::ZERO, Decimal::ZERO));
    assert_eq!(withheld(RegraEstoque::SaldoMenosReservado), (saldo, reserved, Decimal::ZERO));
    assert_eq!(withheld(RegraEstoque::SaldoMenosPendente), (saldo, Decimal::ZERO, pending));
}

#[test]
fn zero_and_negative_stock_are_sent_and_an_unknown_balance_is_not() {
    let with = |saldo: &str| {
        let posicao = record(&format!(r#"{{"nCodProd":{PRODUCT}{saldo}}}"#));
        Estoque::map(EstoqueDaFilial { filial: "1".into(), posicao }, &refs(RegraEstoque::Saldo))
    };

    assert_eq!(row(with(r#","nSaldo":0"#)).qtestger, Decimal::ZERO);
    assert_eq!(row(with(r#","nSaldo":-3"#)).qtestger, decimal("-3"));
    assert_eq!(rejected_fields(with("")), ["nSaldo"]);
}

#[test]
fn a_product_that_maxima_has_not_is_skipped_without_error() {
    let refs = EstoqueRefs { produtos: [1].into_iter().collect(), ..refs(RegraEstoque::Saldo) };

    assert!(matches!(Estoque::map(position(), &refs), Mapped::Skip(_)));
}

#[test]
fn stock_that_is_gone_is_zero_and_that_of_a_branch_without_location_ended() {
    let key = Estoque::key(&position());
    let refs = refs(RegraEstoque::Saldo);

    assert_eq!(
        changed(Estoque::retirement(&key, None, &refs)),
        json!({"Codfilial": "3456789012", "Codprod": "5366578297", "Qtestger": 0})
    );
    assert_eq!(Estoque::absence(&key, None, &refs), Absence::Gone);
    assert_eq!(Estoque::absence(&"9/5366578297".into(), None, &refs), Absence::Ended);
}

#[test]
fn an_unreadable_position_is_named_like_the_others() {
    let why = || Why::new("nSaldo", "", "não é um número decimal");
    let page = SourcePage {
        total_records: 3,
        records: vec![record(POSITION)],
        unreadable: vec![("4401/7".into(), why()), ("".into(), why())],
        ..SourcePage::default()
    };

    let page = of_branch("3456789012", page);

    assert_eq!(page.unreadable, [("3456789012/7".into(), why()), ("".into(), why())]);
    assert_eq!((page.total_records, page.records), (3, vec![position()]));
}

async fn loaded(settings: Settings) -> Result<EstoqueRefs, SetupError> {
    let state = memory();
    let company = include_str!("../../../testdata/empresa_completa.json");
    learn::<Filial>(&state, &[record(company)]).await;
    let accepted = Entry { fingerprint: Some(Fingerprint::of(&1)), ..Entry::default() };
    state.record(Produto::NAME, &[(PRODUCT.into(), accepted)]).await.expect("stored");
    EstoqueRefs::load(&state, &settings, TODAY).await
}

#[tokio::test]
async fn without_settings_the_default_location_feeds_the_default_branch() {
    let refs = loaded(settings()).await.expect("loaded");

    assert_eq!(refs.locations().collect::<Vec<_>>(), [0]);
    assert_eq!(refs.branch_of(0), Some("3456789012"));
    assert!(refs.produtos.contains(PRODUCT) && !refs.produtos.contains(1));
}

#[tokio::test]
async fn each_location_of_the_map_is_read_for_its_branch() {
    let locais_estoque = BTreeMap::from([(4402, "3456789013".to_owned()), (4401, "3456789012".to_owned())]);
    let refs = loaded(Settings { local_estoque_omie: Some(4401), locais_estoque, ..settings() });
    let refs = refs.await.expect("loaded");

    assert_eq!(refs.locations().collect::<Vec<_>>(), [4401, 4402]);
    assert_eq!(
        [4401, 4402, 9].map(|location| refs.branch_of(location)),
        [Some("3456789012"), Some("3456789013"), None]
    );
}

#[tokio::test]
async fn two_locations_of_one_branch_and_two_branches_of_one_location_are_refused_by_name() {
    let refusal = async |location: i64, filial: &str| {
        let locais_estoque = BTreeMap::from([(location, filial.to_owned())]);
        let refused = loaded(Settings { local_estoque_omie: Some(4401), locais_estoque, ..settings() }).await;
        refused.expect_err("refused").to_string()
    };

    let twice_fed = refusal(4402, "3456789012").await;
    assert!(
        twice_fed.contains("os locais de estoque 4401 e 4402 alimentam a mesma filial 3456789012"),
        "{twice_fed}"
    );
    let shared = refusal(4401, "2").await;
    assert!(shared.contains("o local de estoque 4401 alimenta as filiais 3456789012 e 2"), "{shared}");
}

#[tokio::test]
async fn what_is_for_sale_and_the_day_are_no_part_of_the_mark() {
    let refs = refs(RegraEstoque::Saldo);
    let later =
        EstoqueRefs { produtos: Accepted::default(), today: jiff::civil::date(2030, 1, 1), ..refs.clone() };

    let mark = |refs: &EstoqueRefs| serde_json::to_string(refs).expect("JSON");
    assert_eq!(mark(&refs), mark(&later));
}
