//! HTTP API of API Gateway: the template's routes, events in payload format 2.0.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, Method, StatusCode, Uri};
use serde_json::{Map, Value, json};

use crate::template::{ACCOUNT, Route};

/// A route that fits a request, and what its path's variables hold.
#[derive(Debug, PartialEq, Eq)]
pub struct Matched<'a> {
    /// The route.
    pub route: &'a Route,
    /// `pathParameters`.
    pub parameters: BTreeMap<String, String>,
}

/// The most specific route: a literal segment before `{id}` before `{proxy+}`, a method before `ANY`.
pub fn find<'a>(routes: &'a [Route], method: &Method, path: &str) -> Option<Matched<'a>> {
    let fitting = routes.iter().filter(|route| route.method == "ANY" || route.method == method.as_str());
    let matched = fitting.filter_map(|route| {
        let (parameters, rank) = fit(&route.path, path)?;
        Some((rank, route.method == "ANY", Matched { route, parameters }))
    });
    matched.min_by(|left, right| (&left.0, left.1).cmp(&(&right.0, right.1))).map(|(_, _, matched)| matched)
}

/// The variables and, segment by segment, how loosely it fits.
fn fit(pattern: &str, path: &str) -> Option<(BTreeMap<String, String>, Vec<u8>)> {
    let mut parameters = BTreeMap::new();
    let mut rank = Vec::new();
    let mut rest = path.trim_start_matches('/').split('/');
    for segment in pattern.trim_start_matches('/').split('/') {
        let variable = segment.strip_prefix('{').and_then(|name| name.strip_suffix('}'));
        if let Some(greedy) = variable.and_then(|name| name.strip_suffix('+')) {
            let all = rest.by_ref().collect::<Vec<_>>().join("/");
            if all.is_empty() {
                return None;
            }
            parameters.insert(greedy.to_owned(), all);
            rank.push(2);
            return Some((parameters, rank));
        }
        let found = rest.next()?;
        match variable {
            Some(name) if !found.is_empty() => {
                parameters.insert(name.to_owned(), found.to_owned());
                rank.push(1);
            }
            None if segment == found => rank.push(0),
            _ => return None,
        }
    }
    rest.next().is_none().then_some((parameters, rank))
}

/// One request, as the gateway received it.
#[derive(Debug)]
pub struct Asked<'a> {
    /// The verb.
    pub method: &'a Method,
    /// Path and query.
    pub uri: &'a Uri,
    /// The headers.
    pub headers: &'a HeaderMap,
    /// The body.
    pub body: &'a [u8],
    /// Names the request.
    pub request_id: &'a str,
    /// When it came.
    pub now: jiff::Timestamp,
}

/// The event the function receives.
pub fn event(asked: &Asked<'_>, matched: &Matched<'_>) -> Value {
    let key = format!("{} {}", matched.route.method, matched.route.path);
    let header =
        |name: &str| asked.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut event = json!({
        "version": "2.0",
        "routeKey": key,
        "rawPath": asked.uri.path(),
        "rawQueryString": asked.uri.query().unwrap_or_default(),
        "headers": headers(asked.headers),
        "requestContext": {
            "accountId": ACCOUNT,
            "apiId": "local",
            "domainName": header("host"),
            "domainPrefix": "local",
            "http": {
                "method": asked.method.as_str(),
                "path": asked.uri.path(),
                "protocol": "HTTP/1.1",
                "sourceIp": "127.0.0.1",
                "userAgent": header("user-agent"),
            },
            "requestId": asked.request_id,
            "routeKey": key,
            "stage": "$default",
            "time": asked.now.strftime("%d/%b/%Y:%H:%M:%S +0000").to_string(),
            "timeEpoch": asked.now.as_millisecond(),
        },
        "isBase64Encoded": false,
    });
    if let Some(query) = asked.uri.query().filter(|query| !query.is_empty()) {
        event["queryStringParameters"] = query_parameters(query);
    }
    if !matched.parameters.is_empty() {
        event["pathParameters"] = json!(matched.parameters);
    }
    let cookies = cookies(asked.headers);
    if !cookies.is_empty() {
        event["cookies"] = json!(cookies);
    }
    match std::str::from_utf8(asked.body) {
        Ok("") => {}
        Ok(text) if is_text(header("content-type")) => event["body"] = json!(text),
        _ => {
            event["body"] = json!(STANDARD.encode(asked.body));
            event["isBase64Encoded"] = json!(true);
        }
    }
    event
}

/// What the gateway hands over as text; every other body, a form's too, comes in base64. Without a type it is JSON.
fn is_text(content_type: &str) -> bool {
    let kind = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    kind.is_empty()
        || kind.starts_with("text/")
        || kind.ends_with("+json")
        || ["application/json", "application/javascript", "application/xml"].contains(&kind.as_str())
}

