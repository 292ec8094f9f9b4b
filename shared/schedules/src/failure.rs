//! What the service said, as what the caller may do.

use std::error::Error;
use std::time::Duration;

use aws_sdk_scheduler::error::{ProvideErrorMetadata, SdkError};
use partner_http::Remedy;

use crate::Unfit;

/// A schedule was not read or changed.
#[derive(Debug, thiserror::Error)]
pub enum ScheduleError {
    /// There is none of this name: the stack is older than the program, or the name is wrong.
    #[error("o agendamento {0} não existe nesta instalação")]
    Unknown(String),
    /// What was chosen cannot be a schedule.
    #[error(transparent)]
    Unfit(#[from] Unfit),
    /// The role may not, or the service calls the request invalid.
    #[error("o agendador recusou {operation}")]
    Refused {
        /// Which operation.
        operation: &'static str,
        /// What it said.
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
    /// The service throttles or does not answer.
    #[error("o agendador não respondeu a {operation}")]
    Unavailable {
        /// Which operation.
        operation: &'static str,
        /// What the client reported.
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
}

impl ScheduleError {
    /// What to do about it.
    pub fn remedy(&self) -> Remedy {
        match self {
            Self::Unknown(_) | Self::Refused { .. } => Remedy::FixConfig,
            Self::Unfit(_) => Remedy::FixData,
            Self::Unavailable { .. } => Remedy::RetryLater { after: Duration::from_secs(30) },
        }
    }
}

/// What a failed call about the schedule `name` means. The client has repeated what may be repeated by then.
pub(crate) fn failed<E, R>(operation: &'static str, name: &str, error: SdkError<E, R>) -> ScheduleError
where
    E: ProvideErrorMetadata + Error + Send + Sync + 'static,
    R: std::fmt::Debug + Send + Sync + 'static,
{
    match error.as_service_error().and_then(ProvideErrorMetadata::code) {
        Some("ResourceNotFoundException") => ScheduleError::Unknown(name.to_owned()),
        Some("ThrottlingException" | "InternalServerException") | None => {
            ScheduleError::Unavailable { operation, source: Box::new(error) }
        }
        Some(_) => ScheduleError::Refused { operation, source: Box::new(error) },
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_scheduler::error::ErrorMetadata;
    use aws_sdk_scheduler::operation::get_schedule::GetScheduleError;

    use super::*;

    fn said(code: &str) -> ScheduleError {
        let service = GetScheduleError::generic(ErrorMetadata::builder().code(code).build());
        failed("GetSchedule", "ponte-demo-sync-x", SdkError::service_error(service, ()))
    }

    #[test]
    fn each_answer_has_its_remedy() {
        assert!(
            matches!(said("ResourceNotFoundException"), ScheduleError::Unknown(name) if name == "ponte-demo-sync-x")
        );
        assert!(matches!(said("ThrottlingException").remedy(), Remedy::RetryLater { .. }));
        assert!(matches!(said("AccessDeniedException").remedy(), Remedy::FixConfig));
        assert!(matches!(said("ValidationException").remedy(), Remedy::FixConfig));
    }
}
