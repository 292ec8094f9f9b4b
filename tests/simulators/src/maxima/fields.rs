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
    /// That, and what only some tenants demand: `Usuaris.Codsupervisor`.
    Dictionary,
}

/// A member of a row.
#[derive(Debug)]
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) key: bool,
    /// Path of the resource it points to.
    pub(super) points_to: Option<&'static str>,
    kind: Kind,
    need: Need,
    sdk: usize,
    dictionary: usize,
    set: &'static [&'static str],
    highest: &'static str,
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
    let (kind, need, set) = (Kind::Text, Need::Optional, &[]);
    Field { name, key: false, points_to: None, kind, need, sdk, dictionary, set, highest: "" }
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
        Self { key: true, need: Need::Sdk, ..self }
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
            Kind::Whole | Kind::Number => self.range_problem(value),
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
        self.set_problem(text)
    }

    fn set_problem(&self, text: &str) -> Option<String> {
        let outside = !self.set.is_empty() && !self.set.contains(&text);
        outside.then(|| format!("o campo {} aceita {} e recebeu \"{text}\"", self.name, self.set.join(", ")))
    }

    fn range_problem(&self, value: &Value) -> Option<String> {
        let name = self.name;
        let number = value.as_number().map(ToString::to_string);
        let Some(number) = number.and_then(|digits| decimal(&digits)) else {
            return Some(format!("o campo {name} deve ser um número"));
        };
        let highest = decimal(self.highest).unwrap_or(Decimal::MAX);
        let outside = number < Decimal::ZERO || number > highest;
        if outside {
            return Some(format!("o campo {name} vai de 0 a {highest} e recebeu {number}"));
        }
        self.set_problem(&number.normalize().to_string())
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
