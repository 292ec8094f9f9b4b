//! The whole way of a request: asset, door, session, role, token, page, headers.

use http::header::{CONTENT_TYPE, RETRY_AFTER};
use http::{Method, StatusCode};
use jiff::Timestamp;
use serde_json::json;

use crate::access::{Denied, Entered, Keys, Role, Session, enter, is_revoked, revoke};
use crate::assets;
use crate::audit::{Entry, Outcome};
use crate::ports::World;
use crate::routes::{Changes, Found, Handler, Route, find, routes};
use crate::trouble::Trouble;
use crate::view;
use crate::visit::{Done, Said, Visit};
use crate::web::{BASE, Cookie, Form, Request, Response, encoded, href};

/// The cookie with what a change leaves to say.
const NOTICE: &str = "ponte_aviso";
/// A text that did not fit a cookie would be lost whole.
const LONGEST_NOTICE: usize = 1_500;
/// A reason, at most; the commands that keep it have the same limit.
const LONGEST_REASON: usize = 500;

/// The console over a [`World`].
pub struct App<W> {
    world: W,
    routes: Vec<Route<W>>,
}

impl<W: World> App<W> {
    /// The console of this world.
    pub fn new(world: W) -> Self {
        Self { world, routes: routes() }
    }

    /// The world.
    pub fn world(&self) -> &W {
        &self.world
    }

    /// Answers a request.
    pub async fn answer(&self, request: &Request) -> Response {
        let mut response = self.inner(request).await;
        if request.method == Method::HEAD {
            response.body.clear();
        }
        response.secured()
    }

    async fn inner(&self, request: &Request) -> Response {
        if let Some(asset) = assets::serve(request) {
            return asset;
        }
        let keys = match self.world.keys().await {
            Ok(keys) => keys,
            Err(error) => {
                return view::plain(self.world.place(), StatusCode::SERVICE_UNAVAILABLE, &error.to_string());
            }
        };
        let (now, peoples_now) = (self.world.clock().now(), self.world.peoples_clock().now());
        if request.path == href(&["entrar"]) {
            return self.door(&keys, request, (now, peoples_now)).await;
        }
        let session = match self.session(&keys, request, peoples_now).await {
            Ok(Some(session)) => session,
            Ok(None) => return outside(&self.routes, request),
            Err(trouble) => return self.failed(&trouble),
        };
        if request.path == href(&["sair"]) {
            return self.leave(&keys, request, &session, now).await;
        }
        let response = self.inside(&keys, request, &session, now).await;
        match session.renewed(&keys, request, peoples_now) {
            Some(cookie) => response.with_cookie(&cookie),
            None => response,
        }
    }

    async fn session(
        &self,
        keys: &Keys,
        request: &Request,
        now: Timestamp,
    ) -> Result<Option<Session>, Trouble> {
        let Some(session) = Session::of(keys, request, now) else { return Ok(None) };
        Ok((!is_revoked(self.world.state(), &session).await?).then_some(session))
    }

    async fn inside(&self, keys: &Keys, request: &Request, session: &Session, now: Timestamp) -> Response {
        let place = self.world.place();
        let (route, params) = match find(&self.routes, &request.method, &request.path) {
            Found::Route(route, params) => (route, params),
            Found::OtherMethod(methods) => {
                let text = "Este endereço não aceita esse tipo de pedido.";
                return view::plain(place, StatusCode::METHOD_NOT_ALLOWED, text).allowing(methods);
            }
            Found::Nothing => return view::plain(place, StatusCode::NOT_FOUND, "Esta página não existe."),
        };
        let (said, form) = match &route.handler {
            Handler::Show(_) => (Self::said(keys, request, session), request.asked()),
            Handler::Change { .. } => match allowed(keys, request, session) {
                Ok(form) => (None, form),
                Err((status, text)) => return view::plain(place, status, &text),
            },
        };
        let had_said = said.is_some();
        let visit = Visit { world: &self.world, request, session, form, now, keys, params, said };
        let response = match &route.handler {
            Handler::Show(handle) => match handle(&visit).await {
                Ok(response) => response,
                Err(trouble) => told(&visit, &trouble),
            },
            Handler::Change { action, handle } => self.changed(&visit, action, *handle).await,
        };
        if had_said { response.with_cookie(&notice(request, String::new())) } else { response }
    }

    /// Writes down what is about to be done, does it, writes down what came of it.
    async fn changed(&self, visit: &Visit<'_, W>, action: &str, handle: Changes<W>) -> Response {
        let mut entry = entry(visit, action);
        // What cannot be written down is not done.
        if let Err(error) = entry.write(visit.state(), &visit.request.id).await {
            return told(visit, &error.into());
        }
        let done = match handle(visit).await {
            Ok(done) => done,
            Err(trouble) => Done {
                outcome: Outcome::Failed,
                detail: trouble.text(),
                response: told(visit, &trouble),
                said: None,
            },
        };
        (entry.result, entry.detail) = (done.outcome, done.detail);
        if let Err(error) = entry.write(visit.state(), &visit.request.id).await {
            tracing::error!(
                error = partner_http::story(&error),
                action,
                "the result of an action was not recorded"
            );
        }
        tracing::info!(action, target = entry.target, result = entry.result.label(), "an operator has acted");
        match done.said {
            Some(said) => {
                let text = json!({ "bom": said.is_good, "texto": shortened(&said.text) }).to_string();
                done.response.with_cookie(&notice(visit.request, visit.session.seal(visit.keys, &text)))
            }
            None => done.response,
        }
    }

