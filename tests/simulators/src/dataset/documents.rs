//! CNPJ and CPF with true check digits, masked as Omie answers them (`contracts/omie.md` §6).

/// The CNPJ of a company whose eight-digit root is `root`, first establishment: `00.000.000/0001-91`.
pub fn cnpj(root: u32) -> String {
    let mut digits: Vec<u32> = digits_of(u64::from(root % 100_000_000), 8);
    digits.extend([0, 0, 0, 1]);
    digits.push(check_digit(&digits, 9));
    digits.push(check_digit(&digits, 9));
    let d = written(&digits);
    format!("{}.{}.{}/{}-{}", &d[..2], &d[2..5], &d[5..8], &d[8..12], &d[12..])
}

/// The CPF of a person whose nine-digit root is `root`: `000.000.000-00`.
pub fn cpf(root: u32) -> String {
    let mut digits = digits_of(u64::from(root % 1_000_000_000), 9);
    digits.push(check_digit(&digits, 11));
    digits.push(check_digit(&digits, 11));
    let d = written(&digits);
    format!("{}.{}.{}-{}", &d[..3], &d[3..6], &d[6..9], &d[9..])
}

/// Whether the document, masked or not, is a CNPJ or CPF with the right check digits.
pub fn is_valid(document: &str) -> bool {
    let digits: Vec<u32> = document.chars().filter_map(|c| c.to_digit(10)).collect();
    let highest = match digits.len() {
        14 => 9,
        11 => 11,
        _ => return false,
    };
    let (body, checks) = digits.split_at(digits.len() - 2);
    let first = check_digit(body, highest);
    let mut longer = body.to_vec();
    longer.push(first);
    checks == [first, check_digit(&longer, highest)]
}

/// Modulo 11 with weights 2, 3, … from the right, starting over after `highest`.
fn check_digit(digits: &[u32], highest: u32) -> u32 {
    let weights = (2..=highest).cycle();
    let sum: u32 = digits.iter().rev().zip(weights).map(|(digit, weight)| digit * weight).sum();
    match sum % 11 {
        0 | 1 => 0,
        rest => 11 - rest,
    }
}

fn digits_of(number: u64, width: usize) -> Vec<u32> {
    format!("{number:0width$}").chars().filter_map(|c| c.to_digit(10)).collect()
}

fn written(digits: &[u32]) -> String {
    digits.iter().filter_map(|digit| char::from_digit(*digit, 10)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_documents_come_out_right() {
        assert_eq!(cnpj(0), "00.000.000/0001-91", "Banco do Brasil");
        assert_eq!(cnpj(11_222_333), "11.222.333/0001-81");
        assert_eq!(cpf(111_444_777), "111.444.777-35");
    }

    #[test]
    fn a_wrong_check_digit_is_seen() {
        assert!(is_valid("00.000.000/0001-91"));
        assert!(!is_valid("00.000.000/0001-92"));
        assert!(is_valid("111.444.777-35"));
        assert!(!is_valid("111.444.777-36"));
        assert!(!is_valid("123"));
    }
}
