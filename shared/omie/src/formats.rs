//! How Omie writes values (`contracts/omie.md §6`), one named deserialiser per format.
//!
//! Used as `#[serde(default, deserialize_with = "formats::text")]`. All of them read the same five ways of
//! saying "nothing": an absent member, `null`, blank text, and the empty list or object that Omie's own
//! serialiser makes of an empty value. What cannot be read is an error without the value in it, except where
//! the function says otherwise; nothing here panics.

pub mod both;

use std::fmt;
use std::marker::PhantomData;

use jiff::civil::{Date, Time};
use rust_decimal::Decimal;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, IgnoredAny, MapAccess, SeqAccess, Unexpected, Visitor};
use serde::ser::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

/// Text, also from a number (its digits as sent). Blank is `None`; other text is kept as sent.
pub fn text<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    match Scalar::deserialize(from)? {
        Scalar::Nothing => Ok(None),
        Scalar::Text(text) | Scalar::Number(text) => Ok(Some(text)),
        Scalar::Flag(flag) => Ok(Some(flag.to_string())),
    }
}

/// Text that identifies the record: nothing in its place is an error.
pub fn text_id<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    text(from)?.ok_or_else(|| unlike("nothing", "text"))
}

/// Text of an answer that may leave it out: nothing is the empty text.
pub(crate) fn text_or_empty<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    text(from).map(Option::unwrap_or_default)
}

/// A 64-bit integer from a number or from text, padded with zeros or not (`"000000000007949"`).
pub fn integer<'de, D: Deserializer<'de>>(from: D) -> Result<Option<i64>, D::Error> {
    match Scalar::deserialize(from)? {
        Scalar::Nothing => Ok(None),
        Scalar::Text(digits) | Scalar::Number(digits) => {
            whole(&digits).map(Some).ok_or_else(|| unlike("another value", INTEGER))
        }
        Scalar::Flag(_) => Err(unlike("a boolean", INTEGER)),
    }
}

/// An integer that identifies the record: nothing in its place is an error. Ten and eleven digits are usual.
pub fn id<'de, D: Deserializer<'de>>(from: D) -> Result<i64, D::Error> {
    integer(from)?.ok_or_else(|| unlike("nothing", INTEGER))
}

/// A count that paging depends on: nothing in its place is an error.
pub(crate) fn count<'de, D: Deserializer<'de>, N: TryFrom<i64>>(from: D) -> Result<N, D::Error> {
    N::try_from(id(from)?).map_err(|_| unlike("another number", "a count"))
}

/// An exact decimal from a number or from text, with dot or comma (`"1.234,50"` is 1234.50).
///
/// Read from the digits of the document, never through a binary float.
pub fn decimal<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Decimal>, D::Error> {
    match Scalar::deserialize(from)? {
        Scalar::Nothing => Ok(None),
        Scalar::Text(digits) | Scalar::Number(digits) => {
            exact(&digits).map(Some).ok_or_else(|| unlike("another value", DECIMAL))
        }
        Scalar::Flag(_) => Err(unlike("a boolean", DECIMAL)),
    }
}

/// `"S"` or `"N"`, in any case, or a true JSON boolean. Anything else is `None`, as when it is absent.
pub fn sn<'de, D: Deserializer<'de>>(from: D) -> Result<Option<bool>, D::Error> {
    Ok(match Scalar::deserialize(from)? {
        Scalar::Flag(flag) => Some(flag),
        Scalar::Text(text) if text.trim().eq_ignore_ascii_case("s") => Some(true),
        Scalar::Text(text) if text.trim().eq_ignore_ascii_case("n") => Some(false),
        Scalar::Text(_) | Scalar::Number(_) | Scalar::Nothing => None,
    })
}

/// `dd/mm/yyyy`. `"00/00/0000"` and a day that does not exist are `None` (`contracts/omie-maxima-mapping.md
/// §0`, `dt`).
pub fn date<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Date>, D::Error> {
    Ok(Scalar::deserialize(from)?.into_text().and_then(|text| parse_date(&text)))
}

/// `hh:mm:ss`, in the account's local time. What is not a time of day is `None`.
pub fn time<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Time>, D::Error> {
    Ok(Scalar::deserialize(from)?.into_text().and_then(|text| parse_time(&text)))
}

/// A sub-object that Omie may leave out, or send as `null`, `""`, `{}` or `[]`.
pub fn object<'de, D: Deserializer<'de>, T: Deserialize<'de>>(from: D) -> Result<Option<T>, D::Error> {
    from.deserialize_any(ObjectOrNothing(PhantomData))
}

/// A list inside a record that Omie may leave out, or send as `null`, `""` or `{}`.
///
/// Not for the array of a listing: a listing without its array is not an empty listing.
pub fn list<'de, D: Deserializer<'de>, T: Deserialize<'de>>(from: D) -> Result<Vec<T>, D::Error> {
    from.deserialize_any(ListOrNothing(PhantomData))
}

/// Writes a date as Omie reads it, `dd/mm/yyyy`.
pub fn write_date<S: Serializer>(date: &Option<Date>, to: S) -> Result<S::Ok, S::Error> {
    match date {
        Some(date) => to.collect_str(&date.strftime("%d/%m/%Y")),
        None => to.serialize_none(),
    }
}

