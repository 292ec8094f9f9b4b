//! The same simulators behind a port.

use std::convert::Infallible;
use std::future::Future;
use std::io;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use bytes::Bytes;
use http_body_util::channel::Channel;
use http_body_util::{BodyExt, Limited};
use tokio::net::TcpListener;

use crate::AnswerLost;

/// Above every limit a partner states, so that the partner refuses and not the server.
const BODY_CAP: usize = 32 * 1024 * 1024;

/// Answers on `listener` until the task is dropped.
pub async fn serve(listener: TcpListener, router: Router) -> io::Result<()> {
    axum::serve(listener, router).await
}

/// A router that gives every request to `answer`.
pub(crate) fn router<A, F>(answer: A) -> Router
where
    A: Fn(http::Request<Bytes>) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Result<http::Response<Bytes>, AnswerLost>> + Send + 'static,
{
    Router::new().fallback(move |request: Request| {
        let answer = answer.clone();
        async move { Ok::<_, Infallible>(whole(request, answer).await) }
    })
}

async fn whole<A, F>(request: Request, answer: A) -> Response
where
    A: Fn(http::Request<Bytes>) -> F,
    F: Future<Output = Result<http::Response<Bytes>, AnswerLost>>,
{
    let (parts, body) = request.into_parts();
    let Ok(body) = Limited::new(body, BODY_CAP).collect().await else {
        return crate::answer::sentence(413, "o corpo da requisição é grande demais").map(Body::from);
    };
    match answer(http::Request::from_parts(parts, body.to_bytes())).await {
        Ok(response) => response.map(Body::from),
        Err(AnswerLost) => Response::new(cut()),
    }
}

/// A body that fails before its first byte: the server closes the connection.
fn cut() -> Body {
    let (sender, body) = Channel::<Bytes, io::Error>::new(1);
    sender.abort(io::Error::other(AnswerLost));
    Body::new(body)
}
