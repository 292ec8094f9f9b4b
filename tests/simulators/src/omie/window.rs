//! Windows of days and instants (`contracts/omie.md` §7): both ends inclusive, in the account's local time.

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::methods::{Dated, Does, Method};
use super::refusal::Refusal;
use super::request::Condition;
use crate::Registry;
use crate::dataset::{DAY, seconds};

type Param = Map<String, Value>;

/// Included or changed in the last 30 days.
pub(super) fn recent(now: Timestamp) -> Condition {
    let from = local_midnight(now) - 30 * DAY;
    Condition::During { of: vec![Dated::Included, Dated::Changed], from, to: i64::MAX }
}

/// The windows that have a pair of days of their own: each is a condition.
pub(super) fn days(param: &Param, method: &Method) -> Result<Vec<Condition>, Refusal> {
    let mut windows: Vec<(Dated, i64, i64)> = Vec::new();
    for (name, value) in param {
        let (of, first) = match method.member(name).map(|member| &member.does) {
            Some(Does::From(of)) => (*of, true),
            Some(Does::To(of)) => (*of, false),
            _ => continue,
        };
        let day = value.as_str().ok_or_else(|| Refusal::bad_member(name))?;
        if day.is_empty() {
            continue;
        }
        let hour = if first { "00:00:00" } else { "23:59:59" };
        let second = seconds(day, hour).ok_or_else(|| Refusal::bad_member(name))?;
        let nth = windows.iter().position(|window| window.0 == of).unwrap_or_else(|| {
            windows.push((of, i64::MIN, i64::MAX));
            windows.len() - 1
        });
        if first { windows[nth].1 = second } else { windows[nth].2 = second }
    }
    let during = |(of, from, to)| Condition::During { of: vec![of], from, to };
    Ok(windows.into_iter().map(during).collect())
}

/// The snake family's window: of inclusion or change by its flags, of either without one. Of orders, without a
/// flag, it is a window of the day they are expected.
pub(super) fn instants(param: &Param, method: &Method, now: Timestamp) -> Result<Option<Condition>, Refusal> {
    let text = |name: &str| param.get(name).and_then(Value::as_str).unwrap_or_default();
    let flag = |name: &str| match text(name) {
        "S" => Ok(true),
        "" | "N" => Ok(false),
        _ => Err(Refusal::bad_member(name)),
    };
    let (inclusion, change) = (flag("filtrar_apenas_inclusao")?, flag("filtrar_apenas_alteracao")?);
    let [from_day, from_hour] = ["filtrar_por_data_de", "filtrar_por_hora_de"];
    let [to_day, to_hour] = ["filtrar_por_data_ate", "filtrar_por_hora_ate"];
    if text(from_day).is_empty() && text(to_day).is_empty() {
        return Ok(None);
    }
    let expected = method.registry == Registry::Pedidos && inclusion == change;
    let end = |day: &str, hour: &str, default: &str| match (text(day), text(hour)) {
        ("", _) => Ok(None),
        // A day that is expected has no hour.
        (date, time) if time.is_empty() || expected => {
            seconds(date, default).map(Some).ok_or_else(|| Refusal::bad_member(day))
        }
        (date, time) => seconds(date, time).map(Some).ok_or_else(|| Refusal::bad_member(hour)),
    };
    // The last day alone begins today.
    let open = if expected { local_midnight(now) } else { i64::MIN };
    let from = end(from_day, from_hour, "00:00:00")?.unwrap_or(open);
    let to = end(to_day, to_hour, "23:59:59")?.unwrap_or(i64::MAX);
    let of = match (inclusion, change) {
        _ if expected => vec![Dated::Expected],
        (true, false) => vec![Dated::Included],
        (false, true) => vec![Dated::Changed],
        _ => vec![Dated::Included, Dated::Changed],
    };
    Ok(Some(Condition::During { of, from, to }))
}

/// Start of the day in São Paulo, in the local seconds that records are stamped with.
fn local_midnight(now: Timestamp) -> i64 {
    (now.as_second() - 3 * 3_600).div_euclid(DAY) * DAY
}
