//! The pages of the set-up in states that are hard to come by from outside; the way through it is walked in
//! `tests/e2e/tests/suite/wizard`.

use engine::{Documents as _, Expected};
use sales::load;
use sales::settings::Settings;
use sales::settings::versions::{self, Signature};
use sales::setup::{List, Step};
use serde_json::json;

use super::*;
use crate::ports::{Integration, Vault as _, World as _};

/// Larger pages are slow on a phone.
const LARGEST: usize = 60_000;

fn many(count: usize, name: &str) -> Vec<(String, String)> {
    (0..count).map(|at| (format!("{:02}", at + 10), format!("{name} número {at}"))).collect()
}

#[tokio::test(start_paused = true)]
async fn two_hundred_payment_means_fit_a_page_and_can_be_mapped() {
    let mut browser = Browser::operator().await;
    let state = &browser.app.world().state;
    let accounts: Vec<_> = many(20, "Conta corrente")
        .into_iter()
        .map(|(code, name)| (format!("53665799{code}"), name))
        .collect();
    sample::setup::put(state, List::MeiosPagamento, &many(200, "Meio de pagamento")).await;
    sample::setup::put(state, List::Contas, &accounts).await;
    let all: Vec<_> = many(200, "")
        .iter()
        .map(|(code, _)| (format!("conta-{code}"), "5366579910 · Conta".to_owned()))
        .collect();
    let all: Vec<_> = all.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();

    let page = browser.get("/console/configuracao/contas").await;
    assert!(page.body.len() <= LARGEST, "{} bytes", page.body.len());
    let mut wrong = all.clone();
    wrong[7].1 = "nenhuma";
    let again = browser.post("/console/configuracao/contas", &wrong).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(again.body.len() <= LARGEST, "{} bytes", again.body.len());
    assert!(again.text().contains("href=\"#f-conta-17\"") && again.text().contains("value=\"nenhuma\""));

    let done = browser.post("/console/configuracao/contas", &all).await;
    let preview = browser.follow(&done).await;
    assert!(preview.body.len() <= LARGEST, "{} bytes", preview.body.len());
    assert!(preview.text().contains("Meio de pagamento número 3"));
}

#[tokio::test(start_paused = true)]
async fn many_parameters_and_versions_fit_a_page() {
    let mut browser = Browser::operator().await;
    let state = &browser.app.world().state;
    sample::setup::put(state, List::MeiosPagamento, &many(200, "Meio de pagamento")).await;
    let mut expected = Settings::stored(state)
        .await
        .expect("read")
        .map_or(Expected::Absent, |(_, version)| Expected::Version(version));
    for round in 0..25 {
        let codes = many(199, "").into_iter().map(|(code, _)| code).chain(["01".to_owned()]);
        let contas = codes.map(|code| (code, 5_366_579_000 + round)).collect();
        let settings = Settings { contas, ..Settings::default() };
        let signature = Signature::new("Maria", noon());
        let version = versions::save(&settings, state, expected, signature).await.expect("saved");
        expected = Expected::Version(version);
    }

    let page = browser.get("/console/de-para").await;

    assert!(page.body.len() <= LARGEST, "{} bytes", page.body.len());
    assert!(page.text().contains("E mais 140 parâmetros") && page.text().contains("200 mudanças"));
}

