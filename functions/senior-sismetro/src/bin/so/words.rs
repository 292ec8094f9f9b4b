//! The words of the command line, and the events they become (`contracts/service-order-flow.md` §9).

use std::ffi::OsString;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use clap::{Args, Parser, Subcommand, ValueEnum};
use serde_json::{Value, json};

/// Ordens de serviço entre Senior X e Sismetro: ver, retomar, corrigir.
#[derive(Clone, Debug, Parser)]
#[command(name = "so", disable_help_subcommand = true)]
pub(crate) struct Options {
    /// O inquilino: parte do nome da função
    #[arg(long, global = true, default_value = "demo", value_name = "NOME")]
    pub(crate) tenant: String,

    /// Endereço do executor local (cargo run mostra qual é); sem ele, a AWS do perfil e da região do terminal
    #[arg(long, global = true, value_name = "URL")]
    pub(crate) endpoint: Option<String>,

    /// Quem pede, para o histórico
    #[arg(long, global = true, default_value = "", value_name = "NOME")]
    pub(crate) actor: String,

    /// Mostra o JSON da resposta
    #[arg(long, global = true)]
    pub(crate) json: bool,

    /// Só mostra o comando equivalente da AWS, sem pedir nada; o pedido precisa ser o id
    #[arg(long, global = true)]
    pub(crate) print: bool,

    /// O que fazer
    #[command(subcommand)]
    pub(crate) word: Word,
}

/// O que fazer.
#[derive(Clone, Debug, Subcommand)]
pub(crate) enum Word {
    /// Como está tudo, e o que falta configurar
    Status,
    /// Os pedidos de uma situação; sem ela, os que não terminaram
    List {
        /// received, opening, open_unknown, opened, awaiting_execution, releasing, released, cancelling, cancelled,
        /// skipped ou needs_attention
        #[arg(long, value_name = "SITUAÇÃO")]
        state: Option<String>,
        /// Só os que têm este alerta: late_conflicting_outcome, ss_link_missing, ss_number_mismatch,
        /// equipment_unrecognised, equipment_both, branch_inactive_skipped, poll_failed, ss_not_found ou unknown_status
        #[arg(long, value_name = "ALERTA")]
        alarm: Option<String>,
        /// Quantos, no máximo
        #[arg(long, default_value_t = 100, value_name = "N")]
        limit: usize,
    },
    /// Procura por número do pedido, número da SS ou id
    Find {
        /// O que procurar
        text: String,
    },
    /// Um pedido com o histórico
    Show {
        /// Número do pedido, número da SS ou id
        order: String,
    },
    /// As entregas que não foram entendidas
    Quarantine {
        /// Quantas, no máximo
        #[arg(long, default_value_t = 100, value_name = "N")]
        limit: usize,
    },
    /// Os avisos do Sismetro que não acharam o seu pedido em um dia
    Unmatched {
        /// Quantos, no máximo
        #[arg(long, default_value_t = 100, value_name = "N")]
        limit: usize,
    },
    /// Dispensa um aviso que não é de nenhum pedido: deixa de ser procurado e de alarmar
    Dismiss {
        /// O id que unmatched mostra
        callback: String,
        #[command(flatten)]
        why: Why,
    },
    /// Retoma um pedido de onde parou; um sem equipamento, se o mapa corrigido acha um no evento guardado
    Redrive(Order),
    /// Associa a SS que uma pessoa achou ou abriu
    Attach {
        #[command(flatten)]
        order: Order,
        /// Número da SS
        #[arg(long, value_name = "NÚMERO")]
        ss: String,
        /// Link da SS (printSS.php)
        #[arg(long, value_name = "URL")]
        link: Option<String>,
    },
    /// Autoriza mais um envio ao Sismetro
    AllowResend(Order),
    /// Segue sem a observação no pedido
    SkipNote(Order),
    /// Diz como o serviço terminou; o Sismetro não é consultado
    Force {
        #[command(flatten)]
        order: Order,
        /// Como terminou
        #[arg(long, value_enum, value_name = "FIM")]
        outcome: Outcome,
    },
    /// Encerra sem nenhuma chamada: já foi feito à mão
    Close {
        #[command(flatten)]
        order: Order,
        /// Como fica registrado
        #[arg(long, value_enum, value_name = "FIM")]
        state: End,
    },
    /// Processa de novo uma entrega guardada, depois de uma correção
    Replay {
        /// O id que quarantine ou show mostra
        delivery: String,
        #[command(flatten)]
        why: Why,
    },
    /// As filiais configuradas
    Branches,
    /// Configura uma filial, ou todas as outras de uma empresa
    SetBranch(Branch),
    /// Os parâmetros guardados
    Settings,
    /// Altera os parâmetros que o arquivo JSON nomeia; null volta ao padrão
    Configure {
        /// O arquivo; - lê da entrada
        file: PathBuf,
    },
}

