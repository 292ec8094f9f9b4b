//! `ponte`: the whole tenant on this machine, from one command.

use std::error::Error;
use std::io::IsTerminal as _;
use std::process::ExitCode;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use local::cargo_build;
use local::cli::{Integration, Options};
use local::outcome::Outcome;
use local::real::{RealSales, RealServices};
use local::rehearsal;
use local::screen::Screen;
use local::sellers::{self, Shown};
use local::services::{self, ServiceStack};
use local::session;
use local::stack::{Counterparts, Stack, binaries, bind, project_template};
use local::vault::PASSPHRASE;
use local::wizard;
use partner_http::Secret;
use tokio::signal::unix::{SignalKind, signal};

fn main() -> ExitCode {
    let options = match Options::read(std::env::args_os()) {
        Ok(mut options) => {
            options.passphrase = passphrase();
            options
        }
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

/// What opens the credentials of real partners in the place of the key file.
fn passphrase() -> Option<Secret> {
    #[expect(
        clippy::disallowed_methods,
        reason = "a passphrase among the arguments would be in the list of processes"
    )]
    let given = std::env::var(PASSPHRASE).ok();
    given.filter(|phrase| !phrase.is_empty()).map(Secret::new)
}

async fn run(options: &Options) -> Result<ExitCode, Box<dyn Error>> {
    let gateway = bind(options.port).await?;
    if !options.no_build {
        build(options).await?;
    }
    match (options.integration, options.real) {
        (Integration::OmieMaxima, false) => records(options, Stack::start(options, gateway).await?).await,
        (Integration::SeniorSismetro, false) => {
            service_orders(options, Stack::start(options, gateway).await?).await
        }
        (Integration::OmieMaxima, true) => {
            by_console(options, Stack::<RealSales>::start(options, gateway).await?).await
        }
        (Integration::SeniorSismetro, true) => {
            by_console(options, Stack::<RealServices>::start(options, gateway).await?).await
        }
    }
}

/// Everything comes from the console; here it is only told, until Ctrl-C.
async fn by_console<P: Counterparts>(options: &Options, stack: Stack<P>) -> Result<ExitCode, Box<dyn Error>> {
    log_to(&stack)?;
    welcome(options, &stack);
    println!("{}\n", wizard::hints(options, &stack));
    session::resume(&stack).await?;
    let screen = Screen::new();
    tokio::select! {
        () = session::schedules(&stack, |line| screen.say(line)) => {}
        () = stopped() => {}
    }
    screen.end();
    stack.end().await;
    Ok(ExitCode::SUCCESS)
}

