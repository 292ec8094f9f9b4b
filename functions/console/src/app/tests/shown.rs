//! What each page says of the sample.

use std::time::Duration;

use engine::Leases as _;

use super::*;
use crate::ports::World as _;

async fn text(path: &str) -> String {
    let mut browser = Browser::operator().await;
    let page = browser.get(path).await;
    assert_eq!(page.status, StatusCode::OK, "{path}: {}", page.text());
    page.text().into_owned()
}

fn has(text: &str, all: &[&str]) {
    for part in all {
        assert!(text.contains(part), "{part:?} is not in the page: {text}");
    }
}

#[tokio::test(start_paused = true)]
async fn health_says_what_asks_for_attention_and_nothing_else() {
    let page = text("/console").await;

    has(
        &page,
        &[
            "8 pontos pedem atenção",
            "Conferência dos pedidos: atrasado.",
            "12 pedidos retidos esperam uma decisão.",
            "59 registros estão em quarentena.",
            "8 ordens de serviço precisam de alguém.",
            "1 parceiro está em espera",
            "Estoques: falhou.",
            "Produtos: espera confirmação.",
            "Omie · ListarPosEstoque",
            "faltam 1234 s",
            "em quarentena",
            "falta a categoria nos parâmetros",
            "precisa de alguém",
        ],
    );
    assert!(!page.contains("1f2e3d4c"), "the credential is nobody's business");
}

#[tokio::test(start_paused = true)]
async fn an_empty_tenant_is_told_that_nothing_runs_before_the_load() {
    let mut browser = Browser::empty();
    browser.enter(OPERATE).await;
    let start = browser.get("/console").await;
    assert_eq!(start.headers[LOCATION], "/console/configuracao/maxima", "the set-up comes first");

    let page = browser.get("/console?ver=saude").await;

    has(&page.text(), &["A carga inicial ainda não foi feita", "espera a carga", "nenhum bloqueio"]);
}

#[tokio::test(start_paused = true)]
async fn health_says_how_many_runs_share_what_omie_takes() {
    let mut browser = Browser::operator().await;
    let idle = browser.get("/console?ver=saude").await;
    has(&idle.text(), &["Nenhuma execução consulta o Omie agora."]);

    for (lane, told) in [
        ("omie/ListarProdutos", "Agora 1 execução consulta o Omie, com até 800 consultas por minuto."),
        (
            "omie/ListarClientes",
            "Agora 2 execuções consultam o Omie e dividem 800 consultas por minuto: 400 para cada uma.",
        ),
    ] {
        let (world, ttl) = (browser.app.world(), Duration::from_mins(1));
        world.state.acquire(lane, "teste", world.clock().now(), ttl).await.expect("nobody has it");
        let busy = browser.get("/console?ver=saude").await;
        has(&busy.text(), &[told]);
    }
}

#[tokio::test(start_paused = true)]
async fn jobs_say_how_often_they_run_and_when_next() {
    let page = text("/console/jobs").await;

    has(&page, &["a cada 15 min", "todo dia às 02:00", "domingo às 02:25", "rodando", "falhou", "em dia"]);
    let one = text("/console/jobs/clientes").await;
    has(
        &one,
        &["Agendamento: conferência completa", "todo dia às 03:00", "03/03/2026 03:00", "07/03/2026 03:00"],
    );
}

#[tokio::test(start_paused = true)]
async fn runs_are_found_by_day_and_state() {
    let failed = text("/console/jobs/estoques?situacao=falhou").await;
    assert_eq!(failed.matches("parou na página 2").count(), 2, "in the list and as the last one");
    let other_day = text("/console/jobs/estoques?dia=2026-03-01").await;
    has(&other_day, &["Nenhuma execução encontrada"]);
    let today = text("/console/jobs/estoques?dia=2026-03-02").await;
    assert!(today.matches("/console/jobs/estoques/runs/").count() >= 6);
    let told = text("/console/jobs/estoques?q=P%C3%A1gina+2").await;
    assert_eq!(told.matches("/console/jobs/estoques/runs/").count(), 1, "by what is told, in any case");
    has(&text("/console/jobs/estoques?q=p%C3%A1gina+99").await, &["Nenhuma execução encontrada"]);
}

