//! The command line.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{ArgMatches, CommandFactory as _, FromArgMatches as _, Parser, ValueEnum};
use jiff::civil::{Time, time};
use partner_http::Secret;
use simulators::Preset;

use crate::folder::Tenancy;

/// Ponte nesta máquina: um inquilino inteiro, com os dois parceiros simulados, ou com --real os de verdade.
#[derive(Clone, Debug, Parser)]
#[command(name = "ponte", version, disable_help_subcommand = true)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
pub struct Options {
    /// A integração do inquilino
    #[arg(value_enum, value_name = "INTEGRAÇÃO", default_value = "omie-maxima")]
    pub integration: Integration,

    /// Termina depois da carga (e do que --changes, --orders ou --faults pede), com código de saída: 0 tudo aconteceu,
    /// 2 não aconteceu; com senior-sismetro, depois das ordens de serviço, com 0 ou 1
    #[arg(long)]
    pub once: bool,

    /// Tamanho da conta simulada do Omie: small, typical ou large
    #[arg(long, default_value = "typical", value_name = "CONJUNTO")]
    pub preset: Preset,

    /// Quantas vezes mais rápido o tempo passa para os parceiros e para as nossas esperas; 1 é o tempo real; sem ele,
    /// 20 (senior-sismetro: 60)
    #[arg(long, value_parser = speed, value_name = "N")]
    speed: Option<f64>,

    /// Hora de São Paulo em que começa o relógio de um inquilino novo, HH:MM; sem ela, 02:30 (senior-sismetro: 08:00;
    /// com --idle, agora)
    #[arg(long, value_parser = local_time, value_name = "HORA")]
    pub start: Option<Time>,

    /// Ensaio: lê tudo do Omie e mostra o que mudaria na Máxima, sem gravar nada lá
    #[arg(long, conflicts_with_all = ["idle", "branch_incomplete", "changes", "orders", "faults"])]
    pub dry_run: bool,

    /// Com --once, também a demonstração das mudanças: três registros mudam no Omie e chegam à Máxima pelos
    /// agendamentos; sem --once ela acontece sempre
    #[arg(long, conflicts_with = "idle")]
    pub changes: bool,

    /// Com --once, também a demonstração dos pedidos: um vendedor faz pedidos, eles chegam ao Omie e a situação volta;
    /// sem --once ela acontece sempre
    #[arg(long, conflicts_with = "idle")]
    pub orders: bool,

    /// Pedidos (depois da carga) ou ordens de serviço enquanto os parceiros e as nossas funções falham ao acaso (da semente), com as
    /// invariantes na tela; código de saída 1 se alguma não valer
    #[arg(long, conflicts_with_all = ["idle", "changes", "orders"])]
    pub faults: bool,

    /// Pasta do estado guardado entre execuções; sem ela, uma pasta temporária que é apagada no fim
    #[arg(long, value_name = "PASTA")]
    pub data: Option<PathBuf>,

    /// Apaga antes o estado guardado em --data. Sem --once, --idle, --dry-run, --changes, --orders ou --faults, o inquilino
    /// começa sem configuração: ela e tudo o que vem depois se fazem pelo console
    #[arg(long)]
    pub fresh: bool,

    /// Piloto neste computador: os parceiros de verdade, nenhum simulado. Precisa de --data; as credenciais são pedidas
    /// pelo console e guardadas cifradas lá
    #[arg(long)]
    pub real: bool,

    /// Abre o console no navegador
    #[arg(long)]
    pub open: bool,

    /// Começa com a filial incompleta no Omie: mostra a interrupção, a correção e a continuação
    #[arg(long)]
    pub branch_incomplete: bool,

    /// Porta do gateway (Lambda, segredos, HTTP API); 0 escolhe uma livre
    #[arg(long, default_value_t = 4780, value_name = "PORTA")]
    pub port: u16,

    /// Sobe tudo e prepara o inquilino, sem rodar nada: para motores externos de Step Functions
    #[arg(long, conflicts_with_all = ["once", "branch_incomplete"])]
    pub idle: bool,

