//! What the service said, as what the caller may do.

use std::error::Error;

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use engine::StateError;

use crate::FORMAT;

/// What a failed call means. The client has repeated what may be repeated by then.
pub(crate) fn failed<E, R>(operation: &'static str, error: SdkError<E, R>) -> StateError
where
    E: ProvideErrorMetadata + Error + Send + Sync + 'static,
    R: std::fmt::Debug + Send + Sync + 'static,
{
    let code = error.as_service_error().and_then(ProvideErrorMetadata::code).unwrap_or_default();
    match code {
        "ThrottlingException"
        | "ProvisionedThroughputExceededException"
        | "RequestLimitExceeded"
        | "LimitExceededException"
        | "TransactionConflictException" => StateError::Busy(Box::new(error)),
        "ResourceNotFoundException"
        | "AccessDeniedException"
        | "UnrecognizedClientException"
        | "ExpiredTokenException"
        | "InvalidSignatureException"
        | "MissingAuthenticationTokenException" => StateError::Denied { operation, source: Box::new(error) },
        "ValidationException" | "ItemCollectionSizeLimitExceededException" | "SerializationException" => {
            StateError::Malformed { what: operation.to_owned(), source: Box::new(error) }
        }
        _ => StateError::Unavailable { operation, source: Box::new(error) },
    }
}

/// An item or a request that cannot be read or built. `what` names it and never quotes it.
pub(crate) fn malformed(
    what: impl Into<String>,
    source: impl Into<Box<dyn Error + Send + Sync>>,
) -> StateError {
    StateError::Malformed { what: what.into(), source: source.into() }
}

/// Refuses an item of another format.
pub(crate) fn of_our_format(what: &str, v: u32) -> Result<(), StateError> {
    if v == FORMAT {
        return Ok(());
    }
    Err(malformed(what, format!("format {v}, this program reads {FORMAT}")))
}

#[cfg(test)]
mod tests {
    use aws_sdk_dynamodb::error::ErrorMetadata;
    use aws_sdk_dynamodb::operation::get_item::GetItemError;

    use super::*;

    fn said(code: &str) -> StateError {
        let service = GetItemError::generic(ErrorMetadata::builder().code(code).build());
        failed("document.get", SdkError::service_error(service, ()))
    }

    #[test]
    fn throttling_is_a_busy_store() {
        for code in ["ThrottlingException", "ProvisionedThroughputExceededException", "RequestLimitExceeded"]
        {
            assert!(matches!(said(code), StateError::Busy(_)), "{code}");
        }
    }

    #[test]
    fn a_missing_table_or_right_is_a_refusal() {
        for code in ["ResourceNotFoundException", "AccessDeniedException", "UnrecognizedClientException"] {
            assert!(matches!(said(code), StateError::Denied { .. }), "{code}");
        }
    }

    #[test]
    fn a_request_the_service_calls_invalid_is_ours_to_mend() {
        assert!(matches!(said("ValidationException"), StateError::Malformed { .. }));
    }

    #[test]
    fn anything_else_may_have_been_done() {
        for code in ["InternalServerError", "NeverHeardOf"] {
            assert!(matches!(said(code), StateError::Unavailable { .. }), "{code}");
        }
    }

    #[test]
    fn an_item_of_another_format_is_named_and_not_guessed() {
        let refused = of_our_format("ledger#cidade k#1", FORMAT + 1).expect_err("another format");

        assert_eq!(refused.to_string(), "ledger#cidade k#1 is not readable");
        assert!(of_our_format("ledger#cidade k#1", FORMAT).is_ok());
    }
}
