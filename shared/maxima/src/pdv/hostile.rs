//! Documents of the app, damaged in every way we can think of.

use super::{ClienteMaximaCadastro, PedidoMaxima, patched, pedido::tests as pedido};

/// What a document may be damaged with.
const DEBRIS: &[&str] = &[
    "null",
    "{}",
    "[]",
    "[",
    "]",
    "{",
    "}",
    "\"",
    "\\",
    "\\ud800",
    "\\u0000",
    "\u{0}",
    "é",
    ",",
    ":",
    "-",
    "1e999",
    "1e-999",
    "-0.0",
    "99999999999999999999999999999999",
    "0.00000000000000000000000000000000001",
    "true",
    "\"S\"",
    "\"9999-12-31T23:59:59Z\"",
    "\"-009999-01-01T00:00:00Z\"",
    "\"0001-01-01\"",
    "\"1_0\"",
    "\"1e+5\"",
    "\"e\"",
    "\",\"",
    "[[[[[[[[",
    "{\"Codigo\":",
];

fn damaged(text: &str, rng: &mut fastrand::Rng) -> String {
    let mut bytes = text.as_bytes().to_vec();
    for _ in 0..rng.usize(1..6) {
        let at = rng.usize(..=bytes.len());
        let end = (at + rng.usize(..12)).min(bytes.len());
        match rng.u8(..4) {
            0 => drop(bytes.splice(at..end, DEBRIS[rng.usize(..DEBRIS.len())].bytes())),
            1 => drop(bytes.drain(at..end)),
            2 if at < bytes.len() => bytes[at] = rng.u8(..),
            _ => instead_of_a_value(&mut bytes, at, rng),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Mostly still JSON: something else between a colon and the next comma.
fn instead_of_a_value(bytes: &mut Vec<u8>, from: usize, rng: &mut fastrand::Rng) {
    let find =
        |from: usize, byte: u8| Some(from + bytes.get(from..)?.iter().position(|other| *other == byte)?);
    let Some(colon) = find(from, b':') else { return };
    let Some(comma) = find(colon, b',') else { return };
    bytes.splice(colon + 1..comma, DEBRIS[rng.usize(..DEBRIS.len())].bytes());
}

#[test]
fn a_damaged_document_is_read_or_refused_and_what_is_read_is_kept() {
    let mut rng = fastrand::Rng::with_seed(20_250_202);
    let (mut read, mut refused) = (0, 0);
    for round in 0..20_000 {
        let whole = if round % 2 == 0 { pedido::EXAMPLE } else { pedido::SLOPPY };
        let text = damaged(whole, &mut rng);
        match PedidoMaxima::parse(&text) {
            Ok(order) => {
                read += 1;
                let kept = serde_json::to_string(&order).expect("JSON");
                assert_eq!(serde_json::from_str::<PedidoMaxima>(&kept).expect("kept"), order, "{text}");
            }
            Err(_) => refused += 1,
        }
        if let Ok(customer) = ClienteMaximaCadastro::parse(&text) {
            let kept = serde_json::to_string(&customer).expect("JSON");
            assert_eq!(serde_json::from_str::<ClienteMaximaCadastro>(&kept).expect("kept"), customer);
        }
        if let Ok(answered) = patched(&text, Some("1"), 2, "ok") {
            let answered = ClienteMaximaCadastro::parse(&answered).map(|customer| customer.codigo);
            assert!(answered.is_err() || answered == Ok(Some("1".to_owned())), "{text}");
        }
    }
    assert!(read > 1_000 && refused > 1_000, "{read} read, {refused} refused");
}

#[test]
fn a_document_a_million_levels_deep_is_refused_without_falling_down() {
    let deep = format!("{{\"Produtos\":{}", "[".repeat(1_000_000));
    assert!(PedidoMaxima::parse(&deep).is_err());

    let closed = format!("{{\"x\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000));
    assert_eq!(PedidoMaxima::parse(&closed), Ok(PedidoMaxima::default()));
}
