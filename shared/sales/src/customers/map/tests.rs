//! Every row of the table of mapping §8.

use maxima::ClienteMaximaCadastro;
use omie::{Cliente, EnderecoEntrega};
use serde_json::{Value, json};

use super::*;
use crate::entities::Municipio;

fn padaria() -> Value {
    json!({"CodigoClienteNuvem": 88771, "Codigo": "", "TipoOperacao": "I", "Nome": " PADARIA  NOVA LTDA ",
        "Fantasia": "PADARIA NOVA", "CNPJ": "11.222.333/0001-81", "InscricaoEstadual": "ISENTO",
        "InscricaoMunicipal": "77", "PessoaFisica": false, "Telefone": "(62) 99999-8888",
        "Telefone2": "06233334444", "Fax": "3333", "Email": "a@p.br; b@p.br", "EmailNFE": "nfe@p.br",
        "Site": "p.br", "Observacao": "indicação",
        "EnderecoComercial": {"Logradouro": "AV BRASIL", "Numero": "1000", "Complemento": "SALA 2",
            "Bairro": "SETOR SUL", "Cidade": "Goiânia", "Cep": "74083-010", "UF": "go"},
        "RamoAtividade": {"Codigo": "4"}, "Praca": {"Codigo": "1", "CodigoCidade": "GOIANIA (GO)"},
        "PlanoPagamento": {"Codigo": "A03"}, "Cobranca": {"Codigo": "15"}, "CodigoRCA": "4567890123",
        "Configuracoes": {"Contribuinte": true, "ConsumidorFinal": false, "SimplesNacional": false}})
}

fn cidades() -> Cidades {
    let goiania = Municipio { nome: "GOIANIA".into(), uf: Some("GO".into()), ibge: Some("5208707".into()) };
    let anapolis = Municipio { nome: "ANAPOLIS".into(), uf: Some("GO".into()), ibge: Some("5201108".into()) };
    [("GOIANIA (GO)".to_owned(), goiania), ("ANAPOLIS (GO)".to_owned(), anapolis)].into()
}

fn read(object: &Value) -> ClienteMaximaCadastro {
    ClienteMaximaCadastro::parse(&object.to_string()).expect("readable")
}

fn mapped(object: &Value) -> NovoCliente {
    let cidades = cidades();
    let refs = CadastroRefs { etiqueta: "Cliente", cidades: &cidades };
    map(88_771, &read(object), &refs).expect("a good customer")
}

fn with(changes: &[(&str, Value)]) -> Value {
    let mut object = padaria();
    for (path, value) in changes {
        let (whole, part) = path.split_once('.').unwrap_or((path, ""));
        if part.is_empty() {
            object[whole] = value.clone();
        } else {
            object[whole][part] = value.clone();
        }
    }
    object
}

#[test]
fn a_customer_is_mapped_whole() {
    let text_of = |text: &str| Some(text.to_owned());
    let expected = NovoCliente {
        codigo_cliente_integracao: text_of("88771"),
        razao_social: text_of("PADARIA NOVA LTDA"),
        nome_fantasia: text_of("PADARIA NOVA"),
        cnpj_cpf: text_of("11222333000181"),
        inscricao_estadual: text_of("ISENTO"),
        inscricao_municipal: text_of("77"),
        telefone1_ddd: text_of("62"),
        telefone1_numero: text_of("999998888"),
        telefone2_ddd: text_of("62"),
        telefone2_numero: text_of("33334444"),
        fax_numero: text_of("3333"),
        email: text_of("a@p.br, b@p.br"),
        homepage: text_of("p.br"),
        endereco: text_of("AV BRASIL"),
        endereco_numero: text_of("1000"),
        complemento: text_of("SALA 2"),
        bairro: text_of("SETOR SUL"),
        cidade: text_of("5208707"),
        estado: text_of("GO"),
        cep: text_of("74083010"),
        tipo_atividade: text_of("4"),
        contribuinte: Some(true),
        optante_simples_nacional: Some(false),
        observacao: text_of("indicação"),
        tags: vec![Tag { tag: text_of("Cliente") }],
        recomendacoes: Some(Recomendacoes {
            numero_parcelas: text_of("A03"),
            codigo_vendedor: Some(4_567_890_123),
            email_fatura: text_of("nfe@p.br"),
            ..Recomendacoes::default()
        }),
        ..NovoCliente::default()
    };

    assert_eq!(mapped(&padaria()), expected);
}

