//! `ponte`: the whole tenant on this machine, from one command.

use std::error::Error;
use std::io::IsTerminal as _;
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser as _;
use indicatif::{ProgressBar, ProgressStyle};
use local::cargo_build;
use local::cli::Options;
use local::outcome::Outcome;
use local::rehearsal;
use local::session;
use local::stack::{Stack, binaries, bind, project_template};
use tokio::signal::unix::{SignalKind, signal};

/// The load was interrupted, failed, or was cut short.
const UNFINISHED: u8 = 2;

fn main() -> ExitCode {
    let options = match Options::try_parse() {
        Ok(options) => options,
        Err(told) => {
            // The exit code 2 of clap means something else here.
            let code = ExitCode::from(u8::from(told.use_stderr()));
            drop(told.print());
            return code;
        }
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let done = runtime.map_err(Into::into).and_then(|runtime| runtime.block_on(run(&options)));
    match done {
        Ok(code) => code,
        Err(error) => {
            eprintln!("ponte: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(options: &Options) -> Result<ExitCode, Box<dyn Error>> {
    let gateway = bind(options.port).await?;
    if !options.no_build {
        build(options).await?;
    }
    let stack = Stack::start(options, gateway).await?;
    log_to(&stack)?;
    welcome(options, &stack);
    let worked = tokio::select! {
        worked = work(options, &stack) => Some(worked?),
        () = stopped() => None,
    };
    let ended = match worked {
        Some(true) if options.once && options.shows_changes() => see_changes(&stack).await,
        Some(done) => Some(done),
        None => None,
    };
    if let Some(is_loaded) = ended.filter(|_| !options.once) {
        stay(options, &stack, is_loaded).await;
    }
    stack.end().await;
    Ok(if ended == Some(true) { ExitCode::SUCCESS } else { ExitCode::from(UNFINISHED) })
}

/// The load, or the dry run; with an incomplete branch also its mending and the continuation. Whether it finished.
async fn work(options: &Options, stack: &Stack) -> Result<bool, Box<dyn Error>> {
    if options.idle {
        return Ok(true);
    }
    if options.dry_run {
        return Ok(rehearsal::rehearse(stack).await? == Outcome::Finished);
    }
    let mut outcome = session::load(stack).await?;
    if options.branch_incomplete && matches!(outcome, Outcome::Interrupted(_)) {
        let mended = session::complete_branch(stack);
        println!(
            "\nInscrição estadual preenchida no Omie simulado (filiais: {mended}). Verificando novamente.\n"
        );
        outcome = session::load(stack).await?;
    }
    Ok(outcome == Outcome::Finished)
}

/// The demonstration of the changes, with the schedules; whether all arrived, nothing when it was cut short.
async fn see_changes(stack: &Stack) -> Option<bool> {
    tokio::select! {
        () = session::schedules(stack, said) => None,
        arrived = session::changes(stack, said) => Some(arrived),
        () = stopped() => None,
    }
}

/// Keeps everything up until Ctrl-C, the schedules too unless nothing shall run; after a load also shows that what
/// changes arrives.
async fn stay(options: &Options, stack: &Stack, is_loaded: bool) {
    if options.idle || options.dry_run {
        println!("Pronto; nada será executado. Ctrl-C encerra.");
        return stopped().await;
    }
    println!("\nOs agendamentos rodam no tempo do inquilino. Ctrl-C encerra.");
    let changes = async {
        if is_loaded {
            session::changes(stack, said).await;
        }
        std::future::pending::<()>().await;
    };
    tokio::select! {
        () = session::schedules(stack, said) => stopped().await,
        () = changes => {}
        () = stopped() => {}
    }
}

fn said(line: &str) {
    println!("  {line}");
}

async fn build(options: &Options) -> Result<(), Box<dyn Error>> {
    let root = project_template();
    let root = root.parent().unwrap_or(&root);
    let style = ProgressStyle::with_template("{spinner} {msg}")?;
    let spinner = ProgressBar::new_spinner().with_style(style);
    spinner.enable_steady_tick(Duration::from_millis(120));
    spinner.set_message("compilando as funções");
    if !std::io::stderr().is_terminal() {
        println!("Compilando as funções (a primeira vez leva alguns minutos).");
    }
    let said = |line: &str| spinner.set_message(format!("compilando as funções: {line}"));
    let built = cargo_build::build(root, &binaries(options), said).await;
    spinner.finish_and_clear();
    Ok(built?)
}

fn welcome(options: &Options, stack: &Stack) {
    let about = |name: &str| stack.about[name].as_str().unwrap_or_default().to_owned();
    println!(
        "Ponte: inquilino {} com dados {}, {} vezes o tempo real",
        local::stack::TENANT,
        options.preset,
        options.speed
    );
    println!("  gateway   {}", stack.address);
    println!("  DynamoDB  {}", about("dynamodb"));
    println!("  Omie      {}", about("omie"));
    println!("  Máxima    {}", about("maxima"));
    println!("  logs      {}\n", stack.logs().display());
}

/// Our own warnings go beside the functions' logs, not into the progress.
fn log_to(stack: &Stack) -> Result<(), Box<dyn Error>> {
    let file = std::fs::File::create(stack.logs().join("ponte.log"))?;
    let filter = tracing_subscriber::EnvFilter::new("warn,lambda_lifecycle=off");
    let writer = std::sync::Mutex::new(file);
    tracing_subscriber::fmt().with_ansi(false).with_writer(writer).with_env_filter(filter).init();
    Ok(())
}

/// Ctrl-C or a polite kill.
async fn stopped() {
    let Ok(mut terminate) = signal(SignalKind::terminate()) else {
        drop(tokio::signal::ctrl_c().await);
        return;
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
}