    /// Não compila as funções; usa as que já existem
    #[arg(long)]
    pub no_build: bool,

    /// Pasta dos binários das funções; sem ela, a do próprio executável
    #[arg(long, value_name = "PASTA")]
    pub bin_dir: Option<PathBuf>,

    /// Semente dos dados simulados
    #[arg(long, default_value_t = 1, value_name = "NÚMERO")]
    pub seed: u64,

    /// Outro template no lugar do template.yaml do projeto
    #[arg(long, value_name = "ARQUIVO")]
    pub template: Option<PathBuf>,

    /// What opens the credentials of real partners, in the place of a key file: `PONTE_KEY`.
    #[arg(skip)]
    pub passphrase: Option<Secret>,
}

/// What the tenant has switched on: the template's parameter, its partners, what is to be seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Integration {
    /// Omie e Máxima: cadastros, preços, pedidos
    OmieMaxima,
    /// Senior X e Sismetro: ordens de serviço
    SeniorSismetro,
}

impl Integration {
    /// The packages whose binaries are its Lambdas, and its operators' tools.
    pub fn packages(self) -> &'static [&'static str] {
        match self {
            Self::OmieMaxima => &["omie-maxima", CONSOLE],
            Self::SeniorSismetro => &["senior-sismetro", CONSOLE],
        }
    }

    /// What the console says on every page of a pilot with real partners.
    pub fn banner(self) -> &'static str {
        match self {
            Self::OmieMaxima => {
                "Piloto neste computador: Omie e Máxima de verdade. O que se faz aqui chega até eles."
            }
            Self::SeniorSismetro => {
                "Piloto neste computador: Senior X e Sismetro de verdade. O que se faz aqui chega até eles."
            }
        }
    }
}

/// The console's package; with the version of this workspace, because a dependency has the same name.
const CONSOLE: &str = concat!("console@", env!("CARGO_PKG_VERSION"));

/// So early that even a slow load ends before the nightly readings of everything, which begin at 03:00.
const BEFORE_THE_NIGHT: Time = time(2, 30, 0, 0);
/// When people begin to close service orders, or sit down to set something up.
const MORNING: Time = time(8, 0, 0, 0);
/// A load of a typical account takes minutes …
const SPEED: f64 = 20.0;
/// … and a callback that was lost is found after an hour or two.
const SPEED_OF_SERVICES: f64 = 60.0;
/// What only an account of Omie has.
const OF_OMIE: [&str; 5] = ["preset", "dry_run", "changes", "orders", "branch_incomplete"];
/// What only a demonstration has.
const OF_SIMULATED: [&str; 11] = [
    "preset",
    "speed",
    "start",
    "once",
    "dry_run",
    "changes",
    "orders",
    "faults",
    "branch_incomplete",
    "idle",
    "seed",
];

impl Options {
    /// Reads a command line, the program's name first.
    ///
    /// # Errors
    ///
    /// What is wrong with it, or the help that it asks for.
    pub fn read<T: Into<OsString> + Clone>(
        arguments: impl IntoIterator<Item = T>,
    ) -> Result<Self, clap::Error> {
        let matches = Self::command().try_get_matches_from(arguments)?;
        let options = Self::from_arg_matches(&matches)?;
        match options.refusal(&matches) {
            Some(text) => Err(Self::command().error(ErrorKind::ArgumentConflict, text + "\n")),
            None => Ok(options),
        }
    }