#[tokio::test(start_paused = true)]
async fn actions_are_found_by_who_what_and_result() {
    let mut browser = Browser::operator().await;
    browser.post("/console/jobs/clientes/rodar", &[("motivo", "cliente novo da Ana")]).await;
    browser.post("/console/jobs/produtos/rodar", &[]).await;

    for (query, found) in [
        ("q=cliente+NOVO", ">clientes</div>"),
        ("resultado=recusado", ">produtos</div>"),
        ("q=maria&resultado=feito", ">clientes</div>"),
    ] {
        let page = browser.get(&format!("/console/auditoria?{query}")).await;
        let text = page.text();
        let other = [">clientes</div>", ">produtos</div>"].into_iter().find(|it| *it != found);
        assert!(text.contains(found) && !text.contains(other.expect("two")), "{query}");
    }
    let none = browser.get("/console/auditoria?q=ningu%C3%A9m").await;
    has(&none.text(), &["Nenhuma ação encontrada."]);
}

#[tokio::test(start_paused = true)]
async fn callbacks_without_an_order_are_listed_with_what_to_do() {
    let page = text("/console/os-avisos").await;

    has(&page, &["99881", "nenhum pedido daqui tem esta SS", "Associar uma SS"]);
    has(&text("/console").await, &["avisos sem pedido", "href=\"/console/os-avisos\""]);
}

#[tokio::test(start_paused = true)]
async fn a_run_shows_what_it_did_and_one_that_goes_on_is_fetched_anew() {
    let segment =
        |minutes| crate::web::href(&["jobs", "precos", "runs", &sample::before(minutes).to_string()]);
    let page = text(&segment(2)).await;

    has(
        &page,
        &[
            "em andamento",
            "4.200 de 12.500 (33 %)",
            "hx-trigger=\"every 3s\"",
            "ListarClientes",
            "inativo no Omie",
        ],
    );
    let ended = text(
        &segment(2)
            .replace("precos", "produtos")
            .replace(&sample::before(2).to_string(), &sample::before(3).to_string()),
    )
    .await;
    has(&ended, &["412 registros sumiram", "Retirar mesmo assim"]);
    assert!(!ended.contains("hx-trigger"));
}

