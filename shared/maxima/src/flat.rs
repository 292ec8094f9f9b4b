//! Takes a row apart into its members without writing JSON: a row is checked and sent thousands of times a
//! minute, and its text would only be parsed again.

use std::fmt::{self, Display};

use serde::Serialize;
use serde::ser::{Error, Impossible, SerializeStruct, Serializer};

use crate::record::Member;

/// The name under which `serde_json` serialises a `RawValue`: a number that is digits already (`number::exact`).
const RAW: &str = "$serde_json::private::RawValue";

/// The members of a struct of texts, numbers and nulls, in its order.
pub(crate) fn members<R: Serialize>(row: &R) -> Result<Vec<(&'static str, Member)>, NotFlat> {
    match row.serialize(Flat)? {
        Part::Row(members) => Ok(members),
        Part::Member(_) => Err(NotFlat("a value alone".to_owned())),
    }
}

/// What is no row, or no member of one.
#[derive(Debug)]
pub(crate) struct NotFlat(String);

enum Part {
    Member(Member),
    Row(Vec<(&'static str, Member)>),
}

struct Flat;

struct Members {
    is_raw: bool,
    members: Vec<(&'static str, Member)>,
}

impl SerializeStruct for Members {
    type Ok = Part;
    type Error = NotFlat;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        name: &'static str,
        value: &T,
    ) -> Result<(), NotFlat> {
        match value.serialize(Flat)? {
            Part::Member(member) => self.members.push((name, member)),
            Part::Row(_) => return Err(NotFlat(format!("the structure {name}"))),
        }
        Ok(())
    }

    fn end(mut self) -> Result<Part, NotFlat> {
        if !self.is_raw {
            return Ok(Part::Row(self.members));
        }
        match self.members.pop() {
            Some((_, Member::Text(digits))) => Ok(Part::Member(Member::Number(digits))),
            _ => Err(NotFlat("raw JSON without its text".to_owned())),
        }
    }
}

/// Whole numbers, as their digits.
macro_rules! whole {
    ($($method:ident: $type:ty),+) => {
        $(fn $method(self, number: $type) -> Result<Part, NotFlat> {
            Ok(Part::Member(Member::Number(number.to_string())))
        })+
    };
}

/// What rows do not hold.
macro_rules! refused {
    ($($method:ident($($type:ty),*): $what:literal),+) => {
        $(fn $method(self, $(_: $type),*) -> Result<Part, NotFlat> {
            Err(NotFlat($what.to_owned()))
        })+
    };
}

macro_rules! refused_containers {
    ($($method:ident($($type:ty),*) -> $container:ident),+) => {
        $(fn $method(self, $(_: $type),*) -> Result<Self::$container, NotFlat> {
            Err(NotFlat("a container".to_owned()))
        })+
    };
}

impl Serializer for Flat {
    type Ok = Part;
    type Error = NotFlat;
    type SerializeSeq = Impossible<Part, NotFlat>;
    type SerializeTuple = Impossible<Part, NotFlat>;
    type SerializeTupleStruct = Impossible<Part, NotFlat>;
    type SerializeTupleVariant = Impossible<Part, NotFlat>;
    type SerializeMap = Impossible<Part, NotFlat>;
    type SerializeStruct = Members;
    type SerializeStructVariant = Impossible<Part, NotFlat>;

    whole!(
        serialize_i8: i8, serialize_i16: i16, serialize_i32: i32, serialize_i64: i64,
        serialize_u8: u8, serialize_u16: u16, serialize_u32: u32, serialize_u64: u64
    );

    // A binary float is not an amount; a flag of Máxima is "S" or "N".
    refused!(
        serialize_f32(f32): "a binary float",
        serialize_f64(f64): "a binary float",
        serialize_bool(bool): "a boolean",
        serialize_bytes(&[u8]): "bytes",
        serialize_unit_struct(&'static str): "a unit"
    );

    refused_containers!(
        serialize_seq(Option<usize>) -> SerializeSeq,
        serialize_tuple(usize) -> SerializeTuple,
        serialize_tuple_struct(&'static str, usize) -> SerializeTupleStruct,
        serialize_tuple_variant(&'static str, u32, &'static str, usize) -> SerializeTupleVariant,
        serialize_map(Option<usize>) -> SerializeMap,
        serialize_struct_variant(&'static str, u32, &'static str, usize) -> SerializeStructVariant
    );

    fn serialize_str(self, text: &str) -> Result<Part, NotFlat> {
        Ok(Part::Member(Member::Text(text.to_owned())))
    }

    fn serialize_char(self, letter: char) -> Result<Part, NotFlat> {
        Ok(Part::Member(Member::Text(letter.to_string())))
    }

    fn serialize_none(self) -> Result<Part, NotFlat> {
        Ok(Part::Member(Member::Nothing))
    }

    fn serialize_unit(self) -> Result<Part, NotFlat> {
        self.serialize_none()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<Part, NotFlat> {
        value.serialize(self)
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Result<Part, NotFlat> {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<Part, NotFlat> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<Part, NotFlat> {
        Err(NotFlat("a container".to_owned()))
    }

    fn serialize_struct(self, name: &'static str, fields: usize) -> Result<Members, NotFlat> {
        Ok(Members { is_raw: name == RAW, members: Vec::with_capacity(fields + 1) })
    }
}

impl Error for NotFlat {
    fn custom<T: Display>(message: T) -> Self {
        Self(message.to_string())
    }
}

impl Display for NotFlat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a row holds texts, numbers and nulls, not {}", self.0)
    }
}

impl std::error::Error for NotFlat {}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[derive(Serialize)]
    struct Holds<T> {
        value: T,
    }

    #[test]
    fn what_is_not_flat_is_refused() {
        assert!(members(&Holds { value: 0.1 }).is_err(), "a binary float");
        assert!(members(&Holds { value: true }).is_err(), "a boolean");
        assert!(members(&Holds { value: [1] }).is_err(), "a list");
        assert!(members(&Holds { value: Holds { value: 1 } }).is_err(), "a structure in a structure");
        assert!(members(&json!({"value": 1})).is_err(), "names that are not the row's own");
        assert!(members(&1).is_err(), "no structure at all");
    }
}
