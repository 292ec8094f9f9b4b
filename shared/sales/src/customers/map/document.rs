//! CPF and CNPJ, checked before Omie is asked (mapping §8).

use crate::text::digits;

/// The digits of a document whose check digits are right, or what the seller must correct.
pub(super) fn checked(text: Option<&str>) -> Result<String, String> {
    let text = text.map(str::trim).unwrap_or_default();
    if text.is_empty() {
        return Err("informe o CNPJ ou o CPF do cliente".to_owned());
    }
    if text.chars().any(char::is_alphabetic) {
        return Err(format!("o documento {text} tem letras: informe um CNPJ ou CPF só com números"));
    }
    let document = digits(text).unwrap_or_default();
    let (name, is_valid) = match document.len() {
        11 => ("CPF", is_right(&document, 11)),
        14 => ("CNPJ", is_right(&document, 9)),
        _ => return Err(format!("o documento {text} não é CPF (11 dígitos) nem CNPJ (14): corrija-o")),
    };
    if is_valid { Ok(document) } else { Err(format!("o {name} {text} é inválido: confira os dígitos")) }
}

/// The last two digits follow from those before: weights 2, 3, … from the right, up to `heaviest` and again from 2.
fn is_right(document: &str, heaviest: u32) -> bool {
    let values: Vec<u32> = document.bytes().map(|digit| u32::from(digit - b'0')).collect();
    let is_one_digit = values.iter().all(|value| *value == values[0]);
    let follows = |length: usize| {
        let weights = (2..=heaviest).cycle();
        let sum: u32 = values[..length].iter().rev().zip(weights).map(|(value, weight)| value * weight).sum();
        let rest = sum % 11;
        values[length] == if rest < 2 { 0 } else { 11 - rest }
    };
    !is_one_digit && follows(values.len() - 2) && follows(values.len() - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_right_document_loses_its_mask() {
        for (text, document) in [
            ("11.222.333/0001-81", "11222333000181"),
            (" 11222333000181 ", "11222333000181"),
            ("529.982.247-25", "52998224725"),
        ] {
            assert_eq!(checked(Some(text)).as_deref(), Ok(document));
        }
    }

    #[test]
    fn a_wrong_document_is_named_with_what_to_do() {
        for (text, said) in [
            ("", "informe o CNPJ ou o CPF"),
            ("11.222.333/0001-82", "o CNPJ 11.222.333/0001-82 é inválido"),
            ("11.222.333/0001-91", "o CNPJ 11.222.333/0001-91 é inválido"),
            ("529.982.247-26", "o CPF 529.982.247-26 é inválido"),
            ("111.111.111-11", "o CPF 111.111.111-11 é inválido"),
            ("00000000000000", "o CNPJ 00000000000000 é inválido"),
            ("123", "não é CPF (11 dígitos) nem CNPJ (14)"),
            ("12ABC34501DE35", "tem letras"),
        ] {
            let error = checked(Some(text)).expect_err("refused");
            assert!(error.contains(said), "{error}");
        }
        assert!(checked(None).is_err());
    }
}
