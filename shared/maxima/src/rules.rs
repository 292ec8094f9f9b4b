//! Field rules as data, and the one pure function that applies them.

use rust_decimal::Decimal;

use crate::{
    range::Range,
    record::{self, Member},
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
    /// The cloud table in which `value` was looked for and not found; nothing for a field rule. Such a row may
    /// pass as it is once that key is there.
    pub missing: Option<&'static str>,
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

    /// A date and time: only whether it is there matters, the type sees to its form.
    pub const fn date(field: &'static str) -> Self {
        Self { field, required: false, max_len: None, range: None, set: None, fk: None }
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

    /// How `member` breaks the rule. Whether a reference exists is not asked here.
    pub(crate) fn violation(&self, member: Member<'_>) -> Option<Violation> {
        let text = self.broken_by(member)?;
        Some(Violation { field: self.field, value: shortened(member.text()), rule: text, missing: None })
    }

    fn broken_by(&self, member: Member<'_>) -> Option<String> {
        if member.is_blank() {
            return self
                .required
                .then(|| "é obrigatório e está vazio: preencha no cadastro de origem".to_owned());
        }
        self.too_long(member).or_else(|| self.out_of_range(member)).or_else(|| self.outside_set(member))
    }

    fn too_long(&self, member: Member<'_>) -> Option<String> {
        let (max, text) = (self.max_len?, member.text());
        // A text has no more characters than bytes.
        if text.len() <= max {
            return None;
        }
        let length = text.chars().count();
        (length > max)
            .then(|| format!("tem {length} caracteres e o limite é {max}: encurte no cadastro de origem"))
    }

    fn out_of_range(&self, member: Member<'_>) -> Option<String> {
        let Range { min, max } = self.range?;
        let inside = member.number().is_some_and(|number| min <= number && number <= max);
        (!inside).then(|| {
            let (min, max) = (with_comma(min), with_comma(max));
            format!("precisa ser um número de {min} a {max}: corrija no cadastro de origem")
        })
    }

    fn outside_set(&self, member: Member<'_>) -> Option<String> {
        let set = self.set?;
        (!set.contains(&member.text())).then(|| {
            format!("precisa ser um destes valores: {}. Corrija no cadastro de origem", set.join(", "))
        })
    }
}

impl Fk {
    /// The key of `R`.
    pub const fn to<R: Resource>() -> Self {
        Self { resource: R::PATH, table: R::TABLE, column: R::KEY }
    }
}

impl Violation {
    /// `member` names no row of `fk`.
    pub(crate) fn dangling(field: &'static str, fk: Fk, key: &str) -> Self {
        let resource = fk.resource;
        let rule = format!(
            "o código não existe em {resource}: envie primeiro o registro de {resource}, ou corrija o código no cadastro de origem"
        );
        Self { field, value: shortened(key), rule, missing: Some(fk.table) }
    }
}

/// Every member of `row` that breaks its rule, in the order of the rules. Does not ask the cloud: whether
/// references exist is [`Maxima::violations`](crate::Maxima::violations).
pub fn check<R: Resource>(row: &R) -> Vec<Violation> {
    let mut found = Vec::new();
    each_rule(row, |_, rule, member| found.extend(rule.violation(member)));
    found
}

/// Every rule with its position and its member. One walk: rules stand in the order of the members.
pub(crate) fn each_rule<R: Resource>(row: &R, mut visit: impl FnMut(usize, &'static Rule, Member<'_>)) {
    let mut rules = R::RULES.iter().enumerate().peekable();
    record::each(row, |name, member| {
        if let Some((at, rule)) = rules.next_if(|(_, rule)| rule.field == name) {
            visit(at, rule, member);
        }
    });
    debug_assert!(rules.peek().is_none(), "{}: {:?} is out of order", R::PATH, rules.peek());
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
    fn a_long_value_is_shown_by_its_beginning() {
        assert_eq!(shortened(&"é".repeat(61)), format!("{}…", "é".repeat(60)));
        assert_eq!(shortened(&"é".repeat(60)), "é".repeat(60));
    }
}
