//! The awkward customers, suppliers and carriers.

use serde_json::{Value, json};

use super::{Group, Oddity, take};
use crate::dataset::{Registry, World, documents, places};

/// The odd customers, spread evenly over the listing, then the odd suppliers and a carrier.
pub(super) fn groups(world: &World) -> Vec<Group> {
    let (customers, others) = (world.preset.customers(), world.preset.others());
    let group =
        |positions, ordinary, oddities| Group { registry: Registry::Clientes, positions, ordinary, oddities };
    vec![
        group(0..customers, ordinary, ODDITIES),
        group(customers..customers + 1, carrier, CARRIERS),
        group(customers + 1..customers + others, supplier, SUPPLIERS),
    ]
}

fn supplier(record: &mut Value, world: &World, customer: u64) {
    ordinary(record, world, customer);
    record["pessoa_fisica"] = json!("N");
    record["tags"] = json!([{ "tag": "Fornecedor" }]);
}

fn carrier(record: &mut Value, world: &World, customer: u64) {
    ordinary(record, world, customer);
    record["tags"] = json!([{ "tag": "Transportadora" }]);
}

const SUPPLIERS: &[Oddity] = &[
    ("fornecedor_sem_cnpj", |r, _| r["cnpj_cpf"] = json!("")),
    ("fornecedor_inativo", |r, _| r["inativo"] = json!("S")),
    ("fornecedor_sem_fantasia", |r, _| take(r, &["nome_fantasia"])),
    ("fornecedor_e_transportadora", |r, _| {
        r["tags"] = json!([{ "tag": "Transportadora" }, { "tag": "Fornecedor" }]);
    }),
    ("fornecedor_nomes_longos", long_names),
];

const CARRIERS: &[Oddity] = &[("transportadora_sem_cnpj", |r, _| r["cnpj_cpf"] = json!(""))];

/// Takes the chance gaps out, so that only the named oddity is odd.
fn ordinary(record: &mut Value, world: &World, _customer: u64) {
    for (field, value) in [
        ("nome_fantasia", json!("MERCADO BOA COMPRA")),
        ("bairro", json!("CENTRO")),
        ("cep", json!("74000-001")),
        ("endereco_numero", json!("55")),
        ("inativo", json!("N")),
        ("bloquear_faturamento", json!("N")),
        ("tags", json!([{ "tag": "Cliente" }])),
    ] {
        record[field] = value;
    }
    record["recomendacoes"]["codigo_vendedor"] = json!(world.sellers[0]);
    take(record, &["enderecoEntrega"]);
}

const ODDITIES: &[Oddity] = &[
    ("cliente_fantasia_vazia", |r, _| r["nome_fantasia"] = json!("")),
    ("cliente_fantasia_ausente", |r, _| take(r, &["nome_fantasia"])),
    ("cliente_sem_vendedor", |r, _| take(&mut r["recomendacoes"], &["codigo_vendedor"])),
    ("cliente_vendedor_zero", |r, _| r["recomendacoes"]["codigo_vendedor"] = json!(0)),
    ("cliente_vendedor_desconhecido", |r, _| {
        r["recomendacoes"]["codigo_vendedor"] = json!(4_999_999_999_u64);
    }),
    ("cliente_vendedor_inativo", |r, w| r["recomendacoes"]["codigo_vendedor"] = json!(w.inactive_seller())),
    ("cliente_sem_recomendacoes", |r, _| take(r, &["recomendacoes"])),
    ("cliente_sem_info", |r, _| take(r, &["info"])),
    ("cliente_data_zerada", |r, _| r["info"]["dInc"] = json!("00/00/0000")),
    ("cliente_sem_rua", |r, _| r["endereco"] = json!("")),
    ("cliente_sem_bairro", |r, _| r["bairro"] = json!("")),
    ("cliente_sem_cep", |r, _| r["cep"] = json!("")),
    ("cliente_sem_numero", |r, _| r["endereco_numero"] = json!("")),
    ("cliente_sem_estado", |r, _| take(r, &["estado"])),
    ("cliente_sem_endereco", |r, _| take(r, &["endereco", "endereco_numero", "bairro", "cep", "estado"])),
    ("cliente_entrega_completa", |r, _| r["enderecoEntrega"] = delivery("AVENIDA DAS ENTREGAS")),
    ("cliente_entrega_sem_rua", |r, _| r["enderecoEntrega"] = delivery("")),
    ("cliente_entrega_vazia", |r, _| r["enderecoEntrega"] = json!({})),
    ("cliente_plano_999", |r, _| r["recomendacoes"]["numero_parcelas"] = json!("999")),
    ("cliente_plano_desconhecido", |r, _| r["recomendacoes"]["numero_parcelas"] = json!("ZZ9")),
    ("cliente_plano_vazio", |r, _| r["recomendacoes"]["numero_parcelas"] = json!("")),
    ("cliente_inativo", |r, _| r["inativo"] = json!("S")),
    ("cliente_bloqueado", |r, _| r["bloquear_faturamento"] = json!("S")),
    ("cliente_cidade_com_apostrofo", apostrophe),
    ("cliente_cidade_vazia", |r, _| r["cidade"] = json!("")),
    ("cliente_cidade_desconhecida", |r, _| {
        r["cidade"] = json!("CIDADE QUE NAO EXISTE (GO)");
        r["cidade_ibge"] = json!("");
    }),
    ("cliente_no_exterior", abroad),
    ("cliente_nomes_longos", long_names),
    ("cliente_varios_emails", |r, _| {
        r["email"] = json!("compras@exemplo.com.br, financeiro@exemplo.com.br,fiscal@exemplo.com.br");
    }),
    ("cliente_email_longo", |r, _| r["email"] = json!(format!("{}@exemplo.com.br", "contato.".repeat(12)))),
    ("cliente_email_fatura", |r, _| r["recomendacoes"]["email_fatura"] = json!("nfe@exemplo.com.br")),
    ("cliente_pessoa_fisica", natural_person),
    ("cliente_pessoa_fisica_ausente", |r, w| {
        natural_person(r, w);
        take(r, &["pessoa_fisica"]);
    }),
    ("cliente_atacado", |r, _| r["tags"] = json!([{ "tag": "Cliente" }, { "tag": "ATACADO" }])),
    ("cliente_atacado_minusculo", |r, _| r["tags"] = json!([{ "tag": "cliente" }, { "tag": "atacado" }])),
    ("cliente_e_fornecedor", |r, _| r["tags"] = json!([{ "tag": "Fornecedor" }, { "tag": "Cliente" }])),
    ("cliente_da_tabela_do_estado", |r, w| r["estado"] = json!(places::home(w.preset).1)),
    ("cliente_numeros_em_texto", numbers_as_text),
    ("cliente_nulos", |r, _| {
        for field in
            ["telefone1_ddd", "telefone1_numero", "complemento", "inscricao_estadual", "contribuinte"]
        {
            r[field] = Value::Null;
        }
    }),
    ("cliente_acentos", |r, _| {
        r["razao_social"] = json!("PÃES & AÇÚCAR SÃO JOÃO COMÉRCIO DE GÊNEROS ALIMENTÍCIOS LTDA");
        r["nome_fantasia"] = json!("Pão Quentinho d'Avó – “Tradição”");
    }),
    ("cliente_caracteres_de_controle", |r, _| {
        r["razao_social"] = json!("MERCADO\tBOM\u{0007}  PREÇO\r\nLTDA ");
        r["endereco"] = json!(" RUA\u{0000} DAS\tFLORES ");
    }),
    ("cliente_atividade_vazia", |r, _| r["tipo_atividade"] = json!("")),
    ("cliente_atividade_desconhecida", |r, _| r["tipo_atividade"] = json!("Z")),
    ("cliente_limite_negativo", |r, _| r["valor_limite_credito"] = json!(-150)),
    ("cliente_limite_com_centavos", |r, _| r["valor_limite_credito"] = json!(12_345.67)),
    ("cliente_isento", |r, _| r["inscricao_estadual"] = json!("")),
    ("cliente_documento_sem_mascara", |r, _| {
        r["cnpj_cpf"] = json!(documents::cnpj(99_999_998).replace(['.', '/', '-'], ""));
    }),
    ("cliente_campo_novo", |r, _| r["campo_que_a_omie_criou_ontem"] = json!({ "lista": [1, 2, 3] })),
];

