//! New customers: listed, answered, their object kept.

use fastrand::Rng;

use super::selling::Erp;
use super::*;

const LISTED: &str = "v3/StatusClientes/0,1,2,9";
const TOLD: &str = "v3/StatusClientes";
const ID: u64 = 88_771;

/// A registered customer and its object as it was listed.
async fn listed() -> (Erp, Value) {
    let erp = Erp::new().await;
    let seller = erp.sim.seller();
    let sample = seller.sample_customer(CustomerKind::Company, &mut Rng::with_seed(1)).expect("a catalogue");
    assert_eq!(seller.register_customer(sample), ID);
    let rows = erp.rows(LISTED).await;
    let object = serde_json::from_str(rows[0]["objeto_json"].as_str().expect("text")).expect("JSON in it");
    (erp, object)
}

fn answer(object: &Value, status: u8, code: &str, text: &str) -> Value {
    let mut object = object.clone();
    object["Codigo"] = code.into();
    object["RetornoImportacao"] = if status == 4 { 2 } else { 3 }.into();
    object["CriticaImportacao"] = text.into();
    json!({ "Id_cliente": ID, "Status": status, "Objeto_json": object.to_string() })
}

#[tokio::test(start_paused = true)]
async fn a_created_customer_has_its_code_and_is_listed_no_more() {
    let (erp, object) = listed().await;
    assert_eq!((&object["CodigoClienteNuvem"], &object["TipoOperacao"]), (&json!(ID), &json!("I")));
    assert_eq!(erp.sim.customer(ID).expect("it is there").status, 2);
    assert_eq!(erp.rows("v1/StatusClientes/2").await.len(), 1, "both versions, and it goes on being listed");

    let row = answer(&object, 4, "5366578999", "Cliente importado com sucesso.");
    assert_eq!(erp.put(TOLD, row.clone()).await, "");
    assert_eq!(erp.put(TOLD, row).await, "", "the very same answer again is fine");

    let seen = erp.sim.customer(ID).expect("it is there");
    assert_eq!((seen.status, seen.codigo.as_str(), seen.repeats), (4, "5366578999", 1));
    assert_eq!(seen.answers.len(), 1);
    assert_eq!(seen.answers[0].text, "Cliente importado com sucesso.");
    assert!(erp.rows(LISTED).await.is_empty());
    assert_eq!(erp.sim.violations(), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn members_nobody_knows_must_survive() {
    let (erp, mut object) = listed().await;
    object.as_object_mut().expect("an object").remove("Politica");
    object["Contatos"][0]["Time"] = "VILA".into();
    object["Novo"] = 1.into();

    assert_eq!(erp.put(TOLD, answer(&object, 4, "7", "ok")).await, "");

    let told = erp.sim.violations();
    for wanted in ["Politica se perdeu", "Contatos foi alterado", "Novo foi acrescentado"] {
        assert!(told.iter().any(|text| text.contains(wanted)), "{wanted}: {told:?}");
    }
    assert_eq!(told.len(), 3);
}

#[tokio::test(start_paused = true)]
async fn an_answer_must_fit_its_status() {
    let (erp, object) = listed().await;
    let good = answer(&object, 4, "7", "ok");
    let set = |name: &str, value: Value| {
        let mut row = good.clone();
        row[name] = value;
        row
    };
    for (row, wanted) in [
        (set("Id_cliente", json!(1)), "o cliente 1 não existe"),
        (set("Id_cliente", json!("88771")), "Id_cliente deve ser um número"),
        (set("Status", json!(1)), "Status aceita"),
        (set("Objeto_json", json!({})), "Objeto_json deve ser texto"),
        (set("Objeto_json", json!("{")), "não é um objeto JSON"),
        (set("Nome", json!("X")), "o campo Nome não existe"),
        (answer(&object, 4, "", "ok"), "Status 4 sem Codigo"),
    ] {
        let error = erp.put(TOLD, row).await;
        assert!(error.contains(wanted), "{error} / {wanted}");
    }
    assert!(erp.sim.violations().is_empty(), "what is refused breaks nothing");

    let mut wrong = object.clone();
    (wrong["Codigo"], wrong["RetornoImportacao"]) = ("7".into(), 2.into());
    wrong["CriticaImportacao"] = "".into();
    let wrong = json!({ "Id_cliente": ID, "Status": 14, "Objeto_json": wrong.to_string() });
    assert_eq!(erp.put(TOLD, wrong).await, "");
    let told = erp.sim.violations().join("\n");
    for wanted in ["Status 14 com RetornoImportacao 2", "sem CriticaImportacao", "recusado com Codigo 7"] {
        assert!(told.contains(wanted), "{wanted}: {told}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_refused_customer_is_corrected_and_one_that_is_known_is_altered() {
    let (erp, object) = listed().await;
    let seller = erp.sim.seller();
    assert!(seller.change_customer(ID, |_| ()).is_err(), "the ERP has it");
    erp.put(TOLD, answer(&object, 14, "", "CNPJ inválido")).await;
    seller.change_customer(ID, |customer| customer["Nome"] = "OUTRO".into()).expect("it was refused");

    let again = erp.rows(LISTED).await;
    let object: Value = serde_json::from_str(again[0]["objeto_json"].as_str().expect("text")).expect("JSON");
    assert_eq!((&object["Nome"], &object["TipoOperacao"]), (&json!("OUTRO"), &json!("I")));
    erp.put(TOLD, answer(&object, 4, "5366578999", "ok")).await;
    seller.change_customer(ID, |customer| customer["Nome"] = "TERCEIRO".into()).expect("it was answered");
    let again = erp.rows(LISTED).await;
    let object: Value = serde_json::from_str(again[0]["objeto_json"].as_str().expect("text")).expect("JSON");
    assert_eq!((&object["Codigo"], &object["TipoOperacao"]), (&json!("5366578999"), &json!("A")));
    erp.put(TOLD, answer(&object, 4, "5366578999", "alterado")).await;

    assert_eq!(erp.sim.customer(ID).expect("it is there").answers.len(), 3);
    assert_eq!(erp.sim.violations(), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn faults_and_the_control_interface_know_customers() {
    let erp = Erp::new().await;
    let (_, placed) = erp.control("POST", "customer", json!({ "kind": "person" })).await;
    assert_eq!(placed, json!({ "id_cliente": ID }));
    erp.sim.faults().next("GET StatusClientes", Fault::Html, 1);
    erp.sim.faults().next("PUT StatusClientes", Fault::Status429, 1);

    assert_eq!(erp.ask("GET", LISTED, Value::Null).await.0, 503);
    assert_eq!(erp.ask("PUT", TOLD, json!([])).await.0, 429);
    let (_, one) = erp.control("GET", &format!("customer/{ID}"), Value::Null).await;
    assert_eq!((&one["status"], &one["object"]["PessoaFisica"]), (&json!(1), &json!(true)));
    let (_, all) = erp.control("GET", "customers", Value::Null).await;
    assert_eq!(all.as_array().map(Vec::len), Some(1));
    let resend = format!("customer/{ID}/resend");
    assert_eq!(erp.control("POST", &resend, json!({ "members": { "Site": "x" } })).await.0, 200);
}
