//! The two partners of one customer, opened with its settings and credentials.

use clock::Clock;
use engine::Budget;
use maxima::{Hosts, Maxima};
use omie::Omie;
use partner_http::{Limits, PartnerHttp, Transport};

use crate::credentials::Credentials;
use crate::settings::Settings;

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
        let Credentials { omie: keys, maxima: login } = credentials;
        let omie_http = PartnerHttp::new("omie", wires.omie, clock.clone(), rng.fork(), Limits::default());
        let maxima_http =
            PartnerHttp::new("maxima", wires.maxima, clock.clone(), rng.fork(), Limits::default());
        // Each client hides the secrets of both: a partner's text may quote anything.
        for http in [&omie_http, &maxima_http] {
            for secret in [&keys.app_key, &keys.app_secret, &login.login, &login.password] {
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
        }
    }

    /// HTTP exchanges per partner method since the last time this was asked.
    pub fn calls(&self) -> Vec<(String, u64)> {
        self.http.iter().flat_map(PartnerHttp::calls).collect()
    }

    /// No call waits past the budget: it fails with what it waits for instead.
    pub(crate) fn wait_no_longer_than(&self, budget: Budget) {
        let until = budget.deadline.checked_sub(budget.reserve).unwrap_or(budget.deadline);
        for http in &self.http {
            http.set_deadline(Some(until));
        }
    }
}
