//! The cloud's control interface and its page.

use bytes::Bytes;
use http::{Method, Request, Response};
use serde_json::json;

use super::MaximaSim;
use super::options::Change;
use super::resources::resource;
use crate::answer::{page, value};
use crate::control::{Refused, body, common, done};

impl MaximaSim {
    /// The answer to a control request; nothing when it is one for Máxima.
    pub(super) fn control(&self, request: &Request<Bytes>) -> Option<Response<Bytes>> {
        let path = request.uri().path();
        if path == "/" && request.method() == Method::GET {
            return Some(page("Simulador da Máxima", "intext e intpdv", &self.verdict()));
        }
        if !path.starts_with("/_sim/") {
            return None;
        }
        let answer = common(request, self.faults(), || self.verdict());
        Some(answer.unwrap_or_else(|| self.command(request).unwrap_or_else(|refused| refused.answer())))
    }

    fn command(&self, request: &Request<Bytes>) -> Result<Response<Bytes>, Refused> {
        let unknown = || Refused(404, "o simulador da Máxima não tem este comando".to_owned());
        match (request.method(), request.uri().path()) {
            (&Method::POST, "/_sim/expire-tokens") => self.expire_tokens(),
            (&Method::POST, "/_sim/options") => {
                let change: Change = body(request)?;
                self.configure(|options| change.apply(options));
            }
            (&Method::GET, path) => {
                let name = path.strip_prefix("/_sim/rows/").ok_or_else(unknown)?;
                resource(name).ok_or_else(unknown)?;
                return Ok(value(&json!(self.rows(name))));
            }
            _ => return Err(unknown()),
        }
        Ok(done())
    }
}
