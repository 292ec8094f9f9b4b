use jiff::civil::{date as day, time as clock_time};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::*;

#[derive(Debug, PartialEq, Deserialize)]
struct Sample {
    #[serde(default, deserialize_with = "text")]
    text: Option<String>,
    #[serde(default, deserialize_with = "integer")]
    integer: Option<i64>,
    #[serde(default, deserialize_with = "decimal")]
    decimal: Option<Decimal>,
    #[serde(default, deserialize_with = "sn")]
    sn: Option<bool>,
    #[serde(default, deserialize_with = "date")]
    date: Option<Date>,
    #[serde(default, deserialize_with = "time")]
    time: Option<Time>,
    #[serde(default, deserialize_with = "object")]
    object: Option<Inner>,
    #[serde(default, deserialize_with = "list")]
    list: Vec<Inner>,
}

#[derive(Debug, PartialEq, Deserialize)]
struct Inner {
    #[serde(default, deserialize_with = "decimal")]
    value: Option<Decimal>,
}

/// Through `decode`, as in real use: the path tracker sits between the document and the formats.
fn read(json: &str) -> Result<Sample, String> {
    partner_http::decode("omie", "Sample", json.as_bytes()).map_err(|error| error.to_string())
}

fn sample(json: &str) -> Sample {
    read(json).unwrap()
}

fn dec(digits: &str) -> Decimal {
    digits.parse().unwrap()
}

