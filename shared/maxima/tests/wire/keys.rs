//! Which keys the cloud has, and the references that depend on it.

use maxima::{Cidade, Cliente, HistoricoPedidoItem, Maxima, TabelaPreco, Violation, check};
use partner_http::Fault;
use serde_json::json;

use crate::cloud::{Mishap, connected};

const LOOK_UP: &str = "POST ValidarChaves/Localizar";

async fn cities(maxima: &Maxima, keys: &[String]) -> Vec<String> {
    let found = maxima.existing("MXSCIDADE", "Codcidade", keys).await.expect("an answer");
    let mut found = Vec::from_iter(found);
    found.sort();
    found
}

fn texts(keys: &[&str]) -> Vec<String> {
    keys.iter().map(|key| (*key).to_owned()).collect()
}

/// A client whose only references that the cloud knows are its city and its seller, if at all.
fn cliente(codcli: &str, codcidade: &str) -> Cliente {
    Cliente {
        codcli: codcli.to_owned(),
        codcidade: codcidade.to_owned(),
        codusur1: "7".to_owned(),
        // A blank reference is the matter of another rule.
        codcob: String::new(),
        ..Cliente::default()
    }
}

/// The violations of each row that only the cloud can tell.
async fn dangling(maxima: &Maxima, rows: &[Cliente]) -> Vec<Vec<Violation>> {
    let found = maxima.violations(rows).await.expect("an answer");
    let told = |(row, mut violations): (&Cliente, Vec<Violation>)| {
        let own = check(row);
        assert_eq!(violations[..own.len()], own, "the rules come first");
        violations.split_off(own.len())
    };
    rows.iter().zip(found).map(told).collect()
}

#[tokio::test(start_paused = true)]
async fn twelve_hundred_keys_are_asked_for_in_three_calls() {
    let (maxima, cloud) = connected();
    cloud.has("Cidades", ["3", "777", "5000"]);
    let keys: Vec<String> = (0..1_200).map(|key| key.to_string()).collect();

    let found = cities(&maxima, &keys).await;

    assert_eq!(found, ["3", "777"]);
    let sizes: Vec<usize> = cloud.seen(LOOK_UP).iter().map(|seen| seen.json().len()).collect();
    assert_eq!(sizes, [500, 500, 200]);
}

