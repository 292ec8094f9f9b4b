//! What a test reads of an SS.

use std::collections::BTreeMap;

use bytes::Bytes;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use super::ss::{Ss, Standing};
use super::{SismetroSim, State};

/// An open call that gave an SS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenSeen {
    /// When it was carried out, virtual time.
    pub at: Timestamp,
    /// The account it came by.
    pub unit: String,
    /// The order it names.
    pub order: String,
    /// The SS it gave.
    pub ss: u64,
    /// Its content type.
    pub content_type: Option<String>,
    /// `x-idempotency-key`.
    pub idempotency_key: Option<String>,
    /// The body as it arrived.
    pub body: Bytes,
}

/// An SS.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SsSeen {
    /// Its number.
    pub number: u64,
    /// The account it is in.
    pub unit: String,
    /// The order it is for.
    pub order: String,
    /// Status.
    pub status: String,
    /// Progress.
    pub evolucao: String,
    /// What both mean.
    pub standing: Standing,
    /// When it was opened.
    pub opened: Timestamp,
    /// The link to its PDF.
    pub link: String,
}

impl SismetroSim {
    /// One SS.
    pub fn ss(&self, number: u64) -> Option<SsSeen> {
        self.state().ss(number).map(seen)
    }

    /// All of them, oldest first.
    pub fn all_ss(&self) -> Vec<SsSeen> {
        self.state().all.iter().map(seen).collect()
    }

    /// The record as the read API gives it now.
    pub fn record(&self, number: u64) -> Option<Value> {
        let state = self.state();
        let State { options, .. } = &*state;
        state.ss(number).map(|ss| ss.record(options))
    }

    /// How many SS each order has: one each is right.
    pub fn ss_per_order(&self) -> BTreeMap<String, usize> {
        let mut counts = BTreeMap::new();
        for ss in &self.state().all {
            *counts.entry(ss.order.clone()).or_default() += 1;
        }
        counts
    }

    /// Every open call that gave an SS, oldest first.
    pub fn opens(&self) -> Vec<OpenSeen> {
        self.state().opens.clone()
    }
}

fn seen(ss: &Ss) -> SsSeen {
    SsSeen {
        number: ss.number,
        unit: ss.unit.clone(),
        order: ss.order.clone(),
        status: ss.status.clone(),
        evolucao: ss.evolucao.clone(),
        standing: ss.standing(),
        opened: ss.opened,
        link: ss.link(),
    }
}
