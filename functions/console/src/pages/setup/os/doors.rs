//! The addresses that both partners tell their news to: what to register, with which secret, and a delivery that tries
//! one of them.

use maud::{Markup, html};
use serde_json::Value;
use service_orders::Credentials;
use service_orders::inbound;

use super::{Known, address, again, problem};
use crate::pages::setup::{button, form_of};
use crate::ports::{Delivered, Partners as _, World};
use crate::trouble::Trouble;
use crate::view::{Choice, Field, Nav, Problems, Tone, badge, facts, notice, section};
use crate::visit::{Done, Page, Visit};
use crate::web::href;

/// One of our doors.
struct Door {
    id: &'static str,
    partner: &'static str,
    what: &'static str,
    path: &'static str,
    /// What is delivered when nothing else is typed.
    sample: &'static str,
}

const SENIOR: Door = Door {
    id: "senior",
    partner: "Senior X",
    what: "Senior X, Events hub: ordem de serviço finalizada",
    path: "/webhooks/senior/service-order-finished",
    sample: r#"{"order": {"id": "ponte-teste", "number": 1}, "company": {"code": 1}, "branch": {"code": 1}, "equipment": {"id": "1"}}"#,
};

const SISMETRO: Door = Door {
    id: "sismetro",
    partner: "Sismetro",
    what: "Sismetro: retorno da SS",
    path: "/webhooks/sismetro/service-order",
    sample: r#"{"event": "SS_COMPLETED", "ss": 1}"#,
};

const SEARCH: (&str, &str) = ("Senior X: tela de busca de equipamentos", "/webhooks/senior/equipment");

/// What to register, and how to try it.
pub(super) fn cards<W: World>(visit: &Visit<'_, W>, known: &Known, problems: &Problems) -> Markup {
    let typed = super::typed(visit, problems, "porta");
    let doors = [SENIOR, SISMETRO].map(|door| Choice::new(door.id, door.what));
    let inside = html! {
        (Field::new("porta", "Porta").filled(&typed, problems).select(&doors))
        (Field::new("corpo", "Aviso").optional().filled(&typed, problems)
            .help("Cole um aviso de verdade, do registro do parceiro, para ver se é entendido. Em branco vai um exemplo.").long_area(8, 60_000))
    };
    html! {
        (section("Endereços para cadastrar nos parceiros", &html! {
            @if visit.place().is_out_of_reach() { (notice(Tone::Warn, "Não cadastre estes endereços: eles só existem neste computador.", &html! {
                p { "O Senior X e o Sismetro não chegam até ele. O retorno de uma SS é consultado no Sismetro de tempos em tempos; mas uma ordem do Senior X só chega por aviso, e aqui nenhuma chega: para isso é preciso uma instalação com endereço público." }
            })) }
            @for (what, path) in [(SENIOR.what, SENIOR.path), SEARCH, (SISMETRO.what, SISMETRO.path)] {
                p { (what) br; code { (visit.place().address) (path) } }
            }
            p { "Os do Senior X levam o cabeçalho " code { "x-webhook-secret" } "; os do Sismetro, " code { "unit" } " e " code { "key" } "." }
            p { "No Senior X, cadastre o primeiro no Events hub, para o evento " code { "externalServiceOrderFinished" } " de " code { "erpx_com_ven" } ", com esse cabeçalho." }
            (button(visit, &href(&["configuracao", "os", "segredo"]), "Mostrar os segredos", false))
        }))
        @if known.wrong.is_none() {
            (section("Testar um aviso", &html! {
                p class="dim" { "O aviso vai pelo endereço público, com o segredo, como o parceiro o mandaria; nada é guardado nem aberto." }
                (form_of(visit, &href(&["configuracao", "os", "teste"]), &inside, &html! { button { "Enviar o teste" } }))
                p { a href=(href(&["os-avisos"])) { "Avisos recebidos que não foram entendidos" } }
            }))
        }
    }
}

fn credentials(known: &Known) -> Option<Credentials> {
    Credentials::parse(&known.secret.to_string()).ok()
}

const INCOMPLETE: &str = "Complete antes os acessos a Senior X e Sismetro.";

/// Shows what both partners must send, once.
pub async fn secret<W: World>(visit: &Visit<'_, W>) -> Result<Done, Trouble> {
    let Some(credentials) = credentials(&Known::of(visit).await?) else {
        return Ok(visit.refused(&address(), INCOMPLETE));
    };
    // Neither partner learns the other's.
    let doors = [
        (SENIOR.partner, "x-webhook-secret", credentials.inbound.senior.first()),
        (SISMETRO.partner, "key", credentials.inbound.sismetro.first()),
    ];
    let body = html! {
        (notice(Tone::Warn, "Dê a cada parceiro só o dele.", &html! { "Ao sair desta página, eles não aparecem mais." }))
        @for (partner, header, secret) in doors {
            (section(partner, &html! {
                p { "Cabeçalho " code { (header) } ", com o valor:" }
                @match secret {
                    Some(secret) => p { code class="copy" { (secret.expose()) } },
                    None => p { (badge(Tone::Warn, "nenhum segredo")) },
                }
            }))
        }
        p { a class="button" href=(address()) { "Pronto" } }
    };
    let above = vec![("Senior X ↔ Sismetro".to_owned(), address())];
    Ok(Done::looked(
        visit.show(Page { title: "Segredos dos avisos", nav: Nav::Setup, above, body }),
        "os segredos foram mostrados",
    ))
}

