//! What is around every page.

use http::StatusCode;
use maud::{DOCTYPE, Markup, html};

use super::form::Field;
use super::icons::{Icon, icon};
use super::parts::{Tone, notice};
use crate::assets;
use crate::ports::{Place, World};
use crate::trouble::Trouble;
use crate::visit::{Page, Visit};
use crate::web::{BASE, REFRESHED, Response, encoded, href};

/// A place in the menu.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nav {
    /// `/`
    Health,
    /// `/jobs`
    Jobs,
    /// `/pedidos`
    Orders,
    /// `/clientes`
    Customers,
    /// `/quarentena`
    Quarantine,
    /// `/os`
    ServiceOrders,
    /// `/de-para`
    Mappings,
    /// `/configuracao`
    Setup,
    /// `/auditoria`
    Audit,
}

impl Nav {
    const ALL: [Self; 9] = [
        Self::Health,
        Self::Orders,
        Self::Customers,
        Self::ServiceOrders,
        Self::Quarantine,
        Self::Jobs,
        Self::Mappings,
        Self::Setup,
        Self::Audit,
    ];

    fn item(self) -> (Icon, &'static str, &'static str) {
        match self {
            Self::Health => (Icon::Heart, "Saúde", ""),
            Self::Jobs => (Icon::Clock, "Agendamentos", "jobs"),
            Self::Orders => (Icon::Cart, "Pedidos", "pedidos"),
            Self::Customers => (Icon::People, "Clientes", "clientes"),
            Self::Quarantine => (Icon::Shield, "Quarentena", "quarentena"),
            Self::ServiceOrders => (Icon::Tool, "Ordens de serviço", "os"),
            Self::Mappings => (Icon::Arrows, "De-para", "de-para"),
            Self::Setup => (Icon::Gear, "Configuração", "configuracao"),
            Self::Audit => (Icon::Book, "Auditoria", "auditoria"),
        }
    }

    fn is_in(self, place: &Place) -> bool {
        match self {
            Self::Orders | Self::Customers | Self::Quarantine | Self::Jobs | Self::Mappings => {
                place.has_omie_maxima
            }
            Self::ServiceOrders => place.has_senior_sismetro,
            Self::Setup | Self::Health | Self::Audit => true,
        }
    }
}

/// The page with everything around it.
pub fn layout<W: World>(visit: &Visit<'_, W>, page: Page<'_>) -> Markup {
    layout_refreshed(visit, page, None)
}

/// The same, fetched anew every so many seconds where there is no JavaScript.
pub(crate) fn layout_refreshed<W: World>(
    visit: &Visit<'_, W>,
    page: Page<'_>,
    refresh: Option<u32>,
) -> Markup {
    let place = visit.place();
    let Page { title, nav, above, body } = page;
    let refresh = refresh.map(|seconds| format!("{seconds};url={}", visit.here_with(REFRESHED, "sim")));
    document(
        place,
        title,
        refresh.as_deref(),
        &html! {
            a class="skip" href="#conteudo" { "Ir para o conteúdo" }
            header class="top" {
                a class="brand" href=(BASE) { (mark()) span { "Ponte" } span class="tenant" { (place.tenant) } }
                nav class="menu" aria-label="Principal" {
                    @for item in Nav::ALL.into_iter().filter(|item| item.is_in(place)) {
                        @let (drawing, label, path) = item.item();
                        a href=(if path.is_empty() { format!("{BASE}?ver=saude") } else { href(&[path]) })
                            aria-current=[(item == nav).then_some("page")] { (icon(drawing)) span { (label) } }
                    }
                }
                div class="who" {
                    span { strong { (visit.session.name) } span class="dim" { (visit.session.role.label()) } }
                    (visit.form(&href(&["sair"]), &html! { button class="plain" { (icon(Icon::Out)) "Sair" } }))
                }
            }
            main id="conteudo" tabindex="-1" {
                @if let Some(text) = &place.banner { div class="banner" { (text) } }
                @if !above.is_empty() {
                    nav class="above" aria-label="Acima" {
                        @for (name, href) in &above { a href=(href) { (name) } span aria-hidden="true" { "/" } }
                    }
                }
                h1 { (title) }
                @if let Some(said) = &visit.said {
                    div role="status" {
                        (notice(if said.is_good { Tone::Good } else { Tone::Warn }, &said.text, &html! {}))
                    }
                }
                (body)
            }
        },
    )
}

