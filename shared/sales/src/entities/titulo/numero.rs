//! What the name of a title in Máxima is made of. Pure; who gets which is in `numeracao`.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::text::digits;

/// The name of a title in Máxima, and what was first seen of it. A stored format: a new member must be optional.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Numero {
    /// The sale: the order's number, or one of our own from 2 000 000 001 (mapping §13.14).
    pub numtransvenda: i64,
    /// The instalment, at most four digits.
    pub prest: String,
    /// The due date when the title was first seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dtvencorig: Option<Date>,
}

/// The largest number that Omie's own may have.
const LARGEST: i64 = 2_147_483_647;

/// Whether the title comes from a product sale, so that its number is the order's.
pub(super) fn is_of_a_sale(cabec: &omie::CabecTitulo) -> bool {
    matches!(cabec.operacao.as_deref().map(str::trim), Some("11" | "12"))
}

/// The number of the sale in Omie; none when the title must get one of our own.
pub(super) fn of_the_sale(cabec: &omie::CabecTitulo) -> Option<i64> {
    let number = cabec.num_os.as_deref().filter(|_| is_of_a_sale(cabec))?;
    whole(number)
}

/// The instalment: what stands before the slash, without leading zeros; "1" when there is nothing to read.
pub(super) fn instalment(cabec: &omie::CabecTitulo) -> String {
    let first = cabec.num_parcela.as_deref().and_then(|text| text.split('/').next());
    let number = first.and_then(whole).filter(|number| *number <= 9_999);
    number.unwrap_or(1).to_string()
}

/// The number of the invoice, if Máxima can hold it.
pub(super) fn duplicata(cabec: &omie::CabecTitulo) -> Option<i64> {
    whole(&digits(cabec.num_doc_fiscal.as_deref())?)
}

/// A number from 1 to the largest there is.
fn whole(text: &str) -> Option<i64> {
    let text = text.trim();
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|number| is_number && (1..=LARGEST).contains(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cabec(operacao: &str, num_os: &str) -> omie::CabecTitulo {
        let (operacao, num_os) = (Some(operacao.to_owned()), Some(num_os.to_owned()));
        omie::CabecTitulo { operacao, num_os, ..omie::CabecTitulo::default() }
    }

    #[test]
    fn a_product_sale_gives_its_number_and_nothing_else_does() {
        for (operacao, num_os, number) in [
            ("11", "1507", Some(1_507)),
            ("12", "000000000001507", Some(1_507)),
            ("11", "2147483647", Some(2_147_483_647)),
            ("11", "2147483648", None),
            ("11", "PV-1507", None),
            ("11", "+1507", None),
            ("11", "0", None),
            ("11", " ", None),
            ("01", "1507", None),
        ] {
            assert_eq!(of_the_sale(&cabec(operacao, num_os)), number, "{operacao} {num_os}");
        }
    }

    #[test]
    fn an_instalment_is_a_number_without_zeros_and_one_when_there_is_none() {
        for (sent, instalment_is) in
            [("001/003", "1"), ("010/012", "10"), ("2", "2"), ("", "1"), ("UNICA", "1"), ("12345/1", "1")]
        {
            let cabec = omie::CabecTitulo { num_parcela: Some(sent.into()), ..omie::CabecTitulo::default() };
            assert_eq!(instalment(&cabec), instalment_is, "{sent}");
        }
        assert_eq!(instalment(&omie::CabecTitulo::default()), "1");
    }

    #[test]
    fn a_duplicata_is_the_number_of_the_invoice_if_it_fits() {
        let of_invoice = |text: &str| {
            let num_doc_fiscal = Some(text.to_owned());
            duplicata(&omie::CabecTitulo { num_doc_fiscal, ..omie::CabecTitulo::default() })
        };

        assert_eq!([of_invoice("00012345"), of_invoice("NF 12-345")], [Some(12_345), Some(12_345)]);
        assert_eq!([of_invoice("99999999999"), of_invoice("S/N")], [None, None]);
    }
}
