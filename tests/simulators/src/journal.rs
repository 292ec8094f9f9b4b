//! What survives the process: a file of JSON lines, one per accepted write, written before the answer.
//!
//! A line goes to the file in one write and without a buffer of ours, so a killed process loses nothing it
//! answered. A line the kill cut short was never answered: it is dropped at the next opening.

use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::Preset;
use crate::maxima::{Newcomer, Order};

/// The open file.
#[derive(Debug)]
pub(crate) struct Journal(Mutex<File>);

/// What the dataset was made from: the first line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Heading {
    preset: String,
    seed: u64,
    /// The day the dataset is dated around.
    pub(crate) now: Timestamp,
    pub(crate) branch_incomplete: bool,
}

impl Heading {
    pub(crate) fn new(preset: Preset, seed: u64, now: Timestamp, branch_incomplete: bool) -> Self {
        Self { preset: preset.to_string(), seed, now, branch_incomplete }
    }
}

/// One accepted write.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Entry {
    /// Rows of a Máxima resource as they are after the write.
    Rows {
        /// Path of the resource.
        resource: String,
        /// Key and whole row.
        rows: Vec<(String, Box<RawValue>)>,
    },
    /// Rows of a Máxima resource that are gone.
    Gone {
        /// Path of the resource.
        resource: String,
        /// Their keys.
        keys: Vec<String>,
    },
    /// One member of an Omie record was written.
    Set {
        /// Name of the registry.
        registry: String,
        /// Identity of the record.
        id: String,
        /// The member, dots allowed.
        field: String,
        /// What it holds now.
        value: Value,
    },
    /// An Omie record was added.
    Added {
        /// Name of the registry.
        registry: String,
        /// The record.
        record: Value,
    },
    /// An Omie record was taken away.
    Removed {
        /// Name of the registry.
        registry: String,
        /// Identity of the record.
        id: String,
    },
    /// Orders and new customers of Máxima's sellers as they are after a change.
    Sellers {
        /// The orders.
        orders: Vec<Order>,
        /// The new customers.
        customers: Vec<Newcomer>,
    },
}

impl Entry {
    /// Whether it changes nothing.
    pub(crate) fn is_empty(&self) -> bool {
        match self {
            Self::Rows { rows, .. } => rows.is_empty(),
            Self::Gone { keys, .. } => keys.is_empty(),
            Self::Sellers { orders, customers } => orders.is_empty() && customers.is_empty(),
            Self::Set { .. } | Self::Added { .. } | Self::Removed { .. } => false,
        }
    }

    /// Whether it is about Omie's records; the others are about Máxima's rows.
    pub(crate) fn is_of_omie(&self) -> bool {
        match self {
            Self::Set { .. } | Self::Added { .. } | Self::Removed { .. } => true,
            Self::Rows { .. } | Self::Gone { .. } | Self::Sellers { .. } => false,
        }
    }
}

/// Why the simulators did not open.
#[derive(Debug)]
pub enum OpenError {
    /// The journal cannot be read or written.
    File(io::Error),
    /// The journal is of another dataset.
    OtherDataset {
        /// What it was made from.
        preset: String,
        /// With which seed.
        seed: u64,
    },
    /// A line in the middle of the journal is not one we write.
    Unreadable {
        /// Which line, from 1.
        line: usize,
    },
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(_) => f.write_str("não foi possível ler ou gravar o diário dos simuladores"),
            Self::OtherDataset { preset, seed } => {
                write!(
                    f,
                    "o diário dos simuladores é do conjunto {preset} com semente {seed}: use o mesmo ou apague-o"
                )
            }
            Self::Unreadable { line } => {
                write!(f, "a linha {line} do diário dos simuladores não pode ser lida")
            }
        }
    }
}

impl std::error::Error for OpenError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::File(source) => Some(source),
            Self::OtherDataset { .. } | Self::Unreadable { .. } => None,
        }
    }
}

impl From<io::Error> for OpenError {
    fn from(source: io::Error) -> Self {
        Self::File(source)
    }
}

impl Journal {
    /// Opens or makes the file: its heading (ours when it is new) and what was written to it.
    pub(crate) fn open(path: &Path, ours: Heading) -> Result<(Self, Heading, Vec<Entry>), OpenError> {
        let mut file = OpenOptions::new().read(true).append(true).create(true).open(path)?;
        let Some((heading, entries, whole)) = read(&file)? else {
            file.set_len(0)?;
            writeln(&mut file, &ours)?;
            return Ok((Self(Mutex::new(file)), ours, Vec::new()));
        };
        if (&heading.preset, heading.seed) != (&ours.preset, ours.seed) {
            return Err(OpenError::OtherDataset { preset: heading.preset, seed: heading.seed });
        }
        file.set_len(whole)?;
        file.seek(SeekFrom::End(0))?;
        Ok((Self(Mutex::new(file)), heading, entries))
    }

    /// Writes one line to the file.
    pub(crate) fn write(&self, entry: &Entry) -> io::Result<()> {
        writeln(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner), entry)
    }
}

fn writeln(file: &mut File, line: &impl Serialize) -> io::Result<()> {
    let mut text = serde_json::to_vec(line)?;
    text.push(b'\n');
    file.write_all(&text)
}

/// The heading, the entries, and how many bytes the whole lines take; nothing when not even the heading is whole.
fn read(file: &File) -> Result<Option<(Heading, Vec<Entry>, u64)>, OpenError> {
    let mut reader = BufReader::new(file);
    let (mut line, mut whole) = (Vec::new(), 0);
    let (mut heading, mut entries) = (None, Vec::new());
    for number in 1.. {
        line.clear();
        let length = reader.read_until(b'\n', &mut line)?;
        if !line.ends_with(b"\n") {
            break;
        }
        whole += length as u64;
        let unreadable = |_| OpenError::Unreadable { line: number };
        if heading.is_none() {
            heading = Some(serde_json::from_slice(&line).map_err(unreadable)?);
        } else {
            entries.push(serde_json::from_slice(&line).map_err(unreadable)?);
        }
    }
    Ok(heading.map(|heading| (heading, entries, whole)))
}
