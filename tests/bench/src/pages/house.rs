//! The console over a counted table, and somebody who has signed in.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use clock::Clock;
use console::App;
use console::ports::memory::{House, OPERATE};
use console::web::Request;
use engine::FlowState;
use http::header::{CONTENT_TYPE, COOKIE, HOST, SET_COOKIE};
use http::{HeaderMap, HeaderValue, Method};

use super::counted::{Counted, Read};
use crate::cpu;

/// A tenant, over a table that is counted.
pub(super) type Tenant<S> = House<Counted<S>>;

/// A console, and somebody who has signed in.
pub(super) struct Seat<S> {
    app: App<Tenant<S>>,
    cookie: String,
    requests: AtomicU64,
}

/// A page that was asked for.
pub(super) struct Shown {
    /// Processor time of this thread.
    pub(super) spent: Duration,
    /// Time on the wall.
    pub(super) took: Duration,
    pub(super) read: Read,
    pub(super) bytes: usize,
}

impl<S: FlowState> Seat<S> {
    /// Signs in as an operator.
    pub(super) async fn take(state: S, clock: Clock) -> Result<Self> {
        let tenant = Tenant::over(Counted::new(state), clock);
        let mut seat = Self { app: App::new(tenant), cookie: String::new(), requests: AtomicU64::new(0) };
        let form = format!("nome=Maria&chave={OPERATE}");
        let response = seat.app.answer(&seat.request(Method::POST, "/console/entrar", form)?).await;
        let cookies = response.headers.get_all(SET_COOKIE).iter();
        let cookies = cookies.filter_map(|cookie| cookie.to_str().ok()?.split(';').next());
        seat.cookie = cookies.collect::<Vec<_>>().join("; ");
        ensure!(!seat.cookie.is_empty(), "nobody was let in: {}", response.status);
        Ok(seat)
    }

    /// Asks for a page, which must be there.
    pub(super) async fn page(&self, address: &str) -> Result<Shown> {
        let request = self.request(Method::GET, address, String::new())?;
        self.app.world().state.take();
        let wall = Clock::system();
        let (from, before) = (wall.now(), cpu::spent());
        let response = self.app.answer(&request).await;
        let (spent, took) = (cpu::spent() - before, clock::until(from, wall.now()));
        ensure!(response.status.is_success(), "{address} was answered with {}", response.status);
        Ok(Shown {
            spent: Duration::from_nanos(spent),
            took,
            read: self.app.world().state.take(),
            bytes: response.body.len(),
        })
    }

    fn request(&self, method: Method, address: &str, body: String) -> Result<Request> {
        let (path, query) = address.split_once('?').unwrap_or((address, ""));
        let mut headers = HeaderMap::new();
        headers.insert(HOST, HeaderValue::from_static("ponte.example"));
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
        if !self.cookie.is_empty() {
            headers.insert(COOKIE, HeaderValue::from_str(&self.cookie).context("a cookie is a header")?);
        }
        Ok(Request {
            id: format!("r{:06}", self.requests.fetch_add(1, Ordering::Relaxed)),
            method,
            path: path.to_owned(),
            query: query.to_owned(),
            headers,
            body: body.into_bytes(),
            source: "203.0.113.7".to_owned(),
        })
    }
}
