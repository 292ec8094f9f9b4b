//! The other end, for a person who goes through the set-up: what somebody does on the simulated partners' own screens.
//!
//! ```text
//! GET  /_ponte/parceiros         a page with a button for each
//! POST /_ponte/omie/branch       completes the branch that lacks something
//! POST /_ponte/omie/webhook      registers the address that the console shows: a form with `url`
//! POST /_ponte/maxima/order      a seller places an order
//! ```

use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use fastrand::Rng;
use http::StatusCode;
use simulators::Simulators;

use crate::http_api::decoded;
use crate::sellers;

/// The page.
const PAGE: &str = "/_ponte/parceiros";

struct Screens {
    simulators: Simulators,
    rng: Mutex<Rng>,
    /// What was done last, for the page.
    last: Mutex<String>,
}

type Shared = State<Arc<Screens>>;

/// The screens of these partners; orders are drawn from `seed`.
pub(crate) fn router(simulators: Simulators, seed: u64) -> Router {
    let screens = Screens { simulators, rng: Mutex::new(Rng::with_seed(seed)), last: Mutex::default() };
    Router::new()
        .route(PAGE, get(page))
        .route("/_ponte/omie/branch", post(branch))
        .route("/_ponte/omie/webhook", post(webhook))
        .route("/_ponte/maxima/order", post(order))
        .with_state(Arc::new(screens))
}

impl Screens {
    fn did(&self, what: String) -> Response {
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = what;
        Redirect::to(PAGE).into_response()
    }
}

async fn branch(State(screens): Shared) -> Response {
    let mended = screens.simulators.omie.fix_branch();
    screens.did(format!("Filiais completadas no Omie: {mended}."))
}

async fn webhook(State(screens): Shared, body: Bytes) -> Response {
    let body = String::from_utf8_lossy(&body).into_owned();
    let url = body.split('&').find_map(|pair| pair.strip_prefix("url=")).map(decoded).unwrap_or_default();
    if !url.trim().starts_with("http://") {
        return (StatusCode::BAD_REQUEST, "o endereço começa com http://\n").into_response();
    }
    screens.simulators.omie.register_webhook(url.trim());
    screens.did("Webhook cadastrado no Omie.".to_owned())
}

async fn order(State(screens): Shared) -> Response {
    let placed = {
        let mut rng = screens.rng.lock().unwrap_or_else(PoisonError::into_inner);
        sellers::place_one(&screens.simulators, &mut rng)
    };
    match placed {
        Ok(id) => screens.did(format!("Pedido {id} feito na Máxima.")),
        Err(refused) => (StatusCode::CONFLICT, format!("{refused}\n")).into_response(),
    }
}

async fn page(State(screens): Shared) -> Html<String> {
    let last = screens.last.lock().unwrap_or_else(PoisonError::into_inner).clone();
    Html(format!(
        r#"<!doctype html><html lang="pt-BR"><meta charset="utf-8"><title>Parceiros simulados</title>
<body style="font-family:sans-serif;max-width:40rem;margin:2rem auto;line-height:1.6">
<h1>Parceiros simulados</h1><p>O que uma pessoa faz nas telas do Omie e da Máxima. Nada disto existe com <code>--real</code>.</p>
<p role="status"><strong>{last}</strong></p>
<form method="post" action="/_ponte/omie/branch"><button>Omie: completar o cadastro da filial</button></form>
<form method="post" action="/_ponte/omie/webhook"><p><label>Omie: endereço do webhook, como o console o mostra<br>
<input name="url" size="60" required></label> <button>Cadastrar</button></p></form>
<form method="post" action="/_ponte/maxima/order"><button>Máxima: um vendedor faz um pedido</button></form>"#
    ))
}
