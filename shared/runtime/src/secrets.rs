//! The integration's secret, read from the secret store at each invocation, so that a rotation takes effect at
//! the next run.

use std::time::Duration;

use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::error::ProvideErrorMetadata;
use partner_http::{Remedy, Secret};

use crate::failure::Failure;

/// Reads the text of the secret `id`. The domain knows its shape.
pub(crate) async fn read(secrets: &Client, id: Option<&str>) -> Result<Secret, Failure> {
    let Some(id) = id else {
        return Err(Failure::bug("this function has no PONTE_SECRET: set it in the template"));
    };
    let answer = secrets.get_secret_value().secret_id(id).send().await.map_err(|error| {
        let code = error.code().unwrap_or("it could not be reached");
        Failure::of(&remedy(code), format!("the secret {id} cannot be read: {code}"))
    })?;
    Ok(Secret::new(answer.secret_string().unwrap_or_default()))
}

/// Puts `text` in the place of the secret's value.
pub(crate) async fn write(secrets: &Client, id: &str, text: &Secret) -> Result<(), Failure> {
    let put = secrets.put_secret_value().secret_id(id).secret_string(text.expose());
    put.send().await.map(drop).map_err(|error| {
        let code = error.code().unwrap_or("it could not be reached");
        Failure::of(&remedy(code), format!("the secret {id} cannot be written: {code}"))
    })
}

/// Only what a person must mend is for a person; the store's own trouble passes.
fn remedy(code: &str) -> Remedy {
    match code {
        "ResourceNotFoundException"
        | "AccessDeniedException"
        | "DecryptionFailure"
        | "InvalidRequestException"
        | "InvalidParameterException"
        | "UnrecognizedClientException" => Remedy::FixConfig,
        _ => Remedy::RetryLater { after: Duration::from_secs(30) },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_or_forbidden_secret_is_for_a_person() {
        for code in ["ResourceNotFoundException", "AccessDeniedException", "DecryptionFailure"] {
            assert_eq!(remedy(code), Remedy::FixConfig, "{code}");
        }
    }

    #[test]
    fn the_stores_own_trouble_passes() {
        for code in ["ThrottlingException", "InternalServiceError", "it could not be reached"] {
            assert!(matches!(remedy(code), Remedy::RetryLater { .. }), "{code}");
        }
    }
}
