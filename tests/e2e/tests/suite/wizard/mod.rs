//! The set-up from the first page to a load that runs, in one process with the real simulators.

mod browser;
mod tenancy;

use browser::{Browser, hidden};
use engine::Expected;
use rust_decimal::Decimal;
use sales::settings::Settings;
use sales::setup::{List, stored};
use simulators::{APP_KEY, APP_SECRET, Fault, LOGIN, PASSWORD};
use tenancy::WEBHOOK;

fn has(text: &str, all: &[&str]) {
    for one in all {
        assert!(text.contains(one), "{one} is not in: {text}");
    }
}

/// Through the two logins.
async fn signed_in_at_both() -> Browser {
    let mut browser = Browser::over_a_fresh_tenant().await;
    let next = browser.sent("maxima", &[("login", LOGIN), ("password", PASSWORD)]).await;
    assert_eq!(next, "/console/configuracao/omie");
    let next = browser.sent("omie", &[("app_key", APP_KEY), ("app_secret", APP_SECRET)]).await;
    assert_eq!(next, "/console/configuracao/de-para");
    browser
}

/// Through the de-para, the accounts and the defaults.
async fn mapped() -> Browser {
    let mut browser = signed_in_at_both().await;
    let fields = browser.depara().await;
    assert_eq!(browser.sent_owned("de-para", &fields).await, "/console/configuracao/contas");
    let account = browser.choices(List::Contas).await.remove(0);
    let fields = ["01", "15", "17"].map(|means| (format!("conta-{means}"), account.clone()));
    assert_eq!(browser.sent_owned("contas", &fields).await, "/console/configuracao/padroes");
    let fields = browser.defaults().await;
    assert_eq!(browser.sent_owned("padroes", &fields).await, "/console/configuracao/agendas");
    browser
}

/// Through the schedules, as they are proposed, past the dry run.
async fn ready() -> Browser {
    let mut browser = mapped().await;
    let seen = browser.seen().await;
    let next = browser.sent("agendas", &[("visto", &seen), ("acao", "salvar")]).await;
    assert_eq!(next, "/console/configuracao/ensaio");
    assert_eq!(browser.sent("ensaio/seguir", &[]).await, "/console/configuracao/carga");
    browser
}

#[tokio::test(start_paused = true)]
async fn wrong_credentials_are_refused_in_the_partners_words_and_kept_nowhere() {
    let mut browser = Browser::over_a_fresh_tenant().await;
    let start = browser.get("/console").await;
    assert_eq!(start.to.as_deref(), Some("/console/configuracao/maxima"));

    let refused = browser.post("maxima", &[("login", LOGIN), ("password", "CANARIO-1")]).await;
    has(&refused.text, &["A Máxima recusou as credenciais", "id=\"e-login\"", "href=\"#f-login\""]);
    assert_eq!((refused.status, browser.vault().await["maxima"]["login"].as_str()), (422, None));
    let missing = browser.post("maxima", &[("login", LOGIN)]).await;
    has(&missing.text, &["Informe: Senha."]);
    browser.sent("maxima", &[("login", LOGIN), ("password", PASSWORD)]).await;

    let early = browser.get("/console/configuracao/contas").await;
    assert_eq!(early.to.as_deref(), Some("/console/configuracao/omie"));
    let refused = browser.post("omie", &[("app_key", APP_KEY), ("app_secret", "CANARIO-2")]).await;
    has(&refused.text, &["O Omie recusou as credenciais", "id=\"e-app_key\""]);
    assert_eq!(refused.status, 422);
    browser.sent("omie", &[("app_key", APP_KEY), ("app_secret", APP_SECRET)]).await;

    let again = browser.get("/console/configuracao/maxima").await;
    has(&again.text, &["Já guardado; deixe em branco para manter."]);
    assert_eq!(browser.sent("maxima", &[]).await, "/console/configuracao/omie", "what is kept is kept");
    assert_eq!(browser.vault().await["maxima"]["password"], PASSWORD);
    browser.has_shown_no(&["CANARIO-1", "CANARIO-2", LOGIN, PASSWORD, APP_KEY, APP_SECRET, WEBHOOK]);
}

#[tokio::test(start_paused = true)]
async fn a_list_that_omie_does_not_give_says_why_and_comes_later() {
    let mut browser = Browser::over_a_fresh_tenant().await;
    browser.sent("maxima", &[("login", LOGIN), ("password", PASSWORD)]).await;
    let text = "Serviço em manutenção".to_owned();
    let refusal = Fault::Reject { text, status: 500 };
    browser.partners().omie.faults().next("ListarCategorias", refusal, 20);
    browser.sent("omie", &[("app_key", APP_KEY), ("app_secret", APP_SECRET)]).await;

    let page = browser.get("/console/configuracao/de-para").await;
    has(&page.text, &["Serviço em manutenção", "ainda não veio", "Atualizar do Omie"]);
    let refused = browser.post("de-para", &[("categoria", "1.01.03")]).await;
    has(&refused.text, &["href=\"#f-categorias\"", "id=\"f-categorias\""]);

    browser.partners().omie.faults().clear();
    browser.rest().await;
    browser.sent("de-para/listas", &[]).await;
    let page = browser.get("/console/configuracao/de-para").await;
    assert!(!page.text.contains("Serviço em manutenção"));
    has(&page.text, &["id=\"f-categoria\"", "id=\"f-etapa-10\""]);
}

