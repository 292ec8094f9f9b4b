//! Customers that are sent.

use super::*;

fn customer(sim: &OmieSim, code: &str, document: &str) -> Value {
    let city = sim.records(Registry::Cidades)[0].clone();
    json!({ "codigo_cliente_integracao": code, "razao_social": "PADARIA NOVA LTDA", "nome_fantasia": "PADARIA NOVA",
        "cnpj_cpf": document, "inscricao_estadual": "ISENTO", "telefone1_ddd": "62", "telefone1_numero": "999998888",
        "email": "contato@padarianova.com.br", "endereco": "AV BRASIL", "endereco_numero": "1000",
        "bairro": "SETOR SUL", "cidade": city["nCodIBGE"], "estado": city["cUF"], "cep": "74083010", "tipo_atividade": "4",
        "tags": [{ "tag": "Cliente" }], "recomendacoes": { "numero_parcelas": "A03" } })
}

/// As it is sent, without its mask.
const DOCUMENT: &str = "11222333000181";

fn text(body: &Value) -> &str {
    body["faultstring"].as_str().unwrap_or_default()
}

async fn by_document(sim: &OmieSim, document: &str) -> Value {
    let filter = json!({ "clientesFiltro": { "cnpj_cpf": document } });
    ask(sim, "ListarClientes", filter).await.1
}

#[tokio::test(start_paused = true)]
async fn a_new_customer_is_found_by_its_code_and_by_its_document() {
    let sim = account();

    let (status, body) = ask(&sim, "IncluirCliente", customer(&sim, "88771", DOCUMENT)).await;

    assert_eq!((status, &body["codigo_status"]), (200, &json!("0")), "{body}");
    let (_, held) = ask(&sim, "ConsultarCliente", json!({ "codigo_cliente_integracao": "88771" })).await;
    assert_eq!(held["codigo_cliente_omie"], body["codigo_cliente_omie"]);
    let city = sim.records(Registry::Cidades)[0].clone();
    assert_eq!(held["cnpj_cpf"], "11.222.333/0001-81", "masked");
    assert_eq!((&held["cidade"], &held["cidade_ibge"]), (&city["cCod"], &city["nCodIBGE"]), "by its code");
    assert_eq!((&held["pessoa_fisica"], &held["info"]["uInc"]), (&json!("N"), &json!("WEBSERVICE")));
    for document in [DOCUMENT, "11.222.333/0001-81"] {
        assert_eq!(
            by_document(&sim, document).await["clientes_cadastro"][0]["codigo_cliente_integracao"],
            "88771"
        );
    }
    assert_eq!(
        code(&by_document(&sim, "11222333").await),
        "SOAP-ENV:Client-5113",
        "a part is not the document"
    );
    assert_eq!(sim.customers().len(), 121);
}

#[tokio::test(start_paused = true)]
async fn a_document_and_a_code_belong_to_one_customer() {
    let sim = account();
    let (_, body) = ask(&sim, "IncluirCliente", customer(&sim, "88771", DOCUMENT)).await;
    let id = body["codigo_cliente_omie"].to_string();

    let (_, same_document) = ask(&sim, "IncluirCliente", customer(&sim, "88772", DOCUMENT)).await;
    let (_, same_code) = ask(&sim, "IncluirCliente", customer(&sim, "88771", "00000000000191")).await;

    let wanted = format!(
        "ERROR: Cliente já cadastrado para o CPF/CNPJ [11.222.333/0001-81] com o Id [{id}] e código de integração [88771] !"
    );
    assert_eq!((code(&same_document), text(&same_document)), ("SOAP-ENV:Client-102", wanted.as_str()));
    let wanted =
        format!("ERROR: Cliente já cadastrado para o Código de Integração [88771] com o nCod [{id}] !");
    assert_eq!((code(&same_code), text(&same_code)), ("SOAP-ENV:Client-102", wanted.as_str()));
    let old = sim.customers()[0].clone();
    let (_, of_before) =
        ask(&sim, "IncluirCliente", customer(&sim, "88773", old["cnpj_cpf"].as_str().expect("text"))).await;
    assert!(text(&of_before).contains(&format!("com o Id [{}]", old["codigo_cliente_omie"])), "{of_before}");
}

