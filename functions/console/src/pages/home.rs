//! Health: is everything going, and if not, what is it that does not.

use engine::{Cases as _, Leases as _, Mark, Quarantine as _, StateError};
use futures_util::future::try_join_all;
use jiff::Timestamp;
use maud::{Markup, html};
use sales::desk::{Kind, Record};
use sales::load::{self, LoadState};
use sales::{OMIE_TOGETHER, patience, share_of_omie};
use service_orders::resting;
use service_orders::watch::{self, Reach};

use super::os_words;
use super::setup;
use super::standing::{self, Standing};
use crate::alarms::{self, Alarm};
use crate::jobs;
use crate::ports::World;
use crate::trouble::Trouble;
use crate::view::{Column, Nav, Table, Tone, ago, badge, facts, many, moment, notice, section, tile, tiles};
use crate::visit::{Page, Visit};
use crate::web::{Response, encoded, href};

/// So many or more are "200+": people act long before.
const COUNTED: usize = 200;
/// Of each entity's quarantine so many are counted: each is read for it.
const COUNTED_EACH: usize = 100;
/// With more service orders parked than this, the page does not read them to say which is the oldest.
const REACH: Reach = Reach { read: 50, counted: COUNTED as u64 };
/// Held records shown.
const SHOWN: usize = 5;

/// Everything the page is about.
struct Health {
    jobs: Vec<Standing>,
    scheduler: Option<String>,
    load: Option<LoadState>,
    held: Vec<(Kind, usize, Vec<Record>)>,
    quarantined: usize,
    /// More are in quarantine than were counted.
    has_more_quarantined: bool,
    orders: watch::Summary,
    /// Senior X ↔ Sismetro has no access to its partners yet.
    is_bare: bool,
    rests: Vec<Rest>,
    /// Runs that read from Omie at this moment.
    reading: usize,
    alarms: Vec<Alarm>,
}

/// Somebody who is not asked for a while.
struct Rest {
    who: String,
    why: &'static str,
    until: Timestamp,
}

/// Shows it.
pub async fn show<W: World>(visit: &Visit<'_, W>) -> Result<Response, Trouble> {
    // Whoever comes without having been sent is taken where there is something to do.
    if visit.place().has_omie_maxima
        && !visit.form.is_on("ver")
        && let Some(step) = setup::next_step(visit).await?
    {
        return Ok(Response::see(&step));
    }
    let health = gathered(visit).await?;
    if health.is_bare && !visit.place().has_omie_maxima && !visit.form.is_on("ver") {
        return Ok(Response::see(&href(&["configuracao", "os"])));
    }
    let body = html! {
        (headline(&health))
        (numbers(visit, &health))
        div class="two turned" {
            div {
                @if visit.place().has_omie_maxima { (jobs_card(&health, visit.now)) }
                @else { (service_orders(&health.orders, visit.now)) }
            }
            div {
                (ringing(&health.alarms, visit.now))
                (partners(&health, visit.place().has_omie_maxima, visit.now))
                (held(&health))
                @if visit.place().has_senior_sismetro && visit.place().has_omie_maxima { (service_orders(&health.orders, visit.now)) }
            }
        }
    };
    Ok(visit.show(Page { title: "Saúde da integração", nav: Nav::Health, above: Vec::new(), body }))
}

