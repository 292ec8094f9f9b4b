//! Reads a request as strictly as Omie does: the envelope, the members, their types.

use http::{Request, header};
use jiff::Timestamp;
use serde_json::{Map, Value};

use super::methods::{Does, Member, Method, method};
use super::refusal::Refusal;
use crate::dataset::seconds;

/// A request that names a method we know.
pub(super) struct Asked {
    pub(super) method: &'static Method,
    pub(super) app_key: String,
    pub(super) app_secret: String,
    param: Map<String, Value>,
}

/// What a listing was asked for.
#[derive(Debug)]
pub(super) struct Query {
    pub(super) page: u64,
    pub(super) per_page: u64,
    pub(super) observations: bool,
    pub(super) conditions: Vec<Condition>,
}

/// What a listed record must be.
#[derive(Debug)]
pub(super) enum Condition {
    /// Lower-case tags, one of which it has.
    Tagged(Vec<String>),
    Listed(Vec<String>),
    Equals(&'static str, String),
    Contains(&'static str, String),
    /// Included or changed between these local seconds.
    Between {
        inclusion: bool,
        change: bool,
        from: i64,
        to: i64,
    },
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
    pub(super) fn query(&self) -> Result<Query, Refusal> {
        let mut query = Query { page: 1, per_page: 100, observations: false, conditions: Vec::new() };
        read_members(&self.param, self.method.members, self.method.complex, &mut query)?;
        for member in self.method.members {
            if matches!(member.does, Does::Page { required: true }) && !self.param.contains_key(member.name) {
                return Err(Refusal::missing_member(member.name));
            }
        }
        let [page, per_page, ..] = self.method.paging.names();
        query.page = self.whole_number(page, 1)?;
        query.per_page = self.whole_number(per_page, 100)?;
        query.conditions.extend(window(&self.param)?);
        Ok(query)
    }

    /// Without dates, the listings that take them keep what was included or changed in the last 30 days.
    pub(super) fn forgets(&self, query: &Query, now: Timestamp) -> Option<Condition> {
        let dated = query.conditions.iter().any(|condition| matches!(condition, Condition::Between { .. }));
        (self.method.forgets_when_undated() && !dated).then(|| Condition::Between {
            inclusion: true,
            change: true,
            from: local_midnight(now) - 30 * DAY,
            to: i64::MAX,
        })
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
        query.observations |= matches!(member.does, Does::Observations) && value == "S";
    }
    Ok(())
}

fn condition(member: &Member, value: &Value) -> Result<Option<Condition>, Refusal> {
    let bad = || Refusal::bad_member(member.name);
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Array(_) => String::new(),
        Value::Null | Value::Bool(_) | Value::Object(_) => return Err(bad()),
    };
    Ok(match member.does {
        Does::Tags => Some(Condition::Tagged(texts(value, "tag").ok_or_else(bad)?)),
        Does::Ids => Some(Condition::Listed(texts(value, "codigo_cliente_omie").ok_or_else(bad)?)),
        _ if value.is_array() => return Err(bad()),
        Does::Flag | Does::Observations if text != "S" && text != "N" => return Err(bad()),
        Does::NotSimulated if !text.is_empty() => return Err(Refusal::not_simulated(member.name)),
        Does::Equals(field) if !text.is_empty() => Some(Condition::Equals(field, text)),
        Does::Contains(field) if !text.is_empty() => Some(Condition::Contains(field, text.to_lowercase())),
        _ => None,
    })
}

/// The member `name` of each object of an array, in lower case.
fn texts(array: &Value, name: &str) -> Option<Vec<String>> {
    let texts = array.as_array()?.iter().map(|object| match &object[name] {
        Value::String(text) => Some(text.to_lowercase()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    });
    texts.collect()
}

/// The window of dates (`contracts/omie.md` §7): both ends inclusive, without a flag either event counts.
fn window(param: &Map<String, Value>) -> Result<Option<Condition>, Refusal> {
    let text = |name: &str| param.get(name).and_then(Value::as_str).unwrap_or_default();
    let end = |day: &str, hour: &str, default: &str, open: i64| match (text(day), text(hour)) {
        ("", _) => Ok(open),
        (date, "") => seconds(date, default).ok_or_else(|| Refusal::bad_member(day)),
        (date, time) => seconds(date, time).ok_or_else(|| Refusal::bad_member(day)),
    };
    // The Hungarian family has a window of its own for inclusions, of whole days.
    let from = end("dDtIncDe", "", "00:00:00", i64::MIN)?;
    let to = end("dDtIncAte", "", "23:59:59", i64::MAX)?;
    if (from, to) != (i64::MIN, i64::MAX) {
        return Ok(Some(Condition::Between { inclusion: true, change: false, from, to }));
    }
    let from = end("filtrar_por_data_de", "filtrar_por_hora_de", "00:00:00", i64::MIN)?;
    let to = end("filtrar_por_data_ate", "filtrar_por_hora_ate", "23:59:59", i64::MAX)?;
    if (from, to) == (i64::MIN, i64::MAX) {
        return Ok(None);
    }
    let (inclusion, change) =
        (text("filtrar_apenas_inclusao") == "S", text("filtrar_apenas_alteracao") == "S");
    let either = inclusion == change;
    Ok(Some(Condition::Between { inclusion: inclusion || either, change: change || either, from, to }))
}

const DAY: i64 = 86_400;

/// Start of the day in São Paulo, in the local seconds that records are stamped with.
fn local_midnight(now: Timestamp) -> i64 {
    (now.as_second() - 3 * 3_600).div_euclid(DAY) * DAY
}
