//! How both partners are reached: each is tried before anything is kept.

use maud::{Markup, html};
use senior::UrlStyle;
use serde_json::{Value, json};
use service_orders::{Credentials, Settings, SetupError};

use super::branches::choices;
use super::{Known, again, problem};
use crate::pages::setup::form_of;
use crate::ports::{Integration, Partners as _, Vault as _, World};
use crate::trouble::Trouble;
use crate::view::{Choice, Field, Problems, Tone, badge, facts, section};
use crate::visit::{Done, Visit};
use crate::web::{Form, href, listed};

const HAVE: &str = "Já guardado; deixe em branco para manter.";
const BEGINS: &str = "Como a situação começa, sem acento; separe por vírgula.";
const CONTAINS: &str = "O que há na situação, sem acento; separe por vírgula.";

/// Both connections, and what holds for branches that say nothing else.
pub(super) fn cards<W: World>(visit: &Visit<'_, W>, known: &Known, problems: &Problems) -> Markup {
    html! {
        (standing(known))
        (section("Acesso ao Senior X", &senior(visit, known, problems)))
        (section("Contas do Sismetro", &accounts(visit, known, problems)))
        (section("Regras gerais", &rules(visit, known, problems)))
    }
}

fn standing(known: &Known) -> Markup {
    let mark =
        |is_there: bool| if is_there { badge(Tone::Good, "guardado") } else { badge(Tone::Warn, "falta") };
    let accounts = known.accounts();
    let has_key = known.kept("/senior/access_key").is_some() && known.kept("/senior/secret").is_some();
    let all = [
        ("Chave do Senior X", mark(has_key)),
        (
            "Tenant do Senior X",
            html! { @if known.settings.tenant().is_empty() { (mark(false)) } @else { (known.settings.tenant()) } },
        ),
        (
            "Contas do Sismetro",
            html! { @if accounts.is_empty() { (badge(Tone::Warn, "nenhuma")) } @else { (accounts.join(", ")) } },
        ),
        ("Segredo dos avisos", mark(known.kept("/webhook").is_some() || known.secret["inbound"].is_object())),
    ];
    section(
        "Situação",
        &html! {
            (facts(&all))
            p class="dim" { "Chaves ficam cifradas no cofre de segredos da instalação e não aparecem aqui." }
        },
    )
}

fn senior<W: World>(visit: &Visit<'_, W>, known: &Known, problems: &Problems) -> Markup {
    let options = &known.settings.senior;
    let typed = |name: &str, kept: &str| {
        if super::is_sent(visit, problems, "tenant") {
            visit.form.text(name).to_owned()
        } else {
            kept.to_owned()
        }
    };
    let style = if options.url_style == UrlStyle::Bridge { "bridge" } else { "gateway" };
    let values =
        (typed("tenant", &options.tenant_name), typed("endereco", &options.base_url), typed("estilo", style));
    let blank = Form::default();
    let secret = |name, label, pointer: &str, help: &str, is_optional: bool| {
        let is_kept = known.kept(pointer).is_some();
        let help = if is_kept { format!("{HAVE} {help}") } else { help.to_owned() };
        let field = Field::new(name, label).help(&help).filled(&blank, problems);
        Field { is_optional: is_kept || is_optional, ..field }.secret()
    };
    let field = |name, label| Field::new(name, label).filled(&blank, problems);
    let styles = [
        Choice::new("gateway", "gateway (api.senior.com.br)"),
        Choice::new("bridge", "bridge da plataforma"),
    ];
    let inside = html! {
        (field("tenant", "Tenant").help("O domínio da empresa na plataforma Senior X: o que vem depois do @ no login.").value(&values.0).input("text"))
        (field("endereco", "Endereço da API").value(&values.1).input("url"))
        (field("estilo", "Forma do endereço").value(&values.2).select(&styles))
        (secret("access_key", "Access key", "/senior/access_key", "Da aplicação criada em Tecnologia, Autenticação.", false))
        (secret("secret", "Secret", "/senior/secret", "Aparece uma só vez, quando a aplicação é criada.", false))
        (secret("client_id", "Client id", "/senior/client_id", "Do portal do desenvolvedor; obrigatório no gateway.", true))
    };
    let save = html! { button class="primary" { "Testar e salvar" } };
    html! {
        p class="dim" { "O acesso é testado com um login de verdade antes de ser guardado." }
        (form_of(visit, &href(&["configuracao", "os", "senior"]), &inside, &save))
    }
}

