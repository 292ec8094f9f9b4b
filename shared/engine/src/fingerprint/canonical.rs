//! Writes a row as canonical JSON in one pass: the members of an object are written as they come, then put in
//! the order of their names.
//!
//! The buffers are kept from row to row, and so is the order of the members of the last object: the next row is
//! nearly always of the same type, and checking an order is cheaper than finding it.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::{self, Display};

use serde::ser::{
    Error, Serialize, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple,
    SerializeTupleStruct, SerializeTupleVariant, Serializer,
};
use serde_json::value::RawValue;

/// The name under which `serde_json` serialises a `RawValue`: JSON that is text already, such as a decimal.
const RAW: &str = "$serde_json::private::RawValue";
/// The member that carries the fingerprint itself (`contracts/maxima.md` §3.4).
const HASH: &str = "Hash";

/// Rows are a few hundred bytes; buffers that hold more than this were for something else.
const WORTH_KEEPING: usize = 64 * 1_024;

/// What is needed to write a row; worth keeping for the next one.
pub(super) struct Canonical {
    text: Vec<u8>,
    /// An object with its members in order, before it takes the place of the one without.
    sorted: Vec<u8>,
    /// Members of the objects that are being written, the innermost last.
    members: Vec<Member>,
    /// Where the members of the last object stand in the order of their names.
    order: Vec<usize>,
}

/// Where `"name":value` stands in the text.
struct Member {
    name: Cow<'static, str>,
    from: usize,
    value: usize,
    to: usize,
}

/// What has no JSON.
#[derive(Debug)]
pub(super) struct NotJson(String);

impl Canonical {
    /// Empty buffers.
    pub(super) const fn new() -> Self {
        Self { text: Vec::new(), sorted: Vec::new(), members: Vec::new(), order: Vec::new() }
    }

    /// The memory of the two texts, in bytes.
    pub(super) fn held(&self) -> usize {
        self.text.capacity() + self.sorted.capacity()
    }

    /// Gives back what one large value has taken.
    pub(super) fn forget_the_large(&mut self) {
        if self.held() > WORTH_KEEPING {
            *self = Self::new();
        }
    }

    /// The canonical JSON of a row: keys sorted, nulls and the member `Hash` left out, numbers without empty zeros.
    pub(super) fn of(&mut self, row: &(impl Serialize + ?Sized)) -> Result<&[u8], NotJson> {
        self.text.clear();
        self.members.clear();
        row.serialize(&mut *self)?;
        Ok(&self.text)
    }

    fn quoted(&mut self, text: &str) -> Result<(), NotJson> {
        quote(&mut self.text, text)
    }

    /// A value without parts, as `serde_json` writes it.
    fn plain(&mut self, value: impl Serialize) -> Result<(), NotJson> {
        Ok(serde_json::to_writer(&mut self.text, &value)?)
    }

    /// 1.50 and 1.5 are one amount; the source is free to change how many zeros it prints.
    fn shorten_number(&mut self, from: usize) {
        let digits = &self.text[from..];
        if !digits.contains(&b'.') || digits.contains(&b'e') || digits.contains(&b'E') {
            return;
        }
        let zeros = digits.iter().rev().take_while(|digit| **digit == b'0').count();
        self.text.truncate(self.text.len() - zeros);
        if self.text.ends_with(b".") {
            self.text.pop();
        }
        if &self.text[from..] == b"-0" {
            self.text.remove(from);
        }
    }

    /// Replaces raw JSON, which was written as a text of its own, by what it says.
    fn unwrap_raw(&mut self, from: usize) -> Result<(), NotJson> {
        if matches!(self.text.get(from + 1), Some(b'-' | b'0'..=b'9')) {
            self.text.pop();
            self.text.remove(from);
            self.shorten_number(from);
            return Ok(());
        }
        let json: String = serde_json::from_slice(&self.text[from..])?;
        self.text.truncate(from);
        match json.as_bytes().first() {
            Some(b'{') => serde_json::from_str::<BTreeMap<String, &RawValue>>(&json)?.serialize(self),
            Some(b'[') => serde_json::from_str::<Vec<&RawValue>>(&json)?.serialize(self),
            _ => {
                self.text.extend_from_slice(json.as_bytes());
                Ok(())
            }
        }
    }

