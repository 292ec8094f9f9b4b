//! Omie's webhooks: checked, stored, answered. What they lead to happens elsewhere.

use std::sync::Arc;
use std::time::Duration;

use aws_lambda_events::apigw::{ApiGatewayV2httpRequest, ApiGatewayV2httpResponse};
use aws_lambda_events::encodings::Body;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use clock::Clock;
use engine::Cases;
use http::header::{CONTENT_TYPE, HeaderValue};
use partner_http::{Secret, story};
use runtime::{Edge, Failure, Invocation};
use sales::credentials::Credentials;
use sales::webhook::{self, LARGEST, Received};
use sha2::{Digest, Sha256};

/// The last segment of the address, or else a member of its query: Omie signs nothing.
const SECRET: &str = "secret";
/// A burst of notices reads the secret once. A new one is accepted a minute later at the latest, and Omie repeats what
/// was turned away meanwhile.
const REMEMBERED: Duration = Duration::from_mins(1);

/// Takes one notice. Omie waits 7 s and repeats what is not answered with 2xx (`contracts/omie.md` §9); so whatever is
/// stored, and whatever need not be, is answered with 200, and only what could not be stored is not.
pub async fn omie_webhook(
    edge: Arc<Edge>,
    request: ApiGatewayV2httpRequest,
    invocation: Invocation,
) -> Result<ApiGatewayV2httpResponse, Failure> {
    let secret = edge.recent_secret(REMEMBERED).await?;
    let taken = take(&edge.store, edge.clock(), &secret, &request).await;
    if taken == Taken::News {
        // The two-minute turn finds what this does not wake.
        if let Err(failure) = edge.announce("omie-webhook", &invocation.request_id).await {
            tracing::warn!(message = %failure, "the worker was not woken");
        }
    }
    Ok(taken.answer())
}

/// What became of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Taken {
    /// Stored, and new.
    News,
    /// Nothing to store: a ping, or a repetition.
    Heard,
    /// Without the right secret, as if nobody lived here.
    Stranger,
    /// Of another Omie application.
    Foreign,
    /// The body is no JSON object.
    Unreadable,
    /// The body is larger than any notice.
    TooLarge,
    /// Nobody has filled in the credentials yet.
    NotReady,
    /// The store did not take it.
    NotStored,
}

impl Taken {
    fn answer(self) -> ApiGatewayV2httpResponse {
        let (status, text) = match self {
            Self::News | Self::Heard => (200, "recebido"),
            Self::Stranger => (404, "não encontrado"),
            Self::Foreign => (403, "aviso de outro aplicativo do Omie"),
            Self::Unreadable => (400, "o corpo não é um objeto JSON"),
            Self::TooLarge => (413, "corpo grande demais"),
            Self::NotReady => (503, "a integração ainda não tem credenciais"),
            Self::NotStored => (503, "tente de novo"),
        };
        let mut response = ApiGatewayV2httpResponse::default();
        response.status_code = status;
        response.headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        response.body = Some(Body::Text(serde_json::json!({ "mensagem": text }).to_string()));
        response
    }
}

async fn take(
    state: &impl Cases,
    clock: &Clock,
    secret: &Secret,
    request: &ApiGatewayV2httpRequest,
) -> Taken {
    let Ok(credentials) = Credentials::parse(secret.expose()) else {
        tracing::error!("the integration has no credentials yet: a notice was turned away");
        return Taken::NotReady;
    };
    if !is_ours(shown(request), credentials.webhook.as_ref()) {
        tracing::warn!("a notice without the right secret was turned away");
        return Taken::Stranger;
    }
    let Some(body) = body(request) else { return Taken::Unreadable };
    if body.len() > LARGEST {
        return Taken::TooLarge;
    }
    match webhook::receive(state, clock, credentials.omie.app_key.expose(), &body).await {
        Ok(Received::Stored) => Taken::News,
        Ok(Received::Ping | Received::Known) => Taken::Heard,
        Ok(Received::Foreign) => {
            tracing::warn!("a notice of another Omie application was turned away");
            Taken::Foreign
        }
        Ok(Received::Unreadable) => Taken::Unreadable,
        Err(error) => {
            tracing::error!(error = story(&error), "a notice could not be stored");
            Taken::NotStored
        }
    }
}

/// The secret that the caller shows.
fn shown(request: &ApiGatewayV2httpRequest) -> Option<&str> {
    let in_path = request.path_parameters.get(SECRET).map(String::as_str);
    in_path.or_else(|| request.query_string_parameters.first(SECRET))
}

/// Compares digests, so that the time it takes tells nothing of the secret.
fn is_ours(given: Option<&str>, ours: Option<&Secret>) -> bool {
    let (Some(given), Some(ours)) = (given, ours) else { return false };
    let digest = |text: &str| Sha256::digest(text.as_bytes());
    let pairs = digest(given).into_iter().zip(digest(ours.expose()));
    !ours.expose().is_empty() && pairs.fold(0, |differs, (a, b)| differs | (a ^ b)) == 0
}

fn body(request: &ApiGatewayV2httpRequest) -> Option<Vec<u8>> {
    let text = request.body.as_deref().unwrap_or_default();
    if request.is_base64_encoded { STANDARD.decode(text).ok() } else { Some(text.as_bytes().to_vec()) }
}

#[cfg(test)]
mod tests;
