//! Reads a request as strictly as Omie does: the envelope, the members, their types.

use http::{Request, header};
use jiff::Timestamp;
use serde_json::{Map, Value};

use super::customers::digits;
use super::methods::{Dated, Does, Member, Method, method};
use super::refusal::Refusal;
use super::window;
use crate::Registry;
use crate::dataset::Traits;

/// A request that names a method we know.
pub(super) struct Asked {
    pub(super) method: &'static Method,
    pub(super) app_key: String,
    pub(super) app_secret: String,
    pub(super) param: Map<String, Value>,
}

/// What a listing was asked for.
#[derive(Debug)]
pub(super) struct Query {
    pub(super) page: u64,
    pub(super) per_page: u64,
    /// With what is left out otherwise.
    pub(super) whole: bool,
    /// Without items and totals.
    pub(super) summary: bool,
    /// Whether any date was given.
    dated: bool,
    pub(super) conditions: Vec<Condition>,
}

/// What a listed record must be.
#[derive(Debug)]
pub(super) enum Condition {
    /// Lower-case tags, one of which it has.
    Tagged(Vec<String>),
    /// Identities, one of which is its own.
    Listed(Vec<String>),
    /// Its table, or one of its locations.
    Within(Vec<u64>),
    Is(Traits, bool),
    Equals(&'static str, String),
    Contains(&'static str, String),
    /// The field has these digits.
    Digits(&'static str, String),
    /// One of these happened between these local seconds.
    During {
        of: Vec<Dated>,
        from: i64,
        to: i64,
    },
}

impl Condition {
    /// Whether the record has to be read to tell.
    pub(super) fn reads(&self) -> bool {
        match self {
            Self::Equals(..) | Self::Contains(..) | Self::Digits(..) => true,
            Self::During { of, .. } => of.iter().any(|of| matches!(of, Dated::Stated(_))),
            Self::Tagged(_) | Self::Listed(_) | Self::Within(_) | Self::Is(..) => false,
        }
    }
}

impl Asked {
    /// Reads envelope and path. A refusal here belongs to no method.
    pub(super) fn read(request: &Request<bytes::Bytes>) -> Result<Self, Refusal> {
        let content_type = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        if !content_type.is_some_and(|value| value.starts_with("application/json")) {
            return Err(Refusal::not_json());
        }
        let body: Value = serde_json::from_slice(request.body()).map_err(|_| Refusal::syntax())?;
        let Value::Object(mut body) = body else { return Err(Refusal::shape()) };
        let mut text = |name: &str| match body.remove(name) {
            Some(Value::String(text)) => Ok(text),
            _ => Err(Refusal::shape()),
        };
        let (call, app_key, app_secret) = (text("call")?, text("app_key")?, text("app_secret")?);
        let Some(Value::Array(param)) = body.remove("param") else { return Err(Refusal::shape()) };
        let Ok([Value::Object(param)]) = <[Value; 1]>::try_from(param) else { return Err(Refusal::shape()) };
        if let Some(unknown) = body.keys().next() {
            return Err(Refusal::unknown_member(unknown, "request"));
        }
        let path = request.uri().path().strip_prefix("/api/v1/").unwrap_or(request.uri().path());
        let method = method(&call)
            .filter(|method| method.path == path)
            .ok_or_else(|| Refusal::unknown_method(&call, path))?;
        Ok(Self { method, app_key, app_secret, param })
    }

    /// What makes two requests the same; members in any order.
    pub(super) fn same_as(&self) -> String {
        Value::Object(self.param.clone()).to_string()
    }

    /// Checks every member and reads what is asked.
    pub(super) fn query(&self, now: Timestamp) -> Result<Query, Refusal> {
        let per_page = if self.method.registry == Registry::Pedidos { 50 } else { 100 };
        let conditions = Vec::new();
        let mut query = Query { page: 1, per_page, whole: false, summary: false, dated: false, conditions };
        read_members(&self.param, self.method.members, self.method.complex, &mut query)?;
        for member in self.method.members {
            match member.does {
                _ if self.param.contains_key(member.name) => {}
                Does::Page { required: true } => return Err(Refusal::missing_member(member.name)),
                Does::OnlyUnlessNo(traits) => query.conditions.push(Condition::Is(traits, true)),
                _ => {}
            }
        }
        let [page, size, ..] = self.method.paging.names();
        query.page = self.whole_number(page, 1)?;
        query.per_page = self.whole_number(size, query.per_page)?;
        let windows = window::days(&self.param, self.method)?;
        query.conditions.extend(windows);
        query.conditions.extend(window::instants(&self.param, self.method, now)?);
        query.dated = query.conditions.iter().any(|condition| matches!(condition, Condition::During { .. }));
        Ok(query)
    }

    /// Without dates, the listings that take them keep what was included or changed in the last 30 days.
    pub(super) fn forgets(&self, query: &Query, now: Timestamp) -> Option<Condition> {
        let forgets = self.method.forgets_when_undated() && !query.dated;
        forgets.then(|| window::recent(now))
    }

    fn whole_number(&self, name: &str, default: u64) -> Result<u64, Refusal> {
        match self.param.get(name) {
            None => Ok(default),
            Some(value) => value.as_u64().filter(|n| *n > 0).ok_or_else(|| Refusal::bad_member(name)),
        }
    }
}

fn read_members(
    given: &Map<String, Value>,
    known: &'static [Member],
    complex: &str,
    query: &mut Query,
) -> Result<(), Refusal> {
    for (name, value) in given {
        let Some(member) = known.iter().find(|member| member.name == name) else {
            return Err(Refusal::unknown_member(name, complex));
        };
        match (&member.does, value) {
            (Does::Nested(complex, members), Value::Object(inner)) => {
                read_members(inner, members, complex, query)?;
            }
            (Does::Nested(..), _) => return Err(Refusal::bad_member(name)),
            _ => query.conditions.extend(condition(member, value)?),
        }
        query.whole |= matches!(member.does, Does::Whole) && (value == "S" || *value == Value::Bool(true));
        query.summary |= matches!(member.does, Does::Summary) && value == "S";
    }
    Ok(())
}

fn condition(member: &Member, value: &Value) -> Result<Option<Condition>, Refusal> {
    let bad = || Refusal::bad_member(member.name);
    let text = match (&member.does, value) {
        (Does::Scope, _) => return Ok(None),
        // A true boolean where the partner has one (contracts/omie.md §6), never elsewhere.
        (Does::Whole, _) if member.name.starts_with('l') => {
            return if value.is_boolean() { Ok(None) } else { Err(bad()) };
        }
        (_, Value::String(text)) => text.clone(),
        (_, Value::Number(number)) => number.to_string(),
        (_, Value::Array(_)) => String::new(),
        (_, Value::Null | Value::Bool(_) | Value::Object(_)) => return Err(bad()),
    };
    Ok(match member.does {
        Does::Tags => Some(Condition::Tagged(texts(value, "tag").ok_or_else(bad)?)),
        Does::Ids(id) => Some(Condition::Listed(texts(value, id).ok_or_else(bad)?)),
        _ if value.is_array() => return Err(bad()),
        Does::Flag | Does::Whole | Does::Summary | Does::OnlyUnlessNo(_) | Does::Is(_)
            if text != "S" && text != "N" =>
        {
            return Err(bad());
        }
        Does::NotSimulated if !text.is_empty() && text != "N" => {
            return Err(Refusal::not_simulated(member.name));
        }
        Does::Is(traits) => Some(Condition::Is(traits, text == "S")),
        Does::OnlyUnlessNo(traits) => (text == "S").then_some(Condition::Is(traits, true)),
        Does::Nature if text == "R" || text == "P" => Some(Condition::Is(Traits::PAYABLE, text == "P")),
        Does::Nature if !text.is_empty() => return Err(bad()),
        Does::Choice(_) if text.is_empty() => None,
        Does::Choice(choices) => {
            let (_, field) = choices.iter().find(|(choice, _)| *choice == text).ok_or_else(bad)?;
            Some(Condition::Equals(field, "S".to_owned()))
        }
        Does::Equals(field) if !text.is_empty() => Some(Condition::Equals(field, text)),
        Does::Digits(field) if !text.is_empty() => Some(Condition::Digits(field, digits(&text))),
        Does::Contains(field) if !text.is_empty() => {
            Some(Condition::Contains(field, text.trim_matches('%').to_lowercase()))
        }
        _ => None,
    })
}

/// The member `name` of each object of an array, in lower case.
pub(super) fn texts(array: &Value, name: &str) -> Option<Vec<String>> {
    let texts = array.as_array()?.iter().map(|object| match &object[name] {
        Value::String(text) => Some(text.to_lowercase()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    });
    texts.collect()
}
