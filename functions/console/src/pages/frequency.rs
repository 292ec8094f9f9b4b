//! How often a job runs: chosen, shown with its next times, then saved.

use jiff::Timestamp;
use jiff::civil::{Time, Weekday};
use maud::{Markup, html};
use schedules::{Frequency, Recurrence};

use super::jobs::{REASON, reason, scheduled, status};
use crate::jobs::Job;
use crate::ports::{Jobs as _, World};
use crate::trouble::Trouble;
use crate::view::{Choice, Field, Nav, Problems, confirm, moment, problems, schedule, section};
use crate::visit::{Done, Page, Visit};
use crate::web::{Form, Response, href};

/// The fields that say how often.
const FIELDS: [&str; 5] = ["modo", "minutos", "hora", "dia", "expressao"];
pub(super) const DAYS: [(&str, &str, Weekday); 7] = [
    ("seg", "segunda-feira", Weekday::Monday),
    ("ter", "terça-feira", Weekday::Tuesday),
    ("qua", "quarta-feira", Weekday::Wednesday),
    ("qui", "quinta-feira", Weekday::Thursday),
    ("sex", "sexta-feira", Weekday::Friday),
    ("sab", "sábado", Weekday::Saturday),
    ("dom", "domingo", Weekday::Sunday),
];
/// Times looked at to see whether they lie equally far apart.
const LOOKED_AT: usize = 200;
const HOUR: i64 = 3_600;

/// A frequency as the scheduler writes it, and when it would fire.
pub(super) struct Chosen {
    pub(super) frequency: Frequency,
    pub(super) expression: String,
    pub(super) next: Vec<Timestamp>,
}

/// The form, and once it is filled in, what it comes to.
pub async fn frequency<W: World>(visit: &Visit<'_, W>) -> Result<Response, Trouble> {
    shown(visit, &Vec::new()).await
}

/// Saves it.
pub async fn change_frequency<W: World>(visit: &Visit<'_, W>) -> Result<Done, Trouble> {
    let (job, name) = scheduled(visit)?;
    let zone = zone_of(visit, &name).await?;
    let chosen = match chosen(&visit.form, &zone, visit.now) {
        Ok(chosen) => chosen,
        Err(problem) => {
            return Ok(Done::with_problems(shown(visit, &vec![problem.clone()]).await?, &problem.1));
        }
    };
    if reason(visit).is_none() {
        let problems = vec![("motivo".to_owned(), REASON.to_owned())];
        return Ok(Done::with_problems(shown(visit, &problems).await?, REASON));
    }
    visit.world.jobs().change(&name, chosen.frequency).await?;
    let text = format!("{}: agora {}.", job.title, schedule(&chosen.expression));
    Ok(visit.done(&href(&["jobs", job.name]), text))
}

async fn zone_of<W: World>(visit: &Visit<'_, W>, name: &str) -> Result<String, Trouble> {
    let all = visit.world.jobs().schedules().await?;
    let found = all.into_iter().find(|schedule| schedule.name == name);
    Ok(found.ok_or_else(|| Trouble::Missing(format!("o agendamento {name}")))?.zone)
}

async fn shown<W: World>(visit: &Visit<'_, W>, wrong: &Problems) -> Result<Response, Trouble> {
    let (job, name) = scheduled(visit)?;
    let all = visit.world.jobs().schedules().await?;
    let now = all.into_iter().find(|schedule| schedule.name == name);
    let now = now.ok_or_else(|| Trouble::Missing(format!("o agendamento {name}")))?;
    let (mut wrong, mut preview) = (wrong.clone(), None);
    if visit.form.is_on("modo") {
        match chosen(&visit.form, &now.zone, visit.now) {
            Ok(chosen) => preview = Some(chosen),
            Err(problem) if wrong.is_empty() => wrong.push(problem),
            Err(_) => {}
        }
    }
    let address = href(&["jobs", job.name, &name, "frequencia"]);
    let body = html! {
        (problems(&wrong))
        (section("Como está", &html! { p { (schedule(&now.expression)) " " code { (now.expression) } } }))
        (section("Como deve ficar", &fields(&address, &visit.form, &wrong)))
        @if let Some(preview) = &preview { (previewed(visit, &address, preview, &wrong)) }
    };
    let title = format!("{}: frequência da {}", job.title, job.label_of(&name));
    let page = Page { title: &title, nav: Nav::Jobs, above: above(&job), body };
    Ok(visit.page(status(&wrong), page))
}

fn above(job: &Job) -> Vec<(String, String)> {
    vec![("Agendamentos".to_owned(), href(&["jobs"])), (job.title.to_owned(), href(&["jobs", job.name]))]
}

