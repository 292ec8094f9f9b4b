//! The initial load: started, watched, cancelled, continued; and what holds it up.

use http::StatusCode;
use maud::{Markup, html};
use sales::branch::BranchProblem;
use sales::load::{self, CANCELLED, Load, LoadState};
use sales::setup::Step;

use super::progress::{self, Asked, Standing, Steps, standing_still, stands_still, told};
use super::{Wizard, address, button, page, webhook};
use crate::pages::jobs::{REASON, reason};
use crate::ports::{Machine as _, World};
use crate::trouble::Trouble;
use crate::view::{Problems, Tone, confirm, live, moment, notice, section};
use crate::visit::{Done, Visit};
use crate::web::{Response, href};

/// What was asked is remembered under this.
const ID: &str = "carga";
/// Without JavaScript the page is fetched anew this often, in seconds.
const REFRESH: u32 = 5;

/// How the load stands.
pub async fn show<W: World>(visit: &Visit<'_, W>) -> Result<Response, Trouble> {
    shown(visit, &Vec::new()).await
}

async fn shown<W: World>(visit: &Visit<'_, W>, problems: &Problems) -> Result<Response, Trouble> {
    let wizard = Wizard::open(visit).await?;
    if !wizard.is_open(Step::Carga) {
        return Ok(wizard.elsewhere());
    }
    let current = load::current(visit.state()).await?;
    let steps = match &current {
        Some(load) => progress::steps(visit.state(), &load.id).await?,
        None => Steps::new(),
    };
    let standing = progress::standing(visit, ID, current.as_ref(), &steps).await?;
    let is_going = matches!(standing, Standing::Asked(_) | Standing::Running { .. });
    let inside = match (&standing, &current) {
        (Standing::Never, _) | (Standing::Ended, None) => first(visit, &wizard),
        (Standing::Asked(asked), _) => about_to(asked, "A carga"),
        (Standing::Running { is_silent }, Some(load)) => running(visit, load, &steps, *is_silent),
        (Standing::Running { .. }, None) => html! {},
        (Standing::Ended, Some(load)) => ended(visit, load, &steps),
    };
    let body = html! {
        @if is_going { (live("carga", &address(Step::Carga), 3, &inside)) } @else { div id="carga" { (inside) } }
        @if is_going { (cancel_form(visit, problems)) }
        @if wizard.has_loaded {
            (webhook::card(visit))
            @if !is_going { (anew(visit, problems)) }
        }
    };
    let page = page(&wizard, Step::Carga, problems, &body);
    if is_going && problems.is_empty() && !stands_still(visit) {
        return Ok(visit.page_refreshed(page, REFRESH));
    }
    Ok(visit.page(super::status(problems), page))
}

fn first<W: World>(visit: &Visit<'_, W>, wizard: &Wizard) -> Markup {
    let wrong = wizard.draft.settings.problems();
    if !wrong.is_empty() {
        return notice(Tone::Warn, "Antes da carga, corrija:", &super::corrections(&wrong));
    }
    section(
        "Tudo pronto para a carga",
        &html! {
            p { "A carga leva os cadastros do Omie para a Máxima: filiais, produtos, preços, clientes, títulos e histórico." }
            ul {
                li { "Roda na nuvem: você pode fechar esta página e voltar quando quiser." }
                li { "Pode ser cancelada e continuada; nada é enviado duas vezes." }
                li { "Quando terminar, os agendamentos começam sozinhos." }
            }
            (button(visit, &href(&["configuracao", "carga"]), "Começar a carga", true))
        },
    )
}

pub(super) fn about_to(asked: &Asked, what: &str) -> Markup {
    notice(
        Tone::Busy,
        &format!("{what} começa em até um minuto."),
        &html! {
            "Pedido em " (moment(asked.at)) " por " (asked.by) ". Esta página se atualiza sozinha."
        },
    )
}

