//! A session: a signed cookie, and on the server only that one has ended.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use engine::{Documents, Expected, StateError};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Keys, Role};
use crate::web::{Cookie, Request};

/// The cookie.
const NAME: &str = "ponte_sessao";
/// What signatures are for.
const SESSION: &str = "session";
const CSRF: &str = "csrf";
const NOTICE: &str = "notice";
/// A session ends so long after it began.
const LONGEST: Duration = Duration::from_hours(8);
/// And so long after the last page that somebody asked for.
const IDLE: Duration = Duration::from_hours(1);
/// The cookie is renewed when it is older than this.
const RENEWED: Duration = Duration::from_mins(1);
/// The kind of the documents that name the sessions that were ended; gone when they would have ended anyway.
const ENDED: &str = "console-sessao-encerrada";

/// Somebody who has signed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// Names the session; no secret.
    pub id: String,
    /// Who, as they typed it: for the audit trail.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// When they signed in.
    pub since: Timestamp,
    /// When they last asked for a page, to the minute.
    pub seen: Timestamp,
}

impl Session {
    /// A session that begins with this request.
    pub(super) fn begin(keys: &Keys, request: &Request, name: &str, role: Role, now: Timestamp) -> Self {
        let what = format!("{}|{}|{now}|{name}", request.id, request.source);
        let id = BASE64.encode(&keys.digest("session id", &what)[..15]);
        Self { id, name: name.to_owned(), role, since: now, seen: now }
    }

    /// The session of a request's cookie; none when it is forged, foreign or over. Whether it was
    /// [ended](is_revoked) is not looked at.
    pub fn of(keys: &Keys, request: &Request, now: Timestamp) -> Option<Self> {
        let text = opened(keys, SESSION, request.cookie(NAME)?)?;
        let session: Self = serde_json::from_str(&text).ok()?;
        let is_over = now >= clock::later(session.since, LONGEST) || now >= clock::later(session.seen, IDLE);
        (!is_over).then_some(session)
    }

    /// The cookie of a session at `now`; none when the one that is there will do.
    pub(crate) fn renewed(&self, keys: &Keys, request: &Request, now: Timestamp) -> Option<Cookie> {
        // A page that refreshes itself is nobody's presence.
        let is_presence = !request.is_live() && !request.is_refresh();
        let is_old = clock::until(self.seen, now) >= RENEWED;
        (is_presence && is_old).then(|| Self { seen: now, ..self.clone() }.cookie(keys, request, now))
    }

    pub(crate) fn cookie(&self, keys: &Keys, request: &Request, now: Timestamp) -> Cookie {
        let text = serde_json::to_string(self).expect("a session is JSON");
        let left = clock::until(now, clock::later(self.since, LONGEST));
        Cookie {
            name: NAME,
            value: sealed(keys, SESSION, &text),
            seconds: left.as_secs(),
            is_secure: !request.is_loopback(),
        }
    }

    /// What removes the cookie.
    pub(crate) fn gone(request: &Request) -> Cookie {
        Cookie { name: NAME, value: String::new(), seconds: 0, is_secure: !request.is_loopback() }
    }

    /// What every form of this session carries.
    pub(crate) fn csrf(&self, keys: &Keys) -> String {
        BASE64.encode(keys.digest(CSRF, &self.id))
    }

    pub(crate) fn is_csrf(&self, keys: &Keys, given: &str) -> bool {
        BASE64.decode(given).is_ok_and(|given| keys.is_signed(CSRF, &self.id, &given))
    }

    /// A text for the next page of this session, such that nobody else can have put it there.
    pub(crate) fn seal(&self, keys: &Keys, text: &str) -> String {
        sealed(keys, &format!("{NOTICE} {}", self.id), text)
    }

    /// The text that was [sealed](Self::seal).
    pub(crate) fn unseal(&self, keys: &Keys, value: &str) -> Option<String> {
        opened(keys, &format!("{NOTICE} {}", self.id), value)
    }
}

fn sealed(keys: &Keys, purpose: &str, text: &str) -> String {
    format!("{}.{}", BASE64.encode(text), BASE64.encode(keys.digest(purpose, text)))
}

fn opened(keys: &Keys, purpose: &str, value: &str) -> Option<String> {
    let (text, signature) = value.split_once('.')?;
    let text = String::from_utf8(BASE64.decode(text).ok()?).ok()?;
    keys.is_signed(purpose, &text, &BASE64.decode(signature).ok()?).then_some(text)
}

/// Ends a session for every copy of its cookie. `now` is the tenant's time, in which documents expire.
pub async fn revoke(state: &impl Documents, session: &Session, now: Timestamp) -> Result<(), StateError> {
    let expires = clock::later(now, LONGEST + IDLE);
    let body = json!({ "nome": session.name, "em": now });
    state.put(ENDED, &session.id, &body, Expected::Any, Some(expires)).await.map(drop)
}