async fn gathered<W: World>(visit: &Visit<'_, W>) -> Result<Health, Trouble> {
    let (state, place) = (visit.state(), visit.place());
    let mut health = Health {
        jobs: Vec::new(),
        scheduler: None,
        load: None,
        held: Vec::new(),
        quarantined: 0,
        has_more_quarantined: false,
        orders: watch::Summary::default(),
        is_bare: false,
        rests: rests(visit).await?,
        reading: 0,
        alarms: alarms::ringing(state).await?,
    };
    if place.has_omie_maxima {
        let (jobs, failure) = standing::all(visit.world, visit.now).await?;
        (health.jobs, health.scheduler) = (jobs, failure.map(|error| error.to_string()));
        health.reading = state.held(visit.now).await?;
        health.load = load::current(state).await?.map(|load| load.state);
        for kind in [Kind::Pedidos, Kind::Clientes] {
            let ids = state.marked(kind.stored(), &Mark::new("estado", "held"), None, COUNTED).await?;
            let first = ids.iter().rev().take(SHOWN).map(|id| Record::load(state, kind, id));
            let first = try_join_all(first).await?.into_iter().flatten().collect();
            health.held.push((kind, ids.len(), first));
        }
        let entities = jobs::all().into_iter().flat_map(|job| job.entities);
        let numbers = entities.map(async |entity| {
            let records = state.in_quarantine(entity, COUNTED_EACH).await?;
            Ok::<_, StateError>(records.len())
        });
        let numbers = try_join_all(numbers).await?;
        health.quarantined = numbers.iter().sum();
        health.has_more_quarantined = numbers.contains(&COUNTED_EACH);
    }
    if place.has_senior_sismetro {
        health.orders = watch::summary_within(state, REACH).await?;
        // Where there is an order, there was access to bring it.
        let has_any = health.orders.states.values().any(|number| *number > 0);
        health.is_bare = !has_any && setup::os::is_bare(visit).await?;
    }
    Ok(health)
}

async fn rests<W: World>(visit: &Visit<'_, W>) -> Result<Vec<Rest>, StateError> {
    let blocks = patience::blocks(visit.state(), visit.now).await?.into_iter().map(|(method, until)| Rest {
        who: format!("Omie · {method}"),
        why: "bloqueado",
        until,
    });
    let refused = resting(visit.state(), visit.now).await?.into_iter().map(|(id, until)| Rest {
        who: match id.split_once('/') {
            Some((_, account)) => format!("Sismetro · conta {account}"),
            None => "Senior X".to_owned(),
        },
        why: "recusou as credenciais",
        until,
    });
    Ok(blocks.chain(refused).collect())
}

impl Health {
    /// What asks for attention, a sentence and where to go.
    fn wrong(&self) -> Vec<(Tone, String, String)> {
        let mut wrong = Vec::new();
        match &self.load {
            Some(LoadState::Failed { cause, .. }) => {
                wrong.push((
                    Tone::Bad,
                    format!("A carga inicial parou: {cause}"),
                    href(&["configuracao", "carga"]),
                ));
            }
            Some(LoadState::Interrupted { branches }) => {
                let many = many(branches.len(), "filial está incompleta", "filiais estão incompletas");
                wrong.push((
                    Tone::Warn,
                    format!("A carga inicial foi interrompida: {many} no Omie."),
                    href(&["configuracao", "carga"]),
                ));
            }
            None if !self.jobs.is_empty() => {
                let text = "A carga inicial ainda não foi feita: nada é agendado antes dela.";
                wrong.push((Tone::Warn, text.to_owned(), href(&["configuracao"])));
            }
            _ => {}
        }
        for standing in &self.jobs {
            let (tone, word) = standing.state();
            if tone >= Tone::Warn {
                wrong.push((
                    tone,
                    format!("{}: {word}.", standing.job.title),
                    href(&["jobs", standing.job.name]),
                ));
            }
        }
        wrong.extend(self.waiting());
        if !self.alarms.is_empty() {
            let text = many(self.alarms.len(), "alarme está tocando", "alarmes estão tocando");
            wrong.push((Tone::Bad, format!("{text}: veja nesta página."), String::new()));
        }
        if let Some(why) = &self.scheduler {
            wrong.push((Tone::Warn, why.clone(), href(&["jobs"])));
        }
        wrong
    }
}

