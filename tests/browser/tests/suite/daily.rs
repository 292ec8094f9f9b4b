//! A day's work: a job is run, paused and given another frequency, a record leaves the quarantine, an order is found by
//! three keys, a parameter is changed; and what somebody who may only look sees of it.

use browser::{Chrome, Person, Ponte};
use serde_json::Value;

const LOADED: [&str; 4] = ["--preset", "small", "--speed", "60"];

/// Runs, pauses, resumes and changes the schedule of the customers.
async fn keeps_the_jobs(person: &Person) {
    person.opens("/jobs").await;
    person.sees("Próxima").await;
    person.keeps("jobs").await;
    person.follows("a[href$=\"/jobs/clientes\"]").await;
    person.sees("Rodar agora").await;
    person.keeps("job").await;
    person.confirms("Rodar agora", "conferir o cadastro", &[]).await;
    person.sees("em até um minuto").await;
    person.confirms("Pausar", "manutenção no Omie", &[("horas", "24")]).await;
    person.sees("volta sozinho em").await;
    person.keeps("job-pausado").await;
    person.confirms("Retomar", "acabou", &[]).await;
    person.presses("Mudar a frequência").await;
    person.fills("modo", "intervalo").await;
    person.fills("minutos", "45").await;
    person.presses("Ver as próximas execuções").await;
    person.sees("a cada 45 min").await;
    person.keeps("frequencia").await;
    person.fills("motivo", "menos consultas").await;
    person.presses("Salvar").await;
    person.sees("a cada 45 min").await;
    person.opens("/jobs/clientes").await;
    person.follows("a[href*=\"/jobs/clientes/runs/\"]").await;
    person.sees("Consultas aos parceiros").await;
    person.keeps("execucao").await;
}

/// Releases one record, with the reason.
async fn releases(person: &Person) {
    person.opens("/quarentena").await;
    person.sees("Motivo e o que fazer").await;
    person.keeps("quarentena").await;
    person.follows("a[href*=\"/quarentena/clientes\"]").await;
    person.sees("Registros em quarentena").await;
    person.keeps("quarentena-causa").await;
    person.follows("input[name=\"chave\"]").await;
    person.fills("motivo", "corrigido no Omie").await;
    person.presses("Liberar os marcados").await;
    person.sees("liberado").await;
}

/// A seller's order by our id, the ERP's number and the customer; and a held one.
async fn finds_orders(person: &Person, ponte: &Ponte) {
    let placed = |kind: &str, seed: u64| {
        let answer = ponte
            .posts(&format!("{}/_sim/order", ponte.other), &format!(r#"{{"kind":"{kind}","seed":{seed}}}"#));
        let order: Value = serde_json::from_str(&answer).expect("JSON");
        order["id_pedido"].as_u64().expect("its id").to_string()
    };
    let (sold, held) = (placed("boleto", 7), placed("future_delivery", 8));
    person.comes_to_see("/pedidos", &sold).await;
    person.comes_to_see(&format!("/pedidos/{sold}"), "Número no Omie").await;
    person.keeps("pedido").await;
    let (number, customer) = (person.fact("Número no Omie").await, person.fact("CNPJ/CPF").await);
    for key in [number.as_str(), sold.as_str(), customer.as_str()] {
        person.opens("/pedidos").await;
        person.fills("q", key).await;
        person.presses("Procurar").await;
        person.sees(&sold).await;
    }
    person.keeps("pedidos-busca").await;
    person.opens("/pedidos").await;
    person.keeps("pedidos").await;
    person.keeps_as_on_a_phone("menu-celular").await;
    person.opens(&format!("/pedidos/{held}")).await;
    person.keeps("pedido-retido").await;
    person.opens("/pedidos/nao-existe").await;
    person.sees("Não há").await;
    person.keeps("nao-encontrado").await;
    person.opens("/clientes").await;
    person.keeps("clientes").await;
}

/// Changes the freight, with a look at what that touches.
async fn changes_a_parameter(person: &Person) {
    person.opens("/de-para").await;
    person.keeps("de-para").await;
    person.opens("/configuracao/de-para").await;
    person.presses("Atualizar do Omie").await;
    person.sees("Valor do frete").await;
    person.fills("valor_frete", "9,90").await;
    person.presses("Conferir o que muda").await;
    person.sees("O que isso toca").await;
    person.keeps("de-para-previa").await;
    person.confirms("Salvar", "frete novo", &[]).await;
    person.sees("Salvo: é a versão").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_day_of_an_operator() {
    let (ponte, chrome) = (Ponte::start(&LOADED), Chrome::start());
    let person = Person::new(chrome.client(true).await, &ponte.console, true);
    person.signs_in("Maria Souza", &ponte.operate).await;
    person.comes_to_see("/configuracao/carga", "A carga terminou").await;
    keeps_the_jobs(&person).await;
    releases(&person).await;
    finds_orders(&person, &ponte).await;
    changes_a_parameter(&person).await;
    person.opens("?ver=saude").await;
    person.keeps("saude").await;
    person.keeps_as_on_a_phone("saude-celular").await;
    for path in ["", "/jobs", "/jobs/clientes", "/pedidos", "/quarentena", "/de-para", "/auditoria"] {
        person.opens(path).await;
        assert!(!person.must_scroll_sideways().await, "{path} is wider than a phone");
    }
    person.opens("/auditoria").await;
    person.sees("frete novo").await;
    person.keeps("auditoria").await;
    person.presses("Sair").await;
    person.signs_in("João Lima", &ponte.read).await;
    person.opens("/jobs/clientes").await;
    person.sees("Último sucesso").await;
    assert!(!person.reads().await.contains("Rodar agora"), "somebody who may only look can run a job");
    person.keeps("somente-leitura").await;
    person.leaves().await;
}
