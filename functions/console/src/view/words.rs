//! Moments, numbers and schedules as people write them in Brazil.

use std::time::Duration;

use jiff::civil::DateTime;
use jiff::{SignedDuration, Timestamp};
use maud::{Markup, html};
use rust_decimal::Decimal;
use sales::desk::words::{local, written};

/// `02/03/2026 14:05`, in São Paulo.
pub fn moment(at: Timestamp) -> Markup {
    html! { time datetime=(at) { (written(local(at))) } }
}

/// The same with seconds: of steps that follow one another closely.
pub fn second(at: Timestamp) -> Markup {
    html! { time datetime=(at) { (local(at).strftime("%d/%m/%Y %H:%M:%S").to_string()) } }
}

/// A moment that is in the tenant's time already.
pub fn local_moment(at: DateTime) -> Markup {
    html! { time datetime=(at) { (written(at)) } }
}

/// A text as a sentence: with a capital at its beginning and a stop at its end.
pub fn sentence(text: &str) -> String {
    let text = text.trim();
    let mut letters = text.chars();
    let Some(first) = letters.next() else { return String::new() };
    let stop = if text.ends_with(['.', '!', '?', ':', ';']) { "" } else { "." };
    format!("{}{}{stop}", first.to_uppercase(), letters.as_str())
}

/// The beginning of a text that stands whole elsewhere, up to the end of a word.
pub fn beginning(text: &str, letters: usize) -> String {
    let Some((end, _)) = text.char_indices().nth(letters) else { return text.to_owned() };
    let part = &text[..end];
    let word = if text[end..].starts_with(' ') { end } else { part.rfind(' ').unwrap_or(end) };
    format!("{}…", part[..word].trim_end_matches([' ', ',', ':', ';']))
}

/// How long ago it was, or how long until it is: "há 5 min", "em 2 h".
pub fn ago(at: Timestamp, now: Timestamp) -> String {
    let past = now.duration_since(at);
    if past.abs() < SignedDuration::from_secs(5) {
        return "agora".to_owned();
    }
    let whole = duration(past.unsigned_abs());
    if past.is_negative() { format!("em {whole}") } else { format!("há {whole}") }
}

/// "45 s", "3 min", "2 h 10 min", "4 dias".
pub fn duration(whole: Duration) -> String {
    let seconds = whole.as_secs();
    let (minutes, hours, days) = (seconds / 60, seconds / 3_600, seconds / 86_400);
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{seconds} s"),
        (0, 0, minutes) => format!("{minutes} min"),
        (0, hours, minutes) if minutes % 60 == 0 => format!("{hours} h"),
        (0, hours, minutes) => format!("{hours} h {} min", minutes % 60),
        (1, hours, _) if hours > 24 => format!("1 dia {} h", hours - 24),
        (1, _, _) => "1 dia".to_owned(),
        (days, _, _) => format!("{days} dias"),
    }
}

/// `12.345`.
pub fn count(number: impl Into<u64>) -> String {
    grouped(&number.into().to_string())
}

/// "1 pedido", "12 pedidos".
pub fn many(number: usize, one: &str, more: &str) -> String {
    format!("{} {}", count(number as u64), if number == 1 { one } else { more })
}

/// `R$ 1.234,50`.
pub fn money(amount: Decimal) -> String {
    let text = format!("{:.2}", amount.abs());
    let (whole, cents) = text.split_once('.').unwrap_or((&text, "00"));
    let sign = if amount.is_sign_negative() && !amount.is_zero() { "−" } else { "" };
    format!("{sign}R$\u{a0}{},{cents}", grouped(whole))
}

/// Whole percent, never 100 before the end.
pub fn percent(part: u64, whole: u64) -> u64 {
    if whole == 0 {
        return 0;
    }
    (part.saturating_mul(100) / whole).min(100)
}

fn grouped(digits: &str) -> String {
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push('.');
        }
        text.push(digit);
    }
    text
}

/// An expression of the scheduler in words: "a cada 15 min", "todo dia às 02:00".
pub fn schedule(expression: &str) -> String {
    let inside = |kind: &str| expression.strip_prefix(kind)?.strip_prefix('(')?.strip_suffix(')');
    if let Some((number, unit)) = inside("rate").and_then(|rate| rate.split_once(' ')) {
        let unit = match unit.trim_end_matches('s') {
            "minute" => "min",
            "hour" => "h",
            _ if number == "1" => "dia",
            _ => "dias",
        };
        return format!("a cada {number} {unit}");
    }
    let fields: Vec<&str> = inside("cron").unwrap_or_default().split(' ').collect();
    match fields[..] {
        [minute, hour, "*", "*", "?", "*"] => every_day(minute, hour),
        [minute, hour, "?", "*", day, "*"] => {
            match (weekday(day), every_day(minute, hour).strip_prefix("todo dia ")) {
                (Some(day), Some(time)) => format!("{day} {time}"),
                _ => expression.to_owned(),
            }
        }
        _ => expression.to_owned(),
    }
}

