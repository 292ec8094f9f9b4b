//! Every address of the console, who may ask for it, and what answers: the one table.

use http::Method;

use crate::pages::setup::{self, agendas, carga, ensaio, logins, pending, webhook};
use crate::pages::{auditoria, depara, home, jobs, os, os_avisos, quarentena, records, runs};
use crate::ports::World;
use crate::visit::{Done, Going, Visit};
use crate::web::{self, BASE, Response};

/// One address.
pub struct Route<W> {
    /// `/jobs/{job}`, below [`BASE`].
    pub pattern: &'static str,
    /// What answers.
    pub handler: Handler<W>,
}

/// What answers. Only [`Change`](Self::Change) may change anything; it is asked with POST, by operators, with the token
/// of their session, and what came of it is in the audit trail under the action's name.
pub enum Handler<W> {
    /// Shows something to whoever has signed in.
    Show(Shows<W>),
    /// Changes something.
    Change {
        /// "pausou o agendamento".
        action: &'static str,
        /// What does it.
        handle: Changes<W>,
    },
}

/// Shows something.
pub type Shows<W> = for<'a> fn(&'a Visit<'a, W>) -> Going<'a, Response>;
/// Changes something.
pub type Changes<W> = for<'a> fn(&'a Visit<'a, W>) -> Going<'a, Done>;

fn show<W>(pattern: &'static str, handle: Shows<W>) -> Route<W> {
    Route { pattern, handler: Handler::Show(handle) }
}

fn change<W>(pattern: &'static str, action: &'static str, handle: Changes<W>) -> Route<W> {
    Route { pattern, handler: Handler::Change { action, handle } }
}

/// The addresses of pages. Signing in and out and the assets have no session yet, or need none: [`App`](crate::App)
/// answers them itself.
pub fn routes<W: World>() -> Vec<Route<W>> {
    daily().into_iter().chain(of_setup()).collect()
}

fn daily<W: World>() -> Vec<Route<W>> {
    vec![
        show("", |visit| Box::pin(home::show(visit))),
        show("/jobs", |visit| Box::pin(jobs::list(visit))),
        show("/jobs/{job}", |visit| Box::pin(jobs::one(visit))),
        change("/jobs/{job}/rodar", "pediu uma execução", |visit| Box::pin(jobs::run_now(visit))),
        change("/jobs/{job}/cancelar", "cancelou a continuação", |visit| Box::pin(jobs::cancel(visit))),
        change("/jobs/{job}/{schedule}/pausar", "pausou o agendamento", |visit| Box::pin(jobs::pause(visit))),
        change("/jobs/{job}/{schedule}/retomar", "retomou o agendamento", |visit| {
            Box::pin(jobs::resume(visit))
        }),
        show("/jobs/{job}/{schedule}/frequencia", |visit| Box::pin(jobs::frequency(visit))),
        change("/jobs/{job}/{schedule}/frequencia", "mudou a frequência", |visit| {
            Box::pin(jobs::change_frequency(visit))
        }),
        show("/jobs/{job}/runs/{run}", |visit| Box::pin(runs::show(visit))),
        show("/pedidos", |visit| Box::pin(records::orders(visit))),
        show("/pedidos/{id}", |visit| Box::pin(records::order(visit))),
        change("/pedidos/{id}/{palavra}", "decidiu sobre o pedido", |visit| {
            Box::pin(records::tell_order(visit))
        }),
        show("/clientes", |visit| Box::pin(records::customers(visit))),
        show("/clientes/{id}", |visit| Box::pin(records::customer(visit))),
        change("/clientes/{id}/{palavra}", "decidiu sobre o cadastro", |visit| {
            Box::pin(records::tell_customer(visit))
        }),
        show("/quarentena", |visit| Box::pin(quarentena::list(visit))),
        show("/quarentena/{entidade}", |visit| Box::pin(quarentena::one(visit))),
        change("/quarentena/{entidade}/liberar", "liberou da quarentena", |visit| {
            Box::pin(quarentena::release(visit))
        }),
        show("/os", |visit| Box::pin(os::list(visit))),
        show("/os/{id}", |visit| Box::pin(os::one(visit))),
        change("/os/{id}/{comando}", "comandou a ordem de serviço", |visit| Box::pin(os::command(visit))),
        show("/os-avisos", |visit| Box::pin(os_avisos::list(visit))),
        change("/os-avisos/{entrega}/reprocessar", "reprocessou um aviso", |visit| {
            Box::pin(os_avisos::replay(visit))
        }),
        change("/os-avisos/reprocessar", "reprocessou avisos", |visit| Box::pin(os_avisos::replay(visit))),
        change("/os-avisos/dispensar", "dispensou avisos sem pedido", |visit| {
            Box::pin(os_avisos::dismiss(visit))
        }),
        show("/de-para", |visit| Box::pin(depara::show(visit))),
        show("/de-para/previa", |visit| Box::pin(pending::show(visit))),
        change("/de-para/gravar", "mudou os parâmetros", |visit| Box::pin(pending::save(visit))),
        show("/de-para/outros", |visit| Box::pin(setup::others::show(visit))),
        change("/de-para/outros", "propôs outros parâmetros", |visit| Box::pin(setup::others::save(visit))),
        change("/de-para/voltar", "propôs voltar a uma versão", |visit| Box::pin(pending::restore(visit))),
        change("/de-para/descartar", "descartou uma mudança", |visit| Box::pin(pending::discard(visit))),
        show("/auditoria", |visit| Box::pin(auditoria::list(visit))),
    ]
}