/// Writes a time of day as Omie reads it, `hh:mm:ss`.
pub fn write_time<S: Serializer>(time: &Option<Time>, to: S) -> Result<S::Ok, S::Error> {
    match time {
        Some(time) => to.collect_str(&time.strftime("%H:%M:%S")),
        None => to.serialize_none(),
    }
}

/// Writes a yes or no as Omie reads it, `"S"` or `"N"`.
pub fn write_sn<S: Serializer>(flag: &Option<bool>, to: S) -> Result<S::Ok, S::Error> {
    match flag {
        Some(flag) => to.serialize_str(if *flag { "S" } else { "N" }),
        None => to.serialize_none(),
    }
}

/// Writes a decimal as a JSON number with its own digits, without zeros at the end, never through a binary
/// float: 8.50 is `8.5` and 12.0 is `12`. Only into JSON.
pub fn write_decimal<S: Serializer>(decimal: &Option<Decimal>, to: S) -> Result<S::Ok, S::Error> {
    let Some(decimal) = decimal else { return to.serialize_none() };
    let digits = decimal.normalize().to_string();
    RawValue::from_string(digits).map_err(S::Error::custom)?.serialize(to)
}

pub(crate) const INTEGER: &str = "a 64-bit integer";
pub(crate) const DECIMAL: &str = "a decimal";

/// One value of the document, whatever way Omie chose to write it.
enum Scalar {
    Nothing,
    Text(String),
    /// The digits as sent.
    Number(String),
    Flag(bool),
}

impl Scalar {
    fn into_text(self) -> Option<String> {
        match self {
            Self::Text(text) => Some(text),
            Self::Nothing | Self::Number(_) | Self::Flag(_) => None,
        }
    }
}

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(from)?;
        let json = raw.get();
        match json.as_bytes().first() {
            None | Some(b'n') => Ok(Self::Nothing),
            Some(b't') => Ok(Self::Flag(true)),
            Some(b'f') => Ok(Self::Flag(false)),
            Some(b'"') => {
                let text: String =
                    serde_json::from_str(json).map_err(|_| unlike("a broken escape", "text"))?;
                Ok(if text.trim().is_empty() { Self::Nothing } else { Self::Text(text) })
            }
            Some(b'[' | b'{') if is_empty_container(json) => Ok(Self::Nothing),
            Some(b'[') => Err(unlike("a list", "one value")),
            Some(b'{') => Err(unlike("an object", "one value")),
            Some(_) => Ok(Self::Number(json.to_owned())),
        }
    }
}

fn is_empty_container(json: &str) -> bool {
    json.get(1..json.len() - 1).is_some_and(|inside| inside.trim().is_empty())
}

fn whole(digits: &str) -> Option<i64> {
    let digits = digits.trim();
    if let Ok(number) = digits.parse() {
        return Some(number);
    }
    // A whole number may still be written as 3.0 or 5.366578425E9.
    let number = exact(digits)?;
    if number.fract().is_zero() { number.trunc().to_string().parse().ok() } else { None }
}

fn exact(digits: &str) -> Option<Decimal> {
    let digits = digits.trim();
    // With a comma for the cents, dots can only part the thousands.
    let dotted = if digits.contains(',') { digits.replace('.', "").replace(',', ".") } else { digits.into() };
    // `Decimal` also reads "1_000"; no partner writes that.
    if dotted.contains('_') {
        return None;
    }
    if dotted.contains(['e', 'E']) {
        return Decimal::from_scientific(&dotted).ok();
    }
    dotted.parse().ok()
}

fn parse_date(text: &str) -> Option<Date> {
    let mut parts = text.trim().split('/');
    let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
    let is_shaped = parts.next().is_none() && year.len() == 4;
    if !is_shaped {
        return None;
    }
    Date::new(number(year)?, number(month)?, number(day)?).ok()
}

fn parse_time(text: &str) -> Option<Time> {
    let mut parts = text.trim().split(':');
    let (hour, minute, second) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    Time::new(number(hour)?, number(minute)?, number(second)?, 0).ok()
}

/// Digits only: no sign, no space.
fn number<N: std::str::FromStr>(digits: &str) -> Option<N> {
    digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok())?
}

struct ObjectOrNothing<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for ObjectOrNothing<T> {
    type Value = Option<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object or nothing")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map)).map(Some)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        match seq.next_element::<IgnoredAny>()? {
            None => Ok(None),
            Some(_) => Err(unlike("a list", "an object")),
        }
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        nothing_in(text).map(|()| None)
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }
}

struct ListOrNothing<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for ListOrNothing<T> {
    type Value = Vec<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list or nothing")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element()? {
            items.push(item);
        }
        Ok(items)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        match map.next_entry::<IgnoredAny, IgnoredAny>()? {
            None => Ok(Vec::new()),
            Some(_) => Err(unlike("an object", "a list")),
        }
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        nothing_in(text).map(|()| Vec::new())
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(Vec::new())
    }
}

fn nothing_in<E: Error>(text: &str) -> Result<(), E> {
    if text.trim().is_empty() { Ok(()) } else { Err(unlike("text", "a structure")) }
}

/// Says what kind of value was found and what was expected, never the value: it is the partner's data.
pub(crate) fn unlike<E: Error>(found: &str, expected: &str) -> E {
    E::invalid_value(Unexpected::Other(found), &expected)
}

#[cfg(test)]
mod tests;
