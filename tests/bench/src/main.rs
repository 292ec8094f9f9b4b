#![doc = include_str!("../README.md")]

mod account;
mod budget;
mod cpu;
mod map;
mod pages;
mod records;
mod shelf;
mod sweep;
mod table;
mod webhook;
mod world;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

use self::table::table;

/// Measures what the maps, the engine and a webhook's answer cost, against the goals.
#[derive(Debug, Parser)]
struct Arguments {
    /// What to measure; everything when left out.
    #[command(subcommand)]
    what: Option<What>,
    /// Fail when a goal that is a count or a ratio is missed.
    #[arg(long, global = true)]
    check: bool,
}

#[derive(Clone, Debug, Subcommand)]
enum What {
    /// Rows per second of map, field rules and fingerprint, on one core.
    Map,
    /// Cost of a row from 10,000 to 1,000,000 rows through the engine, and peak memory.
    Sweep,
    /// A million prices in one go and in invocations of 30 seconds: the same end; and what a second reading writes.
    Budget,
    /// How long the answer to a webhook takes: the real binaries behind the local Runtime API, warm and cold.
    Webhook,
    /// How long the console takes for each of its pages over 100,000 records, and what it reads for it.
    Console,
    /// One run of so many rows, repeated; prints its cost as JSON. What `sweep` starts in processes of their own.
    #[command(hide = true)]
    Rows { rows: i64, times: u32 },
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<ExitCode> {
    let arguments = Arguments::parse();
    if cfg!(debug_assertions) {
        eprintln!("this is a debug build: `cargo run --release -p bench` is what the goals are about");
    }
    if let Some(What::Rows { rows, times }) = arguments.what {
        println!("{}", serde_json::to_string(&sweep::run(rows, times).await?)?);
        return Ok(ExitCode::SUCCESS);
    }
    let mut lines = Vec::new();
    if matches!(arguments.what, None | Some(What::Map)) {
        lines.extend(map::measure().await?);
    }
    if matches!(arguments.what, None | Some(What::Sweep)) {
        lines.extend(sweep::measure()?);
    }
    if matches!(arguments.what, None | Some(What::Budget)) {
        lines.extend(budget::measure().await?);
    }
    if matches!(arguments.what, None | Some(What::Webhook)) {
        lines.extend(webhook::measure(arguments.check)?);
    }
    // Asked for by name only.
    if matches!(arguments.what, Some(What::Console)) {
        lines.extend(Box::pin(pages::measure(arguments.check)).await?);
    }
    let (text, is_met) = table(&lines);
    print!("{text}");
    Ok(if arguments.check && !is_met { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}
