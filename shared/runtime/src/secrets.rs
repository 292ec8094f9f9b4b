//! The integration's secret, read from the secret store at each invocation, so that a rotation takes effect at
//! the next run.

use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::error::ProvideErrorMetadata;
use partner_http::Secret;

use crate::failure::Failure;

/// Reads the text of the secret `id`. The domain knows its shape.
pub(crate) async fn read(secrets: &Client, id: Option<&str>) -> Result<Secret, Failure> {
    let Some(id) = id else {
        return Err(Failure::bug("this function has no PONTE_SECRET: set it in the template"));
    };
    let answer = secrets.get_secret_value().secret_id(id).send().await.map_err(|error| {
        let code = error.code().unwrap_or("it could not be reached");
        Failure::fix_config(format!("the secret {id} cannot be read: {code}"))
    })?;
    Ok(Secret::new(answer.secret_string().unwrap_or_default()))
}
