//! Takes a row apart into its members without writing JSON: a row is checked and sent thousands of times a
//! minute, and its text would only be parsed again.

use std::fmt::{self, Display};

use serde::Serialize;
use serde::ser::{Error, Impossible, SerializeStruct, Serializer};

use crate::record::Member;

/// The name under which `serde_json` serialises a `RawValue`: a number that is digits already (`number::exact`).
const RAW: &str = "$serde_json::private::RawValue";

/// Shows the members of a struct of texts, numbers and nulls, in its order.
pub(crate) fn each<R: Serialize>(
    row: &R,
    mut visit: impl FnMut(&'static str, Member<'_>),
) -> Result<(), NotFlat> {
    row.serialize(Flat { place: Place::Row, visit: &mut visit })
}

/// What is no row, or no member of one.
#[derive(Debug)]
pub(crate) struct NotFlat(String);

/// What is being taken apart.
#[derive(Clone, Copy)]
enum Place {
    Row,
    Member(&'static str),
    /// A number that is digits already, the value of this member.
    Raw(&'static str),
}

struct Flat<'v, V> {
    place: Place,
    visit: &'v mut V,
}

impl<V: FnMut(&'static str, Member<'_>)> Flat<'_, V> {
    fn show(self, member: Member<'_>) -> Result<(), NotFlat> {
        match (self.place, member) {
            (Place::Member(name), member) => (self.visit)(name, member),
            (Place::Raw(name), Member::Text(digits)) => (self.visit)(name, Member::Number(digits)),
            (Place::Raw(_), _) => return Err(NotFlat("raw JSON without its text".to_owned())),
            (Place::Row, _) => return Err(NotFlat("a value alone".to_owned())),
        }
        Ok(())
    }
}

impl<V: FnMut(&'static str, Member<'_>)> SerializeStruct for Flat<'_, V> {
    type Ok = ();
    type Error = NotFlat;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        name: &'static str,
        value: &T,
    ) -> Result<(), NotFlat> {
        let place = match self.place {
            Place::Row => Place::Member(name),
            inside => inside,
        };
        value.serialize(Flat { place, visit: &mut *self.visit })
    }

    fn end(self) -> Result<(), NotFlat> {
        Ok(())
    }
}

/// Whole numbers, as their digits.
macro_rules! whole {
    ($($method:ident: $type:ty),+) => {
        $(fn $method(self, number: $type) -> Result<(), NotFlat> {
            self.show(Member::Number(&number.to_string()))
        })+
    };
}

/// What rows do not hold.
macro_rules! refused {
    ($($method:ident($($type:ty),*): $what:literal),+) => {
        $(fn $method(self, $(_: $type),*) -> Result<(), NotFlat> {
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

impl<'v, V: FnMut(&'static str, Member<'_>)> Serializer for Flat<'v, V> {
    type Ok = ();
    type Error = NotFlat;
    type SerializeSeq = Impossible<(), NotFlat>;
    type SerializeTuple = Impossible<(), NotFlat>;
    type SerializeTupleStruct = Impossible<(), NotFlat>;
    type SerializeTupleVariant = Impossible<(), NotFlat>;
    type SerializeMap = Impossible<(), NotFlat>;
    type SerializeStruct = Flat<'v, V>;
    type SerializeStructVariant = Impossible<(), NotFlat>;

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

    fn serialize_str(self, text: &str) -> Result<(), NotFlat> {
        self.show(Member::Text(text))
    }

    fn serialize_char(self, letter: char) -> Result<(), NotFlat> {
        self.show(Member::Text(letter.encode_utf8(&mut [0; 4])))
    }

    fn serialize_none(self) -> Result<(), NotFlat> {
        self.show(Member::Nothing)
    }

    fn serialize_unit(self) -> Result<(), NotFlat> {
        self.serialize_none()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), NotFlat> {
        value.serialize(self)
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Result<(), NotFlat> {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<(), NotFlat> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<(), NotFlat> {
        Err(NotFlat("a container".to_owned()))
    }

    fn serialize_struct(self, name: &'static str, _: usize) -> Result<Self, NotFlat> {
        match self.place {
            Place::Row => Ok(self),
            Place::Member(member) if name == RAW => Ok(Self { place: Place::Raw(member), ..self }),
            Place::Member(_) | Place::Raw(_) => Err(NotFlat(format!("the structure {name}"))),
        }
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

    fn is_flat(row: &impl Serialize) -> bool {
        each(row, |_, _| {}).is_ok()
    }

    #[test]
    fn what_is_not_flat_is_refused() {
        assert!(is_flat(&Holds { value: Some("1") }));
        assert!(!is_flat(&Holds { value: 0.1 }), "a binary float");
        assert!(!is_flat(&Holds { value: true }), "a boolean");
        assert!(!is_flat(&Holds { value: [1] }), "a list");
        assert!(!is_flat(&Holds { value: Holds { value: 1 } }), "a structure in a structure");
        assert!(!is_flat(&json!({"value": 1})), "names that are not the row's own");
        assert!(!is_flat(&1), "no structure at all");
    }
}
