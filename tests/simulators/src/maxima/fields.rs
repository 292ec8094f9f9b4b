//! What one member of a row must be: the columns of the tables in `contracts/maxima.md` §5.

use jiff::civil::{Date, DateTime};
use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::Value;

/// How strictly rows are checked (`contracts/maxima.md` §5, §11.2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RuleSet {
    /// What the vendor's own client checks.
    Sdk,
    /// That, and the dictionary's lengths and required members.
    #[default]
    Stricter,
    /// That, and what only some tenants demand: `Usuaris.Codsupervisor`, no cancelled title (§3.5).
    Dictionary,
}

/// A member of a row.
#[derive(Debug)]
pub(super) struct Field {
    pub(super) name: &'static str,
    /// Its place in the key, from 1; 0 when it is no part of the key.
    pub(super) key: usize,
    /// Path of the resource it points to.
    pub(super) points_to: Option<&'static str>,
    kind: Kind,
    need: Need,
    sdk: usize,
    dictionary: usize,
    set: &'static [&'static str],
    /// What the tenants of the dictionary allow; empty is all of `set`.
    set_there: &'static [&'static str],
    /// From 0 to this; empty is any number.
    highest: &'static str,
    above_zero: bool,
    /// Digits before the decimal point that the dictionary's column has room for; 0 is no limit.
    whole_digits: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Text,
    Whole,
    Number,
    Moment,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Need {
    Optional,
    /// Absent is fine, null is not.
    NotNull,
    Sdk,
    Dictionary,
    Tenant,
}

const UNLIMITED: usize = usize::MAX;

/// Text of at most `sdk` characters, `dictionary` in the stricter rule sets; 0 is no limit.
pub(super) const fn text(name: &'static str, sdk: usize, dictionary: usize) -> Field {
    let sdk = if sdk == 0 { UNLIMITED } else { sdk };
    let dictionary = if dictionary == 0 { UNLIMITED } else { dictionary };
    Field {
        name,
        key: 0,
        points_to: None,
        kind: Kind::Text,
        need: Need::Optional,
        sdk,
        dictionary,
        set: &[],
        set_there: &[],
        highest: "",
        above_zero: false,
        whole_digits: 0,
    }
}