fn delivery(street: &str) -> Value {
    json!({ "entRazaoSocial": "DEPOSITO CENTRAL", "entEndereco": street, "entNumero": "900", "entComplemento": "",
        "entBairro": "DISTRITO INDUSTRIAL", "entCEP": "74900-000", "entEstado": "GO", "entCidade": "GOIANIA (GO)",
        "entTelefone": "", "entIE": "" })
}

fn apostrophe(record: &mut Value, world: &World) {
    let place =
        world.cities.iter().find(|place| place.name.contains('\'')).expect("every preset has Rondônia");
    record["cidade"] = json!(place.code);
    record["cidade_ibge"] = json!(place.ibge);
    record["estado"] = json!(place.uf);
}

fn abroad(record: &mut Value, _: &World) {
    for (field, value) in [
        ("cidade", "EXTERIOR (EX)"),
        ("cidade_ibge", ""),
        ("estado", "EX"),
        ("exterior", "S"),
        ("codigo_pais", "0639"),
    ] {
        record[field] = json!(value);
    }
}

fn long_names(record: &mut Value, _: &World) {
    record["razao_social"] = json!("COOPERATIVA AGROINDUSTRIAL DOS PRODUTORES DO VALE DO ARAGUAIA");
    record["nome_fantasia"] = json!("SUPERMERCADO E DISTRIBUIDORA DE ALIMENTOS ".repeat(3).trim());
    record["endereco"] = json!("AVENIDA PRESIDENTE JUSCELINO KUBITSCHEK DE OLIVEIRA, QUADRA 45");
    record["bairro"] = json!("CONJUNTO HABITACIONAL VEREADOR JOAQUIM JOSE DA SILVA XAVIER");
    record["complemento"] = json!("BLOCO B, SALAS 1201 A 1210, EDIFICIO EMPRESARIAL SAO SEBAST.");
}

fn natural_person(record: &mut Value, _: &World) {
    record["pessoa_fisica"] = json!("S");
    record["razao_social"] = json!("MARIA DA CONCEIÇÃO SILVA");
    record["cnpj_cpf"] = json!(documents::cpf(123_456_789));
    record["inscricao_estadual"] = json!("");
}

fn numbers_as_text(record: &mut Value, world: &World) {
    record["codigo_cliente_omie"] = json!(record["codigo_cliente_omie"].to_string());
    record["valor_limite_credito"] = json!("1500,50");
    record["recomendacoes"]["codigo_vendedor"] = json!(world.sellers[0].to_string());
    record["tipo_atividade"] = json!(4);
}
