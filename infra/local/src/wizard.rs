//! What the runner says to a person who does everything in the console.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::cli::{Integration, Options};
use crate::folder::Tenancy;
use crate::stack::{Counterparts, Stack, TENANT};

/// How the simulated partners are told where to call, and that an order is closed.
const HUB: &str =
    r#"{"url":"…/webhooks/senior/service-order-finished","headers":[["x-webhook-secret","…"]]}"#;
const CALLBACKS: &str = r#"{"url":"…/webhooks/sismetro","headers":[["key","…"]]}"#;
const ORDER: &str = r#"{"equipment":"new","seed":7,"close":true}"#;

/// What is up, and where.
pub fn welcome<P: Counterparts>(options: &Options, stack: &Stack<P>) -> String {
    let head = match (stack.tenancy, options.integration) {
        (Tenancy::Real, Integration::OmieMaxima) => "com Omie e Máxima de verdade".to_owned(),
        (Tenancy::Real, Integration::SeniorSismetro) => "com Senior X e Sismetro de verdade".to_owned(),
        (_, Integration::OmieMaxima) => format!("com dados {}", options.preset),
        (_, Integration::SeniorSismetro) => "com ordens de serviço".to_owned(),
    };
    let pace = match stack.tenancy {
        Tenancy::Real => "no tempo real".to_owned(),
        _ => format!("{} vezes o tempo real", stack.time.speed()),
    };
    let mut lines = vec![format!("Ponte: inquilino {TENANT} {head}, {pace}")];
    lines.push(format!("  gateway   {}", stack.address));
    if stack.tenancy != Tenancy::Real {
        lines.push(format!("  DynamoDB  {}", stack.about["dynamodb"].as_str().unwrap_or_default()));
    }
    lines.extend(
        stack.partners.addresses().into_iter().map(|(name, at)| format!("  {:<8}  {at}", title(name))),
    );
    lines.push(format!("  logs      {}\n", stack.logs().display()));
    lines.join("\n")
}

/// A partner's name for people.
fn title(name: &str) -> &str {
    match name {
        "omie" => "Omie",
        "maxima" => "Máxima",
        "senior" => "Senior X",
        "sismetro" => "Sismetro",
        other => other,
    }
}

/// What to do next.
pub fn hints<P: Counterparts>(options: &Options, stack: &Stack<P>) -> String {
    let mut lines = match stack.tenancy {
        Tenancy::Real => real(options),
        _ => simulated(options, stack),
    };
    lines.push(
        "\nNada roda sozinho antes da configuração. Os agendamentos rodam depois da carga. Ctrl-C encerra."
            .to_owned(),
    );
    lines.join("\n")
}

fn simulated<P: Counterparts>(options: &Options, stack: &Stack<P>) -> Vec<String> {
    let mut lines =
        vec!["Configure o inquilino pelo console, com os acessos dos parceiros simulados:".to_owned()];
    lines.extend(stack.partners.logins().into_iter().map(|(name, login)| format!("  {name:<8}  {login}")));
    let at = |name: &str| stack.about[name].as_str().unwrap_or_default().to_owned();
    match options.integration {
        Integration::OmieMaxima => {
            let screens = format!("{}/_ponte/parceiros", stack.address);
            lines.push(format!("As telas dos parceiros (filial, webhook, pedidos): {screens}"));
        }
        Integration::SeniorSismetro => lines.extend([
            "O que se faz nas telas dos parceiros, em outro terminal:".to_owned(),
            format!("  eventos    curl -X POST {}/_sim/webhook -d '{HUB}'", at("senior")),
            format!("  retornos   curl -X POST {}/_sim/webhook -d '{CALLBACKS}'", at("sismetro")),
            format!("  fechar OS  curl -X POST {}/_sim/order -d '{ORDER}'", at("senior")),
        ]),
    }
    lines
}

fn real(options: &Options) -> Vec<String> {
    let data = options.data.as_deref().unwrap_or(Path::new("")).display();
    let key = if options.passphrase.is_some() {
        "abertas pela frase em PONTE_KEY: sem ela não há como recuperá-las".to_owned()
    } else {
        format!("abertas pelo arquivo {data}/chave: guarde uma cópia dele em outro lugar")
    };
    vec![
        "Parceiros de verdade: nada é simulado, e o que se faz no console chega até eles.".to_owned(),
        format!("As credenciais são pedidas pelo console e ficam cifradas em {data}/segredos,"),
        format!("{key}."),
        unheard(options.integration).to_owned(),
    ]
}

/// What becomes of the news that partners would tell: their webhooks do not reach this computer.
fn unheard(integration: Integration) -> &'static str {
    match integration {
        Integration::OmieMaxima => {
            "Os avisos do Omie (webhooks) não chegam a este computador; as consultas periódicas os substituem."
        }
        // An order begins with its event, whose body nothing else has (`contracts/service-order-flow.md` §8).
        Integration::SeniorSismetro => {
            "Os avisos do Senior X e do Sismetro não chegam a este computador. O retorno das SS é consultado de tempos\n\
             em tempos; ordens novas do Senior X só chegam por aviso, e aqui não chegam."
        }
    }
}

/// Opens the address in the browser of whoever sits here; that it does not open is no reason to stop.
pub fn open_in_browser(address: &str) {
    let opener = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };
    let quiet = Command::new(opener)
        .arg(address)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    if let Err(error) = quiet {
        tracing::warn!(%error, "the browser could not be opened");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_told_that_polling_brings_new_orders_of_senior() {
        let (omie, senior) = (unheard(Integration::OmieMaxima), unheard(Integration::SeniorSismetro));

        assert!(omie.contains("as consultas periódicas os substituem"));
        assert!(!senior.contains("substituem") && senior.contains("só chegam por aviso"), "{senior}");
    }
}
