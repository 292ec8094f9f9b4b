//! Transportadora: the records of Omie's one registry that carry the tag of carriers (mapping §4.9).

use engine::{Entity, Key, Mapped, Retirement, State};
use jiff::civil::Date;
use serde::Serialize;
use serde_json::{Value, json};

use super::cadastro::{Cadastro, Room};
use super::reasons::Reasons;
use super::{Cidade, Refs, change};
use crate::settings::{Settings, SetupError};
use crate::text::{masked, sn, txt};

/// A carrier.
pub struct Transportadora;

const MEND: &str = "preencha no cadastro da transportadora no Omie";
const ROOM: Room = Room { street: 50, city: 50, phone: 50, mend: MEND };

/// The tag of carriers, the cities and the policy for addresses.
#[derive(Clone, Debug, Serialize)]
pub struct TransportadoraRefs(Cadastro);

impl Refs for TransportadoraRefs {
    async fn load(state: &impl State, settings: &Settings, _: Date) -> Result<Self, SetupError> {
        Ok(Self(Cadastro::load(state, settings, &settings.etiquetas.transportadora).await?))
    }
}

impl Entity for Transportadora {
    const NAME: &'static str = "transportadoras";
    const AFTER: &'static [&'static str] = &[Cidade::NAME];
    type Record = omie::Cliente;
    type Row = maxima::Transportadora;
    type Refs = TransportadoraRefs;

    fn key(cliente: &omie::Cliente) -> Key {
        cliente.codigo_cliente_omie.into()
    }

    fn map(
        cliente: omie::Cliente,
        TransportadoraRefs(refs): &TransportadoraRefs,
    ) -> Mapped<maxima::Transportadora> {
        if !refs.etiqueta.is_on(&cliente) {
            return Mapped::Gone("sem a etiqueta de transportadora");
        }
        let mut reasons = Reasons::default();
        let razao_social = cliente.razao_social.as_deref();
        let codtransp = reasons.code("codigo_cliente_omie", cliente.codigo_cliente_omie);
        let transportadora = reasons.required("razao_social", txt(razao_social, 50), MEND);
        let cgc = reasons.required("cnpj_cpf", masked(cliente.cnpj_cpf.as_deref(), 50), MEND);
        let domicilio = refs.domicilio(&cliente, &ROOM, &mut reasons);
        reasons.verdict(maxima::Transportadora {
            codtransp,
            transportadora,
            fantasia: txt(cliente.nome_fantasia.as_deref(), 60).or_else(|| txt(razao_social, 60)),
            cgc,
            endereco: domicilio.street,
            bairro: domicilio.district,
            cidade: domicilio.city,
            uf: domicilio.state,
            telefone: domicilio.phone,
            bloqueio: sn(cliente.inativo),
            ..maxima::Transportadora::default()
        })
    }

    fn retirement(key: &Key, _: Option<&Value>, _: &TransportadoraRefs) -> Retirement {
        change(json!({"Codtransp": key, "Bloqueio": sn(true)}))
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{TODAY, changed, gone, memory, reasons, record, row, settings};
    use super::*;

    const RAPIDA: &str = include_str!("../../testdata/transportadora_que_tambem_compra.json");

    async fn refs() -> TransportadoraRefs {
        TransportadoraRefs::load(&memory(), &settings(), TODAY).await.expect("loaded")
    }

    fn rapida() -> omie::Cliente {
        record(RAPIDA)
    }

    #[tokio::test]
    async fn a_carrier_is_mapped_whole_even_if_it_buys_too() {
        assert_eq!(Transportadora::key(&rapida()), "5366570002".into());
        assert_eq!(
            row(Transportadora::map(rapida(), &refs().await)),
            maxima::Transportadora {
                codtransp: "5366570002".into(),
                transportadora: "RAPIDA TRANSPORTES E LOGISTICA DO CENTRO OESTE LTD".into(),
                fantasia: Some("RAPIDA TRANSPORTES E LOGISTICA DO CENTRO OESTE LTDA".into()),
                cgc: "44.555.666/0001-77".into(),
                endereco: "RODOVIA BR 153".into(),
                bairro: "JARDIM BELA VISTA -".into(),
                cidade: "APARECIDA DE GOIANIA (GO)".into(),
                uf: "GO".into(),
                telefone: "NAO INFORMADO".into(),
                bloqueio: "S",
                eredespacho: "N",
                revenda: "T",
            }
        );
    }

    #[tokio::test]
    async fn what_the_map_makes_passes_the_field_rules_of_the_target() {
        let row = row(Transportadora::map(rapida(), &refs().await));

        assert_eq!(maxima::check(&row), []);
    }

    #[tokio::test]
    async fn a_carrier_without_what_the_dictionary_demands_is_rejected_field_by_field() {
        let bare = omie::Cliente { razao_social: None, cnpj_cpf: None, bairro: None, ..rapida() };

        let why = reasons(Transportadora::map(bare, &refs().await));

        let fields: Vec<&str> = why.iter().map(|why| why.field.as_str()).collect();
        assert_eq!(fields, ["razao_social", "cnpj_cpf", "bairro"]);
        assert!(why.iter().all(|why| why.rule.contains("no cadastro da transportadora")), "{why:?}");
    }

    #[tokio::test]
    async fn a_record_without_the_tag_is_no_carrier_any_more() {
        let client = omie::Cliente { tags: record(r#"[{"tag":"Cliente"}]"#), ..rapida() };

        assert_eq!(gone(Transportadora::map(client, &refs().await)), "sem a etiqueta de transportadora");
    }

    #[tokio::test]
    async fn a_carrier_that_is_gone_is_blocked() {
        let retirement = Transportadora::retirement(&7.into(), None, &refs().await);

        assert_eq!(changed(retirement), json!({"Codtransp": "7", "Bloqueio": "S"}));
    }
}
