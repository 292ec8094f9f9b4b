//! When each job runs: an interval or a time of day, with the next times, before it is saved.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::StatusCode;
use jiff::Timestamp;
use jiff::civil::Time;
use maud::{Markup, html};
use sales::desk::words::local;
use sales::setup::Step;
use schedules::{Frequency, Schedule};
use sha2::{Digest as _, Sha256};

use super::fields::error_of;
use super::{Wizard, address, form_of, page};
use crate::jobs;
use crate::pages::frequency::{Chosen, DAYS, judged};
use crate::ports::{Jobs as _, World};
use crate::trouble::Trouble;
use crate::view::{Choice, Field, Problems, Tone, notice, section};
use crate::visit::{Done, Visit};
use crate::web::{Form, Response};

/// Ways to say when.
const EVERY: &str = "intervalo";
const DAILY: &str = "diario";
const EXPRESSION: &str = "expressao";

/// A line of the form.
struct Line {
    schedule: Schedule,
    title: String,
    mode: String,
    value: String,
    judged: Result<Chosen, String>,
}

/// The schedules as they are.
pub async fn show<W: World>(visit: &Visit<'_, W>) -> Result<Response, Trouble> {
    let wizard = Wizard::open(visit).await?;
    if !wizard.is_open(Step::Agendas) {
        return Ok(wizard.elsewhere());
    }
    let lines = lines(visit, None).await?;
    Ok(shown(visit, &wizard, &lines, &html! {}))
}

/// Saves them, once their next times have been seen.
pub async fn save<W: World>(visit: &Visit<'_, W>) -> Result<Done, Trouble> {
    let wizard = Wizard::open(visit).await?;
    if !wizard.is_open(Step::Agendas) {
        return Ok(wizard.too_early(visit));
    }
    let lines = lines(visit, Some(&visit.form)).await?;
    if lines.iter().any(|line| line.judged.is_err()) {
        let page = shown(visit, &wizard, &lines, &html! {});
        return Ok(Done::with_problems(page, "há agendamentos a corrigir"));
    }
    if visit.form.text("acao") == "ver" || visit.form.text("visto") != seen(&lines) {
        let hint =
            notice(Tone::Idle, "Confira as próximas execuções e salve: nada foi salvo ainda.", &html! {});
        return Ok(Done::looked(shown(visit, &wizard, &lines, &hint), "só conferiu as próximas execuções"));
    }
    let mut changed = 0;
    for line in &lines {
        let Ok(chosen) = &line.judged else { continue };
        if chosen.expression != line.schedule.expression {
            visit.world.jobs().change(&line.schedule.name, chosen.frequency.clone()).await?;
            changed += 1;
        }
    }
    let text = match changed {
        0 => "Os agendamentos ficam como estão.".to_owned(),
        1 => "1 agendamento mudou.".to_owned(),
        many => format!("{many} agendamentos mudaram."),
    };
    let settings = wizard.draft.settings.clone();
    wizard.keep(visit, Step::Agendas, settings, &text).await
}

/// A line for each schedule: with what was typed, or as it is.
async fn lines<W: World>(visit: &Visit<'_, W>, form: Option<&Form>) -> Result<Vec<Line>, Trouble> {
    let all = visit.world.jobs().schedules().await?;
    let mut lines = Vec::new();
    for job in jobs::all() {
        for (name, _) in &job.schedules {
            let Some(schedule) = all.iter().find(|schedule| schedule.name == *name).cloned() else {
                continue;
            };
            let title = match job.schedules.len() {
                1 => job.title.to_owned(),
                _ => format!("{}: {}", job.title, job.label_of(name)),
            };
            let field = |what: &str| form.map(|form| form.text(&format!("{what}-{name}")).to_owned());
            let (mode, value) = match (field("modo"), field("valor")) {
                (Some(mode), Some(value)) if !mode.is_empty() => (mode, value),
                _ => told(&schedule.expression),
            };
            let judged = frequency(&mode, &value).and_then(|it| judged(it, &schedule.zone, visit.now));
            lines.push(Line { schedule, title, mode, value, judged });
        }
    }
    Ok(lines)
}