/// A live part that is over takes the page along: what stands around it is not as it was.
#[tokio::test(start_paused = true)]
async fn what_is_fetched_anew_says_when_there_is_nothing_left_to_wait_for() {
    let mut browser = Browser::operator().await;
    let live = [("hx-request", "true")];
    for (job, minutes, refreshes) in [("precos", 2, None), ("produtos", 3, Some("true"))] {
        let run = crate::web::href(&["jobs", job, "runs", &sample::before(minutes).to_string()]);
        let again = browser.send(Method::GET, &run, &[], &live).await;
        let told = again.headers.get("hx-refresh").and_then(|value| value.to_str().ok());
        assert_eq!((again.status.as_u16(), told), (200, refreshes), "{job}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_order_is_found_by_each_of_its_names() {
    for query in ["1507", "pedido 1507", "5366599007", "900100207", "app 407"] {
        let page = text(&format!("/console/pedidos?q={}", encoded(query))).await;
        assert!(page.contains("/console/pedidos/900100207"), "{query}");
    }
    let held = text("/console/pedidos?q=retidos").await;
    assert_eq!(held.matches("/console/pedidos/9001").count(), 12, "two in eight are held");
    let odd = text("/console/pedidos?q=xyzzy").await;
    has(&odd, &["Não entendi “xyzzy”", "aria-invalid=\"true\""]);
}

#[tokio::test(start_paused = true)]
async fn many_orders_are_paged_and_the_filter_stays() {
    let mut browser = Browser::operator().await;
    let first = browser.get("/console/pedidos").await.text().into_owned();
    let (_, rest) = first.split_once("depois=").expect("there are more than one page");
    let next = rest.split('"').next().expect("an address");
    let second = browser.get(&format!("/console/pedidos?depois={next}")).await;

    let count = |text: &str| text.matches("href=\"/console/pedidos/9001").count();
    assert_eq!((count(&first), count(&second.text())), (30, 18));
}

#[tokio::test(start_paused = true)]
async fn an_order_shows_its_way_and_what_can_be_done() {
    let held = text("/console/pedidos/900100200").await;
    has(
        &held,
        &[
            "vendedor enviou",
            "Espera: ",
            "falta a categoria",
            "Tentar de novo",
            "Recusar",
            "R$\u{a0}1.234,50",
        ],
    );
    let invoiced = text("/console/pedidos/900100204").await;
    has(&invoiced, &["Faturado", "Omie nº 1504", "02/03/2026 10:30"]);
    assert!(!invoiced.contains("Recusar"), "it is in Omie");
    let mistaken = text("/console/pedidos/900100203").await;
    has(&mistaken, &["Associar a um pedido do Omie", "o cliente é outro"]);
}

#[tokio::test(start_paused = true)]
async fn a_customer_has_a_page_too() {
    has(&text("/console/clientes").await, &["88770", "PADARIA NOVA LTDA"]);
    has(&text("/console/clientes/88770").await, &["o CNPJ não confere", "52.998.224/0001-25"]);
}

#[tokio::test(start_paused = true)]
async fn the_quarantine_is_grouped_by_cause_the_most_frequent_first() {
    let page = text("/console/quarentena").await;
    has(
        &page,
        &["Clientes · 50", "Produtos · 9", "preencha no cadastro do cliente", "campo inscricao_estadual"],
    );
    assert!(page.find("preencha no cadastro") < page.find("a cidade não está na Máxima"));
    let (_, rest) = page.split_once("/console/quarentena/clientes?causa=").expect("a link");
    let cause = rest.split('"').next().expect("its end");
    let one = text(&format!("/console/quarentena/clientes?causa={cause}")).await;
    assert!(one.contains("5366000100") && !one.contains("5366000500"));
}

#[tokio::test(start_paused = true)]
async fn service_orders_are_found_and_show_no_token() {
    let list = text("/console/os").await;
    has(&list, &["precisa de alguém", "aguardando o serviço", "a filial não tem conta do Sismetro"]);
    for query in ["4403", "91003", "5b1f6f0e-0003"] {
        let found = text(&format!("/console/os?q={query}")).await;
        assert_eq!(found.matches("href=\"/console/os/5b1f6f0e-0003\"").count(), 1, "{query}");
    }
    let one = text("/console/os/5b1f6f0e-0003").await;
    has(&one, &["aguardando o serviço", "91003", "recebido do Senior X", "acme.sismetro.com"]);
    for page in [one, text("/console/os/5b1f6f0e-0002").await, text("/console/os-avisos").await, list] {
        assert!(!page.contains("CANARIO"), "a token");
    }
    has(&text("/console/os/5b1f6f0e-0000").await, &["Retomar", "Encerrar como não se aplica"]);
    // Skipped for want of equipment: it may have been the maps that did not find it.
    has(&text("/console/os/5b1f6f0e-0005").await, &["o pedido não tem equipamento", "Retomar"]);
}

#[tokio::test(start_paused = true)]
async fn the_parameters_say_who_changed_what() {
    let page = text("/console/de-para").await;

    has(&page, &["Versão 1", "Versão 2", "09/02/2026 11:00", "02/03/2026 09:30"]);
    has(&page, &["João Lima", "Vendedor padrão", "8801 − Ana Prado", "Boleto Bancário", "1234568"]);
}

#[tokio::test(start_paused = true)]
async fn what_is_not_there_is_said_so() {
    let mut browser = Browser::operator().await;
    for path in [
        "/console/pedidos/1",
        "/console/clientes/1",
        "/console/os/1",
        "/console/jobs/nada",
        "/console/jobs/clientes/runs/ontem",
        "/console/jobs/clientes/sync-cidades/frequencia",
        "/console/quarentena/nada",
        "/console/nada",
        "/console/assets/console.css",
    ] {
        assert_eq!(browser.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_scheduler_that_does_not_answer_hides_nothing_else() {
    let mut browser = Browser::operator().await;
    *browser.app.world().jobs.broken.lock().expect("nobody else") =
        Some("o agendador não respondeu".to_owned());

    for path in ["/console", "/console/jobs", "/console/jobs/clientes"] {
        let page = browser.get(path).await;
        assert_eq!(page.status, StatusCode::OK);
        has(&page.text(), &["o agendador não respondeu"]);
    }
}
