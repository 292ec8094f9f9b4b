//! What the service said, as what the caller may do.

use std::error::Error;

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::CancellationReason;
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

/// What a transaction that was canceled means. Only the item named `what` has a condition.
pub(crate) fn canceled<R>(
    operation: &'static str,
    what: String,
    error: SdkError<TransactWriteItemsError, R>,
) -> StateError
where
    R: std::fmt::Debug + Send + Sync + 'static,
{
    let reasons = match error.as_service_error() {
        Some(TransactWriteItemsError::TransactionCanceledException(canceled)) => {
            canceled.cancellation_reasons()
        }
        _ => &[],
    };
    let has = |codes: &[&str]| {
        reasons.iter().filter_map(CancellationReason::code).any(|code| codes.contains(&code))
    };
    if has(&["ConditionalCheckFailed"]) {
        StateError::Conflict { what }
    } else if has(&["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"]) {
        StateError::Busy(Box::new(error))
    } else if has(&["ValidationError", "ItemCollectionSizeLimitExceeded"]) {
        StateError::Malformed { what, source: Box::new(error) }
    } else {
        StateError::Unavailable { operation, source: Box::new(error) }
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
    use aws_sdk_dynamodb::types::error::TransactionCanceledException;

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

    fn canceled_by(codes: &[&str]) -> StateError {
        let reasons = codes.iter().map(|code| CancellationReason::builder().code(*code).build()).collect();
        let canceled =
            TransactionCanceledException::builder().set_cancellation_reasons(Some(reasons)).build();
        let service = TransactWriteItemsError::TransactionCanceledException(canceled);
        canceled_of(SdkError::service_error(service, ()))
    }

    fn canceled_of(error: SdkError<TransactWriteItemsError, ()>) -> StateError {
        canceled("case.file", "pedido 1".to_owned(), error)
    }

    #[test]
    fn a_canceled_transaction_is_what_canceled_it() {
        let changed = canceled_by(&["ConditionalCheckFailed", "None", "TransactionConflict"]);
        assert!(matches!(&changed, StateError::Conflict { what } if what == "pedido 1"), "{changed:?}");
        for code in ["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"] {
            assert!(matches!(canceled_by(&["None", code]), StateError::Busy(_)), "{code}");
        }
        assert!(matches!(canceled_by(&["ValidationError"]), StateError::Malformed { .. }));
        for codes in [&["NeverHeardOf"][..], &[]] {
            assert!(matches!(canceled_by(codes), StateError::Unavailable { .. }), "{codes:?}");
        }
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

        assert_eq!(refused.to_string(), "ledger#cidade k#1 não pode ser lido");
        assert!(of_our_format("ledger#cidade k#1", FORMAT).is_ok());
    }
}