/// Um pedido, e por quê.
#[derive(Clone, Debug, Args)]
pub(crate) struct Order {
    /// Número do pedido, número da SS ou id
    order: String,
    #[command(flatten)]
    why: Why,
}

/// Por quê.
#[derive(Clone, Debug, Args)]
pub(crate) struct Why {
    /// O motivo, para o histórico
    #[arg(long, value_name = "TEXTO")]
    reason: String,
    /// O id do comando, para repetir um cuja resposta se perdeu; sem ele, um novo
    #[arg(long, value_name = "ID")]
    command_id: Option<String>,
}

/// Uma filial.
#[derive(Clone, Debug, Args)]
pub(crate) struct Branch {
    /// Código da empresa no ERP
    #[arg(long, value_name = "CÓDIGO")]
    company: i64,
    /// Código da filial no ERP; sem ele, todas as que não têm configuração
    #[arg(long = "branch", value_name = "CÓDIGO")]
    code: Option<i64>,
    /// Se participa; pode faltar em uma filial já configurada
    #[arg(long, value_name = "true|false")]
    active: Option<bool>,
    /// Nome da conta do Sismetro no segredo; padrao volta à conta padrão
    #[arg(long, value_name = "NOME")]
    account: Option<String>,
    /// O que fazer quando o ERP não cancela um pedido que aguarda: direct, release_then_cancel ou padrao
    #[arg(long, value_name = "COMO")]
    cancel_strategy: Option<String>,
    /// O que o Sismetro recebe: passthrough, unwrapped, mapped ou padrao
    #[arg(long, value_name = "COMO")]
    open_body_mode: Option<String>,
    #[command(flatten)]
    why: Why,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
#[value(rename_all = "snake_case")]
pub(crate) enum Outcome {
    Completed,
    Cancelled,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
#[value(rename_all = "snake_case")]
pub(crate) enum End {
    Released,
    Cancelled,
    Skipped,
}

/// The arguments; `so so list` is `so list`, because `cargo run -p senior-sismetro -- so list` reads best.
pub(crate) fn given(arguments: impl Iterator<Item = OsString>) -> Vec<OsString> {
    let mut arguments: Vec<OsString> = arguments.collect();
    if arguments.get(1).is_some_and(|first| first == "so") {
        arguments.remove(1);
    }
    arguments
}

impl Options {
    /// The function that is asked: both know all words; this one works what follows from them.
    pub(crate) fn function(&self) -> String {
        format!("ponte-{}-ss-callback", self.tenant)
    }

    /// The event. `id` is the order's, where a person named it otherwise.
    pub(crate) fn event(&self, id: Option<&str>) -> Result<Value, String> {
        let fresh = format!("{:032x}", fastrand::u128(..));
        Ok(json!({"so": self.word.command(id, &fresh)?, "actor": self.actor}))
    }
}

impl Word {
    /// How the order is named, where the function wants its id.
    pub(crate) fn order(&self) -> Option<&str> {
        match self {
            Self::Show { order } => Some(order),
            Self::Redrive(of) | Self::AllowResend(of) | Self::SkipNote(of) => Some(&of.order),
            Self::Attach { order, .. } | Self::Force { order, .. } | Self::Close { order, .. } => {
                Some(&order.order)
            }
            _ => None,
        }
    }