#[tokio::test(start_paused = true)]
async fn no_secret_is_on_any_page() {
    let mut browser = Browser::operator().await;
    let secret = json!({
        "maxima": { "login": "CANARIO-a", "password": "CANARIO-b" },
        "omie": { "app_key": "CANARIO-c", "app_secret": "CANARIO-d" }, "webhook": "CANARIO-e",
    });
    browser.app.world().vault().merge(Integration::OmieMaxima, &secret).await.expect("kept");
    for step in Step::ALL {
        let path = format!("/console/configuracao/{}", step.id());
        let page = browser.get(&path).await;
        assert!(page.status.is_success() && !page.text().contains("CANARIO"), "{path}");
        let fields = [("login", "CANARIO-f"), ("password", "CANARIO-g"), ("app_secret", "CANARIO-h")];
        *browser.app.world().partners.refusal.lock().expect("nobody else") = Some("recusado".to_owned());
        let refused = browser.post(&path, &fields).await;
        assert!(!refused.text().contains("CANARIO"), "{path}");
    }
    let seen = browser.get("/console/auditoria").await;
    assert!(!seen.text().contains("CANARIO"));
    let shown = browser.post("/console/configuracao/webhook", &[]).await;
    assert!(shown.text().contains("https://demo.example/webhooks/omie/CANARIO-e"));
    assert_eq!(shown.headers["cache-control"], "no-store");
    let mut reader = Browser::reader().await;
    reader.app.world().vault().merge(Integration::OmieMaxima, &secret).await.expect("kept");
    let refused = reader.post("/console/configuracao/webhook", &[]).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
}

async fn with_load(load: serde_json::Value) -> Browser {
    let browser = Browser::operator().await;
    browser.app.world().state.put("load", "current", &load, Expected::Any, None).await.expect("stored");
    browser
}

#[tokio::test(start_paused = true)]
async fn a_failed_load_says_where_and_why_and_goes_on() {
    let mut browser = with_load(json!({
        "id": "carga-1", "started": sample::before(50), "ended": sample::before(5), "loaded": null,
        "state": { "name": "failed", "error": "FixConfig", "cause": "o Omie recusou a chave" },
    }))
    .await;
    let run = json!({
        "v": 1, "entity": "bancos", "sweep": "s", "state": "failed", "counters": {}, "pages_read": 1,
        "total_pages": 1, "expected": 1, "started": sample::before(9), "updated": sample::before(8),
        "ended": sample::before(8), "calls": {}, "incomplete": null, "outcome": null,
        "errors": [{ "remedy": "FixConfig", "text": "chave recusada", "at": sample::before(8) }],
    });
    let id = load::step_id("carga-1", "sync-bancos");
    browser.app.world().state.put(load::STEP_KIND, &id, &run, Expected::Any, None).await.expect("stored");

    let page = browser.get("/console/configuracao/carga").await;
    for text in ["A carga parou em Bancos", "o Omie recusou a chave", "Continuar daqui", "chave recusada"] {
        assert!(page.text().contains(text), "{text}");
    }
    let (advice, detail) = (
        page.text().find("Teste de novo <a href=\"/console/configuracao/omie\""),
        page.text().find("Causa: o Omie"),
    );
    assert!(advice.is_some_and(|advice| detail.is_some_and(|detail| advice < detail)), "{}", page.text());
    browser.post("/console/configuracao/carga", &[]).await;
    assert_eq!(browser.app.world().machine.asked(), ["load"]);
    let page = browser.get("/console/configuracao/carga").await;
    assert!(page.text().contains("começa em até um minuto") && page.text().contains("Maria Souza"));
}

