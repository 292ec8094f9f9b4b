//! Text as people write it, made comparable and presentable.

/// `text` without spaces around it, in upper case and without accents.
pub fn folded(text: &str) -> String {
    text.trim().chars().flat_map(char::to_uppercase).filter_map(without_accent).collect()
}

/// The letter below the accents of Portuguese and its neighbours; nothing for an accent that stands alone.
fn without_accent(letter: char) -> Option<char> {
    Some(match letter {
        'À'..='Å' => 'A',
        'Ç' => 'C',
        'È'..='Ë' => 'E',
        'Ì'..='Ï' => 'I',
        'Ñ' => 'N',
        'Ò'..='Ö' => 'O',
        'Ù'..='Ü' => 'U',
        'Ý' => 'Y',
        '\u{300}'..='\u{36f}' => return None,
        other => other,
    })
}

/// `text` on one line: what cannot be seen becomes a space, spaces become one.
pub(crate) fn tidy(text: &str) -> String {
    let visible = |letter: char| if letter.is_control() { ' ' } else { letter };
    let text: String = text.chars().map(visible).collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The first `most` letters of `text`.
pub(crate) fn cut(mut text: String, most: usize) -> String {
    if let Some((end, _)) = text.char_indices().nth(most) {
        text.truncate(end);
    }
    text
}

/// Text from the editor of Sismetro's screen, without its HTML, on one line.
pub(crate) fn without_html(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, tag)) = rest.split_once('<') {
        plain.push_str(before);
        // A "<" that opens nothing is a sign people write.
        let opens =
            tag.starts_with(|first: char| first.is_ascii_alphabetic() || first == '/' || first == '!');
        match tag.split_once('>') {
            Some((_, after)) if opens => {
                plain.push(' ');
                rest = after;
            }
            _ => {
                plain.push('<');
                rest = tag;
            }
        }
    }
    plain.push_str(rest);
    // The ampersand last: what it makes is text, not another entity.
    let entities =
        [("&nbsp;", " "), ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")];
    let plain = entities.iter().fold(plain, |text, (entity, letter)| text.replace(entity, letter));
    tidy(&plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_compared_without_case_and_accents() {
        assert_eq!(folded(" Em execução\n"), "EM EXECUCAO");
        assert_eq!(folded("excluída"), "EXCLUIDA");
        assert_eq!(folded("EXCLUI\u{301}DA"), "EXCLUIDA", "an accent of its own");
        assert_eq!(folded("ÀÂÃ É Ê Í Ó Ô Õ Ú Ü Ç Ñ"), "AAA E E I O O O U U C N");
    }

    #[test]
    fn a_conclusion_loses_its_markup_and_keeps_its_words() {
        let text = "<p>Balan&ccedil;a ok<br>peso &lt; 80 t &amp; limpa</p><b>fim</b>";
        assert_eq!(without_html(text), "Balan&ccedil;a ok peso < 80 t & limpa fim");
        assert_eq!(without_html("a < b e c > d"), "a < b e c > d");
        assert_eq!(without_html("sem fim <br"), "sem fim <br");
        assert_eq!(without_html("&amp;lt;"), "&lt;");
    }

    #[test]
    fn a_cut_falls_between_letters() {
        assert_eq!(cut("ação".to_owned(), 3), "açã");
        assert_eq!(cut("ação".to_owned(), 4), "ação");
    }

    #[test]
    fn text_is_one_line() {
        assert_eq!(tidy(" a\r\n\tb\u{0}c \u{85} d"), "a b c d");
    }
}