#[test]
fn what_omie_computes_is_not_sent() {
    let sent = serde_json::to_value(mapped(&padaria())).expect("JSON");

    assert_eq!((sent.get("pessoa_fisica"), sent.get("bloqueado")), (None, None));
}

#[test]
fn names_are_cut_to_what_omie_takes() {
    let novo = mapped(&with(&[("Nome", json!("N".repeat(90))), ("Fantasia", json!("F".repeat(190)))]));

    let length = |text: Option<String>| text.map(|text| text.len());
    assert_eq!((length(novo.razao_social), length(novo.nome_fantasia)), (Some(60), Some(100)));
}

#[test]
fn a_customer_without_document_or_name_is_for_the_seller_to_complete() {
    let (cidades, cases) = (cidades(), [("CNPJ", "CNPJ ou o CPF"), ("Nome", "razão social")]);
    let refs = CadastroRefs { etiqueta: "Cliente", cidades: &cidades };
    for (member, said) in cases {
        let error = map(1, &read(&with(&[(member, json!(""))])), &refs).expect_err("refused");
        assert!(error.contains(said), "{error}");
    }
}

#[test]
fn a_city_is_found_by_its_name_or_code_and_else_sent_as_it_is_written() {
    for (city, uf, praca, sent) in [
        ("Anápolis", "GO", "GOIANIA (GO)", "5201108"),
        ("anapolis (go)", "", "", "5201108"),
        ("", "", "GOIANIA (GO)", "5208707"),
        ("goiânia", "", "GOIANIA (GO)", "5208707"),
        ("Goiânia", "SP", "GOIANIA (GO)", "Goiânia"),
        ("Longe", "GO", "GOIANIA (GO)", "Longe"),
        ("Longe", "", "", "Longe"),
    ] {
        let novo = mapped(&with(&[
            ("EnderecoComercial.Cidade", json!(city)),
            ("EnderecoComercial.UF", json!(uf)),
            ("Praca.CodigoCidade", json!(praca)),
        ]));
        assert_eq!(novo.cidade.as_deref(), Some(sent), "{city} {uf} {praca}");
    }
}

#[test]
fn the_cities_to_be_looked_up_are_those_of_both_addresses_and_of_the_praca() {
    let object = with(&[("Endereco", json!({"Logradouro": "RUA B", "Cidade": "Anápolis", "UF": "GO"}))]);

    let codes = cities_named_by(&read(&object));

    assert_eq!(codes, ["ANAPOLIS", "ANAPOLIS (GO)", "GOIANIA", "GOIANIA (GO)"]);
}

#[test]
fn goods_go_elsewhere_only_when_it_is_another_address() {
    let main = padaria()["EnderecoComercial"].clone();
    let mut same = main.clone();
    (same["Cidade"], same["Cep"]) = (json!("GOIANIA"), json!("74083010"));
    let other = json!({"Logradouro": "RUA B", "Numero": 7, "Bairro": "CENTRO", "Cidade": "Anápolis",
        "Cep": "75000000", "UF": "GO"});
    let further = json!([{"Endereco": "RUA C", "Municipio": "Longe", "Estado": "SP"}]);

    assert_eq!(mapped(&with(&[("Endereco", main)])).endereco_entrega, None);
    assert_eq!(mapped(&with(&[("Endereco", same)])).endereco_entrega, None);
    let text_of = |text: &str| Some(text.to_owned());
    let entrega = EnderecoEntrega {
        endereco: text_of("RUA B"),
        numero: text_of("7"),
        bairro: text_of("CENTRO"),
        cidade: text_of("ANAPOLIS (GO)"),
        estado: text_of("GO"),
        cep: text_of("75000000"),
        ..EnderecoEntrega::default()
    };
    let both = with(&[("Endereco", other), ("EnderecosEntrega", further.clone())]);
    assert_eq!(mapped(&both).endereco_entrega, Some(entrega));
    let entrega = mapped(&with(&[("EnderecosEntrega", further)])).endereco_entrega.expect("another one");
    assert_eq!((entrega.endereco, entrega.cidade), (text_of("RUA C"), text_of("Longe")));
}

