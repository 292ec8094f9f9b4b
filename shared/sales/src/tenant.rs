//! The two partners of one customer, opened with its settings and credentials.

use clock::Clock;
use engine::Budget;
use maxima::{Hosts, Maxima};
use omie::Omie;
use partner_http::{Limits, PartnerHttp, Transport};

use crate::credentials::Credentials;
use crate::settings::Settings;

/// What all runs behind one address may ask of Omie in a minute, of the 960 it takes from one address
/// (`contracts/omie.md` §3.1.1). The rest is for the seconds in which some do not know of a new one yet, and for bursts.
pub const OMIE_TOGETHER: u32 = 800;
/// However many there are, each moves on.
const LEAST: u32 = 10;

/// The two partners of one customer and what its operator decided.
#[derive(Debug)]
pub struct Tenant {
    /// The ERP.
    pub omie: Omie,
    /// The sales-force cloud.
    pub maxima: Maxima,
    /// The operator's decisions.
    pub settings: Settings,
    http: [PartnerHttp; 2],
    has_own_address: bool,
}

/// How the partners are reached: over the network, or in process.
#[derive(Clone, Debug)]
pub struct Wires {
    /// To Omie.
    pub omie: Transport,
    /// To Máxima.
    pub maxima: Transport,
}

impl Tenant {
    /// Opens both clients. Nothing is asked of a partner yet. `rng` spreads repeats.
    pub fn open(
        settings: Settings,
        credentials: Credentials,
        wires: Wires,
        clock: &Clock,
        mut rng: fastrand::Rng,
    ) -> Self {
        let Credentials { omie: keys, maxima: login, webhook } = credentials;
        let omie_http = PartnerHttp::new("omie", wires.omie, clock.clone(), rng.fork(), Limits::default());
        let maxima_http =
            PartnerHttp::new("maxima", wires.maxima, clock.clone(), rng.fork(), Limits::default());
        // Each client hides the secrets of both: a partner's text may quote anything.
        for http in [&omie_http, &maxima_http] {
            for secret in
                [&keys.app_key, &keys.app_secret, &login.login, &login.password].into_iter().chain(&webhook)
            {
                http.hide(secret);
            }
        }
        let omie_keys = omie::Credentials { app_key: keys.app_key, app_secret: keys.app_secret };
        let maxima_login = maxima::Credentials { login: login.login, password: login.password };
        let hosts = Hosts {
            intext: settings.url_intext.clone(),
            intpdv: settings.url_intpdv.clone(),
            version: settings.versao_maxima.clone(),
        };
        Self {
            omie: Omie::new(omie_http.clone(), settings.url_omie.clone(), omie_keys),
            maxima: Maxima::new(maxima_http.clone(), hosts, maxima_login, clock.clone()),
            settings,
            http: [omie_http, maxima_http],
            has_own_address: false,
        }
    }

    /// For a process whose address no other run uses: it need not share Omie's limit with them.
    #[must_use]
    pub fn with_own_address(self, has_own_address: bool) -> Self {
        Self { has_own_address, ..self }
    }

    /// So many runs ask Omie at this moment, this one among them: each takes its part of what one address may ask.
    pub(crate) fn share_with(&self, lanes: usize) {
        if !self.has_own_address {
            let [omie, _] = &self.http;
            omie.set_total_per_minute(share_of_omie(lanes));
        }
    }

    /// HTTP exchanges per partner method since the last time this was asked.
    pub fn calls(&self) -> Vec<(String, u64)> {
        self.http.iter().flat_map(PartnerHttp::calls).collect()
    }

    /// No call waits past the budget: it fails with what it waits for instead.
    pub fn wait_no_longer_than(&self, budget: Budget) {
        let until = budget.deadline.checked_sub(budget.reserve).unwrap_or(budget.deadline);
        for http in &self.http {
            http.set_deadline(Some(until));
        }
    }
}

/// Requests a minute that one of so many may send to Omie.
pub fn share_of_omie(lanes: usize) -> u32 {
    let lanes = u32::try_from(lanes).unwrap_or(u32::MAX).max(1);
    (OMIE_TOGETHER / lanes).max(LEAST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_keep_the_pace_of_their_lanes_and_more_share_what_one_address_may_ask() {
        assert_eq!([0, 1, 3, 4, 10, 20, 1_000].map(share_of_omie), [800, 800, 266, 200, 80, 40, 10]);
    }
}
