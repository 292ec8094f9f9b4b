//! What the runner says after the load: lines that stay and, for a person at a terminal, one line below them that
//! changes.

use std::fmt::Display;
use std::io::IsTerminal as _;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

/// Where the demonstrations are told.
#[derive(Debug)]
pub struct Screen {
    live: Option<ProgressBar>,
    last: Mutex<String>,
}

impl Screen {
    /// The standard output; a line that changes only where a person looks.
    pub fn new() -> Self {
        let is_terminal = std::io::stderr().is_terminal() && std::io::stdout().is_terminal();
        Self { live: is_terminal.then(ProgressBar::new_spinner), last: Mutex::default() }
    }

    /// Something that has happened.
    pub fn say(&self, line: &str) {
        self.show(&format_args!("  {line}"));
    }

    /// A text of several lines.
    pub fn show(&self, text: &dyn Display) {
        match &self.live {
            Some(bar) => bar.suspend(|| println!("{text}")),
            None => println!("{text}"),
        }
    }

    /// How things stand, and what changes all the time besides. Where nothing can change on the screen, only how things
    /// stand is told, in a line like the others whenever it is another.
    pub fn live(&self, line: &str, besides: &str) {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let told = if self.live.is_some() { format!("{line} · {besides}") } else { line.to_owned() };
        if *last == told {
            return;
        }
        last.clone_from(&told);
        drop(last);
        if self.live.is_none() {
            self.say(&told);
        }
        self.spin(told);
    }

    /// How things stand, only where it can change on the screen.
    pub fn waiting(&self, line: &str) {
        self.spin(line.to_owned());
    }

    fn spin(&self, told: String) {
        let Some(bar) = &self.live else { return };
        if let Ok(style) = ProgressStyle::with_template("{spinner} {msg}") {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(120));
        bar.set_message(told);
    }

    /// Takes the changing line away.
    pub fn end(&self) {
        if let Some(bar) = &self.live {
            bar.finish_and_clear();
        }
    }
}

impl Default for Screen {
    fn default() -> Self {
        Self::new()
    }
}