/// One of a few texts.
pub(super) const fn one_of(name: &'static str, set: &'static [&'static str]) -> Field {
    Field { set, ..text(name, 0, 0) }
}

/// "S" or "N".
pub(super) const fn flag(name: &'static str) -> Field {
    one_of(name, &["S", "N"])
}

/// A number from 0 to `highest`.
pub(super) const fn number(name: &'static str, highest: &'static str) -> Field {
    Field { kind: Kind::Number, highest, ..text(name, 0, 0) }
}

/// A number of any sign, in the stricter rule sets of at most `whole_digits` digits before the point; 0 is no
/// limit. Digits behind the point that the column has no room for are not refused: the database rounds.
pub(super) const fn amount(name: &'static str, whole_digits: u32) -> Field {
    Field { kind: Kind::Number, whole_digits, ..text(name, 0, 0) }
}

/// A whole number from 0 to `highest`.
pub(super) const fn whole(name: &'static str, highest: &'static str) -> Field {
    Field { kind: Kind::Whole, highest, ..text(name, 0, 0) }
}

/// An ISO 8601 date or date and time.
pub(super) const fn moment(name: &'static str) -> Field {
    Field { kind: Kind::Moment, ..text(name, 0, 0) }
}

impl Field {
    pub(super) const fn key(self) -> Self {
        self.key_at(1)
    }

    /// Part of a key of several members: its place in the contract's order, from 1.
    pub(super) const fn key_at(self, place: usize) -> Self {
        Self { key: place, need: Need::Sdk, ..self }
    }

    pub(super) const fn required(self) -> Self {
        Self { need: Need::Sdk, ..self }
    }

    pub(super) const fn required_there(self) -> Self {
        Self { need: Need::Dictionary, ..self }
    }

    pub(super) const fn required_by_some(self) -> Self {
        Self { need: Need::Tenant, ..self }
    }

    pub(super) const fn never_null(self) -> Self {
        Self { need: Need::NotNull, ..self }
    }

    pub(super) const fn among(self, set: &'static [&'static str]) -> Self {
        Self { set, ..self }
    }

    /// What the tenants of the dictionary allow, less than the SDK does.
    pub(super) const fn among_there(self, set: &'static [&'static str]) -> Self {
        Self { set_there: set, ..self }
    }

    /// Zero is refused in the stricter rule sets.
    pub(super) const fn above_zero(self) -> Self {
        Self { above_zero: true, ..self }
    }

    /// A whole number with room for so many digits in the stricter rule sets.
    pub(super) const fn digits(self, whole_digits: u32) -> Self {
        Self { whole_digits, ..self }
    }

    pub(super) const fn to(self, resource: &'static str) -> Self {
        Self { points_to: Some(resource), ..self }
    }

    /// Whether a new row must have it.
    pub(super) fn is_required(&self, rules: RuleSet) -> bool {
        match self.need {
            Need::Optional | Need::NotNull => false,
            Need::Sdk => true,
            Need::Dictionary => rules != RuleSet::Sdk,
            Need::Tenant => rules == RuleSet::Dictionary,
        }
    }

    /// The value as part of a key or as a reference: a text that is not empty, or a whole number's digits.
    pub(super) fn key_text(&self, value: &Value) -> Option<String> {
        match self.kind {
            Kind::Whole => value.as_i64().map(|number| number.to_string()),
            _ => value.as_str().filter(|text| !text.is_empty()).map(str::to_owned),
        }
    }

    /// What is wrong with a value that is there.
    pub(super) fn problem(&self, value: &Value, rules: RuleSet) -> Option<String> {
        let name = self.name;
        let empty = value.is_null() || value == "";
        if empty && self.is_required(rules) {
            return Some(format!("o campo {name} é obrigatório"));
        }
        if value.is_null() {
            return (self.need == Need::NotNull).then(|| format!("o campo {name} não aceita nulo"));
        }
        match self.kind {
            Kind::Text => self.text_problem(value, rules),
            Kind::Whole if value.as_i64().is_none() => {
                Some(format!("o campo {name} deve ser um número inteiro"))
            }
            Kind::Whole | Kind::Number => self.number_problem(value, rules),
            Kind::Moment => {
                (!value.as_str().is_some_and(is_moment)).then(|| format!("o campo {name} não é uma data"))
            }
        }
    }

    fn text_problem(&self, value: &Value, rules: RuleSet) -> Option<String> {
        let name = self.name;
        let Some(text) = value.as_str() else { return Some(format!("o campo {name} deve ser texto")) };
        let most = if rules == RuleSet::Sdk { self.sdk } else { self.sdk.min(self.dictionary) };
        let length = text.chars().count();
        if length > most {
            return Some(format!("o campo {name} tem {length} caracteres e o máximo é {most}"));
        }
        self.set_problem(text, rules)
    }

    fn set_problem(&self, text: &str, rules: RuleSet) -> Option<String> {
        let narrower = rules == RuleSet::Dictionary && !self.set_there.is_empty();
        let set = if narrower { self.set_there } else { self.set };
        let outside = !set.is_empty() && !set.contains(&text);
        outside.then(|| format!("o campo {} aceita {} e recebeu \"{text}\"", self.name, set.join(", ")))
    }

    fn number_problem(&self, value: &Value, rules: RuleSet) -> Option<String> {
        let name = self.name;
        let number = value.as_number().map(ToString::to_string);
        let Some(number) = number.and_then(|digits| decimal(&digits)) else {
            return Some(format!("o campo {name} deve ser um número"));
        };
        if let Some(highest) = decimal(self.highest)
            && (number < Decimal::ZERO || number > highest)
        {
            return Some(format!("o campo {name} vai de 0 a {highest} e recebeu {number}"));
        }
        if rules != RuleSet::Sdk {
            if self.above_zero && number.is_zero() {
                return Some(format!("o campo {name} deve ser maior que zero"));
            }
            let room = 10_i128.checked_pow(self.whole_digits).filter(|_| self.whole_digits > 0);
            if room.is_some_and(|room| number.trunc().mantissa().abs() >= room) {
                let most = self.whole_digits;
                return Some(format!(
                    "o campo {name} tem no máximo {most} algarismos inteiros, veio {number}"
                ));
            }
        }
        self.set_problem(&number.normalize().to_string(), rules)
    }
}

fn decimal(digits: &str) -> Option<Decimal> {
    digits.parse().or_else(|_| Decimal::from_scientific(digits)).ok()
}