/// Omie and Máxima: the load, then what is to be seen.
async fn records(options: &Options, stack: Stack) -> Result<ExitCode, Box<dyn Error>> {
    if stack.tenancy.is_by_wizard() {
        return by_console(options, stack).await;
    }
    log_to(&stack)?;
    welcome(options, &stack);
    let worked = tokio::select! {
        worked = work(options, &stack) => Some(worked?),
        () = stopped() => None,
    };
    let shown = match worked {
        Some(is_loaded) => follow(options, &stack, is_loaded).await?,
        None => Shown::Incomplete,
    };
    stack.end().await;
    Ok(ExitCode::from(shown.exit_code()))
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

/// What follows the load: what is to be seen and, unless it is the end then, everything up until Ctrl-C; the schedules
/// run meanwhile unless nothing shall.
async fn follow(options: &Options, stack: &Stack, is_loaded: bool) -> Result<Shown, Box<dyn Error>> {
    let loaded = if is_loaded { Shown::Whole } else { Shown::Incomplete };
    if options.idle || (options.dry_run && !options.once) {
        println!("Pronto; nada será executado. Ctrl-C encerra.");
        stopped().await;
        return Ok(loaded);
    }
    let is_shown = options.shows_changes() || options.shows_orders() || options.faults;
    if options.once && !(is_loaded && is_shown) {
        return Ok(loaded);
    }
    if !options.once {
        println!("\nOs agendamentos rodam no tempo do inquilino. Ctrl-C encerra.");
    }
    let screen = Screen::new();
    let demonstration = async {
        let shown = if is_loaded { demonstrate(options, stack, &screen).await? } else { loaded };
        if options.once || shown == Shown::Violated {
            return Ok::<Shown, Box<dyn Error>>(shown);
        }
        std::future::pending().await
    };
    let shown = tokio::select! {
        () = session::schedules(stack, |line| screen.say(line)) => loaded,
        shown = demonstration => shown?,
        () = stopped() => if options.once { Shown::Incomplete } else { loaded },
    };
    screen.end();
    Ok(shown)
}

/// What was asked to be seen. Orders and changes go on side by side, as in any night.
async fn demonstrate(options: &Options, stack: &Stack, screen: &Screen) -> Result<Shown, Box<dyn Error>> {
    if options.faults {
        return Ok(sellers::faults(stack, options.seed, screen).await?);
    }
    let placed =
        if options.shows_orders() { sellers::place(stack, options.seed, screen)? } else { Vec::new() };
    let orders = async {
        if placed.is_empty() { Ok(Shown::Whole) } else { sellers::follow(stack, placed, screen).await }
    };
    let changes =
        async { !options.shows_changes() || session::changes(stack, |line| screen.say(line)).await };
    let (told, arrived) = tokio::join!(orders, changes);
    session::tell_usage(stack);
    Ok(match told? {
        Shown::Whole if !arrived => Shown::Incomplete,
        told => told,
    })
}

/// Senior X and Sismetro: orders are closed and followed to their ends. 0 only when each has the end that it should have
/// and everything holds.
async fn service_orders(options: &Options, stack: ServiceStack) -> Result<ExitCode, Box<dyn Error>> {
    if stack.tenancy.is_by_wizard() {
        return by_console(options, stack).await;
    }
    log_to(&stack)?;
    welcome(options, &stack);
    if options.idle {
        println!("Pronto; nada será executado. Ctrl-C encerra.");
        stopped().await;
        stack.end().await;
        return Ok(ExitCode::SUCCESS);
    }
    if !options.once {
        println!("{}\n", services::hints(&stack));
    }
    let screen = Screen::new();
    let shown = tokio::select! {
        () = session::schedules(&stack, |line| screen.say(line)) => Shown::Incomplete,
        shown = Box::pin(serve(options, &stack, &screen)) => shown?,
        () = stopped() => if options.once { Shown::Incomplete } else { Shown::Whole },
    };
    screen.end();
    stack.end().await;
    Ok(if shown == Shown::Whole { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The demonstration; and unless it is the end then, whatever happens to orders until somebody stops it.
async fn serve(options: &Options, stack: &ServiceStack, screen: &Screen) -> Result<Shown, Box<dyn Error>> {
    let mut served = Vec::new();
    let shown = if options.faults {
        Box::pin(services::faults(stack, options.seed, screen, &mut served)).await?
    } else {
        Box::pin(services::demonstrate(stack, options.seed, screen, &mut served)).await?
    };
    if options.once || shown == Shown::Violated {
        return Ok(shown);
    }
    screen.show(&"\nOs agendamentos rodam no tempo do inquilino. Ctrl-C encerra.");
    services::stay(stack, &mut served, screen).await?;
    Ok(shown)
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
    let packages = options.integration.packages();
    let built = cargo_build::build(root, packages, &binaries(options), said).await;
    spinner.finish_and_clear();
    Ok(built?)
}

/// The console first, then where everything else is.
fn welcome<P: Counterparts>(options: &Options, stack: &Stack<P>) {
    if let Some(console) = &stack.console {
        println!("{}\n", console.told());
        if options.open {
            wizard::open_in_browser(&console.address);
        }
    }
    println!("{}", wizard::welcome(options, stack));
}

/// Our own warnings go beside the functions' logs, not into the progress.
fn log_to<P: Counterparts>(stack: &Stack<P>) -> Result<(), Box<dyn Error>> {
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