fn accounts<W: World>(visit: &Visit<'_, W>, known: &Known, problems: &Problems) -> Markup {
    let typed = super::typed(visit, problems, "nome");
    let field = |name, label| Field::new(name, label).filled(&typed, problems);
    let unit_of =
        |name: &str| known.kept(&format!("/sismetro/{name}/unit")).unwrap_or("sem número").to_owned();
    let units: Vec<_> = known.accounts().into_iter().map(|name| (unit_of(&name), name)).collect();
    let inside = html! {
        (field("nome", "Nome da conta").help("Como as filiais a chamam; o nome de uma conta que já existe a substitui.").input("text"))
        (field("unidade", "Unidade").help("O número da unidade no Sismetro.").input("text"))
        (Field::new("chave", "Chave").help("Fornecida pelo Sismetro para a unidade.").filled(&Form::default(), problems).secret())
    };
    let save = html! { button class="primary" { "Testar e salvar a conta" } };
    html! {
        @if !units.is_empty() {
            ul { @for (unit, name) in &units { li { strong { (name) } ", unidade " (unit) } } }
        }
        p class="dim" { "A conta é testada com uma consulta de verdade antes de ser guardada." }
        (form_of(visit, &href(&["configuracao", "os", "conta"]), &inside, &save))
    }
}

fn rules<W: World>(visit: &Visit<'_, W>, known: &Known, problems: &Problems) -> Markup {
    let settings = &known.settings;
    let ticked = |is_on: bool| if is_on { "sim" } else { "" };
    let (status, blank) = (&settings.sismetro.status_map, Form::default());
    let words = |name, label, help, words: &[String]| {
        let field = Field::new(name, label).optional().help(help).filled(&blank, problems);
        field.value(&words.join(", ")).input("text")
    };
    let inside = html! {
        (Field::new("conta_padrao", "Conta padrão do Sismetro").optional().help("Das filiais que não nomeiam outra.")
            .value(settings.default_account.as_deref().unwrap_or_default()).select(&choices(&known.accounts(), "nenhuma")))
        (Field::new("outras", "Filiais que não estão na lista participam").value(ticked(settings.default_branch_active)).tick())
        (Field::new("reenviar", "Abrir a SS de novo quando duas buscas não acham rastro da primeira")
            .help("Desligado, uma pessoa decide. Ligado, a abertura é refeita uma única vez.").value(ticked(settings.auto_resend)).tick())
        (Field::new("perdidos", "Alarmar pedidos que esperam no ERP sem que um aviso deles tenha chegado")
            .help("Pede ao Senior X, de seis em seis horas, a lista dos pedidos que aguardam integração.").value(ticked(settings.find_lost_events)).tick())
        (words("concluida", "Situações da SS que dizem: concluída", BEGINS, &status.completed))
        (words("cancelada", "Situações da SS que dizem: cancelada", BEGINS, &status.cancelled))
        (words("execucao", "Situações da SS que dizem: em execução", CONTAINS, &status.in_execution))
        (words("aberta", "Situações da SS que dizem: aberta", CONTAINS, &status.open))
        (words("outros_tenants", "Outros nomes do tenant", "Como o Senior X o escreve nos avisos, quando não é como acima; separados por vírgula.", &settings.senior.tenant_aliases))
    };
    form_of(
        visit,
        &href(&["configuracao", "os", "regras"]),
        &inside,
        &html! { button class="primary" { "Salvar as regras" } },
    )
}

/// Tries the ERP's key and keeps it.
pub async fn save_senior<W: World>(visit: &Visit<'_, W>) -> Result<Done, Trouble> {
    let known = Known::of(visit).await?;
    let form = &visit.form;
    let mut settings = known.settings.clone();
    form.text("tenant").clone_into(&mut settings.senior.tenant_name);
    form.text("endereco").trim_end_matches('/').clone_into(&mut settings.senior.base_url);
    settings.senior.url_style =
        if form.text("estilo") == "bridge" { UrlStyle::Bridge } else { UrlStyle::Gateway };
    // A secret goes only where it was given for: whoever types another address types the secrets too.
    let stored = &known.settings.senior;
    let is_same_door =
        settings.senior.base_url == stored.base_url && settings.senior.url_style == stored.url_style;
    if let Err(bad) = settings.senior.check() {
        let field = match bad.knob.as_str() {
            "tenant_name" => "tenant",
            "base_url" => "endereco",
            _ => "",
        };
        return Ok(again(visit, &known, &problem(field, bad.why)));
    }
    let mut keys = json!({});
    let mut missing = Problems::new();
    for (name, label) in [("access_key", "Access key"), ("secret", "Secret"), ("client_id", "Client id")] {
        match form.filled(name).or_else(|| known.kept(&format!("/senior/{name}")).filter(|_| is_same_door)) {
            Some(given) => keys[name] = json!(given),
            None if name == "client_id" && settings.senior.url_style == UrlStyle::Bridge => {}
            None => missing.push((name.to_owned(), format!("Informe: {label}."))),
        }
    }
    if !missing.is_empty() {
        return Ok(again(visit, &known, &missing));
    }
    let credentials = match credentials(&known, &json!({ "senior": keys.clone() })) {
        Ok(credentials) => credentials,
        Err(why) => return Ok(again(visit, &known, &problem("access_key", why))),
    };
    if let Err(refused) = visit.world.partners().check_senior(&settings, &credentials).await {
        return Ok(again(visit, &known, &problem("access_key", refused.to_string())));
    }
    keep(visit, &known, &settings, Some(json!({ "senior": keys })), "O Senior X aceitou o acesso.").await
}