fn shown<W: World>(visit: &Visit<'_, W>, wizard: &Wizard, lines: &[Line], hint: &Markup) -> Response {
    let wrong = |line: &Line| {
        let text = line.judged.as_ref().err()?;
        Some((format!("valor-{}", line.schedule.name), format!("{}: {text}", line.title)))
    };
    let problems: Problems = lines.iter().filter_map(wrong).collect();
    let inside = html! {
        input type="hidden" name="visto" value=(seen(lines));
        (table(lines, &problems))
    };
    let buttons = html! {
        button name="acao" value="ver" { "Ver as próximas execuções" }
        button class="primary" name="acao" value="salvar" { "Salvar e continuar" }
    };
    let body = html! {
        (hint)
        (section("Quando cada um roda", &html! {
            p { "Os horários propostos servem à maioria. Escolha um intervalo (15 min, 6 h) ou um horário do dia (02:30), no horário de São Paulo." }
            p class="dim" { "Um intervalo é contado a partir do momento em que é salvo, por isso é sempre igual, também de 7 h ou 45 min. Em cron, um passo que não divide a hora ou o dia é recusado." }
            (form_of(visit, &address(Step::Agendas), &inside, &buttons))
        }))
    };
    let status = if problems.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    visit.page(status, page(wizard, Step::Agendas, &problems, &body))
}

fn table(lines: &[Line], problems: &Problems) -> Markup {
    let mut modes = vec![Choice::new(EVERY, "a cada"), Choice::new(DAILY, "todo dia às")];
    modes.extend(DAYS.iter().map(|(value, label, _)| Choice::new(*value, format!("{label} às"))));
    modes.push(Choice::new(EXPRESSION, "expressão"));
    html! {
        table class="pairs" {
            caption { "Agendamentos" }
            thead { tr { th scope="col" { "Agendamento" } th scope="col" { "Quando" } th scope="col" { "Próximas execuções" } } }
            tbody { @for line in lines {
                @let (mode, value) = (format!("modo-{}", line.schedule.name), format!("valor-{}", line.schedule.name));
                tr {
                    th scope="row" { (line.title) }
                    td class="when" {
                        label class="hidden" for={ "f-" (mode) } { (line.title) ": frequência" }
                        (Field::new(&mode, "").value(&line.mode).bare_select(&modes))
                        label class="hidden" for={ "f-" (value) } { (line.title) ": valor" }
                        input id={ "f-" (value) } name=(value) value=(line.value) autocomplete="off"
                            aria-invalid=[line.judged.is_err().then_some("true")];
                    }
                    td class="dim" {
                        @match &line.judged {
                            Ok(chosen) => (times(&chosen.next)),
                            Err(_) => p class="error" { (error_of(problems, &value)) },
                        }
                    }
                }
            } }
        }
    }
}

/// "02/03 11:15 · 11:30 · 11:45": a day is said once.
fn times(next: &[Timestamp]) -> String {
    let mut text = String::new();
    let mut day = None;
    for at in next.iter().map(|at| local(*at)) {
        let separator = if text.is_empty() { "" } else { "\u{a0}· " };
        let format = if day == Some(at.date()) { "%H:%M" } else { "%d/%m\u{a0}%H:%M" };
        day = Some(at.date());
        let _ = write!(text, "{separator}{}", at.strftime(format));
    }
    text
}

/// What was shown, in short: another one is to be seen before it is saved.
fn seen(lines: &[Line]) -> String {
    let mut hash = Sha256::new();
    for line in lines {
        for part in [&line.schedule.name, &line.mode, &line.value] {
            hash.update(part.as_bytes());
            hash.update([0]);
        }
    }
    URL_SAFE_NO_PAD.encode(&hash.finalize()[..12])
}