/// With or without time, with or without offset (`contracts/maxima.md` §1).
fn is_moment(text: &str) -> bool {
    text.parse::<jiff::Timestamp>().is_ok()
        || text.parse::<DateTime>().is_ok()
        || text.parse::<Date>().is_ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn problem(field: &Field, value: &Value) -> String {
        field.problem(value, RuleSet::Stricter).unwrap_or_default()
    }

    #[test]
    fn each_rule_names_its_field_and_what_it_wants() {
        assert_eq!(problem(&text("Nome", 200, 0).required(), &json!("")), "o campo Nome é obrigatório");
        assert_eq!(
            problem(&text("Uf", 4_000, 2), &json!("GOI")),
            "o campo Uf tem 3 caracteres e o máximo é 2"
        );
        assert_eq!(problem(&flag("Boleto"), &json!("X")), "o campo Boleto aceita S, N e recebeu \"X\"");
        assert_eq!(
            problem(&number("Limcred", "9.99"), &json!(-1)),
            "o campo Limcred vai de 0 a 9.99 e recebeu -1"
        );
        assert_eq!(
            problem(&number("Limcred", "9.99"), &json!(10.0)),
            "o campo Limcred vai de 0 a 9.99 e recebeu 10.0"
        );
        assert_eq!(problem(&number("Limcred", "9.99"), &json!("1")), "o campo Limcred deve ser um número");
        assert_eq!(
            problem(&whole("Numdias", "9999"), &json!(1.5)),
            "o campo Numdias deve ser um número inteiro"
        );
        assert_eq!(
            problem(&whole("Prazo1", "99").never_null(), &json!(null)),
            "o campo Prazo1 não aceita nulo"
        );
        assert_eq!(problem(&text("Codigo", 50, 0), &json!(1)), "o campo Codigo deve ser texto");
        assert_eq!(problem(&moment("Dtcadastro"), &json!("10/01/2024")), "o campo Dtcadastro não é uma data");
    }

    #[test]
    fn what_only_the_dictionary_limits_is_limited_in_the_stricter_rule_sets() {
        let weight = number("Pesoliq", "999999.999999").above_zero();
        assert_eq!(problem(&weight, &json!(0)), "o campo Pesoliq deve ser maior que zero");
        assert_eq!(problem(&weight, &json!(0.001)), "");
        assert_eq!(weight.problem(&json!(0), RuleSet::Sdk), None);

        let stock = amount("Qtestger", 4);
        assert_eq!(
            problem(&stock, &json!(-9_999.123_456_789)),
            "",
            "negative, and more digits than it keeps"
        );
        assert_eq!(
            problem(&stock, &json!(-10_000)),
            "o campo Qtestger tem no máximo 4 algarismos inteiros, veio -10000"
        );
        assert_eq!(stock.problem(&json!(10_000), RuleSet::Sdk), None);

        let status = one_of("Status", &["A", "P", "C"]).among_there(&["A", "P"]);
        assert_eq!(problem(&status, &json!("C")), "");
        assert_eq!(
            status.problem(&json!("C"), RuleSet::Dictionary).as_deref(),
            Some("o campo Status aceita A, P e recebeu \"C\"")
        );
    }

    #[test]
    fn a_key_is_a_text_or_a_whole_number() {
        assert_eq!(text("Codprod", 50, 50).key_text(&json!("7")).as_deref(), Some("7"));
        assert_eq!(text("Codprod", 50, 50).key_text(&json!(7)), None);
        assert_eq!(whole("Numped", "2147483647").key_text(&json!(7)).as_deref(), Some("7"));
        for wrong in [json!("7"), json!(7.0), json!(null)] {
            assert_eq!(whole("Numped", "2147483647").key_text(&wrong), None, "{wrong}");
        }
    }

    #[test]
    fn good_values_have_no_problem() {
        assert_eq!(problem(&text("Uf", 4_000, 2), &json!("GO")), "");
        assert_eq!(problem(&number("Limcred", "9.99"), &json!(9.99)), "");
        for moment_text in ["2025-02-02", "2025-02-02T00:00:00", "2025-02-02T00:00:00-03:00"] {
            assert_eq!(problem(&moment("Dtcadastro"), &json!(moment_text)), "");
        }
    }

    #[test]
    fn lengths_are_counted_in_characters_and_depend_on_the_rule_set() {
        let field = text("Fantasia", 4_000, 4);

        assert_eq!(field.problem(&json!("Açaí"), RuleSet::Stricter), None);
        assert!(field.problem(&json!("Açaís"), RuleSet::Stricter).is_some());
        assert_eq!(field.problem(&json!("Açaís"), RuleSet::Sdk), None);
    }
}
