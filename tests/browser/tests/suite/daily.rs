//! A day's work: a job is run, paused and given another frequency, a record leaves the quarantine, an order is found by
//! three keys, a parameter is changed; and what somebody who may only look sees of it.

use browser::{Chrome, Person, Ponte};

const LOADED: [&str; 4] = ["--preset", "small", "--speed", "60"];

/// Runs, pauses, resumes and changes the schedule of the customers.
async fn keeps_the_jobs(person: &Person) {
    person.opens("/jobs").await;
    person.sees("Próxima").await;
    person.keeps("jobs").await;
    person.follows("a[href$=\"/jobs/clientes\"]").await;
    person.sees("Rodar agora").await;
    person.keeps("job").await;
    person.confirms("Rodar agora", "conferir o cadastro", &[("completa", "sim")]).await;
    person.sees("a execução começa em até um minuto").await;
    person.confirms("Pausar", "manutenção no Omie", &[("horas", "24")]).await;
    person.sees("volta sozinho em").await;
    person.keeps("job-pausado").await;
    person.confirms("Retomar", "acabou", &[]).await;
    person.sees("retomada").await;
    person.presses("Mudar a frequência").await;
    person.fills("modo", "intervalo").await;
    person.fills("minutos", "45").await;
    person.presses("Ver as próximas execuções").await;
    person.sees("a cada 45 min").await;
    person.keeps("frequencia").await;
    person.confirms("Salvar", "menos consultas", &[]).await;
    person.sees("agora a cada 45 min").await;
    // The run that was asked for reads everything, and leaves some out.
    person.comes_to_follow("/jobs/clientes", "//tr[td[@data-l='Fora'][. > 0]]//a").await;
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
    person.sees("1 registro liberado").await;
}

/// A seller's order by the ERP's number, our id and the customer; and one that waits for a decision. Both are of the
/// runner's own story.
async fn finds_orders(person: &Person) {
    let (sold, held) = ("900100301", "900100200");
    person.comes_to_see(&format!("/pedidos/{sold}"), "NF ").await;
    person.keeps("pedido").await;
    let (number, customer) = (person.fact("Número no Omie").await, person.fact("CNPJ/CPF").await);
    for key in [number.as_str(), sold, customer.as_str()] {
        person.opens("/pedidos").await;
        person.fills("q", key).await;
        person.presses("Procurar").await;
        person.sees(sold).await;
        assert!(!person.reads().await.contains(held), "{key} finds another order");
        if key == number {
            person.keeps("pedidos-busca").await;
        }
    }
    person.comes_to_see("/pedidos?q=retidos", held).await;
    person.opens("/pedidos").await;
    person.keeps("pedidos").await;
    person.keeps_as_on_a_phone("menu-celular").await;
    person.opens(&format!("/pedidos/{held}")).await;
    person.sees("Associar a um pedido do Omie").await;
    person.keeps("pedido-retido").await;
    person.opens("/pedidos/nao-existe").await;
    person.sees("confira o endereço").await;
    person.keeps("nao-encontrado").await;
    person.opens("/clientes").await;
    person.keeps("clientes").await;
    person.follows("main table a[href*=\"/clientes/\"]").await;
    person.sees("no catálogo").await;
    person.keeps("cliente").await;
}

/// Sees what waits for a person, and for a partner that wants to be left alone.
async fn sees_what_is_wrong(person: &Person, ponte: &Ponte) {
    let fault = r#"{"method":"ListarPosEstoque","fault":"blocked425","count":1}"#;
    ponte.tells(&format!("{}/_sim/faults", ponte.erp), &[], fault);
    person.comes_to_see("?ver=saude", "bloqueado").await;
    person.sees("pontos pedem atenção").await;
    person.keeps("saude-atencao").await;
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
    assert!(!person.must_scroll_sideways().await, "the preview is cut off");
    person.keeps("de-para-previa").await;
    person.confirms("Salvar", "frete novo", &[]).await;
    person.sees("Salvo: é a versão").await;
}

/// Changes what no step of the set-up asks for, and goes back to the version before.
async fn thinks_better_of_it(person: &Person) {
    person.opens("/de-para/outros").await;
    person.sees("Parâmetros que raramente mudam").await;
    person.keeps("de-para-outros").await;
    person.fills("JanelaTitulosDias", "75").await;
    person.presses("Ver o que muda").await;
    person.sees("O que isso toca").await;
    person.confirms("Salvar", "títulos mais antigos", &[]).await;
    person.sees("Salvo: é a versão").await;
    person.opens("/de-para").await;
    person.follows("main ul.plain > li:nth-child(2) summary").await;
    person.presses("Voltar a esta versão").await;
    person.sees("O que isso toca").await;
    person.confirms("Salvar", "de volta", &[]).await;
    person.sees("Salvo: é a versão").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_day_of_an_operator() {
    let chrome = Chrome::start().await;
    let ponte = Ponte::start(&LOADED);
    let person = Person::new(chrome.client(true).await, &ponte.console, true);
    person.signs_in("Maria Souza", &ponte.operate).await;
    person.comes_to_see("/configuracao/carga", "A carga terminou").await;
    keeps_the_jobs(&person).await;
    releases(&person).await;
    finds_orders(&person).await;
    changes_a_parameter(&person).await;
    thinks_better_of_it(&person).await;
    sees_what_is_wrong(&person, &ponte).await;
    for path in [
        "?ver=saude",
        "/jobs",
        "/jobs/clientes",
        "/jobs/clientes/sync-clientes/frequencia",
        "/pedidos",
        "/pedidos/900100301",
        "/pedidos/900100200",
        "/clientes",
        "/quarentena",
        "/quarentena/clientes",
        "/de-para",
        "/de-para/outros",
        "/auditoria",
    ] {
        person.opens(path).await;
        assert!(!person.must_scroll_sideways().await, "{path} is cut off");
    }
    person.opens("/jobs/clientes").await;
    person.follows("td a[href*=\"/runs/\"], th a[href*=\"/runs/\"]").await;
    person.sees("Consultas aos parceiros").await;
    assert!(!person.must_scroll_sideways().await, "a run is cut off");
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