/// An expression as the form says it.
fn told(expression: &str) -> (String, String) {
    let of = |mode: &str, value: String| (mode.to_owned(), value);
    let inside = |kind: &str| expression.strip_prefix(kind)?.strip_prefix('(')?.strip_suffix(')');
    if let Some((number, unit)) = inside("rate").and_then(|rate| rate.split_once(' ')) {
        let unit = match unit.trim_end_matches('s') {
            "minute" => "min",
            "hour" => "h",
            _ if number == "1" => "dia",
            _ => "dias",
        };
        return of(EVERY, format!("{number} {unit}"));
    }
    let fields: Vec<&str> = inside("cron").unwrap_or_default().split(' ').collect();
    let time = |minute: &str, hour: &str| {
        Some(format!("{:02}:{:02}", hour.parse::<u8>().ok()?, minute.parse::<u8>().ok()?))
    };
    match fields[..] {
        [minute, hour, "*", "*", "?", "*"] => {
            if let Some(time) = time(minute, hour) {
                return of(DAILY, time);
            }
        }
        [minute, hour, "?", "*", day, "*"] => {
            let known = DAYS.iter().find(|(_, _, known)| day == in_cron(*known));
            if let (Some((value, ..)), Some(time)) = (known, time(minute, hour)) {
                return of(value, time);
            }
        }
        _ => {}
    }
    of(EXPRESSION, expression.to_owned())
}

fn in_cron(day: jiff::civil::Weekday) -> &'static str {
    use jiff::civil::Weekday;
    match day {
        Weekday::Monday => "MON",
        Weekday::Tuesday => "TUE",
        Weekday::Wednesday => "WED",
        Weekday::Thursday => "THU",
        Weekday::Friday => "FRI",
        Weekday::Saturday => "SAT",
        Weekday::Sunday => "SUN",
    }
}

/// What was typed, as a frequency; else what is wrong with it.
fn frequency(mode: &str, value: &str) -> Result<Frequency, String> {
    let time = || {
        let time: Option<Time> = Time::strptime("%H:%M", value).ok();
        time.ok_or_else(|| "informe o horário, por exemplo 02:30.".to_owned())
    };
    match mode {
        EVERY => {
            let minutes = minutes(value).ok_or("informe o intervalo, por exemplo 15 min ou 6 h.")?;
            Frequency::every_minutes(minutes).map_err(|unfit| unfit.to_string())
        }
        DAILY => Ok(Frequency::Daily(time()?)),
        EXPRESSION => Ok(Frequency::Expression(value.to_owned())),
        day => match DAYS.iter().find(|(known, ..)| *known == day) {
            Some((_, _, day)) => Ok(Frequency::Weekly(*day, time()?)),
            None => Err("escolha a frequência.".to_owned()),
        },
    }
}

/// "15", "15 min", "6 h", "1 dia".
fn minutes(value: &str) -> Option<u32> {
    let at = value.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(value.len());
    let number: u32 = value[..at].parse().ok()?;
    let unit = match value[at..].trim() {
        "" | "m" | "min" | "minuto" | "minutos" => 1,
        "h" | "hora" | "horas" => 60,
        "d" | "dia" | "dias" => 24 * 60,
        _ => return None,
    };
    number.checked_mul(unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_form_says_of_a_schedule_is_that_schedule() {
        for (_, expression) in jobs::all().into_iter().flat_map(|job| job.schedules) {
            let (mode, value) = told(&expression);
            let again = frequency(&mode, &value).expect("it is one").expression("America/Sao_Paulo");
            assert_eq!(again.expect("it fits"), expression, "{mode} {value}");
        }
    }

    #[test]
    fn intervals_are_read_with_their_unit() {
        assert_eq!(
            ["15", "15 min", "6h", "1 dia"].map(minutes),
            [Some(15), Some(15), Some(360), Some(1_440)]
        );
        assert_eq!(["", "x", "6 luas", "-5", "99999999999"].map(minutes), [None; 5]);
    }

    #[test]
    fn a_day_is_said_once() {
        let at = |text: &str| text.parse().expect("a moment");
        let next = [at("2026-03-02T14:15:00Z"), at("2026-03-02T14:30:00Z"), at("2026-03-03T05:00:00Z")];
        assert_eq!(times(&next).replace('\u{a0}', " "), "02/03 11:15 · 11:30 · 03/03 02:00");
    }
}
