//! What the console answers.

use http::header::{
    ALLOW, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, LOCATION, REFERRER_POLICY, SET_COOKIE,
    STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use maud::Markup;

use super::Cookie;

/// Everything from ourselves, nothing inline, in nobody's frame.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
                      form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// An answer.
#[derive(Clone, Debug)]
pub struct Response {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Vec<u8>,
}

impl Response {
    /// A page.
    pub fn page(status: StatusCode, markup: Markup) -> Self {
        Self::new(status, "text/html; charset=utf-8", markup.into_string().into_bytes())
    }

    /// Something of another kind.
    pub fn new(status: StatusCode, kind: &'static str, body: Vec<u8>) -> Self {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
        Self { status, headers, body }
    }

    /// Go there and look: after a change, so that a reload does not repeat it.
    pub fn see(path: &str) -> Self {
        let mut response = Self::new(StatusCode::SEE_OTHER, "text/plain; charset=utf-8", Vec::new());
        response.put(LOCATION, path);
        response
    }

    /// The same with a header more; a value that is none is left out.
    #[must_use]
    pub fn with(mut self, name: HeaderName, value: &str) -> Self {
        self.put(name, value);
        self
    }

    /// The same with a cookie more.
    #[must_use]
    pub fn with_cookie(mut self, cookie: &Cookie) -> Self {
        if let Ok(value) = HeaderValue::from_str(&cookie.to_string()) {
            self.headers.append(SET_COOKIE, value);
        }
        self
    }

    /// The body as text.
    pub fn text(&self) -> std::borrow::Cow<'_, str> {
        String::from_utf8_lossy(&self.body)
    }

    /// The methods that a path knows.
    #[must_use]
    pub fn allowing(self, methods: &str) -> Self {
        self.with(ALLOW, methods)
    }

    fn put(&mut self, name: HeaderName, value: &str) {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.insert(name, value);
        }
    }

    /// With what every answer of the console says to the browser. One that says nothing of caching is not kept.
    #[must_use]
    pub(crate) fn secured(mut self) -> Self {
        let fixed = [
            (CONTENT_SECURITY_POLICY, POLICY),
            // Not no-referrer: browsers would send "Origin: null" with our own forms.
            (REFERRER_POLICY, "same-origin"),
            (X_CONTENT_TYPE_OPTIONS, "nosniff"),
            (X_FRAME_OPTIONS, "DENY"),
            (STRICT_TRANSPORT_SECURITY, "max-age=63072000; includeSubDomains"),
            (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
            (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
            (HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=()"),
        ];
        for (name, value) in fixed {
            self.headers.insert(name, HeaderValue::from_static(value));
        }
        self.headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
        self
    }
}
