//! What happened in a run: always its digest, and its lines when somebody wants to read them.

use std::fmt::{self, Write as _};

use jiff::Timestamp;

/// FNV-1a over every line.
#[derive(Debug)]
pub(crate) struct Trace {
    digest: u64,
    lines: Option<Vec<String>>,
}

impl Trace {
    pub(crate) fn new(keep: bool) -> Self {
        Self { digest: 0xcbf2_9ce4_8422_2325, lines: keep.then(Vec::new) }
    }

    /// Adds a line.
    pub(crate) fn note(&mut self, at: Timestamp, what: fmt::Arguments<'_>) {
        // Writing into a number cannot fail.
        let _ = write!(Digest(&mut self.digest), "{} {what}", at.as_millisecond());
        if let Some(lines) = &mut self.lines {
            lines.push(format!("{} {what}", at.strftime("%H:%M:%S%.3f")));
        }
    }

    pub(crate) fn digest(&self) -> u64 {
        self.digest
    }

    pub(crate) fn take(&mut self) -> Vec<String> {
        self.lines.take().unwrap_or_default()
    }
}

struct Digest<'a>(&'a mut u64);

impl fmt::Write for Digest<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for byte in text.bytes() {
            *self.0 = (*self.0 ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
        Ok(())
    }
}
