//! Values that we write and read back: a request that is kept is the same request later.
//!
//! Used as `#[serde(with = "formats::both::decimal")]`, on a required member as on an `Option`; an optional one
//! also needs `default, skip_serializing_if = "Option::is_none"`, since Omie refuses nothing in place of a value.

use jiff::civil::Date;
use rust_decimal::Decimal;

/// A member that has its value, or may have none.
pub trait Member<T>: Copy {
    /// The member with what was read; nothing when it needs a value and there is none.
    fn holding(read: Option<T>) -> Option<Self>;
    /// The value to write.
    fn value(self) -> Option<T>;
}

impl<T: Copy> Member<T> for Option<T> {
    fn holding(read: Option<T>) -> Option<Self> {
        Some(read)
    }

    fn value(self) -> Option<T> {
        self
    }
}

macro_rules! required {
    ($($value:ty),+) => {
        $(impl Member<$value> for $value {
            fn holding(read: Option<$value>) -> Option<Self> {
                read
            }

            fn value(self) -> Option<$value> {
                Some(self)
            }
        })+
    };
}

required!(Decimal, Date, bool);

macro_rules! both_ways {
    ($(#[$doc:meta])* $name:ident: $value:ty, $read:path, $write:path, $expected:literal) => {
        $(#[$doc])*
        pub mod $name {
            use serde::{Deserializer, Serializer};

            use super::Member;
            use crate::formats;

            /// Writes the member as Omie reads it.
            pub fn serialize<M: Member<$value>, S: Serializer>(member: &M, to: S) -> Result<S::Ok, S::Error> {
                $write(&member.value(), to)
            }

            /// Reads what [`serialize`] wrote, and what Omie writes.
            pub fn deserialize<'de, D: Deserializer<'de>, M: Member<$value>>(
                from: D,
            ) -> Result<M, D::Error> {
                M::holding($read(from)?).ok_or_else(|| formats::unlike("nothing", $expected))
            }
        }
    };
}

both_ways! {
    /// A JSON number with its own digits, without zeros at the end: 8.50 is `8.5` and 12.0 is `12`.
    decimal: rust_decimal::Decimal, formats::decimal, formats::write_decimal, "a decimal"
}
both_ways! {
    /// `dd/mm/yyyy`.
    date: jiff::civil::Date, formats::date, formats::write_date, "a date"
}
both_ways! {
    /// `"S"` or `"N"`.
    sn: bool, formats::sn, formats::write_sn, "S or N"
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use serde::{Deserialize, Serialize};

    use super::*;
    use crate::formats;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Kept {
        #[serde(with = "formats::both::decimal")]
        price: Decimal,
        #[serde(with = "formats::both::date")]
        day: Date,
        #[serde(with = "formats::both::sn")]
        is_open: bool,
        #[serde(default, skip_serializing_if = "Option::is_none", with = "formats::both::decimal")]
        discount: Option<Decimal>,
    }

    fn kept(price: Decimal, discount: Option<Decimal>) -> Kept {
        Kept { price, day: date(2025, 2, 5), is_open: false, discount }
    }

    #[test]
    fn decimals_are_written_with_their_digits_and_no_zeros_behind() {
        for (price, digits) in [
            (Decimal::new(850, 2), "8.5"),
            (Decimal::new(120, 1), "12"),
            (Decimal::new(0, 2), "0"),
            (Decimal::new(-7, 3), "-0.007"),
            (Decimal::MAX, "79228162514264337593543950335"),
        ] {
            let written = serde_json::to_string(&kept(price, None)).unwrap();

            assert_eq!(written, format!(r#"{{"price":{digits},"day":"05/02/2025","is_open":"N"}}"#));
        }
    }

    #[test]
    fn what_was_written_is_read_back_the_same() {
        let whole = kept(Decimal::new(12_345_678_901_234_567, 4), Some(Decimal::new(1, 1)));

        let written = serde_json::to_string(&whole).unwrap();

        assert_eq!(serde_json::from_str::<Kept>(&written).unwrap(), whole);
    }

    #[test]
    fn a_required_member_without_a_value_is_an_error() {
        for broken in [
            r#"{"price":"","day":"05/02/2025","is_open":"N"}"#,
            r#"{"price":1,"day":"30/02/2025","is_open":"N"}"#,
            r#"{"price":1,"day":"05/02/2025","is_open":"x"}"#,
        ] {
            assert!(serde_json::from_str::<Kept>(broken).is_err(), "{broken}");
        }
    }
}