#[tokio::test(start_paused = true)]
async fn a_load_that_runs_is_cancelled_with_a_reason_and_can_go_on() {
    let mut browser = with_load(json!({
        "id": "carga-1", "started": sample::before(10), "ended": null, "loaded": null,
        "state": { "name": "running" },
    }))
    .await;
    let page = browser.get("/console/configuracao/carga").await;
    assert!(page.text().contains("A carga está em andamento") && page.text().contains("Cancelar a carga"));
    // Without JavaScript a form cannot be filled in on a page that is fetched anew every few seconds.
    let refresh = "http-equiv=\"refresh\"";
    assert!(page.text().contains(refresh) && page.text().contains("/console/configuracao/carga?parada=sim"));
    let still = browser.get("/console/configuracao/carga?parada=sim").await;
    assert!(!still.text().contains(refresh) && still.text().contains("Cancelar a carga"));
    browser.post("/console/configuracao/carga", &[]).await;
    assert!(browser.app.world().machine.asked().is_empty(), "it runs already");

    let lacking = browser.post("/console/configuracao/carga/cancelar", &[]).await;
    assert!(lacking.text().contains("id=\"e-motivo\""));
    let done = browser.post("/console/configuracao/carga/cancelar", &[("motivo", "hora errada")]).await;
    let page = browser.follow(&done).await;

    for text in ["A carga foi cancelada", "por Maria Souza", "Continuar daqui"] {
        assert!(page.text().contains(text), "{text}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_step_that_goes_on_says_its_rate_its_rest_and_what_it_waits_for() {
    let mut browser = with_load(json!({
        "id": "carga-1", "started": sample::before(12), "ended": null, "loaded": null,
        "state": { "name": "running" },
    }))
    .await;
    // 1,500 of 4,500 rows in ten minutes.
    let run = json!({
        "v": 1, "entity": "produtos", "sweep": "s", "state": "running", "pages_read": 3, "total_pages": 9,
        "counters": { "read": 1_500, "created": 1_480, "rejected": 20 }, "expected": 4_500,
        "started": sample::before(10), "updated": sample::before(0), "ended": null, "calls": {}, "errors": [],
        "incomplete": null, "outcome": "o Omie bloqueou o método até 12:30",
    });
    let id = load::step_id("carga-1", "sync-produtos");
    browser.app.world().state.put(load::STEP_KIND, &id, &run, Expected::Any, None).await.expect("stored");

    let page = browser.get("/console/configuracao/carga").await;

    let row = page.text().split("<tr").find(|row| row.contains("1.500 de 4.500")).expect("a row").to_owned();
    for cell in ["Por minuto\">150<", "Falta\"><div>20 min<", "33 %", "o Omie bloqueou o método até 12:30"]
    {
        assert!(row.contains(cell), "{cell}: {row}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_load_whose_machine_is_gone_can_be_taken_up() {
    let mut browser = with_load(json!({
        "id": "carga-9", "started": sample::before(300), "ended": null, "loaded": null,
        "state": { "name": "running" },
    }))
    .await;
    let page = browser.get("/console/configuracao/carga").await;
    assert!(page.text().contains("Nenhuma etapa dá notícia"));

    browser.post("/console/configuracao/carga", &[]).await;

    assert_eq!(browser.app.world().machine.asked(), ["load"]);
}

#[tokio::test(start_paused = true)]
async fn a_branch_of_the_service_orders_is_saved_with_an_account_that_exists() {
    let mut browser = Browser::operator().await;
    let secret = json!({
        "senior": { "access_key": "CANARIO-a", "secret": "CANARIO-b" },
        "sismetro": { "principal": { "unit": "7", "key": "CANARIO-c" } },
        "webhook": "SENIOR-0123456789SISMETRO-12345678",
    });
    browser.app.world().vault().merge(Integration::SeniorSismetro, &secret).await.expect("kept");
    let path = "/console/configuracao/os/filial";

    let refused = browser.post(path, &[("empresa", "um"), ("conta", "outra")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    for text in ["id=\"e-empresa\"", "A conta outra não está no cofre", "value=\"um\""] {
        assert!(refused.text().contains(text), "{text}");
    }
    let fields = [("empresa", "1"), ("filial", "3"), ("conta", "principal"), ("ativa", "sim")];
    let done = browser.post(path, &fields).await;
    let page = browser.follow(&done).await;
    assert!(page.text().contains("Empresa 1, filial 3") && page.text().contains("Maria Souza"));
    assert!(!page.text().contains("CANARIO") && !page.text().contains("SENIOR-0123456789"));
    let again = browser.get("/console/configuracao/os?mudar=1/3").await;
    assert!(again.text().contains("name=\"empresa\" type=\"number\" value=\"1\""), "{}", again.text());
    let shown = browser.post("/console/configuracao/os/segredo", &[]).await;
    assert!(!shown.text().contains("CANARIO") && shown.text().contains("x-webhook-secret"));
    assert_eq!(shown.text().matches("class=\"copy\"").count(), 2);
}

/// The secret as the deployment leaves it, with an account.
async fn with_secret(browser: &Browser) {
    let secret = json!({
        "senior": { "access_key": "CANARIO-a", "secret": "CANARIO-b" },
        "sismetro": { "principal": { "unit": "7", "key": "CANARIO-c" } },
        "webhook": "SENIOR-0123456789SISMETRO-12345678",
    });
    browser.app.world().vault().merge(Integration::SeniorSismetro, &secret).await.expect("kept");
}

#[tokio::test(start_paused = true)]
async fn both_partners_of_the_service_orders_are_tried_before_anything_is_kept() {
    let mut browser = Browser::empty();
    browser.enter(OPERATE).await;
    // As the template makes it: nobody has filled anything in.
    let bare = json!({
        "senior": { "access_key": "", "secret": "", "client_id": "" },
        "sismetro": { "principal": { "unit": "", "key": "" } },
    });
    browser.app.world().vault().merge(Integration::SeniorSismetro, &bare).await.expect("kept");
    let page = browser.get("/console/configuracao/os").await;
    assert!(page.text().contains("nenhuma") && !page.text().contains("principal"), "{}", page.text());
    let path = "/console/configuracao/os/senior";
    let fields = [
        ("tenant", "acme"),
        ("endereco", "https://api.senior.com.br/"),
        ("estilo", "gateway"),
        ("access_key", "CANARIO-a"),
        ("secret", "CANARIO-b"),
    ];
    let lacking = browser.post(path, &fields).await;
    assert!(lacking.text().contains("id=\"e-client_id\"") && lacking.text().contains("value=\"acme\""));
    let fields: Vec<_> = fields.into_iter().chain([("client_id", "CANARIO-d")]).collect();
    *browser.app.world().partners.refusal.lock().expect("whole") =
        Some("O Senior X recusou: chave inválida".to_owned());
    let refused = browser.post(path, &fields).await;
    assert!(refused.text().contains("O Senior X recusou: chave inválida"));
    assert_eq!(browser.app.world().vault().read(Integration::SeniorSismetro).await, Ok(bare));

    *browser.app.world().partners.refusal.lock().expect("whole") = None;
    let account = [("nome", "Sul"), ("unidade", "101"), ("chave", "CANARIO-c")];
    let early = browser.post("/console/configuracao/os/conta", &account).await;
    assert!(early.text().contains("Preencha antes o acesso ao Senior X."));
    assert_eq!(browser.post(path, &fields).await.status, StatusCode::SEE_OTHER);
    assert_eq!(browser.post("/console/configuracao/os/conta", &account).await.status, StatusCode::SEE_OTHER);

    let kept = browser.app.world().vault().read(Integration::SeniorSismetro).await.expect("there");
    assert_eq!(
        (&kept["senior"]["client_id"], &kept["sismetro"]["sul"]["unit"]),
        (&json!("CANARIO-d"), &json!("101"))
    );
    let (settings, _) =
        service_orders::Settings::load(&browser.app.world().state).await.expect("read").expect("there");
    assert_eq!((settings.tenant(), settings.default_account.as_deref()), ("acme", Some("sul")));
    assert_eq!(settings.senior.base_url, "https://api.senior.com.br");
    let rules = [
        ("conta_padrao", "sul"),
        ("outras", "sim"),
        ("reenviar", "sim"),
        ("perdidos", "sim"),
        ("concluida", "CONCLU, ENTREGUE"),
        ("cancelada", "CANCEL"),
        ("execucao", "EXECU"),
        ("aberta", "ABERT,AGUARD,"),
        ("outros_tenants", "acme.com.br"),
    ];
    let lacking = browser.post("/console/configuracao/os/regras", &rules[..5]).await;
    assert!(lacking.text().contains("id=\"e-cancelada\""));
    browser.post("/console/configuracao/os/regras", &rules).await;
    let (settings, _) =
        service_orders::Settings::load(&browser.app.world().state).await.expect("read").expect("there");
    assert!(settings.default_branch_active && settings.auto_resend && settings.find_lost_events);
    let status = &settings.sismetro.status_map;
    assert_eq!(
        (&status.completed[..], &status.open[..]),
        (&["CONCLU".to_owned(), "ENTREGUE".to_owned()][..], &["ABERT".to_owned(), "AGUARD".to_owned()][..])
    );
    assert_eq!(settings.senior.tenant_aliases, ["acme.com.br"]);
    let page = browser.get("/console/configuracao/os").await;
    assert!(page.text().contains("unidade 101") && !page.text().contains("CANARIO"));
    assert!(page.body.len() <= LARGEST, "{} bytes", page.body.len());
}

#[tokio::test(start_paused = true)]
async fn a_trial_goes_to_the_public_address_with_the_secret_of_its_door_only() {
    let mut browser = Browser::operator().await;
    with_secret(&browser).await;
    let path = "/console/configuracao/os/teste";
    let said = |status, body| Some(crate::ports::Delivered { status, body });
    let order =
        json!({ "order_id": "X1", "company": 1, "branch": 3, "equipment": "both", "takes_part": false });
    let doors = &browser.app.world().partners.doors;
    *doors.lock().expect("whole") = said(200, json!({ "accepted": true, "orders": [order] }));
    let shown = browser.post(path, &[("porta", "senior"), ("corpo", "{\"order\":{}}")]).await;
    for text in ["foi entendido", "X1", "existente e novo", "não: o aviso seria dispensado"] {
        assert!(shown.text().contains(text), "{text}");
    }
    let doors = &browser.app.world().partners.doors;
    *doors.lock().expect("whole") = said(401, json!(null));
    let shown = browser.post(path, &[("porta", "sismetro")]).await;
    assert!(shown.text().contains("o segredo não foi aceito") && !shown.text().contains("SISMETRO-12345678"));

    let sent = browser.app.world().partners.delivered();
    let secrets = |at: usize| {
        sent[at].1.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect::<Vec<_>>()
    };
    assert_eq!(sent[0].0, "https://demo.example/webhooks/senior/service-order-finished");
    assert_eq!(sent[0].2, "{\"order\":{}}");
    assert!(secrets(0).contains(&("x-webhook-secret", "SENIOR-0123456789")));
    for (at, secret) in [(0, "SENIOR-0123456789"), (1, "SISMETRO-12345678")] {
        let now = browser.app.world().clock().now();
        let value =
            service_orders::inbound::trial(&partner_http::Secret::new(secret), sent[at].2.as_bytes(), now);
        assert!(secrets(at).contains(&("x-ponte-trial", value.as_str())), "nobody else could make it");
    }
    assert!(secrets(1).contains(&("key", "SISMETRO-12345678")) && secrets(1).contains(&("unit", "7")));
    assert!(!secrets(1).iter().any(|(_, value)| value.contains("SENIOR")));
}

#[tokio::test(start_paused = true)]
async fn the_settings_of_an_earlier_version_can_be_had_again() {
    let mut browser = Browser::operator().await;
    let page = browser.get("/console/de-para").await;
    assert!(page.text().contains("a nova vendedora") && page.text().contains("Voltar a esta versão"));

    let done = browser.post("/console/de-para/voltar", &[("versao", "1")]).await;
    let preview = browser.follow(&done).await;
    assert!(preview.text().contains("Vendedor padrão") && preview.text().contains("8801"));
    browser.post("/console/de-para/gravar", &[("motivo", "era melhor")]).await;

    let page = browser.get("/console/de-para").await;
    assert!(page.text().contains("Versão 3") && page.text().contains("era melhor"));
    let gone = browser.post("/console/de-para/voltar", &[("versao", "99")]).await;
    assert!(browser.follow(&gone).await.text().contains("Esta versão não existe mais."));
}

#[tokio::test(start_paused = true)]
async fn a_setting_that_no_step_asks_for_is_changed_like_the_others() {
    let mut browser = Browser::operator().await;
    let page = browser.get("/console/de-para/outros").await;
    assert!(page.text().contains("Dias de títulos lidos") && page.body.len() <= LARGEST);

    let bad = browser.post("/console/de-para/outros", &[("JanelaTitulosDias", "muitos")]).await;
    assert!(
        bad.status == StatusCode::UNPROCESSABLE_ENTITY
            && bad.text().contains("href=\"#f-JanelaTitulosDias\"")
    );
    let done = browser.post("/console/de-para/outros", &[("JanelaTitulosDias", "90")]).await;
    let preview = browser.follow(&done).await;
    assert!(preview.text().contains("Dias de títulos lidos") && preview.text().contains("Títulos"));
}

#[tokio::test(start_paused = true)]
async fn nobody_is_asked_to_register_an_address_that_partners_cannot_reach() {
    for (address, banner, is_out_of_reach) in [
        ("http://127.0.0.1:8080", Some("parceiros de verdade"), true),
        ("http://localhost:8080", Some("parceiros de verdade"), true),
        ("https://ponte.example", Some("parceiros de verdade"), false),
        // The simulated partners are on this computer too.
        ("http://127.0.0.1:8080", None, false),
    ] {
        let mut browser = Browser::empty();
        browser.app.world.place.address = address.to_owned();
        browser.app.world.place.banner = banner.map(str::to_owned);
        sample::fill(&browser.app.world().state, &browser.app.world().clock).await;
        browser.enter(OPERATE).await;

        let omie = browser.get("/console/configuracao/carga").await;
        let doors = browser.get("/console/configuracao/os").await;

        let is_said = omie.text().contains("Não cadastre o endereço deste computador");
        assert_eq!(
            (is_said, omie.text().contains("chegam na hora em vez")),
            (is_out_of_reach, !is_out_of_reach)
        );
        let is_said = doors.text().contains("Não cadastre estes endereços");
        assert_eq!(is_said, is_out_of_reach, "{address}");
    }
}

#[tokio::test(start_paused = true)]
async fn defaults_and_rules_with_long_lists_fit_a_page() {
    let mut browser = Browser::operator().await;
    let state = &browser.app.world().state;
    let long = "Distribuidora de alimentos e bebidas do Nordeste";
    for list in [List::Vendedores, List::TabelasPreco, List::Planos, List::Categorias, List::Contas] {
        sample::setup::put(state, list, &many(145, long)).await;
    }
    sample::setup::put(state, List::Filiais, &many(30, long)).await;

    let page = browser.get("/console/configuracao/padroes").await;
    assert!(page.body.len() <= LARGEST, "{} bytes", page.body.len());
    assert!(page.text().contains("São 145 opções: digite o código"), "{}", page.text());
    let again = browser.post("/console/configuracao/padroes", &[("cobranca", "nada")]).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(again.body.len() <= LARGEST, "{} bytes", again.body.len());

    let state = &browser.app.world().state;
    sample::setup::put(state, List::Filiais, &many(145, long)).await;
    let page = browser.get("/console/configuracao/padroes").await;
    assert!(page.body.len() <= LARGEST, "{} bytes", page.body.len());
    assert!(page.text().contains("digite os códigos, separados por vírgula"));
    let typed =
        browser.post("/console/configuracao/padroes", &[("filiais", "10, 11"), ("cobranca", "nada")]).await;
    assert!(typed.text().contains("name=\"filiais\" type=\"text\" value=\"10, 11\""), "{}", typed.text());
}
