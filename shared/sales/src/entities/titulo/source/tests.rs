use std::sync::Arc;

use engine::{Entity as _, Key};
use jiff::civil::date;
use serde_json::{Value, json};

use super::super::super::Cliente;
use super::super::super::testing::{TODAY, a_morning, learn, memory, record};
use super::super::super::wire::Wire;
use super::super::Titulo;
use super::*;

const TITLE: &str = include_str!("../../../../testdata/titulo_a_vencer_com_boleto.json");

fn refs() -> TituloRefs {
    TituloRefs {
        filial: "3456789012".into(),
        vendedor_padrao: None,
        avulsos: true,
        janela: 180,
        today: TODAY,
    }
}

fn asked(scope: Scope, part: &str) -> Value {
    let question = Question { scope, part: part.to_owned(), page: 1 };
    serde_json::to_value(listing(&question)).expect("a request")
}

#[test]
fn a_whole_reading_shows_the_titles_included_in_the_window_of_its_first_day() {
    let parts_today = parts(Scope::Full, &refs());
    let tomorrow = TituloRefs { today: date(2025, 2, 3), ..refs() };

    assert_eq!(parts_today, ["2024-08-06..2025-02-02"]);
    assert_ne!(parts(Scope::Full, &tomorrow), parts_today, "a reading that begins tomorrow");
    let asked = asked(Scope::Full, &parts_today[0]);
    assert_eq!((&asked["cNatureza"], &asked["lDadosCad"]), (&json!("R"), &json!(true)));
    assert_eq!((&asked["dDtIncDe"], &asked["dDtIncAte"]), (&json!("06/08/2024"), &json!("02/02/2025")));
    assert!(asked.get("dDtAltDe").is_none());
}

#[test]
fn a_reading_of_changes_shows_what_changed_and_what_was_deleted() {
    let parts = parts(a_morning(), &refs());

    assert_eq!(parts, ["alterados", "excluidos"]);
    let asked = asked(a_morning(), &parts[0]);
    assert_eq!((&asked["dDtAltDe"], &asked["dDtAltAte"]), (&json!("01/02/2025"), &json!("02/02/2025")));
    assert!(asked.get("dDtIncDe").is_none());
}

#[test]
fn only_a_method_that_is_no_more_is_passed_over() {
    let text = || "x".to_owned();

    for withdrawn in [
        Fault::Refused { text: text() },
        Fault::NotFound { text: text() },
        Fault::Malformed { text: text() },
        Fault::Misconfigured { text: text() },
    ] {
        assert!(is_withdrawn(&withdrawn), "{withdrawn:?}");
    }
    for passing in [Fault::Blocked { seconds: 1_800 }, Fault::RateLimited, Fault::Unavailable, Fault::Unclear]
    {
        assert!(!is_withdrawn(&passing), "{passing:?}");
    }
}

#[tokio::test]
async fn a_page_comes_back_whole_with_numbers_and_sellers_where_they_are_needed() {
    let state = memory();
    let client = record(r#"{"codigo_cliente_omie":5366578425,"recomendacoes":{"codigo_vendedor":55}}"#);
    learn::<Cliente>(&state, &[client]).await;
    let with = |id: i64, change: &dyn Fn(&mut omie::CabecTitulo)| {
        let mut titulo: omie::Titulo = record(TITLE);
        titulo.cabec.cod_titulo = id;
        change(&mut titulo.cabec);
        titulo
    };
    let records = vec![
        with(1, &|_| ()),
        with(2, &|cabec| (cabec.num_os, cabec.cod_vendedor) = (None, Some(0))),
        with(3, &|cabec| cabec.num_doc_fiscal = None),
    ];
    let page = SourcePage { total_pages: 7, total_records: 700, records, ..SourcePage::default() };

    let page = known(&state, &refs(), page).await.expect("known");

    assert_eq!((page.total_pages, page.total_records, page.records.len()), (7, 700, 3));
    let numbers: Vec<Option<i64>> =
        page.records.iter().map(|record| Some(record.numero.as_ref()?.numtransvenda)).collect();
    assert_eq!(numbers, [Some(1_507), Some(2_000_000_001), None]);
    assert_eq!(page.records[1].vendedor_do_cliente.as_deref(), Some("55"));
    let keys: Vec<Key> = page.records.iter().map(Titulo::key).collect();
    assert_eq!(keys, [1, 2, 3].map(Key::from));
}

async fn excluded_by(wire: &Arc<Wire>, page: u32) -> Result<SourcePage<TituloNumerado>, CallError> {
    let question = Question { scope: a_morning(), part: EXCLUIDOS.to_owned(), page };
    let (omie, state, refs) = (wire.omie(), memory(), refs());
    Titulos::new(&omie, &state, &refs).page(&question).await
}

#[tokio::test(start_paused = true)]
async fn what_omie_says_was_deleted_is_gone() {
    let wire = Wire::new(|_, _| {
        let rows =
            json!([{"nCodTitulo": 7, "cAcao": "E"}, {"nCodTitulo": 8, "cAcao": "R"}, {"nCodTitulo": 9}]);
        (
            200,
            json!({"nPagina": 1, "nTotPaginas": 3, "nRegistros": 3, "nTotRegistros": 9, "titulosExcluidos": rows}),
        )
    });

    let page = excluded_by(&wire, 1).await.expect("a page");

    assert_eq!(page, SourcePage { total_pages: 3, gone: vec![7.into(), 9.into()], ..SourcePage::default() });
    let asked =
        json!({"nPagina": 1, "nRegPorPagina": 100, "dDtInicial": "01/02/2025", "dDtFinal": "02/02/2025"});
    assert_eq!(wire.asked(), [("PesquisarExcluidos".to_owned(), asked)]);
}

#[tokio::test(start_paused = true)]
async fn without_the_method_nothing_is_said_to_be_deleted() {
    let withdrawn = Wire::new(|_, _| {
        let text = "Function (\"PesquisarExcluidos\") is not a valid method for this service";
        (500, json!({"faultcode": "SOAP-ENV:Server", "faultstring": text}))
    });

    let page = excluded_by(&withdrawn, 1).await;

    assert_eq!(page.expect("an empty page"), SourcePage::default());
}

#[tokio::test(start_paused = true)]
async fn a_block_of_the_method_is_not_passed_over() {
    let blocked = Wire::new(|_, _| {
        let text = "API bloqueada por consumo indevido. Tente novamente em 1678 segundos.";
        (425, json!({"faultcode": "MISUSE_API_PROCESS", "faultstring": text}))
    });

    let failed = excluded_by(&blocked, 1).await.expect_err("a block");

    assert!(matches!(failed.fault, Fault::Blocked { .. }), "{failed}");
}