/// The steps of the set-up.
fn of_setup<W: World>() -> Vec<Route<W>> {
    vec![
        show("/configuracao", |visit| Box::pin(setup::overview(visit))),
        show("/configuracao/maxima", |visit| Box::pin(logins::maxima(visit))),
        change("/configuracao/maxima", "gravou o acesso à Máxima", |visit| {
            Box::pin(logins::save_maxima(visit))
        }),
        show("/configuracao/omie", |visit| Box::pin(logins::omie(visit))),
        change("/configuracao/omie", "gravou o acesso ao Omie", |visit| Box::pin(logins::save_omie(visit))),
        show("/configuracao/de-para", |visit| Box::pin(setup::show::<W, setup::DePara>(visit))),
        change("/configuracao/de-para", "preencheu o de-para", |visit| {
            Box::pin(setup::save::<W, setup::DePara>(visit))
        }),
        show("/configuracao/contas", |visit| Box::pin(setup::show::<W, setup::Contas>(visit))),
        change("/configuracao/contas", "preencheu as contas", |visit| {
            Box::pin(setup::save::<W, setup::Contas>(visit))
        }),
        show("/configuracao/padroes", |visit| Box::pin(setup::show::<W, setup::Padroes>(visit))),
        change("/configuracao/padroes", "preencheu os padrões", |visit| {
            Box::pin(setup::save::<W, setup::Padroes>(visit))
        }),
        change("/configuracao/{passo}/listas", "atualizou listas do Omie", |visit| {
            Box::pin(setup::lists::refresh(visit))
        }),
        show("/configuracao/agendas", |visit| Box::pin(agendas::show(visit))),
        change("/configuracao/agendas", "conferiu ou gravou os agendamentos", |visit| {
            Box::pin(agendas::save(visit))
        }),
        show("/configuracao/ensaio", |visit| Box::pin(ensaio::show(visit))),
        change("/configuracao/ensaio", "pediu um ensaio", |visit| Box::pin(ensaio::start(visit))),
        change("/configuracao/ensaio/cancelar", "cancelou o ensaio", |visit| Box::pin(ensaio::cancel(visit))),
        change("/configuracao/ensaio/seguir", "seguiu para a carga", |visit| Box::pin(ensaio::go_on(visit))),
        show("/configuracao/ensaio/{entidade}", |visit| Box::pin(ensaio::entity(visit))),
        show("/configuracao/carga", |visit| Box::pin(carga::show(visit))),
        change("/configuracao/carga", "pediu a carga", |visit| Box::pin(carga::start(visit))),
        change("/configuracao/carga/cancelar", "cancelou a carga", |visit| Box::pin(carga::cancel(visit))),
        change("/configuracao/carga/refazer", "pediu outra carga", |visit| Box::pin(carga::again(visit))),
        show("/configuracao/os", |visit| Box::pin(setup::os::show(visit))),
        change("/configuracao/os/senior", "gravou o acesso ao Senior X", |visit| {
            Box::pin(setup::os::connections::save_senior(visit))
        }),
        change("/configuracao/os/conta", "gravou uma conta do Sismetro", |visit| {
            Box::pin(setup::os::connections::save_account(visit))
        }),
        change("/configuracao/os/regras", "mudou as regras das OS", |visit| {
            Box::pin(setup::os::connections::save_rules(visit))
        }),
        change("/configuracao/os/filial", "mudou uma filial", |visit| {
            Box::pin(setup::os::branches::save(visit))
        }),
        change("/configuracao/os/segredo", "pediu o segredo dos avisos", |visit| {
            Box::pin(setup::os::doors::secret(visit))
        }),
        change("/configuracao/os/teste", "testou um aviso", |visit| Box::pin(setup::os::doors::trial(visit))),
        change("/configuracao/webhook", "pediu o endereço do webhook", |visit| {
            Box::pin(webhook::show(visit))
        }),
    ]
}

