//! How much an account holds.

use std::fmt;
use std::str::FromStr;

/// The size of a dataset. Each has the same awkward records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Preset {
    /// 120 customers, 4 sellers, 20 banks, the cities of two states: for tests.
    Small,
    /// 5,000 customers, 25 sellers, 158 banks, every city.
    Typical,
    /// 100,000 customers, 250 sellers, 158 banks, every city.
    Large,
}

impl Preset {
    pub(crate) fn customers(self) -> usize {
        match self {
            Self::Small => 120,
            Self::Typical => 5_000,
            Self::Large => 100_000,
        }
    }

    /// Suppliers and carriers, which share the customers' registry and are not customers.
    pub(crate) fn others(self) -> usize {
        self.customers() / 10
    }

    pub(crate) fn sellers(self) -> usize {
        match self {
            Self::Small => 4,
            Self::Typical => 25,
            Self::Large => 250,
        }
    }

    pub(crate) fn banks(self) -> usize {
        match self {
            Self::Small => 20,
            Self::Typical | Self::Large => 158,
        }
    }
}

impl fmt::Display for Preset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Small => "small",
            Self::Typical => "typical",
            Self::Large => "large",
        })
    }
}

/// The text names no preset.
#[derive(Debug, PartialEq, Eq)]
pub struct UnknownPreset(String);

impl fmt::Display for UnknownPreset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\" não é um conjunto de dados: use small, typical ou large", self.0)
    }
}

impl std::error::Error for UnknownPreset {}

impl FromStr for Preset {
    type Err = UnknownPreset;

    fn from_str(text: &str) -> Result<Self, UnknownPreset> {
        [Self::Small, Self::Typical, Self::Large]
            .into_iter()
            .find(|preset| preset.to_string() == text)
            .ok_or_else(|| UnknownPreset(text.to_owned()))
    }
}