impl Health {
    /// What waits for a person, or for a partner.
    fn waiting(&self) -> Vec<(Tone, String, String)> {
        let mut all = Vec::new();
        if self.is_bare {
            let text = "Falta o acesso a Senior X ou Sismetro: nenhuma ordem de serviço é aberta sem ele.";
            all.push((Tone::Warn, text.to_owned(), href(&["configuracao", "os"])));
        }
        for (kind, number, _) in self.held.iter().filter(|(_, number, _)| *number > 0) {
            let (one, several) = match kind {
                Kind::Pedidos => ("pedido retido espera uma decisão", "pedidos retidos esperam uma decisão"),
                Kind::Clientes => {
                    ("cadastro retido espera uma decisão", "cadastros retidos esperam uma decisão")
                }
            };
            let address = format!("{}?q=retidos", href(&[&kind.to_string()]));
            all.push((Tone::Warn, format!("{}.", at_least(*number, one, several)), address));
        }
        if self.quarantined > 0 {
            let text = many(self.quarantined, "registro está em quarentena", "registros estão em quarentena");
            let text = if self.has_more_quarantined { format!("Mais de {text}") } else { text };
            all.push((Tone::Warn, format!("{text}."), href(&["quarentena"])));
        }
        let parked = self.orders.states.get("needs_attention").copied().unwrap_or_default();
        if parked > 0 {
            let (one, several) =
                ("ordem de serviço precisa de alguém", "ordens de serviço precisam de alguém");
            let text = at_least(whole(parked), one, several);
            all.push((Tone::Warn, format!("{text}."), format!("{}?estado=needs_attention", href(&["os"]))));
        }
        if self.orders.quarantined > 0 {
            let number = whole(self.orders.quarantined);
            let text = at_least(number, "aviso não foi entendido", "avisos não foram entendidos");
            all.push((Tone::Warn, format!("{text}."), href(&["os-avisos"])));
        }
        if !self.rests.is_empty() {
            let text = many(self.rests.len(), "parceiro está em espera", "esperas por parceiros");
            all.push((Tone::Warn, format!("{text}: veja nesta página."), String::new()));
        }
        all
    }
}

/// A number of what was counted up to [`COUNTED`].
fn counted(number: usize) -> String {
    if number >= COUNTED { format!("{COUNTED}+") } else { number.to_string() }
}

/// The same in a sentence.
fn at_least(number: usize, one: &str, several: &str) -> String {
    if number >= COUNTED { format!("{COUNTED} ou mais {several}") } else { many(number, one, several) }
}