fn document(place: &Place, title: &str, refresh: Option<&str>, body: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="pt-BR" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="robots" content="noindex";
                meta name="htmx-config" content=(HTMX);
                @if let Some(refresh) = refresh { noscript { meta http-equiv="refresh" content=(refresh); } }
                title { (title) " · " (place.tenant) " · Ponte" }
                link rel="icon" type="image/svg+xml" href=(assets::address("icon.svg"));
                link rel="stylesheet" href=(assets::address("console.css"));
                script src=(assets::address("htmx.js")) defer {}
            }
            body { (body) }
        }
    }
}

/// Nothing of htmx that needs more than the policy gives.
const HTMX: &str =
    r#"{"allowEval":false,"includeIndicatorStyles":false,"selfRequestsOnly":true,"historyCacheSize":0}"#;

fn mark() -> Markup {
    html! { img src=(assets::address("icon.svg")) alt="" width="28" height="28"; }
}

/// The page of somebody who has not signed in; `error` names the field it is about.
pub(crate) fn door(
    place: &Place,
    back: &str,
    name: &str,
    error: Option<(&str, &str)>,
    status: StatusCode,
) -> Response {
    let error_of = |field: &str| error.filter(|(known, _)| *known == field).map_or("", |(_, text)| text);
    let action = if back == BASE {
        href(&["entrar"])
    } else {
        format!("{}?volta={}", href(&["entrar"]), encoded(back))
    };
    let who = Field { error: error_of("nome"), ..Field::new("nome", "Seu nome").value(name) };
    let key = Field { error: error_of("chave"), ..Field::new("chave", "Chave de acesso") };
    let body = html! {
        main class="door" id="conteudo" {
            div class="brand" { (mark()) span { "Ponte" } span class="tenant" { (place.tenant) } }
            @if let Some(text) = &place.banner { div class="banner" { (text) } }
            div class="card" {
                h1 { "Entrar" }
                form method="post" action=(action) {
                    (who.help("Fica na auditoria, ao lado de cada ação.").input("text"))
                    (key.help("A de operador muda o que for preciso; a de leitura só mostra.").input("password"))
                    button class="primary" { "Entrar" }
                }
            }
            p class="dim" { "A sessão termina depois de 1 hora sem uso e, em todo caso, depois de 8 horas." }
        }
    };
    Response::page(status, document(place, "Entrar", None, &body))
}

/// A page with one sentence, for whoever is where no page is.
pub(crate) fn plain(place: &Place, status: StatusCode, text: &str) -> Response {
    let title = match status.as_u16() {
        403 => "Sem permissão",
        404 => "Não encontrado",
        _ if status.is_server_error() => "Fora do ar",
        _ => "Não foi possível",
    };
    let body = html! {
        main class="door" id="conteudo" {
            div class="brand" { (mark()) span { "Ponte" } span class="tenant" { (place.tenant) } }
            div class="card" { h1 { (title) } p { (text) } p { a class="button" href=(BASE) { "Ir para o início" } } }
        }
    };
    Response::page(status, document(place, title, None, &body))
}

/// Instead of a page that could not be made.
pub(crate) fn trouble(trouble: &Trouble) -> Page<'static> {
    let (title, tone) = match trouble {
        Trouble::Missing(_) => ("Não encontrado", Tone::Warn),
        _ => ("Não foi possível", Tone::Bad),
    };
    let body = notice(tone, &trouble.text(), &html! { p { a href=(BASE) { "Ir para o início" } } });
    Page { title, nav: Nav::Health, above: Vec::new(), body }
}