fn fields(address: &str, form: &Form, wrong: &Problems) -> Markup {
    let modes = [
        Choice::new("intervalo", "a cada tantos minutos"),
        Choice::new("diario", "todo dia, em um horário"),
        Choice::new("semanal", "toda semana, em um dia e horário"),
        Choice::new("expressao", "expressão do agendador"),
    ];
    let days: Vec<Choice> = DAYS.iter().map(|(value, label, _)| Choice::new(*value, *label)).collect();
    let field = |name, label| Field { is_optional: true, ..Field::new(name, label) }.filled(form, wrong);
    html! {
        form method="get" action=(address) {
            (Field::new("modo", "Frequência").filled(form, wrong).select(&modes))
            (field("minutos", "Minutos").help("Para “a cada tantos minutos”: de 1 a 44.640.").input("number"))
            (field("hora", "Horário").help("Para “todo dia” e “toda semana”, no horário de São Paulo.").input("time"))
            (field("dia", "Dia da semana").help("Para “toda semana”.").select(&days))
            (field("expressao", "Expressão").help("rate(…) ou cron(…), para quem conhece.").input("text"))
            button { "Ver as próximas execuções" }
        }
    }
}

fn previewed<W: World>(visit: &Visit<'_, W>, address: &str, chosen: &Chosen, wrong: &Problems) -> Markup {
    section(
        "Próximas execuções com a nova frequência",
        &html! {
            p { (schedule(&chosen.expression)) }
            ol { @for at in &chosen.next { li { (moment(*at)) } } }
            div class="acts" {
                (confirm(address, "Salvar", "").show(visit, wrong, &html! {
                    @for name in FIELDS { input type="hidden" name=(name) value=(visit.form.text(name)); }
                }))
            }
        },
    )
}

/// What the form says; the error names the field.
fn chosen(form: &Form, zone: &str, now: Timestamp) -> Result<Chosen, (String, String)> {
    let wrong = |field: &str, text: &str| (field.to_owned(), text.to_owned());
    let mode = form.text("modo");
    let time = || {
        let time: Option<Time> = Time::strptime("%H:%M", form.text("hora")).ok();
        time.ok_or_else(|| wrong("hora", "Informe o horário, por exemplo 02:30."))
    };
    let (field, frequency) = match mode {
        "intervalo" => {
            let minutes = form.text("minutos").replace('.', "").parse();
            let minutes =
                minutes.map_err(|_| wrong("minutos", "Informe o intervalo em minutos, por exemplo 30."))?;
            let every = Frequency::every_minutes(minutes);
            ("minutos", every.map_err(|unfit| wrong("minutos", &unfit.to_string()))?)
        }
        "diario" => ("hora", Frequency::Daily(time()?)),
        "semanal" => {
            let day = DAYS.iter().find(|(value, ..)| *value == form.text("dia"));
            let (_, _, day) = day.ok_or_else(|| wrong("dia", "Escolha o dia da semana."))?;
            ("dia", Frequency::Weekly(*day, time()?))
        }
        "expressao" => ("expressao", Frequency::Expression(form.text("expressao").to_owned())),
        _ => return Err(wrong("modo", "Escolha a frequência.")),
    };
    judged(frequency, zone, now).map_err(|text| wrong(field, &text))
}

/// When a frequency would fire; or why it cannot be one.
pub(super) fn judged(frequency: Frequency, zone: &str, now: Timestamp) -> Result<Chosen, String> {
    let expression = frequency.expression(zone).map_err(|unfit| unfit.to_string())?;
    let recurrence = Recurrence::parse(&expression, zone).map_err(|why| why.to_string())?;
    if matches!(recurrence, Recurrence::At(_)) {
        return Err("at(…) dispara uma vez só: use rate(…) ou cron(…).".to_owned());
    }
    let next: Vec<Timestamp> =
        std::iter::successors(recurrence.after(now), |at| recurrence.after(*at)).take(LOOKED_AT).collect();
    if next.is_empty() {
        return Err("essa expressão nunca dispara: confira dia, mês e ano.".to_owned());
    }
    if let Some((short, long)) = uneven(&next) {
        return Err(format!(
            "os intervalos seriam desiguais: ora {} min, ora {} min. Escolha um número que divida a hora, ou um \
             intervalo em minutos.",
            short / 60,
            long / 60
        ));
    }
    if let Some((step, rest)) = uneven_hours(&expression) {
        return Err(format!(
            "os intervalos seriam desiguais: ora {step} h, ora {rest} h. Escolha um número que divida o dia, ou \
             rate({step} hours), que conta de {step} em {step} h a partir de quando é salvo."
        ));
    }
    if let Some(step) = day_step(&expression) {
        return Err(format!(
            "os intervalos seriam desiguais na virada do mês. Escolha um dia da semana, ou rate({step} days), que conta \
             de {step} em {step} dias a partir de quando é salvo."
        ));
    }
    Ok(Chosen { frequency, expression, next: next.into_iter().take(5).collect() })
}

