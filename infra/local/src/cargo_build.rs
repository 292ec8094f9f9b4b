//! Builds the functions, as a person would: `cargo build -p omie-maxima --bins`.

use std::path::Path;
use std::process::Stdio;

use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::Command;

/// Why the functions were not built.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// There is no cargo.
    #[error("não encontrei o cargo: instale o Rust (https://rustup.rs) ou use --no-build com --bin-dir")]
    NoCargo,
    /// Cargo could not be run.
    #[error("não consegui rodar o cargo: {0}")]
    NotRun(#[from] std::io::Error),
    /// The code does not compile.
    #[error("as funções não compilaram:\n{0}")]
    Failed(String),
}

/// Builds the binaries of `packages` into the folder `binaries`, which is `<target>/<profile>`; `said` hears each line of
/// cargo's progress.
pub async fn build(
    root: &Path,
    packages: &[&str],
    binaries: &Path,
    mut said: impl FnMut(&str),
) -> Result<(), BuildError> {
    let folder = binaries.file_name().and_then(|name| name.to_str()).unwrap_or("debug");
    let profile = if folder == "debug" { "dev" } else { folder };
    let mut command = Command::new("cargo");
    command.arg("build").arg("--bins").args(["--profile", profile, "--color", "never"]);
    command.args(packages.iter().flat_map(|package| ["-p", package]));
    if let Some(target) = binaries.parent() {
        command.arg("--target-dir").arg(target);
    }
    command.current_dir(root).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut cargo = command.kill_on_drop(true).spawn().map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => BuildError::NoCargo,
        _ => BuildError::NotRun(error),
    })?;
    let mut all = String::new();
    if let Some(stderr) = cargo.stderr.take() {
        let mut lines = BufReader::new(stderr).lines();
        while let Some(line) = lines.next_line().await? {
            said(line.trim());
            all.push_str(&line);
            all.push('\n');
        }
    }
    if cargo.wait().await?.success() { Ok(()) } else { Err(BuildError::Failed(all)) }
}