    /// Puts the members of an object, those from `first` on, where they were written, in the order of their names.
    fn close_object(&mut self, start: usize, first: usize) {
        let Self { text, sorted, members, order } = self;
        let own = &members[first..];
        if !is_the_order(order, own) {
            order.clear();
            order.extend(0..own.len());
            order.sort_by(|one, other| own[*one].name.cmp(&own[*other].name));
        }
        sorted.clear();
        sorted.push(b'{');
        for (place, index) in order.iter().enumerate() {
            let Member { name, from, value, to } = &own[*index];
            // A name that is there twice means its last value.
            let again = order.get(place + 1).is_some_and(|next| own[*next].name == *name);
            if again || name == HASH || &text[*value..*to] == b"null" {
                continue;
            }
            if sorted.len() > 1 {
                sorted.push(b',');
            }
            sorted.extend_from_slice(&text[*from..*to]);
        }
        sorted.push(b'}');
        text.truncate(start);
        text.extend_from_slice(sorted);
        members.truncate(first);
    }

    fn object(&mut self, kind: Kind) -> Object<'_> {
        let (start, first) = (self.text.len(), self.members.len());
        Object { start, first, kind, canonical: self }
    }

    fn list(&mut self, tag: Option<Tag>) -> List<'_> {
        self.text.push(b'[');
        List { start: self.text.len(), tag, canonical: self }
    }

    /// Opens `{"variant":`.
    fn tag(&mut self, variant: &'static str) -> Result<Tag, NotJson> {
        let start = self.text.len();
        self.text.push(b'{');
        self.quoted(variant)?;
        self.text.push(b':');
        Ok(Tag { start, value: self.text.len(), is_hash: variant == HASH })
    }

    fn close_tag(&mut self, tag: &Tag) {
        if tag.is_hash || &self.text[tag.value..] == b"null" {
            self.text.truncate(tag.start + 1);
        }
        self.text.push(b'}');
    }
}

/// Whether these places are those of the members in the order of their names, equal names in the order they came.
fn is_the_order(order: &[usize], members: &[Member]) -> bool {
    let follows = |pair: &[usize]| (&members[pair[0]].name, pair[0]) < (&members[pair[1]].name, pair[1]);
    order.len() == members.len() && order.windows(2).all(follows)
}

fn quote(out: &mut Vec<u8>, text: &str) -> Result<(), NotJson> {
    if text.bytes().any(|byte| byte < b' ' || byte == b'"' || byte == b'\\') {
        return Ok(serde_json::to_writer(out, text)?);
    }
    out.push(b'"');
    out.extend_from_slice(text.as_bytes());
    out.push(b'"');
    Ok(())
}

/// The object around the value of a variant.
struct Tag {
    start: usize,
    value: usize,
    is_hash: bool,
}

/// An object that is being written.
pub(super) struct Object<'a> {
    canonical: &'a mut Canonical,
    start: usize,
    first: usize,
    kind: Kind,
}

enum Kind {
    Plain,
    Raw,
    Tagged(Tag),
}

impl Object<'_> {
    fn value<T: Serialize + ?Sized>(&mut self, name: Cow<'static, str>, value: &T) -> Result<(), NotJson> {
        if matches!(self.kind, Kind::Raw) {
            return value.serialize(&mut *self.canonical);
        }
        let from = self.canonical.text.len();
        self.canonical.quoted(&name)?;
        self.canonical.text.push(b':');
        let start = self.canonical.text.len();
        value.serialize(&mut *self.canonical)?;
        let to = self.canonical.text.len();
        self.canonical.members.push(Member { name, from, value: start, to });
        Ok(())
    }

    fn close(self) -> Result<(), NotJson> {
        match self.kind {
            // Its one member has become its value already.
            Kind::Raw => return self.canonical.unwrap_raw(self.start),
            Kind::Plain => self.canonical.close_object(self.start, self.first),
            Kind::Tagged(tag) => {
                self.canonical.close_object(self.start, self.first);
                self.canonical.close_tag(&tag);
            }
        }
        Ok(())
    }
}

/// A list that is being written.
pub(super) struct List<'a> {
    canonical: &'a mut Canonical,
    start: usize,
    tag: Option<Tag>,
}

impl List<'_> {
    fn item<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), NotJson> {
        if self.canonical.text.len() > self.start {
            self.canonical.text.push(b',');
        }
        value.serialize(&mut *self.canonical)
    }

    #[expect(clippy::unnecessary_wraps, reason = "closing an object may fail, and both are closed alike")]
    fn close(self) -> Result<(), NotJson> {
        self.canonical.text.push(b']');
        if let Some(tag) = self.tag {
            self.canonical.close_tag(&tag);
        }
        Ok(())
    }
}

