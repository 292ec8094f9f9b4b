//! The simulators behind the in-process transport; every exchange may be struck before and after it happens.

use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use engine::Faults;
use http::{Request, Response};
use partner_http::{Exchange, Lost, Transport};
use serde::Deserialize;
use serde_json::Value;
use simulators::{AnswerLost, MaximaSim, OmieSim};

/// A simulator, as the transport sees it.
pub(crate) trait Partner: Send + Sync + 'static {
    fn handle(
        &self,
        request: Request<Bytes>,
    ) -> impl Future<Output = Result<Response<Bytes>, AnswerLost>> + Send;
}

impl Partner for OmieSim {
    async fn handle(&self, request: Request<Bytes>) -> Result<Response<Bytes>, AnswerLost> {
        Self::handle(self, request).await
    }
}

impl Partner for MaximaSim {
    async fn handle(&self, request: Request<Bytes>) -> Result<Response<Bytes>, AnswerLost> {
        Self::handle(self, request).await
    }
}

/// What Omie was told to write, as it left us. Cheap to clone; clones share it.
#[derive(Clone, Debug, Default)]
pub struct Writes(Arc<Mutex<Vec<(String, Value)>>>);

impl Writes {
    /// The parameters of each request of a method, in the order they left.
    pub fn of(&self, method: &str) -> Vec<Value> {
        self.kept().iter().filter(|(call, _)| call == method).map(|(_, param)| param.clone()).collect()
    }

    fn note(&self, request: &Request<Bytes>) {
        let Ok(Envelope { call, param: [param] }) = serde_json::from_slice(request.body()) else { return };
        if WRITES.iter().any(|verb| call.starts_with(verb)) {
            self.kept().push((call, param));
        }
    }

    fn kept(&self) -> MutexGuard<'_, Vec<(String, Value)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What the methods that write begin with.
const WRITES: [&str; 3] = ["Incluir", "Alterar", "Associar"];

/// A request to Omie (`contracts/omie.md` §1), without the credentials.
#[derive(Deserialize)]
struct Envelope {
    call: String,
    param: [Value; 1],
}

struct Wire<P> {
    partner: P,
    faults: Faults,
    writes: Writes,
}

/// The transport to `partner`, struck by `faults`; what it is told to write is kept in `writes`.
pub(crate) fn transport(partner: impl Partner, faults: Faults, writes: Writes) -> Transport {
    Transport::in_process(Arc::new(Wire { partner, faults, writes }))
}

impl<P: Partner> Exchange for Wire<P> {
    fn exchange(
        &self,
        request: Request<Bytes>,
    ) -> Pin<Box<dyn Future<Output = Result<Response<Bytes>, Lost>> + Send + '_>> {
        Box::pin(async move {
            self.faults.around("request", || ()).await.map_err(|_| Lost::NotSent)?;
            self.writes.note(&request);
            let answer = self.partner.handle(request).await.map_err(|AnswerLost| Lost::Unclear);
            self.faults.around("answer", || ()).await.map_err(|_| Lost::Unclear)?;
            answer
        })
    }
}
