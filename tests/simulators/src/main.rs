//! Both simulators behind two ports.

use std::io::ErrorKind;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use clap::Parser;
use clock::{Clock, Scale};
use simulators::{Options, Preset, Simulators, deliver, post_http, serve};
use tokio::net::TcpListener;

/// Simuladores da Omie e da Máxima.
#[derive(Debug, Parser)]
#[command(name = "simulators")]
struct Arguments {
    /// Porta do simulador da Omie (0: qualquer uma livre).
    #[arg(long, default_value_t = 9001)]
    omie_port: u16,
    /// Porta do simulador da Máxima (0: qualquer uma livre).
    #[arg(long, default_value_t = 9002)]
    maxima_port: u16,
    /// Conjunto de dados: tiny, small, typical ou large.
    #[arg(long, default_value = "typical")]
    preset: Preset,
    /// Semente dos dados.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Relógio: <ms virtuais>:<ms reais>:<velocidade>. Sem ele, o da máquina.
    #[arg(long)]
    clock: Option<Scale>,
    /// A filial vem sem inscrição estadual.
    #[arg(long)]
    branch_incomplete: bool,
    /// A Máxima já tem o cadastro do conjunto tiny, como depois da carga.
    #[arg(long)]
    preloaded: bool,
    /// Arquivo que guarda o que foi gravado, entre uma execução e outra.
    #[arg(long)]
    journal: Option<PathBuf>,
    /// URL que recebe os eventos da Omie (http://máquina:porta/caminho).
    #[arg(long)]
    webhook_url: Option<String>,
    /// Endereço em que se escuta.
    #[arg(long, default_value = "127.0.0.1")]
    bind: IpAddr,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("simulators: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> Result<()> {
    let omie_port = listen(arguments.bind, arguments.omie_port, "--omie-port").await?;
    let maxima_port = listen(arguments.bind, arguments.maxima_port, "--maxima-port").await?;
    let clock = arguments.clock.map_or_else(Clock::system, Clock::scaled);
    let both = Simulators::open(Options {
        branch_incomplete: arguments.branch_incomplete,
        preloaded: arguments.preloaded,
        journal: arguments.journal,
        ..Options::new(arguments.preset, arguments.seed, clock)
    })?;
    println!("omie http://{} maxima http://{}", omie_port.local_addr()?, maxima_port.local_addr()?);
    if let Some(url) = &arguments.webhook_url {
        both.omie.register_webhook(url);
    }
    let serving = async {
        tokio::try_join!(serve(omie_port, both.omie.router()), serve(maxima_port, both.maxima.router()))
    };
    tokio::select! {
        served = serving => served.map(|_| ()).context("as portas deixaram de atender"),
        () = deliver(&both.omie, post_http) => Ok(()),
    }
}

async fn listen(bind: IpAddr, port: u16, flag: &str) -> Result<TcpListener> {
    match TcpListener::bind(SocketAddr::new(bind, port)).await {
        Err(error) if error.kind() == ErrorKind::AddrInUse => {
            bail!("a porta {port} já está em uso: escolha outra com {flag}")
        }
        bound => bound.with_context(|| format!("não foi possível escutar em {bind}, porta {port}")),
    }
}
