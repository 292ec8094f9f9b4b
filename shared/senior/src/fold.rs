//! Words of people compared without case, accents, blanks and punctuation.

/// Lower case, without the accents of Portuguese, letters and digits only: `Aguardando Integração`,
/// `AGUARDANDO_INTEGRACAO` and `aguardandoIntegracao` are the same.
pub(crate) fn squeezed(text: &str) -> String {
    plain(text).filter(|letter| letter.is_alphanumeric()).collect()
}

/// Lower case, without the accents of Portuguese; every run of anything else is one blank.
pub(crate) fn spaced(text: &str) -> String {
    let words: String = plain(text).map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
    words.split_ascii_whitespace().collect::<Vec<_>>().join(" ")
}

fn plain(text: &str) -> impl Iterator<Item = char> {
    text.chars().flat_map(char::to_lowercase).map(|letter| match letter {
        'á' | 'à' | 'â' | 'ã' | 'ä' => 'a',
        'é' | 'ê' | 'è' => 'e',
        'í' => 'i',
        'ó' | 'ô' | 'õ' | 'ö' => 'o',
        'ú' | 'ü' => 'u',
        'ç' => 'c',
        other => other,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_word_are_the_same() {
        for text in [
            "Aguardando Integração",
            "AGUARDANDO_INTEGRACAO",
            "aguardandoIntegracao",
            " aguardando  integração ",
        ] {
            assert_eq!(squeezed(text), "aguardandointegracao", "{text}");
        }
        assert_eq!(spaced("Pedido em situação: não-permite!"), "pedido em situacao nao permite");
    }
}
