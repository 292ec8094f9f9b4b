//! The HTTP API on one side, requests and answers of ours on the other.

use std::pin::Pin;
use std::sync::Arc;

use aws_lambda_events::apigw::{ApiGatewayV2httpRequest, ApiGatewayV2httpResponse};
use aws_lambda_events::encodings::Body;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::{COOKIE, SET_COOKIE};
use http::{HeaderValue, Method};
use runtime::{Edge, Failure, Invocation};
use serde_json::Value;

use crate::ports::aws::{Aws, Warm};
use crate::web::{Request, Response, href};
use crate::{App, alarms};

/// What one event comes to: the answer to a request; null where nobody waits for one.
pub type Answering = Pin<Box<dyn Future<Output = Result<Option<ApiGatewayV2httpResponse>, Failure>>>>;

/// The handler of the console's Lambda; what it keeps between requests is in it.
pub fn console() -> impl Fn(Arc<Edge>, Value, Invocation) -> Answering {
    let warm = Arc::new(Warm::default());
    move |edge, event, invocation| {
        let warm = Arc::clone(&warm);
        Box::pin(async move {
            if event.get("detail-type").is_some() {
                let heard = alarms::heard(&edge.store, &edge.config.tenant, &event).await;
                return heard.map(|()| None).map_err(Failure::from);
            }
            let event = serde_json::from_value(event)
                .map_err(|error| Failure::bug(format!("neither a request nor an event: {error}")))?;
            let request = read(event, &invocation.request_id);
            let scheme = if request.is_loopback() { "http" } else { "https" };
            let address = request.header("host").map(|host| format!("{scheme}://{host}")).unwrap_or_default();
            let app = App::new(Aws::new(edge, invocation, (warm, is_overview(&request)), address));
            Ok(Some(written(app.answer(&request).await)))
        })
    }
}

/// Whether it is one of the two pages that show all schedules and change none.
fn is_overview(request: &Request) -> bool {
    request.method == Method::GET && [href(&[]), href(&["jobs"])].contains(&request.path)
}

fn read(event: ApiGatewayV2httpRequest, id: &str) -> Request {
    let mut headers = event.headers;
    // The gateway takes the cookies out of the headers.
    let cookies = event.cookies.unwrap_or_default().join("; ");
    if let Ok(cookies) = HeaderValue::from_str(&cookies)
        && !cookies.is_empty()
    {
        headers.insert(COOKIE, cookies);
    }
    let http = event.request_context.http;
    let text = event.body.unwrap_or_default();
    let body =
        if event.is_base64_encoded { STANDARD.decode(&text).unwrap_or_default() } else { text.into_bytes() };
    Request {
        id: id.to_owned(),
        method: Method::from_bytes(http.method.as_str().as_bytes()).unwrap_or(Method::GET),
        path: event.raw_path.unwrap_or_default(),
        query: event.raw_query_string.unwrap_or_default(),
        headers,
        body,
        source: http.source_ip.unwrap_or_default(),
    }
}

fn written(answer: Response) -> ApiGatewayV2httpResponse {
    let mut response = ApiGatewayV2httpResponse::default();
    response.status_code = answer.status.as_u16().into();
    response.cookies = answer
        .headers
        .get_all(SET_COOKIE)
        .iter()
        .filter_map(|cookie| cookie.to_str().ok().map(str::to_owned))
        .collect();
    response.headers = answer.headers;
    response.headers.remove(SET_COOKIE);
    // Everything that is served is text.
    response.body = Some(Body::Text(String::from_utf8_lossy(&answer.body).into_owned()));
    response
}

#[cfg(test)]
mod tests {
    use http::StatusCode;

    use super::*;
    use crate::web::Cookie;

    #[test]
    fn a_request_of_the_gateway_is_read() {
        let event: ApiGatewayV2httpRequest = serde_json::from_value(serde_json::json!({
            "version": "2.0", "routeKey": "ANY /console/{proxy+}", "rawPath": "/console/jobs", "rawQueryString": "p=1",
            "cookies": ["a=1", "b=2"], "headers": {"host": "x.example", "content-type": "text/plain"},
            "requestContext": {"http": {"method": "POST", "path": "/console/jobs", "sourceIp": "203.0.113.7"}},
            "body": STANDARD.encode("motivo=x"), "isBase64Encoded": true
        }))
        .expect("an event");

        let request = read(event, "r1");

        assert_eq!(
            (request.method.as_str(), request.path.as_str(), request.query.as_str()),
            ("POST", "/console/jobs", "p=1")
        );
        assert_eq!(
            (request.cookie("a"), request.cookie("b"), request.cookie("c")),
            (Some("1"), Some("2"), None)
        );
        assert_eq!((request.body.as_slice(), request.source.as_str()), (&b"motivo=x"[..], "203.0.113.7"));
    }

    #[test]
    fn only_the_overviews_may_show_schedules_of_a_moment_ago() {
        let request = |method: Method, path: &str| Request {
            method,
            path: path.to_owned(),
            ..read(ApiGatewayV2httpRequest::default(), "r1")
        };

        assert!(is_overview(&request(Method::GET, "/console")));
        assert!(is_overview(&request(Method::GET, "/console/jobs")));
        assert!(!is_overview(&request(Method::POST, "/console/jobs")));
        assert!(!is_overview(&request(Method::GET, "/console/jobs/sync-clientes")));
        assert!(!is_overview(&request(Method::GET, "/console/configuracao/agendas")));
    }

    #[test]
    fn every_cookie_of_an_answer_leaves() {
        let cookie = |name| Cookie { name, value: "v".to_owned(), seconds: 1, is_secure: true };
        let answer = Response::new(StatusCode::OK, "text/plain", b"ol\xc3\xa1".to_vec());

        let response = written(answer.with_cookie(&cookie("a")).with_cookie(&cookie("b")));

        assert_eq!((response.status_code, response.cookies.len()), (200, 2));
        assert!(!response.headers.contains_key(SET_COOKIE));
        assert!(matches!(response.body, Some(Body::Text(text)) if text == "olá"));
    }
}
