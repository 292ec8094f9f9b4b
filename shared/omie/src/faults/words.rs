//! What is read in the words of a fault.

/// Lower case, without accents, white space collapsed.
pub(super) fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !folded.is_empty() {
            folded.push(' ');
        }
        folded.extend(word.chars().flat_map(char::to_lowercase).filter_map(plain));
    }
    folded
}

/// The letter under a Portuguese accent; nothing for an accent that stands alone.
fn plain(letter: char) -> Option<char> {
    Some(match letter {
        'á' | 'à' | 'â' | 'ã' | 'ä' => 'a',
        'é' | 'è' | 'ê' | 'ë' => 'e',
        'í' | 'ì' | 'î' | 'ï' => 'i',
        'ó' | 'ò' | 'ô' | 'õ' | 'ö' => 'o',
        'ú' | 'ù' | 'û' | 'ü' => 'u',
        'ç' => 'c',
        'ñ' => 'n',
        '\u{300}'..='\u{36f}' => return None,
        other => other,
    })
}

/// The partner's words on one line. They are cut by partner-http, after it has taken secrets out.
pub(super) fn readable(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A folded text without what stands in its square brackets: values that people have typed, which must not
/// decide what a fault means.
pub(super) fn without_values(folded: &str) -> String {
    let mut kept = String::with_capacity(folded.len());
    let mut rest = folded;
    while let Some((before, after)) = rest.split_once('[') {
        let Some((_, behind)) = after.split_once(']') else { break };
        kept.push_str(before);
        kept.push_str("[]");
        rest = behind;
    }
    kept.push_str(rest);
    kept
}

/// The seconds of a block: `em 1678 segundos`, and also `30 minutos`.
pub(super) fn seconds_in(folded: &str) -> Option<u64> {
    let words: Vec<&str> = folded.split_whitespace().collect();
    words.windows(2).find_map(|words| {
        let unit = if words[1].starts_with("segundo") {
            1
        } else if words[1].starts_with("minuto") {
            60
        } else {
            return None;
        };
        words[0].trim_matches(['[', ']', '(', ')']).parse::<u64>().ok()?.checked_mul(unit)
    })
}

/// `\b(?:id|ncod)\s*[\[(]\s*(\d+)\s*[\])]`: the id of the record that was there before.
pub(super) fn id_in(folded: &str) -> Option<i64> {
    folded.match_indices(['[', '(']).find_map(|(at, _)| {
        let name = folded[..at].trim_end().rsplit(|letter: char| !letter.is_alphanumeric()).next()?;
        let (inside, _) = folded[at + 1..].split_once([']', ')'])?;
        if matches!(name, "id" | "ncod") { inside.trim().parse().ok() } else { None }
    })
}
