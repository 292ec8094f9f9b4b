//! Why a page cannot be shown, or a change was not made.

use engine::StateError;
use engine::flow::FlowError;
use http::StatusCode;
use partner_http::story;
use sales::settings::SetupError;
use service_orders::commands::Refused;

use crate::ports::PortError;
use crate::view::sentence;

/// Why there is no page.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// There is no such thing; what, in Portuguese: "o pedido 900100200".
    #[error("Não há {0}")]
    Missing(String),
    /// The store failed.
    #[error("a tabela falhou")]
    State(#[from] StateError),
    /// A case could not be read or written.
    #[error("um registro não pôde ser lido ou gravado")]
    Flow(#[from] FlowError),
    /// Something outside the table failed; the text is for the operator.
    #[error(transparent)]
    Port(#[from] PortError),
}

impl From<SetupError> for Trouble {
    fn from(error: SetupError) -> Self {
        match error {
            SetupError::State(error) => error.into(),
            incomplete @ SetupError::Incomplete(_) => Self::Port(PortError::new(incomplete)),
        }
    }
}

impl From<service_orders::SetupError> for Trouble {
    fn from(error: service_orders::SetupError) -> Self {
        match error {
            service_orders::SetupError::State(error) => error.into(),
            incomplete @ service_orders::SetupError::Incomplete(_) => Self::Port(PortError::new(incomplete)),
        }
    }
}

impl From<Refused> for Trouble {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Flow(error) => error.into(),
            Refused::Missing(what) => Self::Missing(format!("registro de {what}")),
            other => Self::Port(PortError::new(other)),
        }
    }
}

impl Trouble {
    /// The status that says so.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::Missing(_) => StatusCode::NOT_FOUND,
            Self::State(_) | Self::Flow(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Port(_) => StatusCode::BAD_GATEWAY,
        }
    }

    /// What the operator reads: what happened and what to do.
    pub fn text(&self) -> String {
        match self {
            Self::Missing(_) => format!("{self}: confira o endereço, ou procure pela lista."),
            Self::State(_) | Self::Flow(_) => {
                "O armazenamento da integração não respondeu. Recarregue a página em instantes.".to_owned()
            }
            Self::Port(_) => sentence(&self.to_string()),
        }
    }

    /// What the log says.
    pub fn story(&self) -> String {
        story(self)
    }
}