#[tokio::test(start_paused = true)]
async fn each_rule_of_a_customer_is_kept() {
    let sim = account();
    for (field, value, wanted, words) in [
        (
            "codigo_cliente_integracao",
            json!(""),
            "Client-102",
            "O preenchimento da tag [codigo_cliente_integracao]",
        ),
        ("razao_social", json!("X".repeat(61)), "Client-102", "[razao_social] é maior que o permitido [60]"),
        ("pessoa_fisica", json!("N"), "Client-5001", "[pessoa_fisica]"),
        ("bloqueado", json!("N"), "Client-5001", "[bloqueado]"),
        ("cnpj_cpf", json!("11222333000182"), "Client-102", "é inválido"),
        ("cidade", json!("9999999"), "Client-102", "Cidade não cadastrada"),
        ("tipo_atividade", json!("Z"), "Client-102", "Tipo de atividade não cadastrado"),
        ("tags", json!([{ "tag": "" }]), "Client-1020", "tag"),
        ("recomendacoes", json!({ "codigo_vendedor": 5 }), "Client-102", "Vendedor não cadastrado"),
    ] {
        pass(&sim, 60).await;
        let mut sent = customer(&sim, "88771", DOCUMENT);
        sent[field] = value;
        let (_, body) = ask(&sim, "IncluirCliente", sent).await;
        assert_eq!(code(&body), format!("SOAP-ENV:{wanted}"), "{field}: {body}");
        assert!(text(&body).contains(words), "{field}: {body}");
    }
    assert_eq!(sim.customers().len(), 120);
}

#[tokio::test(start_paused = true)]
async fn a_change_needs_the_address_and_the_e_mail_again() {
    let sim = account();
    ask(&sim, "IncluirCliente", customer(&sim, "88771", DOCUMENT)).await;
    let mut partial = customer(&sim, "88771", DOCUMENT);
    partial.as_object_mut().expect("members").remove("endereco");

    let (_, body) = ask(&sim, "AlterarCliente", partial).await;
    assert!(text(&body).contains("O preenchimento da tag [endereco] é obrigatório"), "{body}");
    let mut whole = customer(&sim, "88771", DOCUMENT);
    whole["nome_fantasia"] = json!("PADARIA MAIS NOVA");
    assert_eq!(ask(&sim, "AlterarCliente", whole).await.0, 200);

    let (_, held) = ask(&sim, "ConsultarCliente", json!({ "codigo_cliente_integracao": "88771" })).await;
    assert_eq!(held["nome_fantasia"], "PADARIA MAIS NOVA");
    assert_eq!(code(&ask(&sim, "AlterarCliente", customer(&sim, "99", "")).await.1), "SOAP-ENV:Client-105");
}

#[tokio::test(start_paused = true)]
async fn a_code_is_attached_to_a_customer_of_before() {
    let sim = account();
    let free = |record: &&Value| record["codigo_cliente_integracao"] == "";
    let id = sim.customers().iter().find(free).expect("one without a code")["codigo_cliente_omie"].clone();
    let link = json!({ "codigo_cliente_omie": id, "codigo_cliente_integracao": "88771" });

    assert_eq!(ask(&sim, "AssociarCodIntCliente", link).await.1["codigo_status"], "0");

    let (_, held) = ask(&sim, "ConsultarCliente", json!({ "codigo_cliente_integracao": "88771" })).await;
    assert_eq!(held["codigo_cliente_omie"], id);
    let (_, taken) = ask(&sim, "IncluirCliente", customer(&sim, "88771", DOCUMENT)).await;
    assert_eq!(code(&taken), "SOAP-ENV:Client-102");
    assert_eq!(
        code(&ask(&sim, "ConsultarCliente", json!({ "cnpj_cpf": DOCUMENT })).await.1),
        "SOAP-ENV:Client-5001"
    );
    assert_eq!(
        code(&ask(&sim, "ConsultarCliente", json!({ "codigo_cliente_omie": 5 })).await.1),
        "SOAP-ENV:Client-105"
    );
}
