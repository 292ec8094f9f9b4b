//! Field rules as data, and the one pure function that applies them.

use rust_decimal::Decimal;

use crate::{
    record::{Member, Record, record},
    resource::Resource,
};

/// What `contracts/maxima.md` §5 asks of one member: the stricter of the SDK and the dictionary.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// JSON name of the member.
    pub field: &'static str,
    /// Must have a value: a null or blank one is a violation.
    pub required: bool,
    /// Longest text, in characters.
    pub max_len: Option<usize>,
    /// Allowed numbers.
    pub range: Option<Range>,
    /// Allowed values, as text; numbers are compared by their digits.
    pub set: Option<&'static [&'static str]>,
    /// The resource whose key this member names.
    pub fk: Option<Fk>,
}

/// Numbers from `min` to `max`, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    /// Smallest number allowed.
    pub min: Decimal,
    /// Largest number allowed.
    pub max: Decimal,
}

/// A reference to the key of another resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Fk {
    /// Endpoint of the resource, which is also its name for the operator: `Cidades`.
    pub resource: &'static str,
    /// Cloud table, as the key look-up wants it: `MXSCIDADE`.
    pub table: &'static str,
    /// Key member, as the key look-up wants it: `Codcidade`.
    pub column: &'static str,
}

/// A member that breaks its rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// JSON name of the member.
    pub field: &'static str,
    /// Its value, shortened; empty when there is none.
    pub value: String,
    /// What is wrong and what to do, in Portuguese.
    pub rule: String,
}

impl Rule {
    /// A text of at most `max_len` characters.
    pub const fn text(field: &'static str, max_len: usize) -> Self {
        Self { field, required: false, max_len: Some(max_len), range: None, set: None, fk: None }
    }

    /// A number inside `range`.
    pub const fn number(field: &'static str, range: Range) -> Self {
        Self { field, required: false, max_len: None, range: Some(range), set: None, fk: None }
    }

    /// One of the values of `set`.
    pub const fn one_of(field: &'static str, set: &'static [&'static str]) -> Self {
        Self { field, required: false, max_len: None, range: None, set: Some(set), fk: None }
    }

    /// The same rule for a member that must have a value.
    #[must_use]
    pub const fn required(self) -> Self {
        Self { required: true, ..self }
    }

    /// The same rule for a member that names a key of another resource.
    #[must_use]
    pub const fn refers_to(self, fk: Fk) -> Self {
        Self { fk: Some(fk), ..self }
    }

    fn broken_by(&self, member: &Member) -> Option<String> {
        if member.is_blank() {
            return self
                .required
                .then(|| "é obrigatório e está vazio: preencha no cadastro de origem".to_owned());
        }
        self.too_long(member).or_else(|| self.out_of_range(member)).or_else(|| self.outside_set(member))
    }

    fn too_long(&self, member: &Member) -> Option<String> {
        let (max, length) = (self.max_len?, member.text().chars().count());
        (length > max)
            .then(|| format!("tem {length} caracteres e o limite é {max}: encurte no cadastro de origem"))
    }

    fn out_of_range(&self, member: &Member) -> Option<String> {
        let Range { min, max } = self.range?;
        let inside = member.number().is_some_and(|number| min <= number && number <= max);
        (!inside).then(|| {
            let (min, max) = (with_comma(min), with_comma(max));
            format!("precisa ser um número de {min} a {max}: corrija no cadastro de origem")
        })
    }

    fn outside_set(&self, member: &Member) -> Option<String> {
        let set = self.set?;
        (!set.contains(&member.text())).then(|| {
            format!("precisa ser um destes valores: {}. Corrija no cadastro de origem", set.join(", "))
        })
    }
}

impl Range {
    /// From zero to the number written in `max`, e.g. `"999.99"`.
    ///
    /// # Panics
    ///
    /// When `max` is not digits with at most one dot or has more than 18 digits: at compile time, where the
    /// rules are written.
    pub const fn up_to(max: &'static str) -> Self {
        let (digits, mut at, mut number, mut scale) = (max.as_bytes(), 0, 0_u64, None);
        assert!(digits.len() <= 18, "a bound has at most 18 digits");
        while at < digits.len() {
            match (digits[at], scale) {
                (b'.', None) => scale = Some(0),
                (digit @ b'0'..=b'9', places) => {
                    number = number * 10 + (digit - b'0') as u64;
                    if let Some(places) = places {
                        scale = Some(places + 1);
                    }
                }
                _ => panic!("a bound is digits with at most one dot"),
            }
            at += 1;
        }
        let scale = match scale {
            Some(places) => places,
            None => 0,
        };
        #[expect(clippy::cast_possible_truncation, reason = "the two halves of the number")]
        let max = Decimal::from_parts(number as u32, (number >> 32) as u32, 0, false, scale);
        Self { min: Decimal::ZERO, max }
    }
}

impl Fk {
    /// The key of `R`.
    pub const fn to<R: Resource>() -> Self {
        Self { resource: R::PATH, table: R::TABLE, column: R::KEY }
    }
}

impl Violation {
    pub(crate) fn new(field: &'static str, value: &str, rule: String) -> Self {
        Self { field, value: shortened(value), rule }
    }
}

/// Every member of `row` that breaks its rule, in the order of the rules. Does not ask the cloud: whether
/// references exist is [`Maxima::violations`](crate::Maxima::violations).
pub fn check<R: Resource>(row: &R) -> Vec<Violation> {
    violations(R::RULES, &record(row))
}

pub(crate) fn violations(rules: &[Rule], record: &Record) -> Vec<Violation> {
    let broken = |rule: &Rule| {
        let member = record.member(rule.field);
        rule.broken_by(member).map(|text| Violation::new(rule.field, member.text(), text))
    };
    rules.iter().filter_map(broken).collect()
}

/// Enough of a value to find it in the source.
fn shortened(value: &str) -> String {
    const KEPT: usize = 60;
    match value.char_indices().nth(KEPT) {
        Some((end, _)) => format!("{}…", &value[..end]),
        None => value.to_owned(),
    }
}

fn with_comma(number: Decimal) -> String {
    number.to_string().replace('.', ",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bound_keeps_its_places() {
        assert_eq!(Range::up_to("9999999999.99").max.to_string(), "9999999999.99");
        assert_eq!(Range::up_to("2147483647").max.to_string(), "2147483647");
    }

    #[test]
    fn a_long_value_is_shown_by_its_beginning() {
        assert_eq!(shortened(&"é".repeat(61)), format!("{}…", "é".repeat(60)));
        assert_eq!(shortened(&"é".repeat(60)), "é".repeat(60));
    }
}