/// `name=value`, each by itself, however many headers they came in.
fn cookies(headers: &HeaderMap) -> Vec<&str> {
    let all = headers.get_all(http::header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    all.flat_map(|value| value.split(';')).map(str::trim).filter(|cookie| !cookie.is_empty()).collect()
}

/// Repeated headers are joined by a comma; cookies have a member of their own and are not among them.
fn headers(headers: &HeaderMap) -> Value {
    let mut joined: Map<String, Value> = Map::new();
    for name in headers.keys().filter(|name| **name != http::header::COOKIE) {
        let values = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
        joined.insert(name.as_str().to_owned(), json!(values.collect::<Vec<_>>().join(",")));
    }
    Value::Object(joined)
}

fn query_parameters(query: &str) -> Value {
    let mut parameters: BTreeMap<String, String> = BTreeMap::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let value = decoded(value);
        parameters
            .entry(decoded(name))
            .and_modify(|all| {
                all.push(',');
                all.push_str(&value);
            })
            .or_insert(value);
    }
    json!(parameters)
}

/// Percent-decoding of a form: `+` is a space; what is not a valid escape stays as it is.
pub(crate) fn decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let escape = (*byte == b'%').then(|| bytes.get(at + 1..at + 3)).flatten();
        let escaped = escape.and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok());
        out.push(escaped.unwrap_or(if *byte == b'+' { b' ' } else { *byte }));
        at += if escaped.is_some() { 3 } else { 1 };
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// What the caller gets: the function's `{statusCode, headers, cookies, body}`, or its whole answer as JSON. Each cookie is
/// a header of its own.
pub fn response(answer: &Value) -> http::Response<Vec<u8>> {
    let Some(status) = answer.get("statusCode") else {
        return json_response(StatusCode::OK, answer);
    };
    let status = status.as_u64().and_then(|code| StatusCode::from_u16(u16::try_from(code).ok()?).ok());
    let body = match &answer["body"] {
        Value::String(text) if answer["isBase64Encoded"] == json!(true) => STANDARD.decode(text).ok(),
        Value::String(text) => Some(text.clone().into_bytes()),
        Value::Null => Some(Vec::new()),
        _ => None,
    };
    let (Some(status), Some(body)) = (status, body) else { return broken() };
    let mut response = http::Response::builder().status(status);
    for (name, value) in answer["headers"].as_object().into_iter().flatten() {
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        response = response.header(name, value);
    }
    for cookie in answer["cookies"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        response = response.header(http::header::SET_COOKIE, cookie);
    }
    response.body(body).unwrap_or_else(|_| broken())
}

/// No route fits.
pub fn not_found() -> http::Response<Vec<u8>> {
    json_response(StatusCode::NOT_FOUND, &json!({ "message": "Not Found" }))
}

/// The function failed, or answered what is no HTTP answer.
pub fn broken() -> http::Response<Vec<u8>> {
    json_response(StatusCode::INTERNAL_SERVER_ERROR, &json!({ "message": "Internal Server Error" }))
}

