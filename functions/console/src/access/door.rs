//! Signing in.

use std::time::Duration;

use engine::{Documents, StateError};
use jiff::Timestamp;

use super::{Keys, Role, Session, throttle};
use crate::web::Request;

/// A name, at most.
const LONGEST_NAME: usize = 60;

/// Who got in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entered {
    /// The session that begins.
    pub session: Session,
}

/// Why somebody did not get in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Denied {
    /// No name was typed.
    Nameless,
    /// The key opens nothing.
    WrongKey,
    /// Too often; again after so long.
    TooOften(Duration),
}

/// Tries a key. Whether it is right, and for which role, does not change what is done before the answer is known: one
/// attempt is taken from the buckets, then the key is compared. `now` is the tenant's time, which the buckets are in;
/// the session is in the time of the person.
pub async fn enter(
    state: &impl Documents,
    keys: &Keys,
    request: &Request,
    (name, key): (&str, &str),
    (now, peoples_now): (Timestamp, Timestamp),
) -> Result<Result<Entered, Denied>, StateError> {
    let Some(name) = sales::text::txt(name, LONGEST_NAME) else { return Ok(Err(Denied::Nameless)) };
    if let Err(wait) = throttle::attempt(state, &request.source, now).await? {
        return Ok(Err(Denied::TooOften(wait)));
    }
    let Some(role): Option<Role> = keys.role(key) else { return Ok(Err(Denied::WrongKey)) };
    throttle::forgive(state, &request.source).await?;
    Ok(Ok(Entered { session: Session::begin(keys, request, &name, role, peoples_now) }))
}