/// What the table says of a request.
pub enum Found<'r, W> {
    /// This route, with the parts of the address by their names.
    Route(&'r Route<W>, Vec<(&'static str, String)>),
    /// The address is known, but not for this method.
    OtherMethod(&'static str),
    /// No such address.
    Nothing,
}

/// The route of a request.
pub fn find<'r, W>(routes: &'r [Route<W>], method: &Method, path: &str) -> Found<'r, W> {
    let Some(below) = path.strip_prefix(BASE) else { return Found::Nothing };
    let below = below.strip_suffix('/').unwrap_or(below);
    let mut other = None;
    for route in routes {
        let Some(params) = matched(route.pattern, below) else { continue };
        match (&route.handler, method) {
            (Handler::Show(_), &Method::GET | &Method::HEAD) | (Handler::Change { .. }, &Method::POST) => {
                return Found::Route(route, params);
            }
            (Handler::Show(_), _) => other = Some("GET, HEAD"),
            (Handler::Change { .. }, _) => other = Some("POST"),
        }
    }
    other.map_or(Found::Nothing, Found::OtherMethod)
}

fn matched(pattern: &'static str, path: &str) -> Option<Vec<(&'static str, String)>> {
    let (mut wanted, mut given) = (pattern.split('/'), path.split('/'));
    let mut params = Vec::new();
    loop {
        match (wanted.next(), given.next()) {
            (None, None) => return Some(params),
            (Some(wanted), Some(given)) => {
                match wanted.strip_prefix('{').and_then(|name| name.strip_suffix('}')) {
                    Some(name) => params.push((name, web::read(given)?)),
                    None if wanted == given => {}
                    None => return None,
                }
            }
            _ => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::memory::House;

    fn found(method: &Method, path: &str) -> Option<(&'static str, Vec<(&'static str, String)>)> {
        match find(&routes::<House>(), method, path) {
            Found::Route(route, params) => Some((route.pattern, params)),
            Found::OtherMethod(_) | Found::Nothing => None,
        }
    }

    #[test]
    fn an_address_is_found_with_its_parts() {
        let run = web::href(&["jobs", "clientes", "runs", "2026-03-02T14:00:00Z"]);

        assert_eq!(found(&Method::GET, "/console").map(|(pattern, _)| pattern), Some(""));
        assert_eq!(found(&Method::GET, "/console/").map(|(pattern, _)| pattern), Some(""));
        let (pattern, params) = found(&Method::GET, &run).expect("the page of a run");
        assert_eq!(pattern, "/jobs/{job}/runs/{run}");
        assert_eq!(params, [("job", "clientes".to_owned()), ("run", "2026-03-02T14:00:00Z".to_owned())]);
        let odd = web::href(&["os", "1/2"]);
        assert_eq!(found(&Method::GET, &odd).expect("any id").1, [("id", "1/2".to_owned())]);
    }

    #[test]
    fn what_is_not_in_the_table_is_nowhere() {
        for path in
            ["", "/", "/consolex", "/console/jobs/a/b/c/d", "/console/nada", "/console//", "/webhooks/omie/x"]
        {
            assert!(found(&Method::GET, path).is_none(), "{path}");
        }
        for method in [Method::GET, Method::PUT, Method::DELETE] {
            assert!(found(&method, "/console/jobs/clientes/rodar").is_none());
        }
    }
}
