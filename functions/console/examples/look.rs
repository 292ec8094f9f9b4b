//! The console over sample data, on this machine: `cargo run -p console --example look`.
//!
//! Opens <http://127.0.0.1:7777/console>; the keys are `chave-de-operador-demo` and `chave-de-leitura-demo`. Another port
//! comes as the first argument.

mod sample;

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Method, Response, Uri};
use clock::{Clock, Scale};
use console::App;
use console::ports::memory::{House, OPERATE, READ};
use console::web::Request;
use tokio::sync::{mpsc, oneshot};

type Asked = (Request, oneshot::Sender<console::web::Response>);

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let port: u16 = std::env::args().nth(1).and_then(|port| port.parse().ok()).unwrap_or(7_777);
    let clock = Clock::scaled(Scale::starting_now(sample::noon(), 1.0));
    let house = House::new(clock.clone());
    sample::fill(&house.state, &clock).await;
    let (ask, mut asked) = mpsc::channel::<Asked>(16);
    let router = axum::Router::new().fallback(answer).with_state(ask);
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await.expect("the port is free");
    println!("http://127.0.0.1:{port}/console  {OPERATE}  {READ}");
    tokio::spawn(async move { axum::serve(listener, router).await });
    let app = App::new(house);
    while let Some((request, answer)) = asked.recv().await {
        answer.send(app.answer(&request).await).ok();
    }
}

async fn answer(
    State(ask): State<mpsc::Sender<Asked>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    static COUNT: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(1);
    let request = Request {
        id: format!("pedido-{}", COUNT.fetch_add(1, std::sync::atomic::Ordering::Relaxed)),
        method,
        path: uri.path().to_owned(),
        query: uri.query().unwrap_or_default().to_owned(),
        headers,
        body: body.to_vec(),
        source: "127.0.0.1".to_owned(),
    };
    let (answer, answered) = oneshot::channel();
    ask.send((request, answer)).await.expect("the console is there");
    let answer = answered.await.expect("it answers");
    let mut response = Response::new(Body::from(answer.body));
    (*response.status_mut(), *response.headers_mut()) = (answer.status, answer.headers);
    response
}
