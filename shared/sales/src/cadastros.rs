//! Omie keeps customers, suppliers and carriers in one register; one reading of it serves all three.

use engine::{Both, Entity, Intake, Only, Source, State};

use crate::entities::{Cliente, ClienteRefs, Fornecedor, FornecedorRefs, Transportadora, TransportadoraRefs};
use crate::settings::SetupError;
use crate::source::Listed;
use crate::synced::Synced;
use crate::target::Cloud;
use crate::tenant::Tenant;

/// The job `clientes`: customers, suppliers and carriers.
///
/// The listing is not filtered by tag: the record that lost its tag must be seen to be let go of
/// (`contracts/omie-maxima-mapping.md` §4.12), and three filtered readings would cost three times the calls.
pub struct Cadastros;

impl Synced for Cadastros {
    const JOB: &'static str = Cliente::NAME;
    const ENTITIES: &'static [&'static str] = &[Fornecedor::NAME, Transportadora::NAME, Cliente::NAME];
    type Record = omie::Cliente;
    type Refs = (FornecedorRefs, (TransportadoraRefs, ClienteRefs));

    async fn source<'a>(
        tenant: &'a Tenant,
        _state: &'a impl State,
        (_, (_, clientes)): &'a Self::Refs,
    ) -> Result<impl Source<omie::Cliente> + 'a, SetupError> {
        Ok(Listed::<Cliente>::new(&tenant.omie, clientes))
    }

    fn intake<P: State>(
        (fornecedores, (transportadoras, clientes)): &Self::Refs,
    ) -> impl Intake<omie::Cliente, Cloud<'_>, P> + '_ {
        Both(
            Only::<Fornecedor> { refs: fornecedores },
            Both(Only::<Transportadora> { refs: transportadoras }, Only::<Cliente> { refs: clientes }),
        )
    }
}