    /// What does not go together.
    fn refusal(&self, matches: &ArgMatches) -> Option<String> {
        let given = |name: &&&str| matches.value_source(name) == Some(ValueSource::CommandLine);
        let first = |flags: &[&'static str]| flags.iter().find(given).map(|flag| flag.replace('_', "-"));
        if self.real {
            if self.fresh {
                return Some(
                    "--fresh não existe com --real: apagaria as credenciais e o registro do que já foi enviado. \
                     Para recomeçar, use outra pasta em --data"
                        .to_owned(),
                );
            }
            if let Some(flag) = first(&OF_SIMULATED) {
                return Some(format!(
                    "--{flag} é da demonstração com parceiros simulados e não existe com --real"
                ));
            }
            return self.data.is_none().then(|| {
                "--real precisa de --data PASTA: é onde ficam o estado e, cifradas, as credenciais".to_owned()
            });
        }
        let of_omie = (self.integration == Integration::SeniorSismetro).then(|| first(&OF_OMIE)).flatten();
        of_omie.map(|flag| format!("--{flag} não existe para senior-sismetro"))
    }

    /// Whose the partners shall be, and who sets the tenant up.
    pub fn tenancy(&self) -> Tenancy {
        match (self.real, self.fresh && self.asks_for_nothing_else()) {
            (true, _) => Tenancy::Real,
            (false, true) => Tenancy::Wizard,
            (false, false) => Tenancy::Demonstration,
        }
    }

    /// Whether nothing that needs a tenant which is set up was asked for by name.
    pub fn asks_for_nothing_else(&self) -> bool {
        !(self.once || self.idle || self.dry_run || self.changes || self.orders || self.faults)
    }

    /// How many times as fast as the machine's clock the tenant's goes.
    pub fn speed(&self) -> f64 {
        let usual = match self.integration {
            Integration::OmieMaxima => SPEED,
            Integration::SeniorSismetro => SPEED_OF_SERVICES,
        };
        if self.real { 1.0 } else { self.speed.unwrap_or(usual) }
    }

    /// When the clock of a new tenant begins. Other engines have the machine's clock, so for them it is now.
    pub fn first_moment(&self) -> Option<Time> {
        let usual = match (self.integration, self.tenancy()) {
            (Integration::OmieMaxima, Tenancy::Demonstration) => BEFORE_THE_NIGHT,
            _ => MORNING,
        };
        self.start.or((!self.idle).then_some(usual))
    }

    /// Whether the demonstration of the changes follows the load.
    pub fn shows_changes(&self) -> bool {
        self.changes || self.shows_everything()
    }

    /// Whether the demonstration of the orders follows the load.
    pub fn shows_orders(&self) -> bool {
        self.orders || self.shows_everything()
    }

    /// Whoever stays sees what there is to see.
    fn shows_everything(&self) -> bool {
        !(self.once || self.idle || self.dry_run || self.faults)
    }
}

fn local_time(text: &str) -> Result<Time, String> {
    Time::strptime("%H:%M", text).map_err(|_| "use HH:MM, por exemplo 02:30".to_owned())
}

fn speed(text: &str) -> Result<f64, String> {
    let speed: f64 = text.parse().map_err(|_| "não é um número".to_owned())?;
    if speed.is_finite() && (0.01..=1_000.0).contains(&speed) {
        Ok(speed)
    } else {
        Err("use um número entre 0.01 e 1000".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(arguments: &[&str]) -> Options {
        Options::read([&["ponte"], arguments].concat()).expect("a right command line")
    }

    #[test]
    fn service_orders_have_their_own_pace_and_nothing_of_omie() {
        let options = read(&["senior-sismetro", "--once", "--faults", "--seed", "7"]);

        assert_eq!(options.integration, Integration::SeniorSismetro);
        assert!((options.speed() - 60.0).abs() < f64::EPSILON);
        assert_eq!(options.first_moment(), Some(time(8, 0, 0, 0)));
        assert!((read(&["senior-sismetro", "--speed", "200"]).speed() - 200.0).abs() < f64::EPSILON);
        for flag in ["--orders", "--changes", "--dry-run", "--branch-incomplete", "--preset=small"] {
            let refused = Options::read(["ponte", "senior-sismetro", flag]).expect_err(flag);
            let named = flag.split('=').next().expect("a flag");
            assert!(refused.to_string().contains(named), "{refused}");
            assert!(Options::read(["ponte", flag]).is_ok(), "{flag} is for Omie");
        }
    }

    #[test]
    fn the_defaults_are_a_whole_tenant_twenty_times_as_fast() {
        let options = read(&[]);

        assert_eq!((options.preset, options.once, options.port), (Preset::Typical, false, 4780));
        assert_eq!(options.integration, Integration::OmieMaxima);
        assert!((options.speed() - 20.0).abs() < f64::EPSILON);
        assert_eq!(options.first_moment(), Some(time(2, 30, 0, 0)));
        assert!(options.shows_changes());
    }

    #[test]
    fn changes_and_orders_are_shown_to_whoever_stays_or_asks() {
        let shown = |arguments: &[&str]| {
            let options = read(arguments);
            (options.shows_changes(), options.shows_orders())
        };

        assert_eq!(shown(&[]), (true, true));
        assert_eq!(shown(&["--once", "--changes"]), (true, false));
        assert_eq!(shown(&["--once", "--orders"]), (false, true));
        for neither in [&["--once"][..], &["--idle"], &["--dry-run"], &["--faults"], &["--once", "--faults"]]
        {
            assert_eq!(shown(neither), (false, false), "{neither:?}");
        }
    }

    #[test]
    fn a_fresh_tenant_is_left_to_the_console_unless_something_else_is_asked_for() {
        let tenancy = |arguments: &[&str]| read(arguments).tenancy();

        assert_eq!(tenancy(&["--fresh"]), Tenancy::Wizard);
        assert_eq!(tenancy(&["--fresh", "--branch-incomplete", "--speed", "200"]), Tenancy::Wizard);
        assert_eq!(tenancy(&["senior-sismetro", "--fresh"]), Tenancy::Wizard);
        for flag in ["--once", "--idle", "--dry-run", "--faults"] {
            assert_eq!(tenancy(&["--fresh", flag]), Tenancy::Demonstration, "{flag}");
        }
        assert_eq!(tenancy(&[]), Tenancy::Demonstration);
        assert_eq!(read(&["--fresh"]).first_moment(), Some(time(8, 0, 0, 0)));
    }

    #[test]
    fn real_partners_have_real_time_and_nothing_of_a_demonstration() {
        let options = read(&["--real", "--data", "x"]);
        assert_eq!(options.tenancy(), Tenancy::Real);
        assert!((options.speed() - 1.0).abs() < f64::EPSILON);
        assert!(
            read(&["senior-sismetro", "--real", "--data", "x"]).integration.banner().contains("Sismetro")
        );

        let refused = |flags: &[&str]| {
            let line = [&["ponte", "--real", "--data", "x"], flags].concat();
            Options::read(line).expect_err("refused").to_string()
        };
        for flag in ["preset=small", "speed=2", "start=02:30", "seed=2"] {
            let name = flag.split('=').next().expect("a name");
            assert!(
                refused(&[&format!("--{flag}")]).contains(&format!("--{name} é da demonstração")),
                "{flag}"
            );
        }
        for flag in
            ["--once", "--dry-run", "--changes", "--orders", "--faults", "--branch-incomplete", "--idle"]
        {
            assert!(refused(&[flag]).contains(&format!("{flag} é da demonstração")), "{flag}");
        }
        assert!(refused(&["--fresh"]).contains("apagaria as credenciais"));
        let nowhere = Options::read(["ponte", "--real"]).expect_err("no folder");
        assert!(nowhere.to_string().contains("--real precisa de --data"), "{nowhere}");
    }

    #[test]
    fn a_passphrase_is_not_shown() {
        let options = Options { passphrase: Some(Secret::new("CANARIO")), ..read(&[]) };

        assert!(!format!("{options:?}").contains("CANARIO"));
    }

    #[test]
    fn the_clock_begins_where_told_and_for_other_engines_now() {
        let first = |arguments: &[&str]| read(arguments).first_moment();

        assert_eq!(first(&["--start", "14:05"]), Some(time(14, 5, 0, 0)));
        assert_eq!(first(&["--idle"]), None);
        assert!(Options::read(["ponte", "--start", "25:00"]).is_err());
    }

    #[test]
    fn a_speed_that_is_none_and_an_unknown_preset_are_refused() {
        for arguments in [["ponte", "--speed", "0"], ["ponte", "--speed", "x"], ["ponte", "--preset", "huge"]]
        {
            assert!(Options::read(arguments).is_err(), "{arguments:?}");
        }
    }
}
