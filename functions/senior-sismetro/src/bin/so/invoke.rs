//! Lambda's Invoke call, at the local runner or signed at AWS.

use std::time::{Duration, SystemTime};

use aws_credential_types::provider::ProvideCredentials as _;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use clock::Clock;
use partner_http::story;
use serde_json::Value;

/// The longest that a word takes.
const PATIENCE: Duration = Duration::from_mins(1);

/// Where functions are invoked.
pub(crate) struct Place {
    client: reqwest::Client,
    base: String,
    signer: Option<Signer>,
}

/// Who asks, at AWS.
struct Signer {
    identity: aws_credential_types::Credentials,
    region: String,
}

impl Place {
    /// The local runner at `endpoint`, or else the AWS of the terminal's profile and region.
    pub(crate) async fn of(endpoint: Option<&str>) -> Result<Self, String> {
        // Fails only when there is one already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder().timeout(PATIENCE).build();
        let client = client.map_err(|error| format!("a rede não pôde ser aberta: {}", story(&error)))?;
        if let Some(endpoint) = endpoint {
            return Ok(Self { client, base: endpoint.trim_end_matches('/').to_owned(), signer: None });
        }
        let sdk = runtime::sdk().await;
        let region = sdk.region().ok_or("informe a região: variável AWS_REGION, ou a do perfil")?.to_string();
        let provider = sdk.credentials_provider().ok_or("não há credenciais da AWS neste terminal")?;
        let identity = provider.provide_credentials().await;
        let identity = identity.map_err(|error| format!("sem credenciais da AWS: {}", story(&error)))?;
        let base = format!("https://lambda.{region}.amazonaws.com");
        Ok(Self { client, base, signer: Some(Signer { identity, region }) })
    }

    /// Invokes `function` and gives what it answers; the error is Portuguese.
    pub(crate) async fn invoke(&self, function: &str, event: &Value) -> Result<Value, String> {
        let url = format!("{}/2015-03-31/functions/{function}/invocations", self.base);
        let mut request = http::Request::post(&url)
            .header(http::header::CONTENT_TYPE, "application/json")
            .body(event.to_string())
            .map_err(|_| format!("o endereço não serve: {url}"))?;
        if let Some(signer) = &self.signer {
            signer.sign(&mut request, Clock::system().now().into())?;
        }
        let request = request.map(reqwest::Body::from);
        let request =
            reqwest::Request::try_from(request).map_err(|_| format!("o endereço não serve: {url}"))?;
        let answer = self.client.execute(request).await;
        let answer = answer.map_err(|error| format!("{function} não respondeu: {}", story(&error)))?;
        let status = answer.status().as_u16();
        let failed = answer.headers().contains_key("x-amz-function-error");
        let body = answer.text().await.map_err(|error| format!("a resposta se perdeu: {}", story(&error)))?;
        read(function, status, failed, &body)
    }
}

/// What the function answered, or why it did not.
fn read(function: &str, status: u16, failed: bool, body: &str) -> Result<Value, String> {
    let body: Value = serde_json::from_str(body).unwrap_or_default();
    let said = |member: &str| body[member].as_str().unwrap_or_default().to_owned();
    match (status, failed) {
        (200, false) => Ok(body),
        (200, true) => Err(format!("{function} falhou: {}: {}", said("errorType"), said("errorMessage"))),
        (404, _) => Err(format!("não há a função {function}: confira --tenant, a região e o perfil")),
        (401 | 403, _) => Err(format!("sem permissão para invocar {function}: {}", said("message"))),
        _ => Err(format!("{function}: HTTP {status} {}{}", said("message"), said("Message"))),
    }
}

impl Signer {
    fn sign(&self, request: &mut http::Request<String>, now: SystemTime) -> Result<(), String> {
        let unsigned = |error: &dyn std::fmt::Display| format!("o pedido não pôde ser assinado: {error}");
        let identity = self.identity.clone().into();
        let parameters = v4::SigningParams::builder()
            .identity(&identity)
            .region(&self.region)
            .name("lambda")
            .time(now)
            .settings(SigningSettings::default())
            .build()
            .map_err(|error| unsigned(&error))?;
        let url = request.uri().to_string();
        let headers = request.headers().iter();
        let headers = headers.map(|(name, value)| (name.as_str(), value.to_str().unwrap_or_default()));
        let body = SignableBody::Bytes(request.body().as_bytes());
        let signable = SignableRequest::new("POST", &url, headers, body).map_err(|error| unsigned(&error))?;
        let (instructions, _) =
            sign(signable, &parameters.into()).map_err(|error| unsigned(&error))?.into_parts();
        instructions.apply_to_request_http1x(request);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_to_aws_is_signed_for_its_moment_region_and_body() {
        let identity = aws_credential_types::Credentials::new("AKIDEXAMPLE", "CANARYkey", None, None, "test");
        let signer = Signer { identity, region: "sa-east-1".to_owned() };
        let authorized = |body: &str| {
            let mut request = http::Request::post("https://lambda.sa-east-1.amazonaws.com/f")
                .body(body.to_owned())
                .expect("a request");
            let at: jiff::Timestamp = "2026-11-22T08:00:00Z".parse().expect("an instant");
            signer.sign(&mut request, at.into()).expect("signed");
            request.headers()["authorization"].to_str().expect("text").to_owned()
        };

        let authorization = authorized("{}");

        let scope = "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261122/sa-east-1/lambda/aws4_request";
        assert!(authorization.starts_with(scope), "{authorization}");
        assert!(!authorization.contains("CANARY"));
        assert_ne!(authorized("[]"), authorization, "the body is part of it");
    }

    #[test]
    fn what_came_instead_of_an_answer_says_what_to_do() {
        for (status, failed, body, wanted) in [
            (200, true, r#"{"errorType":"FixConfig","errorMessage":"x"}"#, "falhou: FixConfig: x"),
            (404, false, r#"{"Message":"Function not found"}"#, "confira --tenant"),
            (403, false, r#"{"message":"no identity-based policy"}"#, "sem permissão"),
            (429, false, r#"{"Message":"slow"}"#, "HTTP 429 slow"),
        ] {
            let why = read("f", status, failed, body).expect_err("no answer");
            assert!(why.contains(wanted), "{why}");
        }
        assert_eq!(read("f", 200, false, r#"{"done":true}"#), Ok(serde_json::json!({"done": true})));
    }
}