fn whole(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

fn headline(health: &Health) -> Markup {
    let wrong = health.wrong();
    let Some(worst) = wrong.iter().map(|(tone, ..)| *tone).max() else {
        return notice(Tone::Good, "Tudo em dia", &html! {});
    };
    let title = many(wrong.len(), "ponto pede atenção", "pontos pedem atenção");
    notice(
        worst,
        &title,
        &html! { ul { @for (_, text, href) in &wrong { li { @if href.is_empty() { (text) } @else { a href=(href) { (text) } } } } } },
    )
}

fn numbers<W: World>(visit: &Visit<'_, W>, health: &Health) -> Markup {
    let tone = |number: usize| if number == 0 { Tone::Good } else { Tone::Warn };
    let quarantined = format!("{}{}", health.quarantined, if health.has_more_quarantined { "+" } else { "" });
    tiles(&html! {
        @for (kind, number, _) in &health.held {
            @let label = if *kind == Kind::Pedidos { "pedidos retidos" } else { "cadastros retidos" };
            (tile(tone(*number), &format!("{}?q=retidos", href(&[&kind.to_string()])), &counted(*number), label))
        }
        @if visit.place().has_omie_maxima {
            (tile(tone(health.quarantined), &href(&["quarentena"]), &quarantined, "em quarentena"))
        }
        @if visit.place().has_senior_sismetro {
            @let parked = whole(health.orders.states.get("needs_attention").copied().unwrap_or_default());
            @let address = format!("{}?estado=needs_attention", href(&["os"]));
            (tile(tone(parked), &address, &counted(parked), "OS paradas"))
        }
    })
}

fn jobs_card(health: &Health, now: Timestamp) -> Markup {
    let row = |standing: &Standing| {
        let (tone, word) = standing.state();
        vec![
            html! { a href=(href(&["jobs", standing.job.name])) { (standing.job.title) } },
            badge(tone, word),
            html! {
               // The state says which of the two it was.
               @if let Some(at) = standing.success.or_else(|| standing.filled()) { span class="n" { (ago(at.min(now), now)) } }
               @else { span class="dim" { "nunca" } }
            },
            html! { @if let Some(by) = standing.expected_by() { (moment(by)) } },
        ]
    };
    let mut worst_first: Vec<&Standing> = health.jobs.iter().collect();
    worst_first.sort_by_key(|standing| std::cmp::Reverse(standing.state().0.max(Tone::Idle)));
    let table = Table {
        caption: "Último sucesso de cada agendamento e o esperado",
        columns: &[
            Column::Name("Agendamento"),
            Column::Text("Estado"),
            Column::Text("Último sucesso"),
            Column::Text("Próximo esperado até"),
        ],
        rows: worst_first.into_iter().map(row).collect(),
        empty: "Nenhum agendamento.",
    };
    section("Agendamentos", &table.show())
}

fn ringing(alarms: &[Alarm], now: Timestamp) -> Markup {
    let body = html! {
        @if alarms.is_empty() { (badge(Tone::Good, "nenhum tocando")) }
        @else { ul class="plain" { @for alarm in alarms {
            li { (badge(Tone::Bad, "tocando")) " " (alarm.told()) div class="dim" { (ago(alarm.since, now)) } }
        } } }
    };
    section("Alarmes", &body)
}

fn partners(health: &Health, has_omie: bool, now: Timestamp) -> Markup {
    let body = html! {
        @if health.rests.is_empty() {
            (badge(Tone::Good, "nenhum bloqueio"))
        } @else {
            ul class="plain" { @for Rest { who, why, until } in &health.rests {
                li {
                    (badge(Tone::Warn, why)) " " strong { (who) }
                    " · faltam " (clock::until(now, *until).as_secs()) " s (até " (moment(*until)) ")"
                }
            } }
        }
        @if has_omie { p class="dim" {
            "O Omie aceita 240 consultas por minuto de cada método e 960 por endereço, e bloqueia um método por 30 minutos \
             depois de dez falhas: a integração fica abaixo disso. A Máxima não informa limites. O que cada execução \
             consultou está na página dela."
        }
        p { @match health.reading {
            0 => "Nenhuma execução consulta o Omie agora.",
            1 => { "Agora 1 execução consulta o Omie, com até " (OMIE_TOGETHER) " consultas por minuto." }
            several => {
                "Agora " (several) " execuções consultam o Omie e dividem " (OMIE_TOGETHER)
                " consultas por minuto: " (share_of_omie(several)) " para cada uma."
            }
        } } }
    };
    section("Parceiros", &body)
}

fn held(health: &Health) -> Markup {
    let records: Vec<&Record> = health.held.iter().flat_map(|(_, _, records)| records).collect();
    if records.is_empty() {
        return html! {};
    }
    section(
        "Retidos",
        &html! {
            ul class="plain" { @for record in records {
                @let summary = record.summary();
                li {
                    a href=(href(&[&summary.kind.to_string(), &summary.id])) { (summary.kind.noun()) " " (summary.id) }
                    @if let Some(name) = &summary.cliente { " · " (name) }
                    @if let Some(why) = &summary.why { div class="dim" { (why) } }
                }
            } }
        },
    )
}

fn service_orders(orders: &watch::Summary, now: Timestamp) -> Markup {
    let mut all: Vec<(&str, Markup)> = orders
        .states
        .iter()
        .filter(|(_, number)| **number > 0)
        .map(|(state, of_it)| {
            let address = format!("{}?estado={}", href(&["os"]), encoded(state));
            (os_words::named(state), html! { a href=(address) { (counted(whole(*of_it))) } })
        })
        .collect();
    if orders.quarantined > 0 {
        let address = href(&["os-avisos"]);
        all.push((
            "avisos não entendidos",
            html! { a href=(address) { (counted(whole(orders.quarantined))) } },
        ));
    }
    if orders.unmatched > 0 {
        let address = href(&["os-avisos"]);
        all.push(("avisos sem pedido", html! { a href=(address) { (counted(whole(orders.unmatched))) } }));
    }
    if let Some(since) = orders.parked_since {
        all.push(("parada mais antiga", html! { (ago(since, now)) }));
    }
    section(
        "Ordens de serviço",
        &if all.is_empty() {
            html! { p class="empty" { "Nenhuma ordem em andamento." } }
        } else {
            facts(&all)
        },
    )
}
