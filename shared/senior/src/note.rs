//! What stands in the observation list of an order (`contracts/service-order-flow.md` §15.1).

/// Longest text of one observation, in characters (`contracts/senior-x.md` §10.4).
const LONGEST: usize = 250;
/// A number longer than this is none; it is cut, so that a line always has room for the link.
const LONGEST_NUMBER: usize = 100;

/// The observations that say which SS belongs to an order, each of at most 250 characters: one line
/// `Sismetro SS {ss} | {link}`, or numbered parts `Sismetro SS {ss} (i/k) {piece}` when it would be longer. Without a
/// link it is `Sismetro SS {ss}`. The same arguments give the same lines, so that each is found again by equality.
pub fn note_lines(ss: &str, link: Option<&str>) -> Vec<String> {
    let ss: String = ss.trim().chars().take(LONGEST_NUMBER).collect();
    let name = format!("Sismetro SS {ss}");
    let Some(link) = link.map(str::trim).filter(|link| !link.is_empty()) else {
        return vec![name];
    };
    let whole = format!("{name} | {link}");
    if whole.chars().count() <= LONGEST {
        return vec![whole];
    }
    let link: Vec<char> = link.chars().collect();
    let (parts, width) = split(&name, link.len());
    let pieces = link.chunks(width).enumerate();
    pieces
        .map(|(at, piece)| format!("{name} ({}/{parts}) {}", at + 1, piece.iter().collect::<String>()))
        .collect()
}

/// How many parts a link of `length` letters needs, and how many letters go into each.
fn split(name: &str, length: usize) -> (usize, usize) {
    let mut parts = 2;
    loop {
        let prefix = format!("{name} ({parts}/{parts}) ").chars().count();
        let width = LONGEST.saturating_sub(prefix).max(1);
        let needed = length.div_ceil(width);
        if needed <= parts {
            // Fewer parts than room for them happens where one more digit of their number costs a letter of each.
            return (needed.max(1), width);
        }
        parts = needed;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link(length: usize) -> String {
        let start = "https://br.sismetro.com/printSS.php?os=1287593&token=";
        start.chars().chain(('a'..='z').cycle()).take(length).collect()
    }

    fn joined(lines: &[String]) -> String {
        lines.iter().map(|line| line.split_once(") ").expect("a part").1).collect()
    }

    #[test]
    fn number_and_link_stand_on_one_line() {
        let lines = note_lines("1287593", Some("https://br.sismetro.com/printSS.php?os=1287593&token=T"));

        assert_eq!(lines, ["Sismetro SS 1287593 | https://br.sismetro.com/printSS.php?os=1287593&token=T"]);
        assert_eq!(note_lines(" 1287593 ", None), ["Sismetro SS 1287593"]);
        assert_eq!(note_lines("1287593", Some(" ")), ["Sismetro SS 1287593"]);
    }

    #[test]
    fn a_line_of_250_letters_is_whole_and_one_of_251_is_two() {
        // "Sismetro SS 7 | " is 16 letters.
        assert_eq!(note_lines("7", Some(&link(234))).len(), 1);

        let lines = note_lines("7", Some(&link(235)));

        assert_eq!(lines.len(), 2);
        assert!(
            lines[0].starts_with("Sismetro SS 7 (1/2) https://")
                && lines[1].starts_with("Sismetro SS 7 (2/2) ")
        );
        assert_eq!(lines[0].chars().count(), 250);
    }

    #[test]
    fn no_letter_of_a_link_is_ever_lost() {
        for length in (235..30_000).step_by(97) {
            let link = link(length);
            let lines = note_lines("1287593", Some(&link));

            assert_eq!(joined(&lines), link, "{length}");
            assert!(lines.iter().all(|line| line.chars().count() <= LONGEST), "{length}");
            assert!(lines[0].contains(&format!("(1/{})", lines.len())), "{length}");
        }
    }

    #[test]
    fn an_absurd_number_still_leaves_room() {
        let lines = note_lines(&"9".repeat(10_000), Some(&"é".repeat(500)));

        assert!(lines.iter().all(|line| line.chars().count() <= LONGEST));
        assert_eq!(joined(&lines), "é".repeat(500));
    }
}
