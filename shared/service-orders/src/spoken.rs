//! What serde complains about, in the operator's language.

/// What is wrong with a member, in Portuguese; the member itself is named by whoever tells it.
pub fn spoken(complaint: &impl std::fmt::Display) -> String {
    let complaint = complaint.to_string();
    let complaint = complaint.split_once(" at line ").map_or(complaint.as_str(), |(complaint, _)| complaint);
    if let Some(name) = complaint.strip_prefix("missing field ") {
        return format!("falta {}", quoted(name));
    }
    for what in ["unknown field ", "unknown variant "] {
        let Some(rest) = complaint.strip_prefix(what) else { continue };
        let (name, known) =
            rest.split_once(", expected ").unwrap_or((rest.split(',').next().unwrap_or(rest), ""));
        let known = known.trim_start_matches("one of ").replace(" or ", ", ").replace('`', "");
        let known = if known.is_empty() { known } else { format!("; use um destes: {known}") };
        return format!("{} não é conhecido{known}", quoted(name));
    }
    let expected = complaint.split_once(", expected ").map(|(_, expected)| expected);
    expected.map_or_else(|| "não foi entendido".to_owned(), |expected| format!("não é {}", kind(expected)))
}

fn quoted(name: &str) -> String {
    name.replace('`', "\"")
}

/// What serde calls what it expected.
fn kind(expected: &str) -> &'static str {
    match expected {
        "a boolean" => "true ou false",
        "a string" | "a borrowed string" | "string" | "str" => "um texto",
        "a sequence" => "uma lista",
        "a map" | "an object" => "um objeto",
        _ if expected.starts_with("struct ") => "um objeto",
        _ if expected.starts_with("string or map") || expected.starts_with("variant") => {
            "uma das palavras conhecidas"
        }
        _ if expected.starts_with(['u', 'i']) && expected[1..].parse::<u8>().is_ok() => {
            "um número inteiro que caiba aqui"
        }
        "usize" | "isize" => "um número inteiro que caiba aqui",
        _ => "do tipo esperado",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::Settings;
    use crate::commands::Command;

    #[test]
    fn what_serde_says_is_told_in_portuguese() {
        for (body, told) in [
            (json!({"op": "redrive", "reason": "x", "command_id": "c"}), "falta \"order_id\""),
            (json!({"op": "rediga"}), "\"rediga\" não é conhecido; use um destes: show, list"),
            (json!({"op": "show", "order_id": "a", "x": 1}), "\"x\" não é conhecido"),
            (json!({"op": "show", "order_id": 7}), "não é um texto"),
            (json!({"op": "list", "limit": -1}), "não é um número inteiro"),
            (json!({"order_id": "x"}), "falta \"op\""),
            (Value::Null, "não é"),
        ] {
            let refused = Command::read(&body).expect_err("refused").to_string();
            assert!(refused.contains(told), "{told}: {refused}");
            english(&refused);
        }
    }

    #[test]
    fn a_knob_that_is_wrong_is_told_in_portuguese() {
        for wrong in [
            json!({"nonsense": 1}),
            json!({"cancel_strategy": "hope"}),
            json!({"poll_per_turn": -1}),
            json!({"auto_resend": "sim"}),
            json!({"senior": 7}),
            json!({"sismetro": {"status_map": {"cancelled": 1}}}),
            json!({"default_account": []}),
        ] {
            let refused = Settings::read(&wrong).expect_err("refused").to_string();
            english(&refused);
        }
    }

    fn english(text: &str) {
        for word in ["expected", "unknown", "invalid", "missing", "one of", " or ", "data did not"] {
            assert!(!text.contains(word), "{word}: {text}");
        }
    }
}
