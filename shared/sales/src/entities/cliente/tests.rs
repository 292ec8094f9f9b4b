//! Every row of the table of mapping §4.12, and the awkward clients.

use engine::{Memory, Why};
use jiff::civil::date;
use rust_decimal::Decimal;

use super::super::testing::{
    TODAY, a_morning, changed, gone, learn, memory, reasons, record, rejected_fields, row, settings,
};
use super::super::{Refs, Regiao};
use super::*;
use crate::settings::{EnderecoIncompleto, Etiquetas, Settings};

const COMMON: &str = include_str!("../../../testdata/cliente_comum.json");
const WITH_DELIVERY: &str = include_str!("../../../testdata/cliente_com_endereco_de_entrega.json");
const ATACADO: &str = include_str!("../../../testdata/tabela_atacado_com_validade.json");

/// The facts of a small tenant.
async fn tenant() -> Memory {
    let state = memory();
    let cities = [
        r#"{"cCod":"GOIANIA (GO)","cNome":"GOIANIA","cUF":"GO","nCodIBGE":"5208707"}"#,
        r#"{"cCod":"SAO JOAO DA PARAUNA (GO)","cNome":"SAO JOAO DA PARAUNA","cUF":"GO","nCodIBGE":"5220280"}"#,
    ];
    let general = r#"{"nCodTabPreco":6001,"cNome":"PADRAO","cAtiva":"S","clientes":{"cTodosClientes":"S"}}"#;
    learn::<Cidade>(&state, &cities.map(record)).await;
    learn::<Regiao>(&state, &[record(general), record(ATACADO)]).await;
    learn::<PlanoPagamento>(&state, &[record(r#"{"cCodigo":"A03","cDescricao":"30/60/90"}"#)]).await;
    state
}

async fn refs_with(settings: Settings) -> ClienteRefs {
    ClienteRefs::load(&tenant().await, &settings, TODAY).await.expect("the settings fit the tenant")
}

async fn refs() -> ClienteRefs {
    refs_with(settings()).await
}

fn common() -> omie::Cliente {
    record(COMMON)
}

#[tokio::test]
async fn a_common_client_is_mapped_whole() {
    let expected = maxima::Cliente {
        codcli: "5366578425".into(),
        cliente: "MERCADO BOA COMPRA LTDA".into(),
        fantasia: "BOA COMPRA".into(),
        cgcent: "98.765.432/0001-98".into(),
        tipofj: "J",
        ieent: "101234567".into(),
        iment: Some("7788".into()),
        email: Some("compras@boacompra.com.br".into()),
        emailnfe: Some("compras@boacompra.com.br,financeiro@boacompra.com.br".into()),
        telent: Some("623333-4444".into()),
        telcom: Some("6299999-0000".into()),
        dtcadastro: Some(date(2024, 1, 10).at(9, 10, 11, 0)),
        limcred: Some(Decimal::from(5000)),
        obs: Some("entregar pela manhã".into()),
        codatv1: "0".into(),
        codplpag: "A03".into(),
        codcob: "01".into(),
        codpraca: "6002".into(),
        codusur1: "4567890123".into(),
        codcidade: "GOIANIA (GO)".into(),
        codfuncultalter: "1".into(),
        enderent: "RUA 10".into(),
        numeroent: "55".into(),
        complementoent: Some("LOJA 2".into()),
        bairroent: "CENTRO".into(),
        cepent: "74000-001".into(),
        municent: "GOIANIA".into(),
        estent: "GO".into(),
        paisent: Some("1058".into()),
        endercom: "RUA 10".into(),
        numerocom: "55".into(),
        complementocom: Some("LOJA 2".into()),
        bairrocom: "CENTRO".into(),
        cepcom: Some("74000-001".into()),
        municcom: "GOIANIA".into(),
        estcom: "GO".into(),
        endercob: Some("RUA 10".into()),
        numerocob: Some("55".into()),
        complementocob: Some("LOJA 2".into()),
        bairrocob: Some("CENTRO".into()),
        cepcob: Some("74000-001".into()),
        municcob: Some("GOIANIA".into()),
        estcob: Some("GO".into()),
        contribuinte: "S",
        consumidorfinal: "N",
        simplesnacional: "S",
        bloqueio: "N",
        bloqueiosefaz: "N",
        bloqueiodefinitivo: "N",
        calculast: "N",
        validarmultiplovenda: "S",
        validarcampanhabrinde: "N",
        aceitavendafracao: "N",
        usadebcredrca: "S",
        fixarcoordenada: 0,
        condvenda1: "S",
        condvenda5: "S",
        condvenda7: "N",
        condvenda8: "N",
        condvenda9: "N",
        condvenda11: "N",
        condvenda13: "N",
        condvenda14: "N",
        condvenda20: "N",
    };

    assert_eq!(Cliente::key(&common()), "5366578425".into());
    assert_eq!(row(Cliente::map(common(), &refs().await)), expected);
}

#[tokio::test]
async fn goods_go_to_the_delivery_address_and_bills_to_the_main_one() {
    let row = row(Cliente::map(record(WITH_DELIVERY), &refs().await));

    assert_eq!([&row.enderent, &row.numeroent, &row.bairroent], ["RODOVIA GO 060", "S/N", "ZONA RURAL"]);
    assert_eq!(row.complementoent.as_deref(), Some("GALPAO 3"));
    assert_eq!([&row.municent, &row.estent], ["SAO JOAO DA PAR", "GO"], "the name, 15 characters");
    assert_eq!(row.cepent, "75380000", "the mask did not fit");
    assert_eq!([&row.numerocom, &row.municcom, &row.bairrocom], ["1000", "GOIANIA", "SETOR SUL"]);
    assert_eq!(row.endercom, "AVENIDA PRESIDENTE JUSCELINO KUBITSCHEK DE OLIVEIRA");
    assert_eq!(row.endercob.as_deref(), Some(row.endercom.as_str()));
    assert_eq!(row.emailnfe.as_deref(), Some("nfe@sol.com.br"));
    assert_eq!(row.email, None);
}

#[tokio::test]
async fn a_delivery_address_without_street_is_none() {
    let mut cliente: omie::Cliente = record(WITH_DELIVERY);
    cliente.endereco_entrega.as_mut().expect("a delivery address").endereco = Some(" ".into());

    let row = row(Cliente::map(cliente, &refs().await));

    assert_eq!(row.enderent, "AVENIDA PRESIDENTE JUSCELINO KUBITSCHEK", "40 characters of the main street");
    assert_eq!([&row.numeroent, &row.municent, &row.cepent], ["1000", "GOIANIA", "74000001"]);
}

#[tokio::test]
async fn a_half_delivery_address_is_not_completed_from_the_main_one() {
    let mut cliente: omie::Cliente = record(WITH_DELIVERY);
    cliente.endereco_entrega.as_mut().expect("a delivery address").bairro = None;

    assert_eq!(rejected_fields(Cliente::map(cliente, &refs().await)), ["enderecoEntrega.entBairro"]);
}

#[tokio::test]
async fn a_delivery_city_that_is_not_known_loses_only_its_state() {
    let mut cliente: omie::Cliente = record(WITH_DELIVERY);
    cliente.endereco_entrega.as_mut().expect("a delivery address").cidade = Some("INHUMAS (GO)".into());

    assert_eq!(row(Cliente::map(cliente, &refs().await)).municent, "INHUMAS");
}

#[tokio::test]
async fn an_empty_address_is_rejected_field_by_field() {
    let cliente = omie::Cliente { endereco: None, bairro: None, cep: None, estado: None, ..common() };

    let why = reasons(Cliente::map(cliente, &refs().await));

    let fields: Vec<&str> = why.iter().map(|why| why.field.as_str()).collect();
    assert_eq!(fields, ["endereco", "bairro", "cep", "estado"], "each once, though two addresses need it");
    assert!(why.iter().all(|why| why.rule.contains("preencha no cadastro do cliente")), "{why:?}");
}

#[tokio::test]
async fn the_policy_fills_what_is_missing_and_takes_the_state_of_the_city() {
    let refs = refs_with(Settings { endereco_incompleto: EnderecoIncompleto::Preencher, ..settings() }).await;
    let cliente = omie::Cliente { endereco: None, bairro: None, cep: None, estado: None, ..common() };

    let row = row(Cliente::map(cliente, &refs));

    assert_eq!([&row.enderent, &row.bairroent, &row.cepent], ["NAO INFORMADO", "NAO INFORMADO", "00000000"]);
    assert_eq!([&row.endercom, &row.bairrocom, &row.estcom], ["NAO INFORMADO", "NAO INFORMADO", "GO"]);
    assert_eq!((row.estent.as_str(), row.cepcom), ("GO", None), "only what is required is filled");
}

#[tokio::test]
async fn no_city_is_filled_by_policy() {
    let refs = refs_with(Settings { endereco_incompleto: EnderecoIncompleto::Preencher, ..settings() }).await;
    let cliente = omie::Cliente { cidade: None, cidade_ibge: None, ..common() };

    assert_eq!(rejected_fields(Cliente::map(cliente, &refs)), ["cidade"]);
}

#[tokio::test]
async fn an_empty_city_is_found_by_its_ibge_code() {
    let found = omie::Cliente { cidade: None, ..common() };
    let row = row(Cliente::map(found, &refs().await));
    assert_eq!([&row.codcidade, &row.municent, &row.municcom], ["GOIANIA (GO)", "GOIANIA", "GOIANIA"]);

    let unknown = omie::Cliente { cidade: None, cidade_ibge: Some("9999999".into()), ..common() };
    let why = reasons(Cliente::map(unknown, &refs().await));
    assert_eq!((why[0].field.as_str(), why[0].value.as_str()), ("cidade_ibge", "9999999"));
}

#[tokio::test]
async fn a_city_that_omie_does_not_list_is_rejected_by_name() {
    let cliente = omie::Cliente { cidade: Some("ATLANTIDA (XX)".into()), ..common() };

    let why = reasons(Cliente::map(cliente, &refs().await));

    assert_eq!(why.len(), 1);
    assert_eq!((why[0].field.as_str(), why[0].value.as_str()), ("cidade", "ATLANTIDA (XX)"));
}

#[tokio::test]
async fn a_client_without_seller_gets_the_default_one_or_is_rejected() {
    let without = || {
        let mut cliente = common();
        cliente.recomendacoes.as_mut().expect("defaults").codigo_vendedor = Some(0);
        cliente
    };
    let refs_default = refs_with(Settings { vendedor_padrao: Some("88".into()), ..settings() }).await;

    assert_eq!(row(Cliente::map(without(), &refs_default)).codusur1, "88");
    let why = reasons(Cliente::map(without(), &refs().await));
    assert_eq!(why[0].field, "recomendacoes.codigo_vendedor");
    assert!(why[0].rule.starts_with("cliente sem vendedor"), "{}", why[0].rule);
}

#[tokio::test]
async fn custom_unknown_and_absent_plans_become_the_default_plan() {
    let refs = refs().await;
    for plan in [Some("999"), Some("ZZZ"), Some(""), None] {
        let mut cliente = common();
        cliente.recomendacoes.as_mut().expect("defaults").numero_parcelas = plan.map(str::to_owned);
        assert_eq!(row(Cliente::map(cliente, &refs)).codplpag, "000", "{plan:?}");
    }
}

#[tokio::test]
async fn without_recommendations_every_default_applies() {
    let settings = Settings { vendedor_padrao: Some("88".into()), ramo_padrao: "9".into(), ..settings() };
    let bare = omie::Cliente { recomendacoes: None, tipo_atividade: None, ..common() };

    let row = row(Cliente::map(bare, &refs_with(settings).await));

    assert_eq!([&row.codusur1, &row.codplpag, &row.codatv1, &row.codcob], ["88", "000", "9", "01"]);
}

#[tokio::test]
async fn the_trade_name_falls_back_and_an_empty_registration_is_exempt() {
    let bare = omie::Cliente { nome_fantasia: None, inscricao_estadual: Some(String::new()), ..common() };

    let row = row(Cliente::map(bare, &refs().await));

    assert_eq!((row.fantasia.as_str(), row.ieent.as_str()), ("MERCADO BOA COMPRA LTDA", "ISENTO"));
}

#[tokio::test]
async fn person_or_company_is_told_by_omie_or_by_the_digits() {
    let refs = refs().await;
    let kind = |pessoa_fisica, cnpj_cpf: &str| {
        let cliente = omie::Cliente { pessoa_fisica, cnpj_cpf: Some(cnpj_cpf.into()), ..common() };
        Cliente::map(cliente, &refs)
    };

    assert_eq!(row(kind(Some(true), "98.765.432/0001-98")).tipofj, "F", "Omie knows better");
    assert_eq!(row(kind(None, "529.982.247-25")).tipofj, "F");
    assert_eq!(row(kind(None, "529.982.247-25")).consumidorfinal, "S");
    assert_eq!(row(kind(None, "98765432000198")).tipofj, "J");
    assert_eq!(rejected_fields(kind(None, "123")), ["cnpj_cpf"]);
}

#[tokio::test]
async fn a_client_without_name_and_document_is_rejected_for_both() {
    let nobody = omie::Cliente { razao_social: None, cnpj_cpf: None, ..common() };

    assert_eq!(rejected_fields(Cliente::map(nobody, &refs().await)), ["razao_social", "cnpj_cpf"]);
}

#[tokio::test]
async fn blocks_are_not_mixed_up() {
    let refs = refs().await;
    let blocks = |bloquear_faturamento, inativo| {
        let row = row(Cliente::map(omie::Cliente { bloquear_faturamento, inativo, ..common() }, &refs));
        [row.bloqueio, row.bloqueiosefaz, row.bloqueiodefinitivo]
    };

    assert_eq!(blocks(Some(true), Some(false)), ["S", "N", "N"]);
    assert_eq!(blocks(Some(false), Some(true)), ["S", "N", "S"]);
    assert_eq!(blocks(None, None), ["N", "N", "N"]);
}

#[tokio::test]
async fn bonus_sales_can_be_switched_off() {
    let refs = refs_with(Settings { bonificacao: false, ..settings() }).await;

    let row = row(Cliente::map(common(), &refs));

    assert_eq!([row.condvenda1, row.condvenda5], ["S", "N"]);
}

#[tokio::test]
async fn a_client_whom_no_table_serves_is_rejected_with_its_tags() {
    let state = memory();
    learn::<Cidade>(&state, &[record(r#"{"cCod":"GOIANIA (GO)","cNome":"GOIANIA"}"#)]).await;
    learn::<Regiao>(&state, &[record(ATACADO)]).await;
    let refs = ClienteRefs::load(&state, &settings(), TODAY).await.expect("loaded");
    let untagged = omie::Cliente { tags: record(r#"[{"tag":"Cliente"}]"#), ..common() };

    let why = reasons(Cliente::map(untagged, &refs));

    assert_eq!((why[0].field.as_str(), why[0].value.as_str()), ("tags", "Cliente"));
    assert!(why[0].rule.contains("TabelaPrecoPadrao"), "{}", why[0].rule);
}

#[tokio::test]
async fn a_record_that_has_lost_the_tag_is_no_client_any_more() {
    let refs = refs().await;
    let tagged = |tags: &str| Cliente::map(omie::Cliente { tags: record(tags), ..common() }, &refs);

    assert_eq!(gone(tagged(r#"[{"tag":"Fornecedor"},{"tag":"ATACADO"}]"#)), "sem a etiqueta de cliente");
    assert_eq!(gone(tagged("[]")), "sem a etiqueta de cliente");
    assert_eq!(row(tagged(r#"[{"tag":" CLIENTE "},{"tag":"ATACADO"}]"#)).codpraca, "6002");
}

#[tokio::test]
async fn the_tag_of_clients_is_a_setting() {
    let etiquetas = Etiquetas { cliente: "Comprador".into(), ..Etiquetas::default() };
    let refs = refs_with(Settings { etiquetas, ..settings() }).await;

    assert!(matches!(Cliente::map(common(), &refs), Mapped::Gone(_)));
}

#[tokio::test]
async fn a_client_that_is_gone_is_blocked_for_good() {
    let retirement = Cliente::retirement(&5_366_578_425.into(), None, &refs().await);

    assert_eq!(
        changed(retirement),
        json!({"Codcli": "5366578425", "Bloqueio": "S", "Bloqueiodefinitivo": "S"})
    );
}

#[tokio::test]
async fn the_whole_registry_is_asked_for_and_changes_by_the_minute() {
    let refs = refs().await;
    let asked = |scope| serde_json::to_value(Cliente::listing(&refs, scope, "")).expect("a request");
    let (whole, window) = (asked(Scope::Full), asked(a_morning()));

    assert_eq!(Cliente::OVERLAP, Some(MINUTES));
    assert!(whole.get("clientesFiltro").is_none(), "suppliers, carriers and lost tags must be seen too");
    assert_eq!([&whole["filtrar_por_data_de"], &whole["filtrar_por_data_ate"]], ["01/01/2000", "31/12/2099"]);
    assert!(whole.get("filtrar_por_hora_de").is_none() && whole.get("filtrar_por_hora_ate").is_none());
    assert_eq!([&window["filtrar_por_data_de"], &window["filtrar_por_hora_de"]], ["01/02/2025", "23:55:00"]);
    assert_eq!(
        [&window["filtrar_por_data_ate"], &window["filtrar_por_hora_ate"]],
        ["02/02/2025", "09:30:15"]
    );
    assert!(
        window.get("filtrar_apenas_inclusao").is_none() && window.get("filtrar_apenas_alteracao").is_none()
    );
}

#[test]
fn clients_are_looked_for_by_id_and_never_by_nothing() {
    let asked = |keys: &[Key]| Cliente::by_keys(keys).map(|listing| listing.clientes_por_codigo.len());

    assert_eq!(asked(&["7".into(), "9".into()]), Some(2));
    assert_eq!(asked(&[]), None);
}

#[tokio::test]
async fn only_a_day_that_changes_which_tables_are_in_force_changes_what_the_map_depends_on() {
    let state = tenant().await;
    let mark = async |today| {
        let refs = ClienteRefs::load(&state, &settings(), today).await.expect("loaded");
        serde_json::to_string(&refs).expect("JSON")
    };

    assert_eq!(mark(TODAY).await, mark(date(2025, 3, 31)).await, "the last day of ATACADO");
    assert_ne!(mark(TODAY).await, mark(date(2025, 4, 1)).await);
}

#[tokio::test]
async fn without_price_tables_the_client_gets_the_stand_in() {
    let state = memory();
    learn::<Cidade>(&state, &[record(r#"{"cCod":"GOIANIA (GO)","cNome":"GOIANIA"}"#)]).await;
    let refs = ClienteRefs::load(&state, &settings(), TODAY).await.expect("loaded");

    assert_eq!(row(Cliente::map(common(), &refs)).codpraca, "0");
}

#[tokio::test]
async fn settings_that_would_keep_everybody_out_are_refused_before_the_run() {
    let unknown_plan = Settings { plano_padrao: "ZZZ".into(), ..settings() };
    let refusal = async |state: Memory, settings| {
        ClienteRefs::load(&state, &settings, TODAY).await.expect_err("refused").to_string()
    };

    assert!(refusal(tenant().await, unknown_plan).await.contains("PlanoPadrao"));
    assert!(refusal(memory(), settings()).await.contains("nenhuma cidade foi lida"));
}

#[tokio::test]
async fn what_the_map_makes_passes_the_field_rules_of_the_target() {
    let refs = refs().await;

    for json in [COMMON, WITH_DELIVERY] {
        let violations = maxima::check(&row(Cliente::map(record(json), &refs)));
        assert!(violations.is_empty(), "{violations:?}");
    }
}

#[tokio::test]
async fn a_rejection_names_field_value_and_rule() {
    let cliente = omie::Cliente { cnpj_cpf: Some("12.34".into()), pessoa_fisica: None, ..common() };

    assert_eq!(
        reasons(Cliente::map(cliente, &refs().await)),
        [Why::new(
            "cnpj_cpf",
            "12.34",
            "não é CPF (11 dígitos) nem CNPJ (14): corrija no cadastro do cliente no Omie"
        )]
    );
}
