//! Two simulators behind two ports: Omie and Máxima, or with `--services` Senior and Sismetro.

use std::io::ErrorKind;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use clap::Parser;
use clock::{Clock, Scale};
use simulators::{
    CALLBACK_KEY, Options, Preset, ServiceOptions, ServiceSimulators, Simulators, deliver, post_http,
    post_with_headers, push, serve,
};
use tokio::net::TcpListener;

/// Simuladores da Omie e da Máxima; com --services, do Senior X e da Sismetro.
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
    /// Serve o Senior X e a Sismetro em vez da Omie e da Máxima.
    #[arg(long)]
    services: bool,
    /// Porta do simulador do Senior X (0: qualquer uma livre).
    #[arg(long, default_value_t = 9003)]
    senior_port: u16,
    /// Porta do simulador da Sismetro (0: qualquer uma livre).
    #[arg(long, default_value_t = 9004)]
    sismetro_port: u16,
    /// URL que recebe os eventos do Senior X.
    #[arg(long)]
    hub_url: Option<String>,
    /// Cabeçalho dos eventos do Senior X, nome=valor; pode se repetir.
    #[arg(long, value_parser = header)]
    hub_header: Vec<(String, String)>,
    /// URL que recebe as chamadas da Sismetro, sem /service-order.
    #[arg(long)]
    callback_url: Option<String>,
    /// Chave que as chamadas da Sismetro levam.
    #[arg(long, default_value = CALLBACK_KEY)]
    callback_key: String,
    /// Segredo com que a Sismetro assina as chamadas; sem ele, não assina.
    #[arg(long)]
    callback_secret: Option<String>,
    /// Endereço em que se escuta.
    #[arg(long, default_value = "127.0.0.1")]
    bind: IpAddr,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let served = if arguments.services { services(arguments).await } else { run(arguments).await };
    match served {
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

async fn services(arguments: Arguments) -> Result<()> {
    let senior_port = listen(arguments.bind, arguments.senior_port, "--senior-port").await?;
    let sismetro_port = listen(arguments.bind, arguments.sismetro_port, "--sismetro-port").await?;
    let clock = arguments.clock.map_or_else(Clock::system, Clock::scaled);
    let both = ServiceSimulators::open(ServiceOptions::new(clock));
    println!("senior http://{} sismetro http://{}", senior_port.local_addr()?, sismetro_port.local_addr()?);
    if let Some(url) = &arguments.hub_url {
        let headers = arguments.hub_header.iter();
        let headers: Vec<(&str, &str)> = headers.map(|(name, value)| (&**name, &**value)).collect();
        both.senior.hub().register(url, &headers);
    }
    if let Some(url) = &arguments.callback_url {
        both.sismetro.callbacks().register(url, &[]);
    }
    both.sismetro.callbacks().sign_with(arguments.callback_secret.as_deref());
    both.sismetro.configure(|options| {
        if let Some(form) = &mut options.callbacks {
            form.key = arguments.callback_key;
        }
    });
    let serving = async {
        tokio::try_join!(
            serve(senior_port, both.senior.router()),
            serve(sismetro_port, both.sismetro.router())
        )
    };
    tokio::select! {
        served = serving => served.map(|_| ()).context("as portas deixaram de atender"),
        () = push(both.senior.hub(), post_with_headers) => Ok(()),
        () = push(both.sismetro.callbacks(), post_with_headers) => Ok(()),
    }
}

fn header(text: &str) -> Result<(String, String), String> {
    let pair = text.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned()));
    pair.ok_or_else(|| "deve ser nome=valor".to_owned())
}

async fn listen(bind: IpAddr, port: u16, flag: &str) -> Result<TcpListener> {
    match TcpListener::bind(SocketAddr::new(bind, port)).await {
        Err(error) if error.kind() == ErrorKind::AddrInUse => {
            bail!("a porta {port} já está em uso: escolha outra com {flag}")
        }
        bound => bound.with_context(|| format!("não foi possível escutar em {bind}, porta {port}")),
    }
}
