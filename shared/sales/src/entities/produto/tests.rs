//! Every row of the table of mapping §4.13, and the awkward products.

use engine::Memory;
use jiff::civil::date;

use super::super::Refs;
use super::super::testing::{
    TODAY, a_morning, accept, changed, gone, learn, let_go, memory, record, rejected_fields, row, settings,
};
use super::*;
use crate::settings::Settings;

const COLA: &str = include_str!("../../../testdata/produto_refrigerante.json");
const BRANCH: &str = include_str!("../../../testdata/empresa_completa.json");
const INDUSTRY: &str = include_str!("../../../testdata/fornecedor_industria.json");

fn cola() -> omie::Produto {
    record(COLA)
}

fn sells(supplier: i64, product: i64) -> omie::ProdutoFornecedor {
    record(&json!({"nCodForn": supplier, "produtos": [{"nCodProd": product}]}).to_string())
}

fn supplier(codigo_cliente_omie: i64) -> omie::Cliente {
    omie::Cliente { codigo_cliente_omie, ..record(INDUSTRY) }
}

/// One branch, one family, and a supplier that Máxima has.
async fn tenant() -> Memory {
    let state = memory();
    learn::<Filial>(&state, &[record(BRANCH)]).await;
    learn::<Departamento>(&state, &[record(r#"{"codigo":777001,"nomeFamilia":"BEBIDAS"}"#)]).await;
    learn::<ProdutoFornecedor>(&state, &[sells(5_366_570_001, 5_366_578_297)]).await;
    accept::<Fornecedor>(&state, &[record(INDUSTRY)]).await;
    state
}

async fn refs_of(state: &Memory, settings: Settings) -> ProdutoRefs {
    ProdutoRefs::load(state, &settings, TODAY).await.expect("the settings fit the tenant")
}

async fn refs() -> ProdutoRefs {
    refs_of(&tenant().await, settings()).await
}

fn decimal(text: &str) -> Decimal {
    text.parse().expect("a decimal")
}

#[tokio::test]
async fn a_product_is_mapped_whole() {
    assert_eq!(Produto::key(&cola()), "5366578297".into());
    assert_eq!(
        row(Produto::map(cola(), &refs().await)),
        maxima::Produto {
            codprod: "5366578297".into(),
            codprodprinc: Some("5366578297".into()),
            descricao: "REFRIGERANTE COLA 2L".into(),
            descricao2: Some("Garrafa de 2 litros, sabor cola".into()),
            codfab: Some("REF-001".into()),
            codauxiliar: Some("7890000000017".into()),
            unidade: "UN".into(),
            unidademaster: Some("UNID".into()),
            embalagem: Some("UNID".into()),
            classificfiscal: Some("2202.10.00".into()),
            pesoliq: decimal("2"),
            pesobruto: decimal("2.1"),
            qtunit: Decimal::ONE,
            qtunitcx: Decimal::ZERO,
            multiplo: Decimal::ONE,
            codfornec: "5366570001".into(),
            codepto: "777001".into(),
            codsec: "777001".into(),
            codfilial: "3456789012".into(),
            dtcadastro: date(2024, 1, 5).at(8, 0, 0, 0),
            dtexclusao: None,
            revenda: "S",
            aceitavendafracao: "N",
            tipomerc: "L",
            tipoestoque: "PA",
            enviarforcavendas: "S",
            altura: Some(decimal("33")),
            volume: Some(decimal("0.003638")),
        }
    );
}

#[tokio::test]
async fn what_the_map_makes_passes_the_field_rules_of_the_target() {
    let refs = refs().await;
    let bare = record(r#"{"codigo_produto":1,"descricao":"X","unidade":"CX"}"#);

    for produto in [cola(), bare] {
        let violations = maxima::check(&row(Produto::map(produto, &refs)));
        assert!(violations.is_empty(), "{violations:?}");
    }
}

#[tokio::test]
async fn an_inactive_product_is_sent_not_for_sale_with_the_day_it_changed() {
    let row = row(Produto::map(omie::Produto { inativo: Some(true), ..cola() }, &refs().await));

    assert_eq!(row.enviarforcavendas, "N");
    assert_eq!(row.dtexclusao, Some(date(2025, 1, 20).at(0, 0, 0, 0)));
}

#[tokio::test]
async fn a_blocked_product_is_not_for_sale_and_not_excluded() {
    let row = row(Produto::map(omie::Produto { bloqueado: Some(true), ..cola() }, &refs().await));

    assert_eq!((row.enviarforcavendas, row.dtexclusao), ("N", None));
}

#[tokio::test]
async fn an_unknown_weight_is_a_gram() {
    let refs = refs().await;
    let weights = |peso_liq, peso_bruto| {
        let row = row(Produto::map(omie::Produto { peso_liq, peso_bruto, ..cola() }, &refs));
        [row.pesoliq, row.pesobruto].map(|kilograms| kilograms.to_string())
    };

    assert_eq!(weights(None, Some(Decimal::ZERO)), ["0.001", "0.001"]);
    assert_eq!(weights(Some(decimal("0.0000001")), Some(decimal("0.0005"))), ["0.001", "0.0005"]);
}

#[tokio::test]
async fn a_volume_needs_all_three_measures() {
    let refs = refs().await;
    let flat = omie::Produto { profundidade: None, ..cola() };
    let beyond = omie::Produto { altura: Some(Decimal::MAX), ..cola() };

    assert_eq!(row(Produto::map(flat, &refs)).volume, None);
    assert_eq!(row(Produto::map(beyond, &refs)).volume, None, "the field rules name the height");
}

#[tokio::test]
async fn of_several_suppliers_the_smallest_that_maxima_has_is_taken() {
    let state = tenant().await;
    let product = cola().codigo_produto;
    let sellers = [sells(900, product), sells(1_000, product), sells(70, product), sells(50, product)];
    learn::<ProdutoFornecedor>(&state, &sellers).await;
    accept::<Fornecedor>(&state, &[supplier(1_000), supplier(900)]).await;
    learn::<Fornecedor>(&state, &[supplier(70)]).await;
    let_go::<Fornecedor>(&state, "50").await;

    let row = row(Produto::map(cola(), &refs_of(&state, settings()).await));

    assert_eq!(row.codfornec, "900", "smallest as a number; 70 was never accepted, 50 was let go");
}

#[tokio::test]
async fn a_product_without_supplier_or_family_belongs_to_the_stand_ins() {
    let refs = refs().await;
    for codigo_familia in [None, Some(0), Some(777_999)] {
        let other = omie::Produto { codigo_produto: 1, codigo_familia, ..cola() };
        let row = row(Produto::map(other, &refs));
        assert_eq!([&row.codfornec, &row.codepto, &row.codsec], ["0", "0", "0"], "{codigo_familia:?}");
    }
}

#[tokio::test]
async fn a_product_of_a_kind_that_is_not_integrated_goes() {
    let only = Settings { tipos_produto: vec!["00".into(), "04".into()], ..settings() };
    let refs = refs_of(&tenant().await, only).await;
    let of_kind = |tipo: Option<&str>| {
        Produto::map(omie::Produto { tipo_item: tipo.map(str::to_owned), ..cola() }, &refs)
    };

    assert_eq!(row(of_kind(Some(" 04 "))).codprod, "5366578297");
    for other in [Some("07"), None] {
        assert_eq!(gone(of_kind(other)), "tipo de item fora de TiposProduto", "{other:?}");
    }
}

#[tokio::test]
async fn a_product_without_code_description_or_unit_is_rejected_for_all_three() {
    let nothing = record(r#"{"codigo_produto":0,"descricao":" ","unidade":""}"#);

    let fields = rejected_fields(Produto::map(nothing, &refs().await));

    assert_eq!(fields, ["codigo_produto", "descricao", "unidade"]);
}

#[tokio::test]
async fn a_product_that_is_gone_is_excluded_today() {
    let retirement = Produto::retirement(&5_366_578_297.into(), None, &refs().await);

    assert_eq!(
        changed(retirement),
        json!({"Codprod": "5366578297", "Enviarforcavendas": "N", "Dtexclusao": "2025-02-02T00:00:00"})
    );
}

#[tokio::test]
async fn products_of_any_age_and_state_are_asked_for_and_changes_by_the_minute() {
    let refs = refs().await;
    let asked = |scope| serde_json::to_value(Produto::listing(&refs, scope, "")).expect("a request");
    let (whole, window) = (asked(Scope::Full), asked(a_morning()));

    assert_eq!(Produto::OVERLAP, Some(MINUTES));
    for question in [&whole, &window] {
        assert_eq!([&question["filtrar_apenas_omiepdv"], &question["apenas_importado_api"]], ["N", "N"]);
        assert!(question.get("inativo").is_none(), "an inactive product must not look like a deleted one");
    }
    assert_eq!([&whole["filtrar_por_data_de"], &whole["filtrar_por_data_ate"]], ["01/01/2000", "31/12/2099"]);
    assert!(whole.get("filtrar_por_hora_de").is_none() && whole.get("filtrar_por_hora_ate").is_none());
    assert_eq!([&window["filtrar_por_data_de"], &window["filtrar_por_hora_de"]], ["01/02/2025", "23:55:00"]);
    assert_eq!(
        [&window["filtrar_por_data_ate"], &window["filtrar_por_hora_ate"]],
        ["02/02/2025", "09:30:15"]
    );
}

#[test]
fn products_are_looked_for_by_id_and_never_by_nothing() {
    let asked = |keys: &[Key]| Produto::by_keys(keys).map(|listing| listing.produtos_por_codigo.len());

    assert_eq!(asked(&["7".into(), "9".into()]), Some(2));
    assert_eq!(asked(&["7".into(), "?".into()]), None, "it would look deleted");
    assert_eq!(asked(&[]), None);
}

#[test]
fn the_fact_says_whether_and_at_which_price_it_is_sold() {
    assert_eq!(
        Produto::facts(&cola()),
        Some(json!({"ativo": true, "bloqueado": false, "valor_unitario": "8.9"}))
    );
    let blocked = Mercadoria::of(&omie::Produto { bloqueado: Some(true), valor_unitario: None, ..cola() });
    assert!(blocked.ativo && !blocked.is_for_sale());
    assert_eq!(blocked.valor_unitario, None);
    let told = serde_json::from_value::<Mercadoria>(Produto::facts(&cola()).expect("a fact"));
    assert_eq!(told.expect("what was told"), Mercadoria::of(&cola()));
}

#[tokio::test]
async fn what_the_map_depends_on_changes_with_suppliers_and_not_with_the_day() {
    let state = tenant().await;
    let mark = async |today| {
        let refs = ProdutoRefs::load(&state, &settings(), today).await.expect("loaded");
        serde_json::to_string(&refs).expect("JSON")
    };

    let before = mark(TODAY).await;
    assert_eq!(mark(date(2025, 2, 3)).await, before);
    learn::<ProdutoFornecedor>(&state, &[sells(5_366_570_001, 7)]).await;
    assert_ne!(mark(TODAY).await, before);
}
