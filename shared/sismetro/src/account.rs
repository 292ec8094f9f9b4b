//! Who we are at Sismetro.

use partner_http::Secret;

use crate::knobs::BadKnob;

/// The pair that every call carries in the headers `unit` and `key`, one per branch of the ERP
/// (`contracts/sismetro.md` §3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Number of the unit, as text. It is no secret and names the lanes.
    pub unit: String,
    /// What Sismetro issued for it.
    pub key: Secret,
}

impl Account {
    /// Whether both can be what Sismetro issues: a decimal number, and text that can stand in a header.
    pub fn check(&self) -> Result<(), BadKnob> {
        let Self { unit, key } = self;
        if unit.is_empty() || unit.len() > 18 || !unit.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(BadKnob::new("unit", "informe o número da unidade, só com dígitos"));
        }
        if key.expose().is_empty() || !key.expose().bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(BadKnob::new(
                "key",
                "informe a chave que o Sismetro forneceu, sem espaços nem acentos",
            ));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn knob(unit: &str, key: &str) -> Option<String> {
        let account = Account { unit: unit.to_owned(), key: key.into() };
        account.check().err().map(|bad| bad.knob)
    }

    #[test]
    fn an_account_is_a_number_and_a_key() {
        assert_eq!(knob("417", "0123456789abcdef"), None);
        for unit in ["", "41 7", "abc", "-1", "1234567890123456789"] {
            assert_eq!(knob(unit, "k").as_deref(), Some("unit"), "{unit}");
        }
        for key in ["", "a b", "a\r\nx: y", "ção"] {
            assert_eq!(knob("417", key).as_deref(), Some("key"), "{key}");
        }
    }

    #[test]
    fn what_is_wrong_with_a_key_is_told_without_the_key() {
        let account = Account { unit: "417".to_owned(), key: "canary key".into() };
        let bad = account.check().expect_err("a space");

        assert!(!format!("{bad} {bad:?} {account:?}").contains("canary"));
    }
}
