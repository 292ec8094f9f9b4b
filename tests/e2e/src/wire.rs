//! The simulators behind the in-process transport; every exchange may be struck before and after it happens.

use std::pin::Pin;
use std::sync::Arc;

use bytes::Bytes;
use engine::Faults;
use http::{Request, Response};
use partner_http::{Exchange, Lost, Transport};
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

struct Wire<P> {
    partner: P,
    faults: Faults,
}

/// The transport to `partner`, struck by `faults`.
pub(crate) fn transport(partner: impl Partner, faults: Faults) -> Transport {
    Transport::in_process(Arc::new(Wire { partner, faults }))
}

impl<P: Partner> Exchange for Wire<P> {
    fn exchange(
        &self,
        request: Request<Bytes>,
    ) -> Pin<Box<dyn Future<Output = Result<Response<Bytes>, Lost>> + Send + '_>> {
        Box::pin(async move {
            self.faults.around("request", || ()).await.map_err(|_| Lost::NotSent)?;
            let answer = self.partner.handle(request).await.map_err(|AnswerLost| Lost::Unclear);
            self.faults.around("answer", || ()).await.map_err(|_| Lost::Unclear)?;
            answer
        })
    }
}