/// The shortest and the longest of the gaps below an hour, where they differ: what a step that does not divide the hour
/// comes to.
fn uneven(times: &[Timestamp]) -> Option<(i64, i64)> {
    let gaps = times.windows(2).map(|pair| pair[1].as_second() - pair[0].as_second());
    let short: Vec<i64> = gaps.filter(|gap| *gap < HOUR).collect();
    let (least, most) = (*short.iter().min()?, *short.iter().max()?);
    (least != most).then_some((least, most))
}

/// A step of hours that does not divide the day, and what is left over at its end.
fn uneven_hours(expression: &str) -> Option<(u32, u32)> {
    let hours = expression.strip_prefix("cron(")?.split(' ').nth(1)?;
    let (first, step) = hours.split_once('/')?;
    let step: u32 = step.parse().ok().filter(|step| *step > 0)?;
    // A range that ends before the day does is meant to end: nobody takes it for an interval.
    let first = first.strip_suffix("-23").unwrap_or(first);
    let first = if first == "*" { 0 } else { first.parse::<u32>().ok()? };
    (24 % step != 0).then(|| (step, 24 - (23 - first.min(23)) / step * step))
}

/// A step of days of the month, which begins anew with every month.
fn day_step(expression: &str) -> Option<u32> {
    let days = expression.strip_prefix("cron(")?.split(' ').nth(2)?;
    days.split_once('/')?.1.parse().ok().filter(|step| *step > 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(fields: &[(&str, &str)]) -> Result<String, String> {
        let now = "2026-03-02T14:00:00Z".parse().expect("a moment");
        let form = Form::of(fields.iter().copied());
        let chosen =
            chosen(&form, "America/Sao_Paulo", now).map_err(|(field, text)| format!("{field}: {text}"))?;
        assert_eq!(chosen.next.len(), 5);
        Ok(chosen.expression)
    }

    #[test]
    fn each_choice_is_what_the_scheduler_writes() {
        for (fields, expression) in [
            (&[("modo", "intervalo"), ("minutos", "90")][..], "rate(90 minutes)"),
            (&[("modo", "diario"), ("hora", "02:30")], "cron(30 2 * * ? *)"),
            (&[("modo", "semanal"), ("dia", "dom"), ("hora", "23:00")], "cron(0 23 ? * SUN *)"),
            (&[("modo", "expressao"), ("expressao", "cron(0/15 * * * ? *)")], "cron(0/15 * * * ? *)"),
            (
                &[("modo", "expressao"), ("expressao", "cron(0 8-18/2 ? * MON-FRI *)")],
                "cron(0 8-18/2 ? * MON-FRI *)",
            ),
        ] {
            assert_eq!(read(fields).as_deref(), Ok(expression));
        }
    }

    #[test]
    fn what_cannot_be_is_refused_at_its_field() {
        for (fields, field) in [
            (&[][..], "modo"),
            (&[("modo", "intervalo")], "minutos"),
            (&[("modo", "intervalo"), ("minutos", "0")], "minutos"),
            (&[("modo", "intervalo"), ("minutos", "-5")], "minutos"),
            (&[("modo", "diario"), ("hora", "25:00")], "hora"),
            (&[("modo", "semanal"), ("hora", "10:00")], "dia"),
            (&[("modo", "expressao"), ("expressao", "toda hora")], "expressao"),
            (&[("modo", "expressao"), ("expressao", "at(2030-01-01T00:00:00)")], "expressao"),
            (&[("modo", "expressao"), ("expressao", "cron(0 0 30 2 ? *)")], "expressao"),
        ] {
            let refused = read(fields).expect_err("it cannot be");
            assert!(refused.starts_with(&format!("{field}: ")), "{refused}");
        }
    }

    #[test]
    fn uneven_intervals_are_refused_with_the_reason() {
        let refused =
            read(&[("modo", "expressao"), ("expressao", "cron(0/7 * * * ? *)")]).expect_err("uneven");

        assert!(refused.contains("ora 4 min, ora 7 min"), "{refused}");
        let refused =
            read(&[("modo", "expressao"), ("expressao", "cron(0 0/7 * * ? *)")]).expect_err("uneven");
        assert!(refused.contains("ora 7 h, ora 3 h") && refused.contains("rate(7 hours)"), "{refused}");
        // What Hangfire took for "every 23 hours".
        let refused =
            read(&[("modo", "expressao"), ("expressao", "cron(0 0-23/23 * * ? *)")]).expect_err("uneven");
        assert!(refused.contains("ora 23 h, ora 1 h"), "{refused}");
        let refused =
            read(&[("modo", "expressao"), ("expressao", "cron(0 3 1/7 * ? *)")]).expect_err("uneven");
        assert!(refused.contains("virada do mês") && refused.contains("rate(7 days)"), "{refused}");
        assert_eq!(read(&[("modo", "intervalo"), ("minutos", "420")]).as_deref(), Ok("rate(7 hours)"));
    }
}