    /// What the change before has left to say.
    fn said(keys: &Keys, request: &Request, session: &Session) -> Option<Said> {
        // A part of a page would show it and leave none for the page.
        if request.is_live() {
            return None;
        }
        let text = session.unseal(keys, request.cookie(NOTICE)?)?;
        let said: serde_json::Value = serde_json::from_str(&text).ok()?;
        Some(Said { is_good: said["bom"].as_bool()?, text: said["texto"].as_str()?.to_owned() })
    }

    async fn door(
        &self,
        keys: &Keys,
        request: &Request,
        (now, peoples_now): (Timestamp, Timestamp),
    ) -> Response {
        let place = self.world.place();
        let asked = request.asked();
        let wanted = wanted(asked.text("volta"));
        if request.method != Method::POST {
            if !matches!(request.method, Method::GET | Method::HEAD) {
                let text = "Este endereço não aceita esse tipo de pedido.";
                return view::plain(place, StatusCode::METHOD_NOT_ALLOWED, text).allowing("GET, HEAD, POST");
            }
            return view::door(place, &wanted, "", None, StatusCode::OK);
        }
        let form = match readable(request) {
            Ok(form) => form,
            Err((status, text)) => return view::plain(place, status, &text),
        };
        let name = form.text("nome");
        let typed = (name, form.text("chave"));
        let entered = enter(self.world.state(), keys, request, typed, (now, peoples_now)).await;
        match entered {
            Ok(Ok(Entered { session })) => {
                self.note(request, &session, "entrou", session.role.label()).await;
                Response::see(&wanted).with_cookie(&session.cookie(keys, request, peoples_now))
            }
            Ok(Err(denied)) => self.denied(request, name, &wanted, denied).await,
            Err(error) => self.failed(&error.into()),
        }
    }

    async fn denied(&self, request: &Request, name: &str, wanted: &str, denied: Denied) -> Response {
        let place = self.world.place();
        match denied {
            Denied::Nameless => {
                let text = "Informe o seu nome: ele fica na auditoria de cada ação.";
                view::door(place, wanted, name, Some(("nome", text)), StatusCode::UNPROCESSABLE_ENTITY)
            }
            Denied::WrongKey => {
                let mut entry = stranger(request, name, self.world.clock().now());
                (entry.result, entry.detail) = (Outcome::Refused, "a chave não confere".to_owned());
                if let Err(error) = entry.write(self.world.state(), &request.id).await {
                    return self.failed(&error.into());
                }
                let text = "A chave não confere. Ela está no segredo do console, criado na instalação.";
                view::door(place, wanted, name, Some(("chave", text)), StatusCode::UNAUTHORIZED)
            }
            Denied::TooOften(wait) => {
                tracing::warn!(source = request.source, "signing in is throttled");
                let seconds = wait.as_secs().max(1).to_string();
                let text = format!("Muitas tentativas. Espere {seconds} s e tente de novo.");
                let page =
                    view::door(place, wanted, name, Some(("chave", &text)), StatusCode::TOO_MANY_REQUESTS);
                page.with(RETRY_AFTER, &seconds)
            }
        }
    }

    async fn leave(&self, keys: &Keys, request: &Request, session: &Session, now: Timestamp) -> Response {
        let place = self.world.place();
        if request.method != Method::POST {
            let text = "Use o botão Sair.";
            return view::plain(place, StatusCode::METHOD_NOT_ALLOWED, text).allowing("POST");
        }
        let token = readable(request).map(|form| session.is_csrf(keys, form.text("csrf")));
        if token != Ok(true) {
            return view::plain(place, StatusCode::FORBIDDEN, EXPIRED);
        }
        if let Err(error) = revoke(self.world.state(), session, now).await {
            return self.failed(&error.into());
        }
        self.note(request, session, "saiu", "").await;
        Response::see(&href(&["entrar"])).with_cookie(&Session::gone(request))
    }

    async fn note(&self, request: &Request, session: &Session, action: &str, detail: &str) {
        let entry = Entry {
            session: session.id.clone(),
            action: action.to_owned(),
            result: Outcome::Done,
            detail: detail.to_owned(),
            ..stranger(request, &session.name, self.world.clock().now())
        };
        if let Err(error) = entry.write(self.world.state(), &request.id).await {
            tracing::error!(error = partner_http::story(&error), action, "an action was not recorded");
        }
    }

    fn failed(&self, trouble: &Trouble) -> Response {
        tracing::error!(error = trouble.story(), "no page");
        view::plain(self.world.place(), trouble.status(), &trouble.text())
    }
}