pub(crate) fn json_response(status: StatusCode, body: &Value) -> http::Response<Vec<u8>> {
    let mut response = http::Response::new(body.to_string().into_bytes());
    *response.status_mut() = status;
    let json = http::HeaderValue::from_static("application/json");
    response.headers_mut().insert(http::header::CONTENT_TYPE, json);
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn route(method: &str, path: &str) -> Route {
        Route { method: method.to_owned(), path: path.to_owned(), function: format!("{method} {path}") }
    }

    fn found(method: &Method, path: &str) -> Option<(String, Vec<String>)> {
        let routes = [
            route("ANY", "/console/{proxy+}"),
            route("POST", "/hooks/{kind}"),
            route("POST", "/hooks/omie"),
            route("ANY", "/hooks/omie"),
            route("GET", "/hooks/{kind}/last"),
        ];
        let matched = find(&routes, method, path)?;
        Some((matched.route.function.clone(), matched.parameters.into_values().collect()))
    }

    #[test]
    fn the_most_specific_route_wins() {
        let cases = [
            (Method::POST, "/hooks/omie", "POST /hooks/omie", vec![]),
            (Method::GET, "/hooks/omie", "ANY /hooks/omie", vec![]),
            (Method::POST, "/hooks/x", "POST /hooks/{kind}", vec!["x"]),
            (Method::GET, "/hooks/x/last", "GET /hooks/{kind}/last", vec!["x"]),
            (Method::PUT, "/console/a/b", "ANY /console/{proxy+}", vec!["a/b"]),
        ];
        for (method, path, function, parameters) in cases {
            let parameters = parameters.into_iter().map(str::to_owned).collect();
            assert_eq!(found(&method, path), Some((function.to_owned(), parameters)), "{method} {path}");
        }
    }

    #[test]
    fn what_no_route_fits_is_not_found() {
        for path in ["/", "/hooks", "/hooks/x/y", "/hooks/", "/console/", "/console"] {
            assert_eq!(found(&Method::POST, path), None, "{path}");
        }
        assert_eq!(found(&Method::DELETE, "/hooks/x"), None);
    }

    fn event_of(uri: &str, body: &[u8]) -> Value {
        event_with(uri, &[("x-a", "1"), ("x-a", "2")], body)
    }

    fn event_with(uri: &str, given: &[(&'static str, &str)], body: &[u8]) -> Value {
        let routes = [route("POST", "/hooks/{kind}")];
        let uri: Uri = uri.parse().expect("a uri");
        let mut headers = HeaderMap::new();
        for (name, value) in given {
            headers.append(*name, value.parse().expect("a value"));
        }
        let matched = find(&routes, &Method::POST, uri.path()).expect("a route");
        let now = "2026-03-01T10:00:00Z".parse().expect("an instant");
        let asked = Asked { method: &Method::POST, uri: &uri, headers: &headers, body, request_id: "r", now };
        event(&asked, &matched)
    }

    #[test]
    fn an_event_has_format_two() {
        let event = event_of("/hooks/omie?a=1&a=2&b=x%20y+z", br#"{"t":1}"#);

        assert_eq!(event["version"], "2.0");
        assert_eq!(event["routeKey"], "POST /hooks/{kind}");
        assert_eq!(event["pathParameters"], json!({ "kind": "omie" }));
        assert_eq!(event["queryStringParameters"], json!({ "a": "1,2", "b": "x y z" }));
        assert_eq!(event["headers"]["x-a"], "1,2");
        assert_eq!(event["body"], r#"{"t":1}"#);
        assert_eq!(event["requestContext"]["time"], "01/Mar/2026:10:00:00 +0000");
    }

    #[test]
    fn a_body_that_is_not_text_is_encoded() {
        let event = event_of("/hooks/omie", &[0xff, 0x00]);

        assert_eq!((&event["body"], &event["isBase64Encoded"]), (&json!("/wA="), &json!(true)));
    }

    #[test]
    fn cookies_come_one_by_one_and_are_no_header() {
        let event =
            event_with("/hooks/omie", &[("cookie", "a=1; b=2"), ("cookie", "c=3"), ("x-a", "1")], b"");

        assert_eq!(event["cookies"], json!(["a=1", "b=2", "c=3"]));
        assert_eq!(event["headers"], json!({ "x-a": "1" }));
        assert_eq!(event_of("/hooks/omie", b"").get("cookies"), None);
    }

    #[test]
    fn a_form_comes_in_base64_and_a_text_as_it_is() {
        let encoded = |kind: &str| {
            let event = event_with("/hooks/omie", &[("content-type", kind)], b"a=1");
            (event["isBase64Encoded"] == json!(true), event["body"].as_str().map(str::to_owned))
        };

        assert_eq!(encoded("application/x-www-form-urlencoded"), (true, Some("YT0x".to_owned())));
        for text in
            ["text/plain; charset=utf-8", "application/json", "Application/JSON", "application/hal+json"]
        {
            assert_eq!(encoded(text), (false, Some("a=1".to_owned())), "{text}");
        }
    }

    #[test]
    fn every_cookie_of_an_answer_is_a_header_of_its_own() {
        let answer =
            json!({ "statusCode": 303, "headers": { "location": "/x" }, "cookies": ["a=1; Path=/", "b="] });
        let response = response(&answer);

        let cookies: Vec<_> = response.headers().get_all("set-cookie").iter().collect();
        assert_eq!(cookies, ["a=1; Path=/", "b="]);
        assert_eq!((response.status(), response.body().len()), (StatusCode::SEE_OTHER, 0));
    }

    #[test]
    fn an_encoded_answer_is_decoded() {
        let response = response(&json!({ "statusCode": 200, "body": "/wA=", "isBase64Encoded": true }));

        assert_eq!(response.body().as_slice(), [0xff, 0x00]);
    }

    #[test]
    fn an_answer_becomes_a_response() {
        let structured = response(&json!({ "statusCode": 201, "headers": { "x-b": "c" }, "body": "ok" }));
        assert_eq!((structured.status(), structured.body().as_slice()), (StatusCode::CREATED, &b"ok"[..]));
        assert_eq!(structured.headers()["x-b"], "c");

        let plain = response(&json!({ "a": 1 }));
        assert_eq!((plain.status(), plain.body().as_slice()), (StatusCode::OK, &br#"{"a":1}"#[..]));

        assert_eq!(response(&json!({ "statusCode": 9_999 })).status(), StatusCode::INTERNAL_SERVER_ERROR);
    }
}