fn running<W: World>(visit: &Visit<'_, W>, load: &Load, steps: &Steps, is_silent: bool) -> Markup {
    html! {
        @if is_silent {
            (notice(Tone::Warn, "Nenhuma etapa dá notícia há mais de duas horas.", &html! {
                p { "A execução pode ter sido interrompida por fora. Continuar não repete o que já foi feito." }
                (button(visit, &address(Step::Carga), "Continuar daqui", true))
            }))
        } @else {
            (notice(Tone::Busy, "A carga está em andamento.", &html! {
                "Começou em " (moment(load.started)) ". Pode fechar esta página: a carga continua."
            }))
        }
        (section("Andamento", &told(steps, visit.now, false)))
    }
}

fn ended<W: World>(visit: &Visit<'_, W>, load: &Load, steps: &Steps) -> Markup {
    let go_on = |label| button(visit, &address(Step::Carga), label, true);
    let head = match &load.state {
        LoadState::Finished => notice(
            Tone::Good,
            "A carga terminou: os agendamentos estão rodando.",
            &html! {
                @if let Some(ended) = load.ended { "Terminou em " (moment(ended)) ". " }
                "O que ficou fora, e por quê, está na " a href=(href(&["quarentena"])) { "quarentena" } "."
            },
        ),
        LoadState::Interrupted { branches } => {
            return interrupted(branches, &go_on("Verificar de novo"), steps, visit);
        }
        LoadState::Failed { error, cause } if error == CANCELLED => notice(
            Tone::Warn,
            "A carga foi cancelada.",
            &html! { p { (cause) "." } (go_on("Continuar daqui")) },
        ),
        LoadState::Failed { error, cause } => {
            let step = progress::stopped(steps);
            let title =
                step.map_or_else(|| "A carga parou".to_owned(), |step| format!("A carga parou em {step}"));
            notice(
                Tone::Bad,
                &title,
                &html! {
                    (remedy(error))
                    p { "Depois continue: as etapas concluídas não são repetidas." }
                    (go_on("Continuar daqui"))
                    p class="dim" { "Causa: " (cause) }
                },
            )
        }
        LoadState::Running => html! {},
    };
    html! { (head) @if !steps.is_empty() { (section("Etapas", &told(steps, visit.now, true))) } }
}

/// What to do about a load that stopped, and where; `error` is the name of the remedy.
pub(super) fn remedy(error: &str) -> Markup {
    let link = |step: Step| html! { a href=(address(step)) { (step.title()) } };
    html! { p { @match error {
        "FixConfig" => {
            "Um parceiro não aceitou o acesso, ou um parâmetro não serve. Teste de novo " (link(Step::Omie)) " e "
            (link(Step::Maxima)) "; se os dois passam, confira " (link(Step::DePara)) " e " (link(Step::Padroes)) "."
        }
        "FixData" => "Um cadastro precisa de correção no Omie: a causa diz qual.",
        "RetryLater" => "Um parceiro não respondeu, ou pediu para esperar. Espere alguns minutos: não há o que corrigir.",
        "AskPartner" => "Um parceiro respondeu o que não devia: mande a causa ao suporte dele.",
        _ => "Mande a causa ao suporte da integração.",
    } } }
}

fn interrupted<W: World>(
    branches: &[BranchProblem],
    go_on: &Markup,
    steps: &Steps,
    visit: &Visit<'_, W>,
) -> Markup {
    html! {
        (notice(Tone::Warn, "Carga interrompida: falta completar o cadastro de filiais no Omie.", &html! {
            p { "Nada mais vai para a Máxima enquanto uma filial ativa estiver incompleta, porque tudo depende dela." }
        }))
        @for branch in branches {
            @let name = match &branch.nome { Some(name) => format!("Filial {} − {name}", branch.codigo), None => format!("Filial {}", branch.codigo) };
            (section(if branch.codigo.is_empty() { "Filiais" } else { &name }, &html! {
                @if !branch.missing.is_empty() {
                    p { "Preencha no Omie, no cadastro da empresa:" }
                    ul { @for missing in &branch.missing { li { strong { (missing.label()) } ": " (missing.why()) "." } } }
                }
                @if let Some(error) = &branch.error { p { (error) "." } }
            }))
        }
        section class="card" {
            p { "Depois de corrigir no Omie, verifique de novo: só cidades e filiais são relidas, e a carga segue dali." }
            p class="dim" { "Se uma filial não deve ser integrada, marque só as outras em " a href=(address(Step::Padroes)) { "Padrões e regras" } "." }
            (go_on)
        }
        (section("Etapas", &told(steps, visit.now, true)))
    }
}

