//! The command line.

use std::path::PathBuf;

use clap::Parser;
use jiff::civil::{Time, time};
use simulators::Preset;

/// Ponte nesta máquina: um inquilino inteiro, com Omie e Máxima simulados, e a carga inicial.
#[derive(Clone, Debug, Parser)]
#[command(name = "ponte", version, disable_help_subcommand = true)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
pub struct Options {
    /// Termina depois da carga (e do que --changes, --orders ou --faults pede), com código de saída: 0 tudo aconteceu,
    /// 2 não aconteceu
    #[arg(long)]
    pub once: bool,

    /// Tamanho da conta simulada: small, typical ou large
    #[arg(long, default_value = "typical", value_name = "CONJUNTO")]
    pub preset: Preset,

    /// Quantas vezes mais rápido o tempo passa para os parceiros e para as nossas esperas; 1 é o tempo real
    #[arg(long, default_value_t = 20.0, value_parser = speed, value_name = "N")]
    pub speed: f64,

    /// Hora de São Paulo em que começa o relógio de um inquilino novo, HH:MM; sem ela, 02:30 (com --idle, agora)
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

    /// Depois da carga, pedidos enquanto os parceiros e as nossas funções falham ao acaso (da semente), com as
    /// invariantes na tela; código de saída 1 se alguma não valer
    #[arg(long, conflicts_with_all = ["idle", "changes", "orders"])]
    pub faults: bool,

    /// Pasta do estado guardado entre execuções; sem ela, uma pasta temporária que é apagada no fim
    #[arg(long, value_name = "PASTA")]
    pub data: Option<PathBuf>,

    /// Apaga antes o estado guardado em --data
    #[arg(long)]
    pub fresh: bool,

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
}

/// So early that even a slow load ends before the nightly readings of everything, which begin at 03:00.
const START: Time = time(2, 30, 0, 0);

impl Options {
    /// When the clock of a new tenant begins. Other engines have the machine's clock, so for them it is now.
    pub fn first_moment(&self) -> Option<Time> {
        self.start.or((!self.idle).then_some(START))
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

    #[test]
    fn the_defaults_are_a_whole_tenant_twenty_times_as_fast() {
        let options = Options::parse_from(["ponte"]);

        assert_eq!((options.preset, options.once, options.port), (Preset::Typical, false, 4780));
        assert!((options.speed - 20.0).abs() < f64::EPSILON);
        assert_eq!(options.first_moment(), Some(time(2, 30, 0, 0)));
        assert!(options.shows_changes());
    }

    #[test]
    fn changes_and_orders_are_shown_to_whoever_stays_or_asks() {
        let shown = |arguments: &[&str]| {
            let options = Options::parse_from([&["ponte"], arguments].concat());
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
    fn the_clock_begins_where_told_and_for_other_engines_now() {
        let first = |arguments: &[&str]| Options::parse_from([&["ponte"], arguments].concat()).first_moment();

        assert_eq!(first(&["--start", "14:05"]), Some(time(14, 5, 0, 0)));
        assert_eq!(first(&["--idle"]), None);
        assert!(Options::try_parse_from(["ponte", "--start", "25:00"]).is_err());
    }

    #[test]
    fn a_speed_that_is_none_and_an_unknown_preset_are_refused() {
        for arguments in [["ponte", "--speed", "0"], ["ponte", "--speed", "x"], ["ponte", "--preset", "huge"]]
        {
            assert!(Options::try_parse_from(arguments).is_err(), "{arguments:?}");
        }
    }
}