/// Sends a delivery that only tries a door, and shows what came of it.
pub async fn trial<W: World>(visit: &Visit<'_, W>) -> Result<Done, Trouble> {
    let known = Known::of(visit).await?;
    let Some(credentials) = credentials(&known) else {
        return Ok(visit.refused(&address(), INCOMPLETE));
    };
    let door = if visit.form.text("porta") == SISMETRO.id { SISMETRO } else { SENIOR };
    let body = visit.form.filled("corpo").unwrap_or(door.sample);
    let secrets =
        if door.id == SISMETRO.id { &credentials.inbound.sismetro } else { &credentials.inbound.senior };
    let Some(secret) = secrets.first() else {
        return Ok(again(visit, &known, &problem("porta", "Esta porta ainda não tem segredo.")));
    };
    let unit = credentials.sismetro.values().next().map(|keys| keys.unit.clone()).unwrap_or_default();
    let mut headers = vec![
        (inbound::TRIAL, inbound::trial(secret, body.as_bytes(), visit.now)),
        ("content-type", "application/json".to_owned()),
    ];
    if door.id == SISMETRO.id {
        headers.extend([("unit", unit), ("key", secret.expose().to_owned())]);
    } else {
        headers.push(("x-webhook-secret", secret.expose().to_owned()));
    }
    let path = format!("{}{}", visit.place().address, door.path);
    let answered = match visit.world.partners().deliver(&path, &headers, body).await {
        Ok(answered) => answered,
        Err(error) => return Ok(again(visit, &known, &problem("porta", error.to_string()))),
    };
    let (tone, title) = verdict(&answered);
    let page = html! {
        (notice(tone, title, &html! { (read(&answered)) }))
        p { a class="button" href=(address()) { "Voltar" } }
    };
    let above = vec![("Senior X ↔ Sismetro".to_owned(), address())];
    let page = Page { title: "Teste de aviso", nav: Nav::Setup, above, body: page };
    Ok(Done::looked(visit.show(page), title))
}

fn verdict(answered: &Delivered) -> (Tone, &'static str) {
    let is_accepted = answered.body["accepted"] == true;
    match answered.status {
        200 if is_accepted => (Tone::Good, "O aviso chegou e foi entendido."),
        200 => (Tone::Warn, "O aviso chegou, e não foi entendido."),
        401 => (Tone::Bad, "O aviso chegou, e o segredo não foi aceito."),
        404 => (Tone::Bad, "O endereço não existe nesta instalação."),
        503 => (Tone::Warn, "A porta ainda não está pronta."),
        _ => (Tone::Bad, "A porta não aceitou o aviso."),
    }
}

/// What was read of the delivery; else what to do.
fn read(answered: &Delivered) -> Markup {
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        Value::Null => "não informado".to_owned(),
        other => other.to_string(),
    };
    match answered.status {
        200 => html! {
            @for order in answered.body["orders"].as_array().into_iter().flatten() {
                (facts(&[
                    ("Pedido", html! { (text(&order["order_id"])) }),
                    ("Número", html! { (text(&order["order_number"])) }),
                    ("Empresa e filial", html! { (text(&order["company"])) ", " (text(&order["branch"])) }),
                    ("Equipamento", html! { (equipment(&order["equipment"])) }),
                    ("A filial participa", html! { @if order["takes_part"] == true { "sim" } @else { "não: o aviso seria dispensado" } }),
                ]))
            }
            @for callback in answered.body["callbacks"].as_array().into_iter().flatten() {
                (facts(&[
                    ("SS", html! { (text(&callback["ss"])) }),
                    ("Pedido", html! { (text(&callback["order_id"])) }),
                    ("O que diz", html! { (outcome(&callback["outcome"])) }),
                ]))
            }
            @if let Some(reason) = answered.body["reason"].as_str() {
                p { "Motivo: " (reason) ". Um aviso assim fica guardado, à espera de correção, e pode ser reprocessado." }
            }
        },
        401 | 503 => html! { "Credenciais novas valem em até um minuto: tente de novo." },
        status => html! { "A resposta foi " (status) "." },
    }
}

fn equipment(value: &Value) -> &'static str {
    match value.as_str().unwrap_or_default() {
        "existing" => "existente",
        "new" => "novo",
        "both" => "existente e novo: vale o existente",
        "absent" => "nenhum: não abre SS",
        _ => "não reconhecido: segue assim mesmo",
    }
}

fn outcome(value: &Value) -> &'static str {
    match value.as_str().unwrap_or_default() {
        "completed" => "serviço concluído",
        "cancelled" => "serviço cancelado",
        _ => "andamento: é só anotado",
    }
}