#[tokio::test(start_paused = true)]
async fn an_incomplete_de_para_comes_back_as_it_was_typed() {
    let mut browser = signed_in_at_both().await;
    let mut fields = browser.depara().await;
    fields.retain(|(name, _)| name != "etapa-20" && name != "valor_frete");
    fields.push(("valor_frete".to_owned(), "12,345".to_owned()));

    let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let again = browser.post("de-para", &fields).await;

    assert_eq!(again.status, 422);
    has(
        &again.text,
        &["href=\"#f-etapa-20\"", "id=\"e-etapa-20\"", "value=\"12,345\"", "id=\"e-valor_frete\""],
    );
    let of = browser.app.world().settings().await;
    assert_eq!(of.pedidos.categoria_omie, None, "nothing was kept");
}

#[tokio::test(start_paused = true)]
async fn means_without_account_are_said_to_be_inactive() {
    let mut browser = mapped().await;

    let page = browser.get("/console/configuracao/contas").await;

    has(
        &page.text,
        &["Sem conta, o meio de pagamento fica inativo.", "ficam inativos agora", "sem conta: inativo"],
    );
    let none = browser.post("contas", &[]).await;
    has(&none.text, &["nenhum meio de pagamento tem conta corrente".replacen('n', "N", 1).as_str()]);
}

#[tokio::test(start_paused = true)]
async fn schedules_show_their_next_times_before_they_are_saved() {
    let mut browser = mapped().await;
    let fields =
        |value| [("modo-sync-clientes", "intervalo"), ("valor-sync-clientes", value), ("acao", "salvar")];

    let preview = browser.post("agendas", &fields("7 h")).await;
    assert_eq!(preview.status, 200);
    has(
        &preview.text.replace('\u{a0}', " "),
        &["nada foi salvo ainda", "02/03 16:00 · 23:00 · 03/03 06:00", "value=\"7 h\""],
    );
    let uneven = [("modo-sync-clientes", "expressao"), ("valor-sync-clientes", "cron(0 0/7 * * ? *)")];
    let refused = browser.post("agendas", &uneven).await;
    assert_eq!(refused.status, 422);
    has(&refused.text, &["ora 7 h, ora 3 h", "href=\"#f-valor-sync-clientes\""]);
    assert_eq!(browser.expression("sync-clientes").await, "rate(15 minutes)");

    let seen = hidden(&preview.text, "visto");
    let mut all = fields("7 h").to_vec();
    all.push(("visto", &seen));
    assert_eq!(browser.sent("agendas", &all).await, "/console/configuracao/ensaio");
    assert_eq!(browser.expression("sync-clientes").await, "rate(7 hours)");
    assert_eq!(browser.expression("sync-produtos").await, "rate(30 minutes)");
}

