//! Fornecedor: the records of Omie's one registry that carry the tag of suppliers (mapping §4.9).

use engine::{Entity, Key, Mapped, Retirement, State};
use jiff::civil::Date;
use serde::Serialize;
use serde_json::{Value, json};

use super::cadastro::{Cadastro, NOT_SAID, Room};
use super::reasons::Reasons;
use super::{Cidade, Refs, change};
use crate::settings::{Settings, SetupError};
use crate::text::{masked, sn, txt};

/// A supplier.
pub struct Fornecedor;

/// The supplier of products without one.
pub(super) const NENHUM: &str = "0";

const MEND: &str = "preencha no cadastro do fornecedor no Omie";
const ROOM: Room = Room { street: 40, city: 15, phone: 20, mend: MEND };

/// The tag of suppliers, the cities and the policy for addresses.
#[derive(Clone, Debug, Serialize)]
pub struct FornecedorRefs(Cadastro);

impl Refs for FornecedorRefs {
    async fn load(state: &impl State, settings: &Settings, _: Date) -> Result<Self, SetupError> {
        Ok(Self(Cadastro::load(state, settings, &settings.etiquetas.fornecedor).await?))
    }
}

impl Entity for Fornecedor {
    const NAME: &'static str = "fornecedores";
    const AFTER: &'static [&'static str] = &[Cidade::NAME];
    type Record = omie::Cliente;
    type Row = maxima::Fornecedor;
    type Refs = FornecedorRefs;

    fn key(cliente: &omie::Cliente) -> Key {
        cliente.codigo_cliente_omie.into()
    }

    fn map(cliente: omie::Cliente, FornecedorRefs(refs): &FornecedorRefs) -> Mapped<maxima::Fornecedor> {
        if !refs.etiqueta.is_on(&cliente) {
            return Mapped::Gone("sem a etiqueta de fornecedor");
        }
        let mut reasons = Reasons::default();
        let razao_social = cliente.razao_social.as_deref();
        let codfornec = reasons.code("codigo_cliente_omie", cliente.codigo_cliente_omie);
        let fornecedor = reasons.required("razao_social", txt(razao_social, 60), MEND);
        let cgc = reasons.required("cnpj_cpf", masked(cliente.cnpj_cpf.as_deref(), 18), MEND);
        let domicilio = refs.domicilio(&cliente, &ROOM, &mut reasons);
        reasons.verdict(maxima::Fornecedor {
            codfornec,
            fornecedor,
            fantasia: txt(cliente.nome_fantasia.as_deref(), 60).or_else(|| txt(razao_social, 60)),
            cgc,
            ender: domicilio.street,
            bairro: domicilio.district,
            cidade: domicilio.city,
            estado: domicilio.state,
            telfab: domicilio.phone,
            bloqueio: sn(cliente.inativo),
        })
    }

    /// Máxima demands a supplier of every product. Its dictionary also demands an address of every supplier.
    fn guaranteed(_: u64, _: &FornecedorRefs) -> Vec<(Key, maxima::Fornecedor)> {
        let nenhum = maxima::Fornecedor {
            codfornec: NENHUM.to_owned(),
            fornecedor: "SEM FORNECEDOR".to_owned(),
            fantasia: Some("SEM FORNECEDOR".to_owned()),
            cgc: "0".repeat(14),
            ender: NOT_SAID.to_owned(),
            bairro: NOT_SAID.to_owned(),
            cidade: NOT_SAID.to_owned(),
            // No state: two letters is all there is room for.
            estado: "NI".to_owned(),
            telfab: NOT_SAID.to_owned(),
            bloqueio: sn(false),
        };
        vec![(NENHUM.into(), nenhum)]
    }

    fn retirement(key: &Key, _: Option<&Value>, _: &FornecedorRefs) -> Retirement {
        change(json!({"Codfornec": key, "Bloqueio": sn(true)}))
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{
        TODAY, changed, gone, learn, memory, reasons, record, rejected_fields, row, settings,
    };
    use super::*;
    use crate::settings::EnderecoIncompleto;

    const INDUSTRY: &str = include_str!("../../testdata/fornecedor_industria.json");

    async fn refs_with(settings: Settings) -> FornecedorRefs {
        let state = memory();
        let city = r#"{"cCod":"SAO JOAO DA PARAUNA (GO)","cNome":"SAO JOAO DA PARAUNA","cUF":"GO","nCodIBGE":"5220280"}"#;
        learn::<Cidade>(&state, &[record(city)]).await;
        FornecedorRefs::load(&state, &settings, TODAY).await.expect("loaded")
    }

    async fn refs() -> FornecedorRefs {
        refs_with(settings()).await
    }

    fn industry() -> omie::Cliente {
        record(INDUSTRY)
    }

    #[tokio::test]
    async fn a_supplier_is_mapped_whole() {
        assert_eq!(Fornecedor::key(&industry()), "5366570001".into());
        assert_eq!(
            row(Fornecedor::map(industry(), &refs().await)),
            maxima::Fornecedor {
                codfornec: "5366570001".into(),
                fornecedor: "INDUSTRIA COLA SA".into(),
                fantasia: Some("COLA".into()),
                cgc: "22.333.444/0001-55".into(),
                ender: "AVENIDA INDUSTRIAL, 900".into(),
                bairro: "DISTRITO INDUSTRIAL".into(),
                cidade: "SAO JOAO DA PAR".into(),
                estado: "GO".into(),
                telfab: "623500-1000".into(),
                bloqueio: "N",
            }
        );
    }

    #[tokio::test]
    async fn a_city_goes_by_its_code_where_that_fits() {
        let refs = refs().await;
        let city = |cidade: Option<&str>, ibge: Option<&str>| {
            let (cidade, cidade_ibge) = (cidade.map(str::to_owned), ibge.map(str::to_owned));
            row(Fornecedor::map(omie::Cliente { cidade, cidade_ibge, ..industry() }, &refs)).cidade
        };

        assert_eq!(city(Some("GOIANIA (GO)"), None), "GOIANIA (GO)");
        assert_eq!(city(Some("SANTA BARBARA D'OESTE (SP)"), None), "SANTA BARBARA D", "not known by name");
        assert_eq!(city(None, Some("5220280")), "SAO JOAO DA PAR");
    }

    #[tokio::test]
    async fn an_inactive_supplier_is_sent_blocked_and_one_that_is_gone_is_marked_so() {
        let inactive = omie::Cliente { inativo: Some(true), ..industry() };
        let refs = refs().await;

        assert_eq!(row(Fornecedor::map(inactive, &refs)).bloqueio, "S");
        let retirement = Fornecedor::retirement(&7.into(), None, &refs);
        assert_eq!(changed(retirement), json!({"Codfornec": "7", "Bloqueio": "S"}));
    }

    #[tokio::test]
    async fn a_record_without_the_tag_is_no_supplier_any_more() {
        let client = omie::Cliente { tags: record(r#"[{"tag":"Cliente"}]"#), ..industry() };

        assert_eq!(gone(Fornecedor::map(client, &refs().await)), "sem a etiqueta de fornecedor");
    }

    #[tokio::test]
    async fn a_supplier_without_document_or_address_is_rejected_field_by_field() {
        let bare = omie::Cliente {
            cnpj_cpf: None,
            endereco: None,
            bairro: None,
            cidade: None,
            cidade_ibge: None,
            estado: None,
            ..industry()
        };

        let why = reasons(Fornecedor::map(bare, &refs().await));

        let fields: Vec<&str> = why.iter().map(|why| why.field.as_str()).collect();
        assert_eq!(fields, ["cnpj_cpf", "endereco", "bairro", "cidade", "estado"]);
        assert!(why.iter().all(|why| why.rule.contains("no cadastro do fornecedor")), "{why:?}");
    }

    #[tokio::test]
    async fn the_policy_fills_an_address_but_no_document() {
        let refs =
            refs_with(Settings { endereco_incompleto: EnderecoIncompleto::Preencher, ..settings() }).await;
        let homeless = || omie::Cliente { endereco: None, bairro: None, estado: None, ..industry() };
        let nobody = omie::Cliente { cnpj_cpf: None, ..homeless() };

        let row = row(Fornecedor::map(homeless(), &refs));

        assert_eq!([&row.ender, &row.bairro, &row.estado], ["NAO INFORMADO", "NAO INFORMADO", "GO"]);
        assert_eq!(rejected_fields(Fornecedor::map(nobody, &refs)), ["cnpj_cpf"]);
    }

    #[tokio::test]
    async fn a_supplier_without_phone_or_trade_name_is_sent_all_the_same() {
        let quiet = omie::Cliente { telefone1_numero: None, nome_fantasia: None, ..industry() };

        let row = row(Fornecedor::map(quiet, &refs().await));

        assert_eq!(
            (row.telfab.as_str(), row.fantasia.as_deref()),
            ("NAO INFORMADO", Some("INDUSTRIA COLA SA"))
        );
    }

    #[tokio::test]
    async fn there_is_always_a_supplier_for_products_without_one() {
        let rows = Fornecedor::guaranteed(5, &refs().await);
        let nenhum = &rows[0].1;

        assert_eq!((rows.len(), &rows[0].0, nenhum.codfornec.as_str()), (1, &"0".into(), "0"));
        assert_eq!([&nenhum.fornecedor, &nenhum.cgc], ["SEM FORNECEDOR", "00000000000000"]);
        assert_eq!(maxima::check(nenhum), []);
    }

    #[tokio::test]
    async fn what_the_map_depends_on_is_written_the_same_each_time() {
        let mark = async || serde_json::to_string(&refs().await).expect("JSON");

        assert_eq!(mark().await, mark().await);
        let other = Settings { endereco_incompleto: EnderecoIncompleto::Preencher, ..settings() };
        assert_ne!(serde_json::to_string(&refs_with(other).await).expect("JSON"), mark().await);
    }
}
