//! How much an account holds.

use std::fmt;
use std::str::FromStr;

/// The size of a dataset. Each but the tiny one has the same awkward records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Preset {
    /// 3 customers, one supplier, one carrier, 2 sellers, 3 cities, 3 banks, 4 products with prices in 2 tables;
    /// no title, no order, nothing awkward, and the same records whatever the seed and the day: the examples of
    /// the contracts among them, for a simulation that opens ten thousand accounts.
    Tiny,
    /// 120 customers, 4 sellers, 20 banks, the cities of two states, 60 products with prices in 4 active tables,
    /// 120 titles and 60 orders: for tests.
    Small,
    /// 5,000 customers, 25 sellers, 158 banks, every city, 3,000 products with prices in 10 active tables,
    /// some 10,000 titles of the last half year and 6,000 orders of the last 60 days.
    Typical,
    /// 100,000 customers, 250 sellers, 158 banks, every city, 10,000 products with prices in 100 active tables
    /// (a million prices), ten times the titles and orders of the typical one.
    Large,
}

impl Preset {
    pub(crate) fn customers(self) -> usize {
        match self {
            Self::Tiny => 3,
            Self::Small => 120,
            Self::Typical => 5_000,
            Self::Large => 100_000,
        }
    }

    /// Suppliers and carriers, which share the customers' registry and are not customers.
    pub(crate) fn others(self) -> usize {
        match self {
            Self::Tiny => 2,
            Self::Small => 12,
            Self::Typical => 70,
            Self::Large => 700,
        }
    }

    pub(crate) fn families(self) -> usize {
        match self {
            Self::Tiny => 1,
            Self::Small => 6,
            Self::Typical => 25,
            Self::Large => 80,
        }
    }

    pub(crate) fn products(self) -> usize {
        match self {
            Self::Tiny => 4,
            Self::Small => 60,
            Self::Typical => 3_000,
            Self::Large => 10_000,
        }
    }

    /// Price tables that are active, within their dates and not empty.
    pub(crate) fn active_tables(self) -> usize {
        match self {
            Self::Tiny => 2,
            Self::Small => 4,
            Self::Typical => 10,
            Self::Large => 100,
        }
    }

    /// Titles; one in twenty is older than half a year, one in fifty is to be paid.
    pub(crate) fn titles(self) -> usize {
        match self {
            Self::Tiny => 0,
            Self::Small => 120,
            Self::Typical => 10_800,
            Self::Large => 108_000,
        }
    }

    pub(crate) fn deleted_titles(self) -> usize {
        match self {
            Self::Tiny => 0,
            Self::Small => 3,
            Self::Typical => 40,
            Self::Large => 400,
        }
    }

    /// Orders; one in fifty is older than 60 days.
    pub(crate) fn orders(self) -> usize {
        match self {
            Self::Tiny => 0,
            Self::Small => 60,
            Self::Typical => 6_120,
            Self::Large => 61_200,
        }
    }

    pub(crate) fn sellers(self) -> usize {
        match self {
            Self::Tiny => 2,
            Self::Small => 4,
            Self::Typical => 25,
            Self::Large => 250,
        }
    }

    pub(crate) fn banks(self) -> usize {
        match self {
            Self::Tiny => 3,
            Self::Small => 20,
            Self::Typical | Self::Large => 158,
        }
    }
}

impl fmt::Display for Preset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Tiny => "tiny",
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
        write!(f, "\"{}\" não é um conjunto de dados: use tiny, small, typical ou large", self.0)
    }
}

impl std::error::Error for UnknownPreset {}

impl FromStr for Preset {
    type Err = UnknownPreset;

    fn from_str(text: &str) -> Result<Self, UnknownPreset> {
        [Self::Tiny, Self::Small, Self::Typical, Self::Large]
            .into_iter()
            .find(|preset| preset.to_string() == text)
            .ok_or_else(|| UnknownPreset(text.to_owned()))
    }
}
