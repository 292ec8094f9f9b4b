//! The simulators behind the in-process transport: every exchange may be struck before and after it happens.

use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use engine::Faults;
use http::{Request, Response};
use partner_http::{Exchange, Lost, Transport};
use simulators::{AnswerLost, SeniorSim, SismetroSim};

/// A simulator, as the transport sees it.
pub(crate) trait Partner: Send + Sync + 'static {
    fn handle(
        &self,
        request: Request<Bytes>,
    ) -> impl Future<Output = Result<Response<Bytes>, AnswerLost>> + Send;
}

impl Partner for SeniorSim {
    async fn handle(&self, request: Request<Bytes>) -> Result<Response<Bytes>, AnswerLost> {
        Self::handle(self, request).await
    }
}

impl Partner for SismetroSim {
    async fn handle(&self, request: Request<Bytes>) -> Result<Response<Bytes>, AnswerLost> {
        Self::handle(self, request).await
    }
}

/// What all wires of a world share. Cheap to clone; clones share it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Line {
    pub(crate) faults: Faults,
    asked: Arc<Mutex<Vec<String>>>,
    is_cut: Arc<AtomicBool>,
}

impl Line {
    pub(crate) fn new(faults: Faults) -> Self {
        Self { faults, ..Self::default() }
    }

    /// Method and address of every request that left us.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// From now on no connection is made, or again.
    pub(crate) fn cut(&self, is_cut: bool) {
        self.is_cut.store(is_cut, Ordering::SeqCst);
    }
}

struct Wire<P> {
    partner: P,
    line: Line,
}

/// The transport to `partner`.
pub(crate) fn transport(partner: impl Partner, line: Line) -> Transport {
    Transport::in_process(Arc::new(Wire { partner, line }))
}

impl<P: Partner> Exchange for Wire<P> {
    fn exchange(
        &self,
        request: Request<Bytes>,
    ) -> Pin<Box<dyn Future<Output = Result<Response<Bytes>, Lost>> + Send + '_>> {
        Box::pin(async move {
            let Line { faults, asked, is_cut } = &self.line;
            if is_cut.load(Ordering::SeqCst) {
                return Err(Lost::NotSent);
            }
            let (before, after) = names(&request);
            faults.around(before, || ()).await.map_err(|_| Lost::NotSent)?;
            let address = format!("{} {}", request.method(), request.uri());
            asked.lock().unwrap_or_else(PoisonError::into_inner).push(address);
            let answer = self.partner.handle(request).await.map_err(|AnswerLost| Lost::Unclear);
            faults.around(after, || ()).await.map_err(|_| Lost::Unclear)?;
            answer
        })
    }
}

/// What a request is called among the calls that can be struck, and its answer.
fn names(request: &Request<Bytes>) -> (&'static str, &'static str) {
    let path = request.uri().path();
    let is_post = request.method() == http::Method::POST;
    match path {
        _ if path.ends_with("/serviceOrder/open") => ("open", "open answered"),
        _ if path.ends_with("/updateOrderStatusIntegration") => ("release", "release answered"),
        _ if path.ends_with("/cancelOrders") => ("cancel", "cancel answered"),
        _ if path.contains("e120obs") && is_post => ("note", "note answered"),
        _ => ("read", "read answered"),
    }
}