#[test]
fn absent_null_blank_and_empty_containers_are_nothing() {
    let nothing = sample("{}");

    for empty in ["null", r#""""#, r#""  ""#, "[]", "{}", "[ ]"] {
        let document = format!(
            r#"{{"text":{empty},"integer":{empty},"decimal":{empty},"sn":{empty},"date":{empty},"time":{empty},"list":{empty}}}"#
        );
        assert_eq!(sample(&document), nothing, "{empty}");
    }
    for empty in ["null", r#""""#, "[]"] {
        assert_eq!(sample(&format!(r#"{{"object":{empty}}}"#)), nothing, "{empty}");
    }
}

#[test]
fn text_accepts_a_number_and_keeps_its_digits() {
    assert_eq!(sample(r#"{"text":1058}"#).text.as_deref(), Some("1058"));
    assert_eq!(sample(r#"{"text":3.50}"#).text.as_deref(), Some("3.50"));
    assert_eq!(sample(r#"{"text":" A\u00e7o "}"#).text.as_deref(), Some(" Aço "));
}

#[test]
fn integers_accept_a_number_and_numeric_text() {
    for (json, number) in [
        ("11489512176", 11_489_512_176),
        (r#""11489512176""#, 11_489_512_176),
        (r#""000000000007949""#, 7949),
        (r#"" 7949 ""#, 7949),
        ("3.0", 3),
        ("5.366578425E9", 5_366_578_425),
        ("-1", -1),
        ("9223372036854775807", i64::MAX),
    ] {
        assert_eq!(sample(&format!(r#"{{"integer":{json}}}"#)).integer, Some(number), "{json}");
    }
}

#[test]
fn what_is_not_an_integer_is_an_error() {
    for json in
        ["3.5", r#""abc""#, "9223372036854775808", "1e30", "1e999999999999", "true", "[1]", r#"{"a":1}"#]
    {
        assert!(read(&format!(r#"{{"integer":{json}}}"#)).is_err(), "{json}");
    }
}

#[test]
fn decimals_are_exact_from_number_or_text() {
    for (json, digits) in [
        ("0.1", "0.1"),
        ("5000.0", "5000.0"),
        ("1234567890123.456789", "1234567890123.456789"),
        (r#""3,5""#, "3.5"),
        (r#""3.5""#, "3.5"),
        (r#""1.234,50""#, "1234.50"),
        ("1.5e3", "1500"),
        ("-2.50", "-2.50"),
    ] {
        let read = sample(&format!(r#"{{"decimal":{json}}}"#)).decimal;
        assert_eq!(read, Some(dec(digits)), "{json}");
    }
    assert_eq!(sample(r#"{"decimal":5000.0}"#).decimal.unwrap().to_string(), "5000.0");
}

#[test]
fn what_is_not_a_decimal_is_an_error() {
    for json in [r#""abc""#, r#""1,2,3""#, r#""1_000""#, "1e99", "false", "[1]"] {
        assert!(read(&format!(r#"{{"decimal":{json}}}"#)).is_err(), "{json}");
    }
}

#[test]
fn s_and_n_are_yes_and_no_and_the_rest_is_unknown() {
    for (json, flag) in [
        (r#""S""#, Some(true)),
        (r#"" s ""#, Some(true)),
        (r#""N""#, Some(false)),
        ("true", Some(true)),
        ("false", Some(false)),
        (r#""X""#, None),
        ("1", None),
    ] {
        assert_eq!(sample(&format!(r#"{{"sn":{json}}}"#)).sn, flag, "{json}");
    }
}

#[test]
fn dates_are_day_month_year() {
    for (text, expected) in [
        ("01/02/2025", Some(day(2025, 2, 1))),
        (" 29/02/2024 ", Some(day(2024, 2, 29))),
        ("00/00/0000", None),
        ("31/02/2024", None),
        ("2024-01-02", None),
        ("01/02/25", None),
        ("+1/02/2025", None),
        ("01/02/2025/1", None),
        ("/", None),
    ] {
        assert_eq!(sample(&format!(r#"{{"date":"{text}"}}"#)).date, expected, "{text}");
    }
    assert_eq!(sample(r#"{"date":20250201}"#).date, None);
}

#[test]
fn times_are_hours_minutes_seconds() {
    assert_eq!(sample(r#"{"time":"09:10:11"}"#).time, Some(clock_time(9, 10, 11, 0)));
    for text in ["24:00:00", "09:10", "09:10:11:12", "::"] {
        assert_eq!(sample(&format!(r#"{{"time":"{text}"}}"#)).time, None, "{text}");
    }
}

#[test]
fn structures_are_read_inside_structures() {
    let read = sample(r#"{"object":{"value":1.10},"list":[{"value":"2,20"},{}]}"#);

    assert_eq!(read.object, Some(Inner { value: Some(dec("1.10")) }));
    assert_eq!(read.list, [Inner { value: Some(dec("2.20")) }, Inner { value: None }]);
}

#[test]
fn a_structure_of_the_wrong_kind_is_an_error() {
    for json in [
        r#"{"object":[1]}"#,
        r#"{"object":"x"}"#,
        r#"{"object":1}"#,
        r#"{"list":{"a":1}}"#,
        r#"{"list":"x"}"#,
    ] {
        assert!(read(json).is_err(), "{json}");
    }
}

#[test]
fn an_error_names_the_path_and_not_the_value() {
    for json in [r#"{"list":[{},{"value":"segredo"}]}"#, r#"{"list":[{},{"value":{"segredo":1}}]}"#] {
        let error = read(json).unwrap_err();
        assert!(error.contains("list[1].value") && error.contains(": não é um "), "{error}");
        assert!(!error.contains("segredo"), "{error}");
    }
    let error = read(r#"{"object":"segredo"}"#).unwrap_err();
    assert!(!error.contains("segredo"), "{error}");
}

#[test]
fn requests_are_written_as_omie_reads_them() {
    #[derive(Serialize)]
    struct Request {
        #[serde(serialize_with = "write_date")]
        date: Option<Date>,
        #[serde(serialize_with = "write_time")]
        time: Option<Time>,
        #[serde(serialize_with = "write_sn")]
        sn: Option<bool>,
    }

    let request =
        Request { date: Some(day(2025, 2, 1)), time: Some(clock_time(7, 8, 9, 0)), sn: Some(false) };

    assert_eq!(
        serde_json::to_value(request).unwrap(),
        json!({"date": "01/02/2025", "time": "07:08:09", "sn": "N"})
    );
}