/// What a form says that comes too late, or from elsewhere.
const EXPIRED: &str =
    "O formulário venceu ou não veio deste console. Volte, recarregue a página e tente de novo.";

type Barred = (StatusCode, String);

/// The form of a change, if the one who sends it may change something.
fn allowed(keys: &Keys, request: &Request, session: &Session) -> Result<Form, Barred> {
    if session.role != Role::Operate {
        let text = "Você entrou com a chave de leitura: para mudar algo, entre com a chave de operador.";
        return Err((StatusCode::FORBIDDEN, text.to_owned()));
    }
    let form = readable(request)?;
    let header = request.header("x-csrf").unwrap_or_default();
    let given = form.filled("csrf").unwrap_or(header);
    if !session.is_csrf(keys, given) {
        return Err((StatusCode::FORBIDDEN, EXPIRED.to_owned()));
    }
    Ok(form)
}

/// The form in a request of our own pages.
fn readable(request: &Request) -> Result<Form, Barred> {
    if !request.is_from_here() {
        return Err((StatusCode::FORBIDDEN, EXPIRED.to_owned()));
    }
    let kind = request.header(CONTENT_TYPE.as_str()).unwrap_or_default();
    if !kind.starts_with("application/x-www-form-urlencoded") {
        return Err((StatusCode::UNSUPPORTED_MEDIA_TYPE, "Envie um formulário.".to_owned()));
    }
    Form::read(&request.body).map_err(|error| (StatusCode::PAYLOAD_TOO_LARGE, error.to_string()))
}

/// To whoever has no session: the door, and back from there.
fn outside<W>(routes: &[Route<W>], request: &Request) -> Response {
    let door = href(&["entrar"]);
    let asked = if request.query.is_empty() { String::new() } else { format!("?{}", request.query) };
    let back = match request.method {
        Method::GET | Method::HEAD => Some(format!("{}{asked}", request.path)),
        _ => page_of(routes, &request.path),
    };
    let door = back.map_or_else(|| door.clone(), |back| format!("{door}?volta={}", encoded(&back)));
    if request.is_live() {
        let gone = Response::new(StatusCode::UNAUTHORIZED, "text/plain; charset=utf-8", Vec::new());
        return gone.with(http::HeaderName::from_static("hx-redirect"), &href(&["entrar"]));
    }
    Response::see(&door)
}

/// The page that a form is on, as far as its address tells: the nearest above it.
fn page_of<W>(routes: &[Route<W>], path: &str) -> Option<String> {
    let above = std::iter::successors(Some(path), |path| Some(path.rsplit_once('/')?.0));
    let is_page = |path: &&str| matches!(find(routes, &Method::GET, path), Found::Route(..));
    above.into_iter().find(is_page).map(str::to_owned)
}

/// Where to go after signing in: a page of the console and nothing else.
fn wanted(back: &str) -> String {
    let is_ours =
        back == BASE || back.starts_with(&format!("{BASE}/")) || back.starts_with(&format!("{BASE}?"));
    let is_plain = back.bytes().all(|byte| byte.is_ascii_graphic()) && !back.contains(['\\', '"']);
    if is_ours && is_plain && !back.contains("//") { back.to_owned() } else { BASE.to_owned() }
}

fn told<W: World>(visit: &Visit<'_, W>, trouble: &Trouble) -> Response {
    if !matches!(trouble, Trouble::Missing(_)) {
        tracing::error!(error = trouble.story(), path = visit.request.path, "no page");
    }
    visit.page(trouble.status(), view::trouble(trouble))
}

fn entry<W: World>(visit: &Visit<'_, W>, action: &str) -> Entry {
    let path = visit.request.path.strip_prefix(BASE).unwrap_or_default();
    let names = visit.params.iter().map(|(_, value)| value.as_str()).collect::<Vec<_>>().join(" · ");
    Entry {
        session: visit.session.id.clone(),
        action: action.to_owned(),
        target: if names.is_empty() { path.to_owned() } else { names },
        reason: sales::text::txt(visit.form.text("motivo"), LONGEST_REASON),
        ..stranger(visit.request, &visit.session.name, visit.now)
    }
}

fn stranger(request: &Request, name: &str, now: Timestamp) -> Entry {
    Entry {
        v: Entry::VERSION,
        at: now,
        name: sales::text::txt(name, 60).unwrap_or_default(),
        session: String::new(),
        source: request.source.clone(),
        action: "tentou entrar".to_owned(),
        target: String::new(),
        reason: None,
        result: Outcome::Begun,
        detail: String::new(),
    }
}

fn notice(request: &Request, value: String) -> Cookie {
    let seconds = if value.is_empty() { 0 } else { 60 };
    Cookie { name: NOTICE, value, seconds, is_secure: !request.is_loopback() }
}

fn shortened(text: &str) -> String {
    text.chars().take(LONGEST_NOTICE).collect()
}

#[cfg(test)]
mod tests;