fn cancel_form<W: World>(visit: &Visit<'_, W>, problems: &Problems) -> Markup {
    let means = "A parte em andamento vai até o fim e nenhuma outra começa. O que foi feito fica, e continuar segue daí.";
    html! {
        (standing_still(visit, Step::Carga))
        div class="acts" {
            (confirm(&href(&["configuracao", "carga", "cancelar"]), "Cancelar a carga", means).grave().show(visit, problems, &html! {}))
        }
    }
}

fn anew<W: World>(visit: &Visit<'_, W>, problems: &Problems) -> Markup {
    let means =
        "Tudo é lido de novo do Omie; só o que estiver diferente é enviado. Os agendamentos continuam.";
    html! {
        div class="acts" {
            (confirm(&href(&["configuracao", "carga", "refazer"]), "Fazer outra carga", means).show(visit, problems, &html! {}))
        }
    }
}

/// Starts it, or goes on with what is not finished.
pub async fn start<W: World>(visit: &Visit<'_, W>) -> Result<Done, Trouble> {
    let wizard = Wizard::open(visit).await?;
    let here = address(Step::Carga);
    if !wizard.is_open(Step::Carga) {
        return Ok(wizard.too_early(visit));
    }
    if let Some(problem) = wizard.draft.settings.problems().first() {
        return Ok(visit.refused(&here, format!("Antes da carga, corrija: {}.", super::names::told(problem))));
    }
    let current = load::current(visit.state()).await?;
    if matches!(&current, Some(load) if load.state == LoadState::Finished) {
        return Ok(visit.refused(&here, "A carga já terminou."));
    }
    if is_going(visit, current.as_ref()).await? {
        return Ok(visit.done(&here, "A carga já foi pedida."));
    }
    begun(visit, wizard).await
}

/// Starts another one after the first.
pub async fn again<W: World>(visit: &Visit<'_, W>) -> Result<Done, Trouble> {
    if reason(visit).is_none() {
        return lacking(visit).await;
    }
    let wizard = Wizard::open(visit).await?;
    let current = load::current(visit.state()).await?;
    if !wizard.has_loaded || is_going(visit, current.as_ref()).await? {
        return Ok(
            visit.refused(&address(Step::Carga), "Uma carga está em andamento, ou nenhuma terminou ainda.")
        );
    }
    begun(visit, wizard).await
}

async fn is_going<W: World>(visit: &Visit<'_, W>, current: Option<&Load>) -> Result<bool, Trouble> {
    let steps = match current {
        Some(load) => progress::steps(visit.state(), &load.id).await?,
        None => Steps::new(),
    };
    let standing = progress::standing(visit, ID, current, &steps).await?;
    Ok(matches!(standing, Standing::Asked(_) | Standing::Running { is_silent: false }))
}

async fn begun<W: World>(visit: &Visit<'_, W>, wizard: Wizard) -> Result<Done, Trouble> {
    visit.world.machine().start(false).await?;
    progress::ask(visit, ID).await?;
    let settings = wizard.draft.settings.clone();
    wizard.keep(visit, Step::Carga, settings, "A carga foi pedida.").await
}

/// Cancels it: what was asked for does not begin, what runs ends after its part.
pub async fn cancel<W: World>(visit: &Visit<'_, W>) -> Result<Done, Trouble> {
    if reason(visit).is_none() {
        return lacking(visit).await;
    }
    let was_asked = visit.world.machine().take_back().await?;
    progress::forget(visit, ID).await?;
    let was_running = load::cancel(visit.state(), false, &visit.session.name, visit.now).await?;
    let here = address(Step::Carga);
    Ok(if was_asked || was_running {
        visit.done(&here, "A carga foi cancelada.")
    } else {
        visit.refused(&here, "Não havia carga em andamento.")
    })
}

async fn lacking<W: World>(visit: &Visit<'_, W>) -> Result<Done, Trouble> {
    let problems = vec![("motivo".to_owned(), REASON.to_owned())];
    let mut response = shown(visit, &problems).await?;
    response.status = StatusCode::UNPROCESSABLE_ENTITY;
    Ok(Done::with_problems(response, REASON))
}
