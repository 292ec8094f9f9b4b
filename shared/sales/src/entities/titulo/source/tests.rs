use std::sync::Arc;

use engine::{Absence, Entity as _, Key, Mapped};
use jiff::civil::date;
use serde_json::{Value, json};

use super::super::super::Cliente;
use super::super::super::testing::{TODAY, a_morning, accept, learn, memory, record};
use super::super::super::wire::Wire;
use super::super::leitura::Leitura;
use super::super::{Numero, Titulo};
use super::*;

const TITLE: &str = include_str!("../../../../testdata/titulo_a_vencer_com_boleto.json");

fn refs() -> TituloRefs {
    TituloRefs {
        filial: "3456789012".into(),
        vendedor_padrao: None,
        avulsos: true,
        janela: 180,
        today: TODAY,
        leitura: Leitura(vec![(date(2024, 8, 6), TODAY)]),
    }
}

fn asked(scope: Scope, part: &str) -> Value {
    let question = Question { scope, part: part.to_owned(), page: 1 };
    serde_json::to_value(listing(&question)).expect("a request")
}

#[test]
fn a_whole_reading_shows_the_titles_included_in_the_window_of_its_first_day() {
    let parts_today = parts(Scope::Full, &refs());

    assert_eq!(parts_today, ["2024-08-06..2025-02-02"]);
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
fn only_a_method_that_is_no_more_is_passed_over_in_silence() {
    let malformed = |text: &str| Fault::Malformed { text: text.to_owned() };

    for withdrawn in [
        malformed("Function (\"PesquisarExcluidos\") is not a valid method for this service"),
        malformed("Procedure 'PesquisarExcluidos' not present"),
        malformed("ERROR: Método [PesquisarExcluidos] não existe no serviço [financas/pesquisartitulos/]!"),
        Fault::Refused { text: "ERROR: Este método foi descontinuado!".into() },
    ] {
        assert!(is_withdrawn(&withdrawn), "{withdrawn:?}");
    }
    for other in [
        malformed("ERROR: Tag [dDtFinal] não faz parte da estrutura do tipo complexo [x]!"),
        Fault::Refused { text: "ERROR: O preenchimento da tag [dDtInicial] é obrigatório!".into() },
        Fault::NotFound { text: "ERROR: Conta não cadastrada para o Código [1] !".into() },
    ] {
        assert!(!is_withdrawn(&other) && refusal(&other).is_some(), "{other:?}");
    }
    for passing in [Fault::Blocked { seconds: 1_800 }, Fault::RateLimited, Fault::Unavailable, Fault::Unclear]
    {
        assert!(!is_withdrawn(&passing) && refusal(&passing).is_none(), "{passing:?}");
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

    let page = known(&state, &refs(), page, false).await.expect("known");

    assert_eq!((page.total_pages, page.total_records, page.records.len()), (7, 700, 3));
    let numbers: Vec<Option<i64>> =
        page.records.iter().map(|record| Some(record.numero.as_ref()?.numtransvenda)).collect();
    assert_eq!(numbers, [Some(1_507), Some(2_000_000_001), None]);
    assert_eq!(page.records[1].vendedor_do_cliente.as_deref(), Some("55"));
    let keys: Vec<Key> = page.records.iter().map(Titulo::key).collect();
    assert_eq!(keys, [1, 2, 3].map(Key::from));
}

#[tokio::test]
async fn of_the_months_before_the_window_only_what_maxima_has_is_sent() {
    let state = memory();
    let with_id = |id: i64| {
        let mut titulo: omie::Titulo = record(TITLE);
        titulo.cabec.cod_titulo = id;
        titulo
    };
    let numero = Numero { numtransvenda: 1_507, prest: "1".into(), dtvencorig: None };
    let sent = TituloNumerado { titulo: with_id(1), numero: Some(numero.clone()), ..Default::default() };
    accept::<Titulo>(&state, &[sent]).await;
    let page = SourcePage { records: vec![with_id(1), with_id(2)], ..SourcePage::default() };

    let records = known(&state, &refs(), page, true).await.expect("known").records;

    assert_eq!((records[0].numero.as_ref(), records[0].ja_enviado), (Some(&numero), true));
    assert_eq!((records[1].numero.as_ref(), records[1].so_de_passagem), (None, true));
    assert!(matches!(Titulo::map(records[0].clone(), &refs()), Mapped::Row(_)));
    assert!(matches!(Titulo::map(records[1].clone(), &refs()), Mapped::Skip(_)));
    assert_eq!(Titulo::facts(&records[1]), None);
    let chaves = state.list("titulo-chave", "", 9).await.expect("listed");
    assert_eq!(chaves, [], "nobody has got a number");
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
async fn a_refusal_is_a_row_that_counts_and_stops_nothing() {
    let refusing = Wire::new(|_, _| {
        let text = "ERROR: O preenchimento da tag [dDtInicial] é obrigatório!";
        (500, json!({"faultcode": "SOAP-ENV:Client-102", "faultstring": text}))
    });

    let page = excluded_by(&refusing, 1).await.expect("a page");

    assert_eq!((page.total_pages, page.total_records, page.gone.len()), (1, 1, 0));
    let [(key, why)] = page.unreadable.as_slice() else { panic!("one row, got {page:?}") };
    assert_eq!(key, &Key::from("PesquisarExcluidos"));
    assert!(why.rule.contains("tag [dDtInicial] é obrigatório"), "{}", why.rule);
    assert_eq!(Titulo::absence(key, None, &refs()), Absence::Gone, "the night clears it from quarantine");
}

#[tokio::test(start_paused = true)]
async fn a_deletion_that_cannot_be_read_counts_and_hides_no_other() {
    let wire = Wire::new(|_, _| {
        let rows = json!([{"nCodTitulo": 7, "cAcao": "E"}, {"nCodTitulo": "?"}]);
        (
            200,
            json!({"nPagina": 1, "nTotPaginas": 1, "nRegistros": 2, "nTotRegistros": 2, "titulosExcluidos": rows}),
        )
    });

    let page = excluded_by(&wire, 1).await.expect("a page");

    assert_eq!((page.total_records, page.unreadable.len()), (1, 1), "{page:?}");
    assert_eq!(page.gone, [Key::from(7)]);
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