/// Whether a session was ended.
pub async fn is_revoked(state: &impl Documents, session: &Session) -> Result<bool, StateError> {
    Ok(state.get(ENDED, &session.id).await?.is_some())
}

#[cfg(test)]
mod tests {
    use http::header::COOKIE;
    use http::{HeaderMap, HeaderValue, Method};

    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a moment")
    }

    fn keys(read: &str) -> Keys {
        Keys::parse(&json!({"operate": "operate-0123456789", "read": read}).to_string()).expect("keys")
    }

    fn request(cookie: Option<&str>) -> Request {
        let mut headers = HeaderMap::new();
        headers.insert("host", HeaderValue::from_static("ponte.example"));
        if let Some(cookie) = cookie {
            let cookie = HeaderValue::from_str(cookie).expect("a header");
            headers.insert(COOKIE, cookie);
        }
        Request {
            id: "r1".to_owned(),
            method: Method::GET,
            path: "/console".to_owned(),
            query: String::new(),
            headers,
            body: Vec::new(),
            source: "203.0.113.7".to_owned(),
        }
    }

    fn begun() -> (Keys, Session, Request) {
        let keys = keys("read-0123456789ab");
        let now = at("2026-03-02T14:00:00Z");
        let session = Session::begin(&keys, &request(None), "Maria", Role::Operate, now);
        let cookie = session.cookie(&keys, &request(None), now).to_string();
        let carried = request(Some(cookie.split(';').next().expect("name and value")));
        (keys, session, carried)
    }

    #[test]
    fn a_session_is_in_its_cookie() {
        let (keys, session, carried) = begun();

        assert_eq!(Session::of(&keys, &carried, at("2026-03-02T14:30:00Z")), Some(session));
    }

    #[test]
    fn the_cookie_is_for_this_site_only() {
        let (keys, session, carried) = begun();
        let cookie = session.cookie(&keys, &carried, session.since).to_string();

        for part in ["Path=/console", "Max-Age=28800", "HttpOnly", "SameSite=Strict", "Secure"] {
            assert!(cookie.split("; ").any(|known| known == part), "{part} in {cookie}");
        }
    }

    #[test]
    fn it_ends_after_an_hour_of_nothing_and_after_eight_hours_anyway() {
        let (keys, session, carried) = begun();
        let of = |request: &Request, now| Session::of(&keys, request, at(now)).is_some();

        assert!(of(&carried, "2026-03-02T14:59:59Z") && !of(&carried, "2026-03-02T15:00:00Z"));
        let seen = Session { seen: at("2026-03-02T21:59:00Z"), ..session };
        let cookie = seen.cookie(&keys, &carried, seen.seen).to_string();
        let carried = request(Some(cookie.split(';').next().expect("name and value")));
        assert!(of(&carried, "2026-03-02T21:59:59Z") && !of(&carried, "2026-03-02T22:00:00Z"));
    }

    #[test]
    fn a_page_that_refreshes_itself_keeps_no_session_alive() {
        let (keys, session, mut carried) = begun();
        let later = at("2026-03-02T14:30:00Z");

        assert!(session.renewed(&keys, &carried, later).is_some());
        assert!(session.renewed(&keys, &carried, at("2026-03-02T14:00:30Z")).is_none());
        carried.headers.insert("hx-request", HeaderValue::from_static("true"));
        assert!(session.renewed(&keys, &carried, later).is_none());
    }

    #[test]
    fn what_was_changed_or_signed_with_other_keys_is_no_session() {
        let (ours, session, carried) = begun();
        let now = at("2026-03-02T14:01:00Z");
        let value = carried.cookie(NAME).expect("there").to_owned();
        let (text, signature) = value.split_once('.').expect("two parts");
        let reader = Session { role: Role::Read, ..session.clone() };
        let other = serde_json::to_string(&reader).expect("JSON");
        for forged in [
            format!("{}.{signature}", BASE64.encode(other)),
            format!("{text}.{}", BASE64.encode([0_u8; 32])),
            format!("{text}."),
            text.to_owned(),
            "..".to_owned(),
            session.seal(&ours, &serde_json::to_string(&session).expect("JSON")),
        ] {
            let carried = request(Some(&format!("{NAME}={forged}")));
            assert_eq!(Session::of(&ours, &carried, now), None, "{forged}");
        }
        assert_eq!(Session::of(&keys("read-0123456789ac"), &carried, now), None, "the keys were changed");
    }

    #[test]
    fn a_csrf_token_is_of_one_session() {
        let (keys, session, _) = begun();
        let other = Session { id: "other".to_owned(), ..session.clone() };

        assert!(session.is_csrf(&keys, &session.csrf(&keys)));
        for wrong in [other.csrf(&keys), String::new(), "%%".to_owned()] {
            assert!(!session.is_csrf(&keys, &wrong));
        }
    }
}