impl SerializeMap for Object<'_> {
    type Ok = ();
    type Error = NotJson;

    /// The key waits in the text until its value comes.
    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), NotJson> {
        let from = self.canonical.text.len();
        key.serialize(&mut *self.canonical)?;
        let written = &self.canonical.text[from..];
        let name = match written.first() {
            Some(b'"') => serde_json::from_slice(written)?,
            Some(b'-' | b'0'..=b'9' | b't' | b'f') => String::from_utf8_lossy(written).into_owned(),
            _ => return Err(NotJson("a key that is no text".to_owned())),
        };
        self.canonical.text.truncate(from);
        self.canonical.members.push(Member { name: Cow::Owned(name), from, value: from, to: from });
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), NotJson> {
        let key =
            self.canonical.members.pop().ok_or_else(|| NotJson("a value without its key".to_owned()))?;
        self.value(key.name, value)
    }

    fn end(self) -> Result<(), NotJson> {
        self.close()
    }
}

/// Structs and lists: one method each, of the same meaning.
macro_rules! parts {
    ($($of:ident for $container:ident: $method:ident($($name:ident)?) => $write:ident),+) => {
        $(impl $of for $container<'_> {
            type Ok = ();
            type Error = NotJson;

            fn $method<T: Serialize + ?Sized>(
                &mut self,
                $($name: &'static str,)?
                value: &T,
            ) -> Result<(), NotJson> {
                self.$write($(Cow::Borrowed($name),)? value)
            }

            fn end(self) -> Result<(), NotJson> {
                self.close()
            }
        })+
    };
}

parts!(
    SerializeStruct for Object: serialize_field(name) => value,
    SerializeStructVariant for Object: serialize_field(name) => value,
    SerializeSeq for List: serialize_element() => item,
    SerializeTuple for List: serialize_element() => item,
    SerializeTupleStruct for List: serialize_field() => item,
    SerializeTupleVariant for List: serialize_field() => item
);

/// Values that `serde_json` writes as they are.
macro_rules! plain {
    ($($method:ident: $type:ty),+) => {
        $(fn $method(self, value: $type) -> Result<(), NotJson> {
            self.plain(value)
        })+
    };
}

impl<'a> Serializer for &'a mut Canonical {
    type Ok = ();
    type Error = NotJson;
    type SerializeSeq = List<'a>;
    type SerializeTuple = List<'a>;
    type SerializeTupleStruct = List<'a>;
    type SerializeTupleVariant = List<'a>;
    type SerializeMap = Object<'a>;
    type SerializeStruct = Object<'a>;
    type SerializeStructVariant = Object<'a>;

    plain!(
        serialize_bool: bool, serialize_i8: i8, serialize_i16: i16, serialize_i32: i32, serialize_i64: i64,
        serialize_i128: i128, serialize_u8: u8, serialize_u16: u16, serialize_u32: u32, serialize_u64: u64,
        serialize_u128: u128
    );

    fn serialize_f32(self, value: f32) -> Result<(), NotJson> {
        let from = self.text.len();
        self.plain(value)?;
        self.shorten_number(from);
        Ok(())
    }

    fn serialize_f64(self, value: f64) -> Result<(), NotJson> {
        let from = self.text.len();
        self.plain(value)?;
        self.shorten_number(from);
        Ok(())
    }

    fn serialize_char(self, value: char) -> Result<(), NotJson> {
        self.quoted(value.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, value: &str) -> Result<(), NotJson> {
        self.quoted(value)
    }

    fn serialize_bytes(self, value: &[u8]) -> Result<(), NotJson> {
        self.collect_seq(value)
    }

    fn serialize_none(self) -> Result<(), NotJson> {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), NotJson> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), NotJson> {
        self.text.extend_from_slice(b"null");
        Ok(())
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), NotJson> {
        self.serialize_unit()
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Result<(), NotJson> {
        self.quoted(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<(), NotJson> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), NotJson> {
        let tag = self.tag(variant)?;
        value.serialize(&mut *self)?;
        self.close_tag(&tag);
        Ok(())
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<List<'a>, NotJson> {
        Ok(self.list(None))
    }

    fn serialize_tuple(self, _: usize) -> Result<List<'a>, NotJson> {
        Ok(self.list(None))
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<List<'a>, NotJson> {
        Ok(self.list(None))
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<List<'a>, NotJson> {
        let tag = self.tag(variant)?;
        Ok(self.list(Some(tag)))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Object<'a>, NotJson> {
        Ok(self.object(Kind::Plain))
    }

    fn serialize_struct(self, name: &'static str, _: usize) -> Result<Object<'a>, NotJson> {
        Ok(self.object(if name == RAW { Kind::Raw } else { Kind::Plain }))
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Object<'a>, NotJson> {
        let tag = self.tag(variant)?;
        Ok(self.object(Kind::Tagged(tag)))
    }
}

impl Error for NotJson {
    fn custom<T: Display>(message: T) -> Self {
        Self(message.to_string())
    }
}

impl From<serde_json::Error> for NotJson {
    fn from(error: serde_json::Error) -> Self {
        Self(error.to_string())
    }
}

impl Display for NotJson {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for NotJson {}
