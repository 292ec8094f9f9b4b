//! The local runner and the functions that it runs, as cargo builds them.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// Says that everything is built, which `tests/run` has done.
const BUILT: &str = "PONTE_TEST_BUILT";

/// Builds runner and functions once, those of both integrations together, and says where the runner is. For tests: it
/// is beside the folder of the test binary.
///
/// With `PONTE_TEST_BUILT` in the environment nothing is built: cargo gives the crates below other features when it
/// builds some packages than when it builds all, and would build nearly all of them anew.
///
/// # Panics
/// When they do not build.
pub fn runner() -> &'static Path {
    static RUNNER: OnceLock<PathBuf> = OnceLock::new();
    RUNNER.get_or_init(|| {
        if !is_built() {
            build();
        }
        // This test is in <target>/debug/deps.
        let own = std::env::current_exe().expect("where this program is");
        own.ancestors().nth(2).expect("it is in a target folder").join("ponte")
    })
}

#[expect(
    clippy::disallowed_methods,
    reason = "a word from the test command, which no function of ours reads"
)]
fn is_built() -> bool {
    std::env::var_os(BUILT).is_some()
}

fn build() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let built = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--bins", "-p", "local", "-p", "omie-maxima", "-p", "senior-sismetro"])
        // With its version, because a dependency has the same name; all of the workspace have the same.
        .args(["-p", concat!("console@", env!("CARGO_PKG_VERSION"))])
        .current_dir(&root)
        .status()
        .expect("cargo runs");
    assert!(built.success(), "the binaries do not build");
}
