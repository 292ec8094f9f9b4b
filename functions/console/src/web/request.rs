//! What a browser asks.

use http::{HeaderMap, Method};

use super::Form;
use super::cookies::cookie;

/// The member of the query that a page adds when it fetches itself anew.
pub(crate) const REFRESHED: &str = "atualizada";

/// One request.
#[derive(Clone, Debug)]
pub struct Request {
    /// Names the request; no other has the same.
    pub id: String,
    /// The method.
    pub method: Method,
    /// The path, from [`BASE`](super::BASE) on.
    pub path: String,
    /// What stands behind the question mark.
    pub query: String,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Vec<u8>,
    /// The address of the caller, as the gateway saw it.
    pub source: String,
}

impl Request {
    /// A header, when it is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// A cookie.
    pub fn cookie(&self, name: &str) -> Option<&str> {
        let mut all = self.headers.get_all(http::header::COOKIE).iter();
        all.find_map(|header| cookie(header.to_str().ok()?, name))
    }

    /// The query, read; an unreadable one is empty.
    pub fn asked(&self) -> Form {
        Form::read(self.query.as_bytes()).unwrap_or_default()
    }

    /// Whether htmx asks, for a part of a page.
    pub fn is_live(&self) -> bool {
        self.header("hx-request").is_some()
    }

    /// Whether the page has fetched itself anew, where there is no JavaScript.
    pub fn is_refresh(&self) -> bool {
        self.asked().is_on(REFRESHED)
    }

    /// Whether it comes from a page of ours, as far as the browser tells. One that tells nothing is not a browser of
    /// this decade; it has no session cookie of another site then either.
    pub fn is_from_here(&self) -> bool {
        let site = self.header("sec-fetch-site").is_none_or(|site| matches!(site, "same-origin" | "none"));
        let origin = self.header("origin").is_none_or(|origin| {
            let host = origin.split_once("://").map(|(_, host)| host);
            host.is_some() && host == self.header("host")
        });
        site && origin
    }

    /// Whether it came to this machine itself, where there is no TLS.
    pub fn is_loopback(&self) -> bool {
        let host = self.header("host").unwrap_or_default();
        let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
        matches!(name, "localhost" | "127.0.0.1" | "[::1]")
    }
}