/// Tries an account of Sismetro's and keeps it.
pub async fn save_account<W: World>(visit: &Visit<'_, W>) -> Result<Done, Trouble> {
    let known = Known::of(visit).await?;
    let name = visit.form.text("nome").to_lowercase();
    let is_name = |name: &str| {
        (1..=40).contains(&name.len())
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte))
    };
    if !is_name(&name) {
        let text = "Use até 40 letras sem acento, números, hífen ou sublinhado.";
        return Ok(again(visit, &known, &problem("nome", text)));
    }
    let (unit, key) = (visit.form.text("unidade"), visit.form.text("chave"));
    if unit.is_empty() || key.is_empty() {
        let (field, label) = if unit.is_empty() { ("unidade", "Unidade") } else { ("chave", "Chave") };
        return Ok(again(visit, &known, &problem(field, format!("Informe: {label}."))));
    }
    let members = json!({ "sismetro": { &name: { "unit": unit, "key": key } } });
    let credentials = match credentials(&known, &members) {
        Ok(credentials) => credentials,
        Err(why) => return Ok(again(visit, &known, &problem("unidade", why))),
    };
    let tried = visit.world.partners().check_sismetro(&known.settings, &credentials, &name).await;
    if let Err(refused) = tried {
        return Ok(again(visit, &known, &problem("chave", refused.to_string())));
    }
    let mut settings = known.settings.clone();
    settings.default_account.get_or_insert(name);
    keep(visit, &known, &settings, Some(members), "O Sismetro aceitou a conta.").await
}

/// Keeps what holds for branches that say nothing else.
pub async fn save_rules<W: World>(visit: &Visit<'_, W>) -> Result<Done, Trouble> {
    let known = Known::of(visit).await?;
    let account = visit.form.filled("conta_padrao").map(str::to_owned);
    if account.as_ref().is_some_and(|account| !known.accounts().contains(account)) {
        return Ok(again(visit, &known, &problem("conta_padrao", "Escolha uma das contas da lista.")));
    }
    let mut settings = Settings {
        default_account: account,
        default_branch_active: visit.form.is_on("outras"),
        auto_resend: visit.form.is_on("reenviar"),
        find_lost_events: visit.form.is_on("perdidos"),
        ..known.settings.clone()
    };
    let status = &mut settings.sismetro.status_map;
    for (name, words) in [
        ("concluida", &mut status.completed),
        ("cancelada", &mut status.cancelled),
        ("execucao", &mut status.in_execution),
        ("aberta", &mut status.open),
        ("outros_tenants", &mut settings.senior.tenant_aliases),
    ] {
        *words = listed(visit.form.text(name)).map(str::to_owned).collect();
        if words.is_empty() && name != "outros_tenants" {
            return Ok(again(visit, &known, &problem(name, "Informe ao menos uma palavra.")));
        }
    }
    keep(visit, &known, &settings, None, "As regras foram salvas.").await
}

/// What the secret would say with `members` in it. Whichever partner is set up first, the other's part is empty.
fn credentials(known: &Known, members: &Value) -> Result<Credentials, String> {
    let mut all = json!({ "senior": { "access_key": "-", "secret": "-" }, "sismetro": {} });
    // An installation begins with empty texts.
    let mut kept = known.secret.clone();
    if let Some(senior) = kept.get_mut("senior").and_then(Value::as_object_mut) {
        senior.retain(|_, text| text.as_str().is_none_or(|text| !text.trim().is_empty()));
    }
    crate::ports::merged(&mut all, &kept);
    crate::ports::merged(&mut all, members);
    Credentials::parse(&all.to_string()).map_err(|incomplete| format!("Confira o valor: {incomplete}."))
}

/// Keeps the secret and the settings. The settings wait for the ERP's tenant, without which there are none.
async fn keep<W: World>(
    visit: &Visit<'_, W>,
    known: &Known,
    settings: &Settings,
    members: Option<Value>,
    text: &str,
) -> Result<Done, Trouble> {
    if settings.tenant().is_empty() {
        return Ok(again(visit, known, &problem("tenant", "Preencha antes o acesso ao Senior X.")));
    }
    if let Some(members) = members {
        visit.world.vault().merge(Integration::SeniorSismetro, &members).await?;
    }
    match settings.save(visit.state(), known.stored).await {
        Ok(_) => Ok(visit.done(&super::address(), text)),
        Err(SetupError::State(engine::StateError::Conflict { .. })) => {
            let text = "Os parâmetros mudaram enquanto isso, ou os guardados não podem ser lidos: confira e salve de novo.";
            Ok(visit.refused(&super::address(), text))
        }
        Err(wrong @ SetupError::Incomplete(_)) => Ok(again(visit, known, &problem("", wrong.to_string()))),
        Err(SetupError::State(error)) => Err(error.into()),
    }
}