#[tokio::test(start_paused = true)]
async fn a_key_asked_for_twice_travels_once_and_a_blank_one_never() {
    let (maxima, cloud) = connected();
    cloud.has("Cidades", ["1"]);

    assert_eq!(cities(&maxima, &texts(&["1", "1", "", " "])).await, ["1"]);
    assert_eq!(cities(&maxima, &texts(&["", " "])).await, Vec::<String>::new());

    let seen = cloud.seen(LOOK_UP);
    assert_eq!(seen.len(), 1);
    assert_eq!(seen[0].body, r#"[{"Chave":"1"}]"#);
    assert!(seen[0].uri.ends_with("/api/v3/ValidarChaves/Localizar?entidade=MXSCIDADE&colunaPK=Codcidade"));
}

#[tokio::test(start_paused = true)]
async fn an_apostrophe_is_sent_and_not_compared() {
    let (maxima, cloud) = connected();
    cloud.has("Cidades", ["SITIO D'ABADIA (GO)"]);
    let keys = texts(&["SITIO D'ABADIA (GO)", "OLHO D'AGUA (PB)"]);

    assert_eq!(cities(&maxima, &keys).await, ["SITIO D'ABADIA (GO)"]);
    assert!(cloud.seen(LOOK_UP)[0].body.contains("SITIO D'ABADIA (GO)"));
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_is_not_a_list_of_keys_is_malformed() {
    let (maxima, cloud) = connected();
    for body in [r#"{"success":"ok","error":null}"#, r#"{"success":[{"Codigo":"1"}],"error":null}"#] {
        cloud.next(LOOK_UP, Mishap::Answer(200, body));

        let error = maxima.existing("MXSCIDADE", "Codcidade", &texts(&["1"])).await.expect_err("malformed");

        assert!(matches!(error.fault, Fault::Malformed { .. }), "{error:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_reference_to_nothing_names_its_field_its_value_and_what_to_send_first() {
    let (maxima, cloud) = connected();
    cloud.has("Cidades", ["SAO PAULO (SP)"]);
    cloud.has("Usuaris", ["7"]);

    let found = dangling(&maxima, &[cliente("1", "SAO PAULO (SP)"), cliente("2", "ATLANTIDA")]).await;

    assert_eq!(found[0], vec![]);
    assert_eq!(found[1].len(), 1);
    assert_eq!((found[1][0].field, found[1][0].value.as_str()), ("Codcidade", "ATLANTIDA"));
    assert!(found[1][0].rule.contains("não existe em Cidades: envie primeiro"), "{}", found[1][0].rule);
    assert_eq!(found[1][0].missing, Some("MXSCIDADE"));
}

#[tokio::test(start_paused = true)]
async fn a_key_found_once_is_not_asked_for_again_and_a_missing_one_is() {
    let (maxima, cloud) = connected();
    cloud.has("Usuaris", ["7"]);
    dangling(&maxima, &[cliente("1", "1")]).await;
    cloud.has("Cidades", ["1"]);

    for _ in 0..3 {
        let found = dangling(&maxima, &[cliente("1", "1")]).await;
        assert_eq!(found, vec![vec![]]);
    }

    let asked: Vec<String> = cloud.seen(LOOK_UP).iter().map(|seen| seen.uri.clone()).collect();
    let of = |table: &str| asked.iter().filter(|uri| uri.contains(table)).count();
    assert_eq!((of("MXSUSUARI"), of("MXSCIDADE"), asked.len()), (1, 2, 3));
}

#[tokio::test(start_paused = true)]
async fn rows_without_references_ask_nothing() {
    let (maxima, cloud) = connected();

    let found = maxima.violations(&[Cidade::default()]).await.expect("nothing to ask");

    assert_eq!((found, cloud.story().len()), (vec![check(&Cidade::default())], 0));
}

fn preco(product: &str) -> TabelaPreco {
    let pvenda = "19.90".parse().expect("a decimal");
    TabelaPreco {
        codprod: product.to_owned(),
        numregiao: "9".to_owned(),
        pvenda,
        pvenda1: pvenda,
        ..TabelaPreco::default()
    }
}

#[tokio::test(start_paused = true)]
async fn a_planned_key_counts_as_there_and_is_not_asked_for() {
    let (maxima, cloud) = connected();
    cloud.has("Regioes", ["9"]);
    cloud.has("Tributos", ["1"]);
    let planned = |table: &str, key: &str| table == "MXSPRODUT" && key == "55";

    let found = maxima.violations_with(&[preco("55"), preco("66")], &planned).await.expect("an answer");

    assert_eq!(found[0], vec![]);
    assert_eq!((found[1][0].value.as_str(), found[1][0].missing), ("66", Some("MXSPRODUT")));
    assert!(cloud.seen(LOOK_UP).iter().all(|seen| !seen.body.contains(r#""55""#)), "{:?}", cloud.story());
}

#[tokio::test(start_paused = true)]
async fn a_plan_is_not_remembered() {
    let (maxima, cloud) = connected();
    cloud.has("Regioes", ["9"]);
    cloud.has("Tributos", ["1"]);
    maxima.violations_with(&[preco("55")], &|_, _| true).await.expect("nothing to ask");

    let found = maxima.violations(&[preco("55")]).await.expect("an answer");

    assert_eq!(found[0][0].missing, Some("MXSPRODUT"));
}

#[tokio::test(start_paused = true)]
async fn an_item_can_be_checked_before_its_header_is_there() {
    let (maxima, cloud) = connected();
    cloud.has("Produtos", ["55"]);
    let item =
        HistoricoPedidoItem { numped: 1_507, numseq: 1, codprod: "55".to_owned(), ..Default::default() };

    let items = [&item];

    let alone = maxima.violations(&items).await.expect("an answer");
    let with_header =
        maxima.violations_with(&items, &|table, _| table == "MXSHISTORICOPEDC").await.expect("an answer");

    assert_eq!((alone[0][0].field, alone[0][0].value.as_str()), ("Numped", "1507"));
    assert_eq!(with_header, vec![vec![]]);
}

#[tokio::test(start_paused = true)]
async fn a_deleted_key_is_asked_for_again() {
    let (maxima, cloud) = connected();
    cloud.has("Regioes", ["9"]);
    cloud.has("Tributos", ["1"]);
    cloud.has("Produtos", ["55"]);
    assert_eq!(maxima.violations(&[preco("55")]).await, Ok(vec![vec![]]));

    maxima.delete_records::<maxima::Produto, _>(&[json!({"Codprod": "55"})]).await.expect("deleted");

    let found = maxima.violations(&[preco("55")]).await.expect("an answer");
    assert_eq!(found[0][0].missing, Some("MXSPRODUT"));
}