fn every_day(minute: &str, hour: &str) -> String {
    let number = |text: &str| text.parse::<u8>().ok();
    let step =
        |text: &str| text.split_once('/').and_then(|(first, step)| Some((number(first)?, number(step)?)));
    match (number(minute), number(hour), step(minute), step(hour)) {
        (Some(minute), Some(hour), _, _) => format!("todo dia às {hour:02}:{minute:02}"),
        (Some(minute), _, _, Some((_, step))) => format!("a cada {step} h, aos {minute} min"),
        (Some(minute), _, _, _) if hour == "*" => format!("a cada hora, aos {minute} min"),
        (_, _, Some((first, step)), _) if hour == "*" => format!("a cada {step} min, a partir dos {first}"),
        _ => format!("cron({minute} {hour} * * ? *)"),
    }
}

fn weekday(name: &str) -> Option<&'static str> {
    Some(match name {
        "SUN" => "domingo",
        "MON" => "segunda-feira",
        "TUE" => "terça-feira",
        "WED" => "quarta-feira",
        "THU" => "quinta-feira",
        "FRI" => "sexta-feira",
        "SAT" => "sábado",
        "MON-FRI" => "segunda a sexta-feira",
        _ => return None,
    })
}

/// When it fires next: "02/03/2026 14:05 (em 5 min)".
pub fn when_next(at: Option<Timestamp>, now: Timestamp) -> Markup {
    html! {
        @match at {
            Some(at) => { (moment(at)) " " span class="dim n" { "(" (ago(at, now)) ")" } }
            None => span class="dim" { "não dispara" },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_by_dots_and_have_a_comma() {
        assert_eq!([0_u64, 999, 1_000, 1_234_567].map(count), ["0", "999", "1.000", "1.234.567"]);
        let amounts = [Decimal::new(123_450, 2), Decimal::new(-5, 1), Decimal::ZERO].map(money);
        assert_eq!(amounts, ["R$\u{a0}1.234,50", "−R$\u{a0}0,50", "R$\u{a0}0,00"]);
        assert_eq!(
            (many(1, "pedido", "pedidos"), many(0, "pedido", "pedidos")),
            ("1 pedido".into(), "0 pedidos".into())
        );
        assert_eq!((percent(1, 3), percent(999, 1_000), percent(5, 5), percent(1, 0)), (33, 99, 100, 0));
    }

    #[test]
    fn schedules_are_read_aloud() {
        for (expression, words) in [
            ("rate(15 minutes)", "a cada 15 min"),
            ("rate(1 minute)", "a cada 1 min"),
            ("rate(6 hours)", "a cada 6 h"),
            ("rate(1 day)", "a cada 1 dia"),
            ("cron(5 2 * * ? *)", "todo dia às 02:05"),
            ("cron(25 2 ? * SUN *)", "domingo às 02:25"),
            ("cron(20 * * * ? *)", "a cada hora, aos 20 min"),
            ("cron(10 0/6 * * ? *)", "a cada 6 h, aos 10 min"),
            ("cron(10/30 * * * ? *)", "a cada 30 min, a partir dos 10"),
            ("cron(0 8-10,20 ? * MON-FRI *)", "cron(0 8-10,20 ? * MON-FRI *)"),
            ("at(2026-03-01T10:00:00)", "at(2026-03-01T10:00:00)"),
            ("", ""),
        ] {
            assert_eq!(schedule(expression), words);
        }
    }

    #[test]
    fn every_schedule_of_the_catalogue_has_words() {
        for (name, expression) in crate::jobs::all().into_iter().flat_map(|job| job.schedules) {
            assert!(!schedule(&expression).contains('('), "{name}: {expression}");
        }
    }

    #[test]
    fn spans_are_short() {
        let of = |seconds| duration(Duration::from_secs(seconds));
        assert_eq!(
            [of(5), of(180), of(7_200), of(7_800), of(90_000), of(86_400), of(400_000)],
            ["5 s", "3 min", "2 h", "2 h 10 min", "1 dia 1 h", "1 dia", "4 dias"]
        );
        let at: Timestamp = "2026-03-02T14:00:00Z".parse().expect("a moment");
        let later = clock::later(at, Duration::from_mins(5));
        assert_eq!(
            (ago(at, later), ago(later, at), ago(at, at)),
            ("há 5 min".into(), "em 5 min".into(), "agora".into())
        );
    }
}
