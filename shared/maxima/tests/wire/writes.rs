//! What travels, and what a refusal or a lost answer leads to.

use maxima::{Cidade, Hashed, Maxima, Resource, Usuari, Verb};
use partner_http::{CallError, Fault, Remedy};
use serde_json::Value;

use crate::cloud::{Mishap, cidade, connected};

const HASH: &str = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";

fn hashed<R>(row: &R, known: bool) -> Hashed<'_, R> {
    Hashed { row, hash: HASH, known }
}

async fn upsert(maxima: &Maxima, rows: &[(Cidade, bool)]) -> Result<(), CallError> {
    let rows: Vec<_> = rows.iter().map(|(row, known)| hashed(row, *known)).collect();
    maxima.upsert(&rows).await
}

fn usuari() -> Usuari {
    Usuari {
        codusur: "7".to_owned(),
        nome: "ANA".to_owned(),
        bloqueio: "N",
        codfilial: "1".to_owned(),
        percent: Some("2.50".parse().expect("a decimal")),
        ..Usuari::default()
    }
}

fn sent(seen: &crate::cloud::Seen, key: &str) -> Vec<String> {
    let text = |record: &Value| record[key].as_str().expect("text").to_owned();
    seen.json().iter().map(text).collect()
}

#[tokio::test(start_paused = true)]
async fn an_insertion_carries_nulls_and_the_hash() {
    let (maxima, cloud) = connected();

    maxima.upsert(&[hashed(&usuari(), false)]).await.expect("stored");

    let body = &cloud.seen("POST Usuaris")[0].body;
    for member in
        [r#""Email":null"#, r#""Percent":2.5"#, r#""Proxnumpedforca":1"#, &format!(r#""Hash":"{HASH}""#)]
    {
        assert!(body.contains(member), "{member} in {body}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_update_clears_what_is_empty_and_leaves_out_what_would_reset_a_counter() {
    let (maxima, cloud) = connected();
    cloud.has("Usuaris", ["7"]);

    maxima.upsert(&[hashed(&usuari(), true)]).await.expect("stored");

    let body = &cloud.seen("PUT Usuaris")[0].body;
    for member in [r#""Percent":2.5"#, r#""Email":null"#, HASH] {
        assert!(body.contains(member), "{member} in {body}");
    }
    assert!(!body.contains("Proxnumpedforca"), "{body}");
}

#[tokio::test(start_paused = true)]
async fn new_rows_are_inserted_and_known_ones_updated() {
    let (maxima, cloud) = connected();
    cloud.has("Cidades", ["2"]);

    upsert(&maxima, &[(cidade("1"), false), (cidade("2"), true), (cidade("3"), false)])
        .await
        .expect("stored");

    assert_eq!(cloud.story(), ["PUT Cidades", "POST Cidades"]);
    assert_eq!(sent(&cloud.seen("POST Cidades")[0], "Codcidade"), ["1", "3"]);
    assert_eq!(cloud.record("Cidades", "2").expect("updated")["Nomecidade"], "SAO PAULO");
}

#[tokio::test(start_paused = true)]
async fn nothing_to_write_asks_nothing() {
    let (maxima, cloud) = connected();

    upsert(&maxima, &[]).await.expect("nothing");

    assert_eq!((cloud.story().len(), cloud.logins()), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn an_insertion_whose_answer_was_lost_becomes_an_update() {
    let (maxima, cloud) = connected();
    cloud.next("POST Cidades", Mishap::LoseAnswer);

    upsert(&maxima, &[(cidade("1"), false), (cidade("2"), false)]).await.expect("stored");

    assert_eq!(
        cloud.story(),
        ["POST Cidades", "POST Cidades", "POST ValidarChaves/Localizar", "PUT Cidades"]
    );
    assert!(cloud.record("Cidades", "2").is_some());
}

#[tokio::test(start_paused = true)]
async fn a_batch_believed_new_with_some_existing_is_sorted_out() {
    let (maxima, cloud) = connected();
    cloud.has("Cidades", ["2", "SITIO D'ABADIA (GO)"]);
    let rows: Vec<_> = ["1", "2", "3", "SITIO D'ABADIA (GO)"].map(|key| (cidade(key), false)).into();

    upsert(&maxima, &rows).await.expect("stored");

    assert_eq!(sent(&cloud.seen("PUT Cidades")[0], "Codcidade"), ["2", "SITIO D'ABADIA (GO)"]);
    assert_eq!(sent(&cloud.seen("POST Cidades")[1], "Codcidade"), ["1", "3"]);
    assert_eq!(cloud.story().len(), 4);
}

#[tokio::test(start_paused = true)]
async fn a_batch_believed_known_with_some_missing_is_sorted_out() {
    let (maxima, cloud) = connected();
    cloud.has("Cidades", ["2"]);

    upsert(&maxima, &[(cidade("1"), true), (cidade("2"), true)]).await.expect("stored");

    assert_eq!(cloud.story(), ["PUT Cidades", "POST ValidarChaves/Localizar", "PUT Cidades", "POST Cidades"]);
    assert_eq!(sent(&cloud.seen("POST Cidades")[0], "Codcidade"), ["1"]);
}

#[tokio::test(start_paused = true)]
async fn a_lost_answer_while_sorting_out_is_sorted_out_again() {
    let (maxima, cloud) = connected();
    cloud.has("Cidades", ["2"]);
    cloud.next("POST Cidades", Mishap::Answer(400, r#"{"success":null,"error":"ORA-00001"}"#));
    cloud.next("POST Cidades", Mishap::LoseAnswer);

    upsert(&maxima, &[(cidade("1"), false), (cidade("2"), false)]).await.expect("stored");

    assert!(cloud.record("Cidades", "1").is_some());
    assert_eq!(cloud.record("Cidades", "2").expect("updated")["Uf"], "SP");
}

#[tokio::test(start_paused = true)]
async fn a_duplicate_in_words_nobody_knew_is_still_found_out() {
    let (maxima, cloud) = connected();
    cloud.has("Cidades", ["1"]);
    cloud.next("POST Cidades", Mishap::Answer(400, r#"{"success":null,"error":"Falha ao gravar (7)"}"#));

    upsert(&maxima, &[(cidade("1"), false)]).await.expect("stored");

    assert_eq!(cloud.story(), ["POST Cidades", "POST ValidarChaves/Localizar", "PUT Cidades"]);
}

#[tokio::test(start_paused = true)]
async fn http_200_with_an_error_is_a_refusal_of_the_data() {
    let (maxima, cloud) = connected();
    cloud.next("POST Cidades", Mishap::Answer(200, r#"{"success":null,"error":"UF inválida"}"#));

    let error = upsert(&maxima, &[(cidade("1"), false)]).await.expect_err("refused");

    assert_eq!(error.fault, Fault::Refused { text: "UF inválida".to_owned() });
    assert_eq!(error.remedy(), Remedy::FixData);
    assert_eq!(error.method, "POST Cidades");
}

#[tokio::test(start_paused = true)]
async fn a_cloud_that_contradicts_itself_refuses_the_data() {
    let (maxima, cloud) = connected();
    for _ in 0..2 {
        cloud.next("POST Cidades", Mishap::Answer(400, r#"{"success":null,"error":"Registro já existe"}"#));
    }

    let error = upsert(&maxima, &[(cidade("1"), false)]).await.expect_err("refused");

    assert_eq!(error.fault, Fault::Refused { text: "Registro já existe".to_owned() });
    assert_eq!(cloud.story(), ["POST Cidades", "POST ValidarChaves/Localizar"], "not sent again");
}

#[tokio::test(start_paused = true)]
async fn an_answer_cut_short_is_a_write_that_may_be_done() {
    let (maxima, cloud) = connected();
    cloud.next("POST Cidades", Mishap::Answer(200, r#"{"success":"Registros proc"#));

    upsert(&maxima, &[(cidade("1"), false)]).await.expect("repeated");

    assert_eq!(cloud.story(), ["POST Cidades", "POST Cidades"]);
}

#[tokio::test(start_paused = true)]
async fn a_cloud_that_stays_away_is_tried_later() {
    let (maxima, cloud) = connected();
    for _ in 0..10 {
        cloud.next("POST Cidades", Mishap::Answer(503, "<html>manutenção</html>"));
    }

    let error = upsert(&maxima, &[(cidade("1"), false)]).await.expect_err("unavailable");

    assert!(matches!(error.remedy(), Remedy::RetryLater { .. }), "{error:?}");
    assert!(cloud.seen("POST ValidarChaves/Localizar").is_empty(), "an outage says nothing about keys");
}

const BREAKDOWN: Mishap = Mishap::Answer(500, r#"{"success":null,"error":"Referência de objeto nula"}"#);

#[tokio::test(start_paused = true)]
async fn a_row_that_breaks_the_server_is_refused_with_its_words() {
    let (maxima, cloud) = connected();
    for _ in 0..2 {
        cloud.next("POST Cidades", BREAKDOWN);
    }

    let error = upsert(&maxima, &[(cidade("1"), false)]).await.expect_err("refused");

    assert_eq!(error.fault, Fault::Refused { text: "Referência de objeto nula".to_owned() });
    assert_eq!(error.remedy(), Remedy::FixData);
    assert_eq!(cloud.story(), ["POST Cidades", "POST Cidades", "POST ValidarChaves/Localizar"]);
}

#[tokio::test(start_paused = true)]
async fn a_breakdown_that_passes_stores_the_rows() {
    let (maxima, cloud) = connected();
    cloud.next("POST Cidades", BREAKDOWN);

    upsert(&maxima, &[(cidade("1"), false)]).await.expect("stored");

    assert!(cloud.record("Cidades", "1").is_some());
}

#[tokio::test(start_paused = true)]
async fn a_cloud_that_breaks_down_whatever_it_is_asked_is_tried_later() {
    let (maxima, cloud) = connected();
    for name in ["POST Cidades", "POST ValidarChaves/Localizar"] {
        for _ in 0..10 {
            cloud.next(name, BREAKDOWN);
        }
    }

    let error = upsert(&maxima, &[(cidade("1"), false)]).await.expect_err("unavailable");

    assert!(matches!(error.remedy(), Remedy::RetryLater { .. }), "{error:?}");
}

#[tokio::test(start_paused = true)]
async fn a_thousand_rows_travel_together_and_one_more_travels_apart() {
    let (maxima, cloud) = connected();
    let rows: Vec<Cidade> = (0..1_001).map(|key| cidade(key.to_string())).collect();
    let rows: Vec<_> = rows.iter().map(|row| hashed(row, false)).collect();

    maxima.write(Verb::Post, &rows).await.expect("stored");

    let sizes: Vec<usize> = cloud.seen("POST Cidades").iter().map(|seen| seen.json().len()).collect();
    assert_eq!(sizes, [1_000, 1]);
}

#[test]
fn the_futures_can_move_between_threads() {
    fn is_send(_: impl Send) {}
    fn any<R: Resource>(maxima: &Maxima, rows: &[R]) {
        is_send(maxima.violations(rows));
        is_send(maxima.upsert::<R>(&[]));
        is_send(maxima.get::<R>("1"));
        is_send(maxima.delete::<R>(maxima::Selector::Key, &[]));
        is_send(maxima.delete_records::<R, ()>(&[]));
        is_send(maxima.change::<R>(&[]));
        is_send(maxima.remover_itens(1));
        is_send(maxima.violations_with(rows, &|_, _| false));
    }
    any::<Cidade>(&connected_outside_of_time(), &[]);
}

fn connected_outside_of_time() -> Maxima {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
    let _inside = runtime.enter();
    connected().0
}
