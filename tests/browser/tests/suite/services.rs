//! The other bridge: its set-up by somebody who begins with nothing, and service orders from the ERP to their end, one
//! of them by way of a decision.

use browser::{Chrome, Person, Ponte};
use simulators::{ACCESS_KEY, ACCESS_SECRET, CLIENT_ID, UNIT, UNIT_KEY};

/// Where Senior X tells that an order is finished.
const FINISHED: &str = "/webhooks/senior/service-order-finished";

/// Through both accesses, the rules and a branch.
async fn connects(person: &Person) {
    person.sees("Acesso ao Senior X").await;
    person.sees("falta").await;
    for (key, answer) in [
        ("uma chave que não é", "O Senior X recusou as credenciais"),
        (ACCESS_KEY, "O Senior X aceitou o acesso."),
    ] {
        person.fills("access_key", key).await;
        person.fills("secret", ACCESS_SECRET).await;
        person.fills("client_id", CLIENT_ID).await;
        person.presses("Testar e salvar").await;
        person.sees(answer).await;
    }
    person.fills("nome", "principal").await;
    person.fills("unidade", UNIT).await;
    person.fills("chave", UNIT_KEY).await;
    person.presses("Testar e salvar a conta").await;
    person.sees("O Sismetro aceitou a conta.").await;
    person.fills("conta_padrao", "principal").await;
    person.presses("Salvar as regras").await;
    person.sees("As regras foram salvas.").await;
    person.fills("empresa", "1").await;
    person.fills("filial", "3").await;
    person.fills("conta", "principal").await;
    person.presses("Salvar a filial").await;
    person.sees("A filial foi salva.").await;
    person.sees("Empresa 1, filial 3").await;
    person.keeps("configuracao-os").await;
    let page = person.reads().await;
    for secret in [ACCESS_KEY, ACCESS_SECRET, UNIT_KEY] {
        assert!(!page.contains(secret), "{page}");
    }
}

/// Registers our addresses at both partners, as a person does it on their screens; the secret of Senior X's.
async fn registers(person: &Person, ponte: &Ponte) -> String {
    person.presses("Mostrar os segredos").await;
    person.sees("x-webhook-secret").await;
    person.keeps("segredos-os").await;
    let [secret, key] = &person.texts_of("code.copy").await[..] else { panic!("a secret for each partner") };
    let gateway = &ponte.gateway;
    let hub = format!(r#"{{"url":"{gateway}{FINISHED}","headers":[["x-webhook-secret","{secret}"]]}}"#);
    ponte.tells(&format!("{}/_sim/webhook", ponte.erp), &[], &hub);
    let callbacks = format!(r#"{{"url":"{gateway}/webhooks/sismetro","headers":[["key","{key}"]]}}"#);
    ponte.tells(&format!("{}/_sim/webhook", ponte.other), &[], &callbacks);

    person.opens("/configuracao/os").await;
    person.fills("porta", "senior").await;
    let of_our_branch = r#"{"order": {"id": "teste-1", "number": 1}, "company": {"code": 1}, "branch": {"code": 3}, "equipment": {"id": "1"}}"#;
    person.fills("corpo", of_our_branch).await;
    person.presses("Enviar o teste").await;
    person.sees("O aviso chegou e foi entendido.").await;
    assert_eq!(person.fact("A filial participa").await, "sim");
    person.keeps("teste-aviso").await;
    secret.clone()
}

/// Follows one order to its end and decides about another, which Sismetro refuses to open.
async fn follows(person: &Person, ponte: &Ponte) {
    let close = |order: &str| ponte.tells(&format!("{}/_sim/order", ponte.erp), &[], order);
    close(r#"{"equipment":"new","seed":7,"close":true}"#);
    person.comes_to_see("/os?estado=awaiting_execution", "1287001").await;
    let refused = r#"{"method":"open","fault":{"reject":{"text":"Equipamento bloqueado na unidade","status":400}},"count":1}"#;
    ponte.tells(&format!("{}/_sim/faults", ponte.other), &[], refused);
    close(r#"{"equipment":"existing","seed":8,"close":true}"#);
    person.comes_to_see("/os?estado=needs_attention", "recusou abrir a SS").await;
    // The parked ones stand first.
    person.opens("/os").await;
    person.keeps("os").await;
    person.follows("main table tbody a[href*=\"/os/\"]").await;
    person.sees("O que pode ser feito").await;
    person.sees("Equipamento bloqueado na unidade").await;
    assert!(!person.must_scroll_sideways().await, "a service order is cut off");
    person.keeps("os-detalhe").await;
    person.confirms("Retomar", "desbloqueado no Sismetro", &[]).await;
    person.sees("Retomar: anotado.").await;
    person.comes_to_see("/os?estado=awaiting_execution", "1287002").await;
    ponte.tells(&format!("{}/_sim/ss/1287002/conclude", ponte.other), &[], "{}");
    person.comes_to_see("/os?estado=released", "1287002").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn service_orders_are_set_up_and_followed_to_their_end() {
    let chrome = Chrome::start().await;
    let ponte = Ponte::start(&["senior-sismetro", "--fresh"]);
    let person = Person::new(chrome.client(true).await, &ponte.console, true);
    person.signs_in("Maria Souza", &ponte.operate).await;
    connects(&person).await;
    let secret = registers(&person, &ponte).await;
    follows(&person, &ponte).await;

    let header = ("x-webhook-secret", secret.as_str());
    ponte.tells(FINISHED, &[header], r#"{"documento":"não é uma ordem de serviço"}"#);
    person.comes_to_see("/os-avisos", "Reprocessar").await;
    person.keeps("os-avisos").await;
    for path in ["", "/os", "/configuracao/os", "/os-avisos"] {
        person.opens(path).await;
        assert!(!person.must_scroll_sideways().await, "{path} is cut off");
    }
    person.leaves().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn service_orders_are_set_up_without_javascript() {
    let chrome = Chrome::start().await;
    let ponte = Ponte::start(&["senior-sismetro", "--fresh"]);
    let person = Person::new(chrome.client(false).await, &ponte.console, false);
    person.signs_in("Maria Souza", &ponte.operate).await;
    connects(&person).await;
    registers(&person, &ponte).await;
    person.leaves().await;
}