#[tokio::test(start_paused = true)]
async fn the_dry_run_tells_what_would_happen_and_writes_nothing() {
    let mut browser = mapped().await;
    browser.complete_the_branch();
    let seen = browser.seen().await;
    browser.sent("agendas", &[("visto", &seen), ("acao", "salvar")]).await;

    browser.sent("ensaio", &[]).await;
    let page = browser.get("/console/configuracao/ensaio").await;
    has(
        &page.text,
        &["O ensaio começa em até um minuto", "hx-trigger=\"every 3s\"", "<noscript><meta http-equiv"],
    );
    browser.sent("ensaio", &[]).await;
    assert_eq!(browser.asked(), ["dry"], "nobody asks twice");
    browser.rest().await;
    browser.app.world().world.rehearse().await;

    let page = browser.get("/console/configuracao/ensaio").await;
    has(&page.text, &["nada foi gravado na Máxima", "Rejeitaria", "/console/configuracao/ensaio/clientes"]);
    let one = browser.get("/console/configuracao/ensaio/clientes").await;
    has(&one.text, &["Criaria", "Ficariam fora"]);
    assert_eq!(browser.app.world().world.rows_written(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_load_is_interrupted_by_a_branch_goes_on_and_finishes() {
    let mut browser = ready().await;
    let page = browser.get("/console/configuracao/carga").await;
    has(&page.text, &["Começar a carga"]);
    browser.sent("carga", &[]).await;
    browser.sent("carga", &[]).await;
    assert_eq!(browser.asked(), ["load"]);
    browser.rest().await;
    browser.app.world().world.load().await;

    let page = browser.get("/console/configuracao/carga").await;
    has(&page.text, &["Carga interrompida", "Inscrição estadual", "Verificar de novo", "Filial 3456789012"]);
    let start = browser.get("/console").await;
    assert_eq!(start.to.as_deref(), Some("/console/configuracao/carga"));

    browser.complete_the_branch();
    browser.rest().await;
    browser.sent("carga", &[]).await;
    assert_eq!(browser.asked(), ["load", "load"]);
    browser.app.world().world.load().await;
    let page = browser.get("/console/configuracao/carga").await;
    has(&page.text, &["A carga terminou: os agendamentos estão rodando.", "/webhooks/omie/••••••"]);
    has(&page.text, &["20 de 20 etapas", "Clientes, fornecedores e transportadoras"]);
    assert!(!page.text.contains("hx-trigger"));
    assert_eq!(browser.get("/console").await.status, 200);
    browser.has_shown_no(&[LOGIN, PASSWORD, APP_KEY, APP_SECRET, WEBHOOK]);

    let shown = browser.post("webhook", &[]).await;
    has(&shown.text, &[&format!("https://ponte.example/webhooks/omie/{WEBHOOK}")]);
    assert_eq!(shown.kept.as_deref(), Some("no-store"));
}

#[tokio::test(start_paused = true)]
async fn once_loaded_a_change_is_shown_with_what_it_touches_before_it_is_saved() {
    let mut browser = ready().await;
    browser.complete_the_branch();
    browser.rest().await;
    browser.app.world().world.load().await;
    let mut fields = browser.depara().await;
    fields.retain(|(name, _)| name != "valor_frete" && name != "etapa-20");
    fields.extend(
        [("valor_frete", "9,90"), ("etapa-20", "M")].map(|(name, value)| (name.to_owned(), value.to_owned())),
    );

    assert_eq!(browser.sent_owned("de-para", &fields).await, "/console/de-para/previa");
    let preview = browser.get("/console/de-para/previa").await;
    has(
        &preview.text,
        &["Valor do frete", "R$\u{a0}9,90", "Posição da etapa 20", "Montado", "Histórico de pedidos"],
    );
    let before = Settings::load(&browser.app.world().world.state).await.expect("in use");
    assert_eq!(before.pedidos.valor_frete_omie, 0.into());
    let lacking = browser.post("../de-para/gravar", &[]).await;
    has(&lacking.text, &["id=\"e-motivo\""]);
    assert_eq!(browser.sent("../de-para/gravar", &[("motivo", "frete novo")]).await, "/console/de-para");

    let page = browser.get("/console/de-para").await;
    has(&page.text, &["Maria Souza", "Valor do frete", "Editar"]);
    let after = Settings::load(&browser.app.world().world.state).await.expect("in use");
    assert_eq!(after.pedidos.valor_frete_omie, Decimal::new(990, 2));
    // What is confirmed once is not confirmed again.
    let again = browser.post("../de-para/gravar", &[("motivo", "x")]).await;
    assert_eq!(again.to.as_deref(), Some("/console/de-para"));
}

#[tokio::test(start_paused = true)]
async fn of_two_who_edit_the_second_is_told() {
    let mut browser = ready().await;
    browser.complete_the_branch();
    browser.rest().await;
    browser.app.world().world.load().await;
    let mut fields = browser.depara().await;
    fields.retain(|(name, _)| name != "valor_frete");
    fields.push(("valor_frete".to_owned(), "1,00".to_owned()));
    browser.sent_owned("de-para", &fields).await;
    let state = &browser.app.world().world.state;
    let (mut settings, version) = Settings::stored(state).await.expect("read").expect("there");
    settings.pedidos.dias_previsao = 9;
    settings.save(state, Expected::Version(version)).await.expect("saved");

    let late = browser.post("../de-para/gravar", &[("motivo", "frete")]).await;

    assert_eq!(late.to.as_deref(), Some("/console/de-para"));
    let page = browser.get("/console/de-para").await;
    has(&page.text, &["Outra pessoa mudou a configuração"]);
    let kept = Settings::load(&browser.app.world().world.state).await.expect("in use");
    assert_eq!((kept.pedidos.dias_previsao, kept.pedidos.valor_frete_omie), (9, 0.into()));
}

async fn assert_that_all_lists_are_there(browser: &Browser) {
    for list in List::ALL {
        let listed = stored(&browser.app.world().world.state, list).await.expect("read");
        assert!(listed.error.is_none() && !listed.choices.is_empty(), "{}: {listed:?}", list.title());
    }
}

/// What Omie shows of an undated question is what changed lately (`contracts/omie.md` §7): here, all rows are older.
#[tokio::test(start_paused = true)]
async fn the_lists_are_whole_although_nothing_changed_lately() {
    assert_that_all_lists_are_there(&signed_in_at_both().await).await;
}