#[test]
fn a_phone_is_split_only_where_its_digits_say_so() {
    for (text, ddd, number) in [
        ("62999998888", Some("62"), "999998888"),
        ("(62) 3333-4444", Some("62"), "33334444"),
        ("0 62 3333-4444", Some("62"), "33334444"),
        ("3333-4444", None, "3333-4444"),
        ("556299998888", None, "556299998888"),
    ] {
        let phone = phone(Some(text)).expect("a phone");
        assert_eq!((phone.ddd.as_deref(), phone.number.as_str()), (ddd, number), "{text}");
    }
    assert!(phone(Some(" ")).is_none());
}

#[test]
fn a_phone_that_is_named_twice_is_sent_once() {
    let novo =
        mapped(&with(&[("Telefone2", json!("62 99999-8888")), ("WhatsappComercial", json!("6232323232"))]));

    assert_eq!(novo.telefone2_numero.as_deref(), Some("32323232"));
}

#[test]
fn a_plan_of_maxima_alone_and_a_seller_that_is_no_number_are_not_sent() {
    let novo = mapped(&with(&[
        ("PlanoPagamento.Codigo", json!("BNF")),
        ("CodigoRCA", json!("RCA")),
        ("EmailNFE", Value::Null),
    ]));

    assert_eq!(novo.recomendacoes, None);
}

/// The record as Omie keeps what was sent.
fn kept() -> Cliente {
    let mut record = serde_json::to_value(mapped(&padaria())).expect("JSON");
    record["codigo_cliente_omie"] = json!(55);
    record["cnpj_cpf"] = json!("11.222.333/0001-81");
    record["cidade"] = json!("GOIANIA (GO)");
    record["cidade_ibge"] = json!("5208707");
    record["cep"] = json!("74083-010");
    record["telefone1_numero"] = json!("99999-8888");
    record["pessoa_fisica"] = json!("N");
    serde_json::from_str(&record.to_string()).expect("a record")
}

#[test]
fn nothing_is_left_to_change_in_what_omie_made_of_our_own_request() {
    assert_eq!(rest(&mapped(&padaria()), &kept()), None);
}

#[test]
fn only_what_differs_is_changed() {
    let wanted = mapped(&with(&[
        ("Fantasia", json!("NOVA")),
        ("EnderecoComercial.Cidade", json!("Anápolis")),
        ("CodigoRCA", json!("7")),
        ("Configuracoes.SimplesNacional", json!(true)),
    ]));

    let rest = rest(&wanted, &kept()).expect("something");

    let expected = NovoCliente {
        nome_fantasia: Some("NOVA".into()),
        cidade: Some("5201108".into()),
        optante_simples_nacional: Some(true),
        recomendacoes: Some(Recomendacoes { codigo_vendedor: Some(7), ..Recomendacoes::default() }),
        ..NovoCliente::default()
    };
    assert_eq!(rest, expected);
}

#[test]
fn what_the_seller_left_empty_is_not_taken_away() {
    let wanted =
        mapped(&with(&[("Email", json!("")), ("Telefone", Value::Null), ("Telefone2", Value::Null)]));

    assert_eq!(rest(&wanted, &kept()), None);
}

#[test]
fn a_key_of_somebody_else_stays_and_a_missing_one_is_given() {
    let wanted = mapped(&padaria());
    let other = Cliente { codigo_cliente_integracao: Some("ABC".into()), ..kept() };
    let none = Cliente { codigo_cliente_integracao: None, ..kept() };

    assert_eq!(rest(&wanted, &other), None);
    let rest = rest(&wanted, &none).expect("the key");
    assert_eq!(rest.codigo_cliente_integracao.as_deref(), Some("88771"));
}
