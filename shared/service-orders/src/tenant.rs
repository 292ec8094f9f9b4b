//! The two partners of one customer, opened with its settings and credentials.

use std::collections::BTreeMap;
use std::time::Duration;

use clock::Clock;
use jiff::Timestamp;
use partner_http::{PartnerHttp, Transport};
use senior::{Senior, SeniorCredentials};
use sismetro::{Account, Sismetro};

use crate::credentials::Credentials;
use crate::settings::Settings;
use crate::tally::{Met, Tally};

/// The two partners of one customer and what its operator decided. Keep one per process: tokens and gates live in it.
#[derive(Debug)]
pub struct Tenant {
    /// The operator's decisions.
    pub settings: Settings,
    /// The ERP.
    pub senior: Senior,
    accounts: BTreeMap<String, Sismetro>,
    https: [PartnerHttp; 2],
    pub(crate) tally: Tally,
}

/// How the partners are reached: over the network, or in process.
#[derive(Clone, Debug)]
pub struct Wires {
    /// To Senior X; made with [`senior::timeouts`].
    pub senior: Transport,
    /// To Sismetro.
    pub sismetro: Transport,
}

impl Tenant {
    /// Opens the clients. Nothing is asked of a partner yet. `rng` spreads repeats.
    pub fn open(
        settings: Settings,
        credentials: &Credentials,
        wires: Wires,
        clock: &Clock,
        mut rng: fastrand::Rng,
    ) -> Self {
        let senior_http =
            PartnerHttp::new("senior", wires.senior, clock.clone(), rng.fork(), senior::limits());
        let sismetro_http =
            PartnerHttp::new("sismetro", wires.sismetro, clock.clone(), rng.fork(), sismetro::limits());
        // Each client hides the secrets of both: a partner's text may quote anything.
        for secret in credentials.secrets() {
            senior_http.hide(secret);
            sismetro_http.hide(secret);
        }
        let keys = credentials.senior.clone();
        let keys =
            SeniorCredentials { access_key: keys.access_key, secret: keys.secret, client_id: keys.client_id };
        let senior = Senior::new(senior_http.clone(), settings.senior.clone(), keys, clock.clone());
        let account = |(name, keys): (&String, &crate::credentials::AccountKeys)| {
            let account = Account { unit: keys.unit.clone(), key: keys.key.clone() };
            let http = sismetro_http.clone();
            (name.clone(), Sismetro::new(http, settings.sismetro.clone(), account, clock.clone()))
        };
        let accounts = credentials.sismetro.iter().map(account).collect();
        let tally = Tally::default();
        Self { settings, senior, accounts, https: [senior_http, sismetro_http], tally }
    }

    /// The Sismetro account of this name.
    pub fn account(&self, name: &str) -> Option<&Sismetro> {
        self.accounts.get(name)
    }

    /// All Sismetro accounts by name.
    pub fn accounts(&self) -> &BTreeMap<String, Sismetro> {
        &self.accounts
    }

    /// No wait of either client passes `at`.
    pub fn set_deadline(&self, at: Option<Timestamp>) {
        for http in &self.https {
            http.set_deadline(at);
        }
    }

    /// HTTP exchanges per method since the last time this was asked, of each partner by its name.
    pub fn calls(&self) -> [(&'static str, Vec<(String, u64)>); 2] {
        let [senior, sismetro] = &self.https;
        [("senior", senior.calls()), ("sismetro", sismetro.calls())]
    }

    /// How long those exchanges took, likewise.
    pub fn latencies(&self) -> [(&'static str, Vec<Duration>); 2] {
        let [senior, sismetro] = &self.https;
        [("senior", senior.latencies()), ("sismetro", sismetro.latencies())]
    }

    /// What went wrong at the partners since the last time this was asked.
    pub fn met(&self) -> Met {
        self.tally.take()
    }
}
