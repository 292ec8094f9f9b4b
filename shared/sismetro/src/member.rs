//! Members of partner JSON, read leniently where nothing depends on them and strictly where something does.

use serde_json::{Map, Value};

/// A JSON object.
pub(crate) type Object = Map<String, Value>;

/// The member of this name, whatever the case of its letters; a null is none. The exact spelling wins.
pub(crate) fn member<'a>(object: &'a Object, name: &str) -> Option<&'a Value> {
    let other = || object.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value);
    object.get(name).or_else(other).filter(|value| !value.is_null())
}

/// Text of a string or of a number, without spaces around it; nothing for an empty one.
pub(crate) fn text(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => return None,
    };
    (!text.is_empty()).then_some(text)
}

/// Text of a member.
pub(crate) fn text_of(object: &Object, name: &str) -> Option<String> {
    member(object, name).and_then(text)
}

/// The number of an SS or of an equipment: an integer, or text of one, above zero.
pub(crate) fn number(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => digits(text.trim()),
        Value::Number(number) => digits(&number.as_u64()?.to_string()),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

/// The digits of a number above zero without leading zeros, at most 18 of them.
pub(crate) fn digits(text: &str) -> Option<String> {
    let significant = text.trim_start_matches('0');
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit()) && (1..=18).contains(&significant.len());
    is_number.then(|| significant.to_owned())
}

/// How many levels of objects and lists `value` has.
pub(crate) fn depth(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
        Value::Object(members) => 1 + members.values().map(depth).max().unwrap_or(0),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => 0,
    }
}

/// All texts in `value`, in its order.
pub(crate) fn strings<'a>(value: &'a Value, into: &mut Vec<&'a str>) {
    match value {
        Value::String(text) => into.push(text),
        Value::Array(items) => items.iter().for_each(|item| strings(item, into)),
        Value::Object(members) => members.values().for_each(|item| strings(item, into)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// The JSON that `body` is; a byte order mark before it does no harm.
pub(crate) fn json(body: &[u8]) -> Option<Value> {
    serde_json::from_slice(body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body)).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_number_is_an_integer_above_zero_in_either_form() {
        assert_eq!(number(&json!(1_287_593)).as_deref(), Some("1287593"));
        assert_eq!(number(&json!(" 0001287593 ")).as_deref(), Some("1287593"));
        let none = [
            json!(0),
            json!(-1),
            json!(1.0),
            json!(1e30),
            json!(true),
            json!([1]),
            json!({}),
            json!(null),
            json!(""),
            json!("0"),
            json!("12a"),
            json!("1.0"),
            json!("+1"),
            json!("1234567890123456789"),
            json!("१२"),
        ];
        for value in none {
            assert_eq!(number(&value), None, "{value}");
        }
    }

    #[test]
    fn a_member_is_found_in_any_case_and_a_null_is_none() {
        let value = json!({"IDSS": 1, "status": null, "Status": "x"});
        let object = value.as_object().expect("an object");

        assert_eq!(text_of(object, "idSs").as_deref(), Some("1"));
        assert_eq!(text_of(object, "status"), None, "the exact spelling wins");
    }

    #[test]
    fn depth_counts_levels() {
        assert_eq!(depth(&json!(1)), 0);
        assert_eq!(depth(&json!({"a": [{"b": 1}], "c": {}})), 3);
    }
}