    /// The same, taken for an id.
    pub(crate) fn id(&self) -> Option<&str> {
        self.order()
    }

    /// The member `so` of the event. A command that names no id of its own gets `fresh`.
    pub(crate) fn command(&self, order: Option<&str>, fresh: &str) -> Result<Value, String> {
        let about = |op: &str, why: &Why| {
            let id = why.command_id.as_deref().unwrap_or(fresh);
            let mut body = json!({"op": op, "reason": why.reason, "command_id": id});
            if let Some(order) = order {
                body["order_id"] = json!(order);
            }
            body
        };
        let with = |mut body: Value, member: &str, value: Value| {
            body[member] = value;
            body
        };
        Ok(match self {
            Self::Status => json!({"op": "status"}),
            Self::List { state, alarm, limit } => {
                json!({"op": "list", "state": state, "alarm": alarm, "limit": limit})
            }
            Self::Unmatched { limit } => json!({"op": "unmatched", "limit": limit}),
            Self::Dismiss { callback, why } => {
                with(about("dismiss_callback", why), "callback", json!(callback))
            }
            Self::Find { text } => json!({"op": "find", "text": text}),
            Self::Show { .. } => json!({"op": "show", "order_id": order}),
            Self::Quarantine { limit } => json!({"op": "quarantine", "limit": limit}),
            Self::Redrive(of) => about("redrive", &of.why),
            Self::Attach { order, ss, link } => {
                let body = with(about("attach_ss", &order.why), "ss_number", json!(ss));
                with(body, "ss_link", json!(link))
            }
            Self::AllowResend(of) => about("allow_resend", &of.why),
            Self::SkipNote(of) => about("skip_note", &of.why),
            Self::Force { order, outcome } => {
                with(about("force_outcome", &order.why), "outcome", json!(name(outcome)))
            }
            Self::Close { order, state } => with(about("close", &order.why), "state", json!(name(state))),
            Self::Replay { delivery, why } => with(about("replay_event", why), "delivery", json!(delivery)),
            Self::Branches => json!({"op": "branches"}),
            Self::SetBranch(of) => {
                let body = with(about("set_branch", &of.why), "company_code", json!(of.company));
                let mut body = with(body, "branch_code", json!(of.code));
                if let Some(active) = of.active {
                    body["active"] = json!(active);
                }
                for (member, given) in [
                    ("account", &of.account),
                    ("cancel_strategy", &of.cancel_strategy),
                    ("open_body_mode", &of.open_body_mode),
                ] {
                    // What is not said stays as it is.
                    let Some(given) = given else { continue };
                    body[member] = if given == DEFAULT { Value::Null } else { json!(given) };
                }
                body
            }
            Self::Settings => json!({"op": "settings"}),
            Self::Configure { file } => json!({"op": "configure", "settings": read(file)?}),
        })
    }
}

/// Back to what the parameters say.
const DEFAULT: &str = "padrao";

fn name(value: &impl ValueEnum) -> String {
    value.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
}

fn read(file: &Path) -> Result<Value, String> {
    let text = if file.as_os_str() == "-" {
        std::io::read_to_string(std::io::stdin())
    } else {
        std::fs::read_to_string(file)
    };
    let text = text.map_err(|error| format!("{} não pôde ser lido: {error}", file.display()))?;
    serde_json::from_str(&text).map_err(|error| format!("{} não é um JSON: {error}", file.display()))
}

/// The same as a command for a shell.
pub(crate) fn as_command(function: &str, event: &Value) -> String {
    let quoted = event.to_string().replace('\'', r"'\''");
    let mut text = String::new();
    let _ = write!(
        text,
        "aws lambda invoke --function-name {function} --cli-binary-format raw-in-base64-out \
         --payload '{quoted}' /dev/stdout"
    );
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(line: &str) -> Value {
        let words = std::iter::once("so").chain(line.split(' '));
        let options = Options::try_parse_from(words).expect(line);
        options.event(options.word.id()).expect(line)
    }

    #[test]
    fn every_word_becomes_the_command_of_the_contract() {
        let why = "--reason teste --command-id c-1";
        let told = |op: &str, more: &[(&str, Value)]| {
            let mut body = json!({"op": op, "reason": "teste", "command_id": "c-1"});
            for (name, value) in more {
                body[*name] = value.clone();
            }
            body
        };
        let order = ("order_id", json!("A-1"));
        for (line, so) in [
            ("status".to_owned(), json!({"op": "status"})),
            ("list".to_owned(), json!({"op": "list", "state": null, "alarm": null, "limit": 100})),
            (
                "list --state needs_attention --alarm ss_not_found --limit 5".to_owned(),
                json!({"op": "list", "state": "needs_attention", "alarm": "ss_not_found", "limit": 5}),
            ),
            ("unmatched".to_owned(), json!({"op": "unmatched", "limit": 100})),
            (format!("dismiss a.99 {why}"), told("dismiss_callback", &[("callback", json!("a.99"))])),
            ("show A-1".to_owned(), json!({"op": "show", "order_id": "A-1"})),
            ("quarantine".to_owned(), json!({"op": "quarantine", "limit": 100})),
            (format!("redrive A-1 {why}"), told("redrive", std::slice::from_ref(&order))),
            (
                format!("attach A-1 --ss 1287001 {why}"),
                told(
                    "attach_ss",
                    &[order.clone(), ("ss_number", json!("1287001")), ("ss_link", Value::Null)],
                ),
            ),
            (format!("allow-resend A-1 {why}"), told("allow_resend", std::slice::from_ref(&order))),
            (format!("skip-note A-1 {why}"), told("skip_note", std::slice::from_ref(&order))),
            (
                format!("force A-1 --outcome cancelled {why}"),
                told("force_outcome", &[order.clone(), ("outcome", json!("cancelled"))]),
            ),
            (
                format!("close A-1 --state released {why}"),
                told("close", &[order, ("state", json!("released"))]),
            ),
            (format!("replay senior-5f {why}"), told("replay_event", &[("delivery", json!("senior-5f"))])),
            (
                format!("set-branch --company 1 --branch 3 --active true {why}"),
                told(
                    "set_branch",
                    &[("company_code", json!(1)), ("branch_code", json!(3)), ("active", json!(true))],
                ),
            ),
            (
                format!(
                    "set-branch --company 1 --account padrao --cancel-strategy release_then_cancel \
                     --open-body-mode padrao {why}"
                ),
                told(
                    "set_branch",
                    &[
                        ("company_code", json!(1)),
                        ("branch_code", Value::Null),
                        ("account", Value::Null),
                        ("cancel_strategy", json!("release_then_cancel")),
                        ("open_body_mode", Value::Null),
                    ],
                ),
            ),
        ] {
            let event = event(&line);
            assert_eq!(event["so"], so, "{line}");
            // What the function would make of it.
            let is_own = ["status", "find", "branches", "settings", "configure"]
                .contains(&so["op"].as_str().unwrap_or(""));
            let read = service_orders::commands::Command::read(&event["so"]);
            assert!(is_own || read.is_ok(), "{line}: {read:?}");
        }
    }

    #[test]
    fn a_command_without_an_id_has_one_of_its_own() {
        let ids: Vec<Value> =
            (0..2).map(|_| event("redrive A-1 --reason x")["so"]["command_id"].clone()).collect();

        assert_ne!(ids[0], ids[1]);
        assert_eq!(ids[0].as_str().map(str::len), Some(32));
    }

    #[test]
    fn the_name_of_the_tool_may_be_said_twice() {
        for line in ["so list", "so so list", "x so find so"] {
            let given = given(line.split(' ').map(OsString::from));
            assert!(Options::try_parse_from(given).is_ok(), "{line}");
        }
    }

    #[test]
    fn a_reason_is_quoted_for_the_shell() {
        let printed = as_command("ponte-demo-ss-callback", &json!({"so": {"reason": "d'água"}}));

        assert!(printed.ends_with(r#"--payload '{"so":{"reason":"d'\''água"}}' /dev/stdout"#), "{printed}");
    }
}
