//! The small registries of an account: company, cities, banks, terms, sellers, price tables.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Preset, Registry, Shelf, World, documents, latin, names, places};

const BANKS: &str = include_str!("../../data/bancos.csv");

/// Every registry but the customers'.
pub(crate) fn records(world: &World) -> BTreeMap<Registry, Vec<Value>> {
    BTreeMap::from([
        (Registry::Empresas, vec![company(world)]),
        (Registry::Cidades, world.cities.iter().enumerate().map(|(nth, place)| city(nth, place)).collect()),
        (Registry::Atividades, activities()),
        (Registry::Bancos, banks(world.preset)),
        (Registry::MeiosPagamento, means()),
        (Registry::FormasPagamento, terms()),
        (Registry::Vendedores, sellers(world)),
        (Registry::TabelasPreco, price_tables(world)),
    ])
}

/// The awkward records of these registries by name.
pub(crate) fn awkward(shelves: &BTreeMap<Registry, Shelf>) -> BTreeMap<&'static str, (Registry, String)> {
    let last = |registry: Registry| shelves[&registry].ids().pop().unwrap_or_default();
    let first_city =
        |wanted: char| shelves[&Registry::Cidades].ids().into_iter().find(|id| id.contains(wanted));
    BTreeMap::from([
        ("cidade_sem_ibge", (Registry::Cidades, last(Registry::Cidades))),
        ("cidade_com_apostrofo", (Registry::Cidades, first_city('\'').unwrap_or_default())),
        ("banco_caixinha", (Registry::Bancos, "C01".to_owned())),
        ("banco_carteira", (Registry::Bancos, "V01".to_owned())),
        ("banco_administradora", (Registry::Bancos, "A01".to_owned())),
        ("plano_a_vista", (Registry::FormasPagamento, "000".to_owned())),
        ("plano_informado", (Registry::FormasPagamento, "999".to_owned())),
        ("plano_sem_lista", (Registry::FormasPagamento, "T07".to_owned())),
        ("plano_numeros_em_texto", (Registry::FormasPagamento, "S28".to_owned())),
        ("vendedor_inativo", (Registry::Vendedores, last(Registry::Vendedores))),
        ("vendedor_numeros_em_texto", (Registry::Vendedores, seller_id(1).to_string())),
        ("vendedor_com_tabulacao", (Registry::Vendedores, seller_id(2).to_string())),
        ("tabela_atacado", (Registry::TabelasPreco, "11489512601".to_owned())),
        ("tabela_do_estado", (Registry::TabelasPreco, "11489512602".to_owned())),
        ("tabela_vencida", (Registry::TabelasPreco, "11489512603".to_owned())),
        ("tabela_inativa", (Registry::TabelasPreco, "11489512604".to_owned())),
        ("tabela_sem_clientes", (Registry::TabelasPreco, "11489512605".to_owned())),
        ("tabela_vazia", (Registry::TabelasPreco, EMPTY_TABLE.to_string())),
    ])
}

/// Ten digits for most sellers, eleven for every third.
pub(crate) fn seller_id(nth: usize) -> u64 {
    let start = if nth % 3 == 2 { 10_567_890_123 } else { 4_567_890_123 };
    start + nth as u64 * 17
}

/// Terms a customer may have; "999" is not one of them.
pub(crate) fn plan_codes() -> Vec<&'static str> {
    TERMS.iter().map(|(code, ..)| *code).filter(|code| *code != "999").collect()
}

fn company(world: &World) -> Value {
    let (city, uf) = places::home(world.preset);
    let (ddd, cep) = places::region(uf);
    json!({
        "codigo_empresa": 3_456_789_012_u64, "codigo_empresa_integracao": "",
        "cnpj": documents::cnpj(12_345_678), "razao_social": "DISTRIBUIDORA EXEMPLO DO CENTRO OESTE LTDA",
        "nome_fantasia": "DISTRIBUIDORA EXEMPLO DO CENTRO", "logradouro": "RUA", "endereco": "DAS FLORES",
        "endereco_numero": "100", "complemento": "GALPÃO 2", "bairro": "CENTRO", "cidade": city, "estado": uf,
        "cep": format!("{cep}000-000"), "codigo_pais": "1058", "telefone1_ddd": ddd,
        "telefone1_numero": "3000-0000", "email": "contato@exemplo.com.br", "website": "",
        "inscricao_estadual": "101234567", "inscricao_municipal": "", "regime_tributario": "3",
        "optante_simples_nacional": "N", "cnae": "4639701", "inativa": "N",
        "inclusao_data": "05/01/2022", "inclusao_hora": "08:00:00",
        "alteracao_data": "20/01/2025", "alteracao_hora": "14:00:00",
        // The real answer holds secrets among its ninety other members (contracts/omie.md §8.1).
        "csc_producao": "SEGREDO-CSC-PRODUCAO", "certificado_senha": "SEGREDO-CERTIFICADO"
    })
}

/// Some SIAFI codes travel as text, as integers do in the wild; the place abroad has no IBGE code.
fn city(nth: usize, place: &places::Place) -> Value {
    let siafi = if nth % 9 == 4 { json!(place.siafi) } else { json!(place.siafi.parse::<u32>().ok()) };
    json!({ "cCod": place.code, "cNome": place.name, "cUF": place.uf, "nCodIBGE": place.ibge,
        "nCodSIAFI": siafi })
}

fn activities() -> Vec<Value> {
    [
        ("0", "Industria"),
        ("1", "Prestador de Servicos"),
        ("2", "Produtor Rural"),
        ("3", "Orgao Publico"),
        ("4", "Comercio"),
        ("5", "Comercio Atacadista"),
        ("6", "Construcao Civil"),
        ("9", "Outros"),
    ]
    .iter()
    .map(|(code, name)| json!({ "cCodigo": code, "cDescricao": name }))
    .collect()
}

/// Real banks, then one cash box, one wallet and two card administrators.
fn banks(preset: Preset) -> Vec<Value> {
    let others = [
        ("C01", "CAIXINHA DA LOJA", "CX"),
        ("V01", "CARTEIRA VIRTUAL", "CV"),
        ("A01", "ADMINISTRADORA DE CARTOES ALFA", "AC"),
        ("A02", "ADMINISTRADORA DE CARTOES BETA", "AC"),
    ];
    let real = BANKS.lines().skip(1).filter_map(bank).take(preset.banks() - others.len());
    real.map(|(code, ispb, name)| {
        json!({ "codigo": code, "nome": name, "tipo": "CB", "cod_compen": code, "cod_ispb": ispb })
    })
    .chain(others.iter().map(|(code, name, kind)| json!({ "codigo": code, "nome": name, "tipo": kind })))
    .collect()
}

/// Clearing code, ISPB and short name of at most 40 characters; a quoted name is passed over.
fn bank(line: &'static str) -> Option<(&'static str, &'static str, String)> {
    let mut columns = line.split(',');
    let (code, ispb, name) = (columns.next()?, columns.next()?, columns.next()?);
    let name = latin::plain(name).to_uppercase();
    (!name.contains('"')).then(|| (code, ispb, name.chars().take(40).collect()))
}

fn means() -> Vec<Value> {
    [
        ("01", "Dinheiro"),
        ("02", "Cheque"),
        ("03", "Cartão de Crédito"),
        ("04", "Cartão de Débito"),
        ("05", "Crédito Loja"),
        ("10", "Vale Alimentação"),
        ("11", "Vale Refeição"),
        ("12", "Vale Presente"),
        ("13", "Vale Combustível"),
        ("15", "Boleto Bancário"),
        ("16", "Depósito Bancário"),
        ("17", "Pagamento Instantâneo (PIX)"),
        ("18", "Transferência Bancária, Carteira Digital"),
        ("19", "Programa de Fidelidade, Cashback, Crédito Virtual"),
        ("90", "Sem Pagamento"),
        ("99", "Outros"),
    ]
    .iter()
    .map(|(code, name)| json!({ "codigo": code, "descricao": name }))
    .collect()
}

/// Code, name, instalments, days (`None`: the member is absent) and shift. The separator is not documented, so
/// there are several.
const TERMS: &[(&str, &str, u32, Option<&str>, i32)] = &[
    ("000", "A Vista", 1, Some("0"), 0),
    ("A07", "7 dias", 1, Some("7"), 0),
    ("A28", "28 dias", 1, Some("28"), 0),
    ("A30", "30 dias", 1, Some("30"), 0),
    ("A03", "30/60/90", 3, Some("30/60/90"), 0),
    ("A05", "28/35/42", 3, Some("28, 35, 42"), 0),
    ("A06", "15-30-45-60", 4, Some("15-30-45-60"), 0),
    ("E30", "Entrada + 30/60", 3, Some("0/30/60"), 0),
    ("F10", "30 dias fora o mês", 1, Some("30"), 10),
    ("T07", "7 dias (sem lista)", 1, None, 7),
    ("S28", "28/56", 2, Some("28;56"), 0),
    ("999", "Informar o número de parcelas", 0, Some(""), 0),
];

fn terms() -> Vec<Value> {
    TERMS.iter().map(term).collect()
}

fn term(&(code, name, count, list, shift): &(&str, &str, u32, Option<&str>, i32)) -> Value {
    let mut record = json!({ "cCodigo": code, "cDescricao": name, "nQtdeParc": count, "nDiasParc": shift });
    if let Some(list) = list {
        record["cListaParc"] = json!(list);
    }
    if code == "S28" {
        (record["nQtdeParc"], record["nDiasParc"]) = (json!("2"), json!("0"));
    }
    record
}

fn sellers(world: &World) -> Vec<Value> {
    let count = world.sellers.len();
    world.sellers.iter().enumerate().map(|(nth, id)| seller(world, nth, *id, nth + 1 == count)).collect()
}

fn seller(world: &World, nth: usize, id: u64, inactive: bool) -> Value {
    let mut rng = world.rng(Registry::Vendedores, nth);
    let name = names::person(&mut rng);
    let commission = [0.0, 1.5, 2.0, 2.75, 3.5, 5.0][rng.usize(..6)];
    let mut record = json!({
        "codigo": id, "codInt": "", "nome": name, "inativo": if inactive { "S" } else { "N" },
        "email": names::email(&name, nth), "fatura_pedido": "N", "visualiza_pedido": "S",
        "comissao": commission
    });
    if nth == 1 {
        (record["codigo"], record["comissao"]) = (json!(id.to_string()), json!("2,5"));
    }
    if nth == 2 {
        record["nome"] = json!(format!("{name}\tREPRESENTAÇÕES"));
        record["email"] = json!("");
        record["comissao"] = Value::Null;
    }
    record
}

/// An active table without a single item.
pub(crate) const EMPTY_TABLE: u64 = 11_489_512_606;

/// Active, within their dates and not empty, before the ones without a name.
const ACTIVE: usize = 4;

fn price_tables(world: &World) -> Vec<Value> {
    let uf = places::home(world.preset).1;
    let everyone = json!({ "cTodosClientes": "S", "nCodTag": 0, "cTag": "", "cUF": "" });
    let wholesale = json!({ "cTodosClientes": "N", "nCodTag": 222, "cTag": "ATACADO", "cUF": "" });
    let nobody = json!({ "cTodosClientes": "N", "nCodTag": 999, "cTag": "NINGUEM", "cUF": "" });
    let state = |uf: &str| json!({ "cTodosClientes": "N", "nCodTag": 0, "cTag": "", "cUF": uf });
    let always =
        json!({ "cTemValidade": "N", "cTemDesconto": "S", "nPercDescMax": 10.0, "cArredPreco": "N" });
    let ended = json!({ "cTemValidade": "S", "dDtInicial": world.date(-400), "dDtFinal": world.date(-30) });
    let running = json!({ "cTemValidade": "S", "dDtInicial": world.date(-60), "dDtFinal": world.date(400) });
    let mut tables = vec![
        table(6_001, "PADRAO", "S", Some(everyone.clone()), &always),
        table(11_489_512_601, "ATACADO", "S", Some(wholesale), &always),
        table(11_489_512_602, "VENDAS NO ESTADO", "S", Some(state(uf)), &running),
        table(11_489_512_603, "PROMOÇÃO DE VERÃO", "S", Some(everyone.clone()), &ended),
        table(11_489_512_604, "TABELA ANTIGA", "N", Some(everyone), &always),
        table(11_489_512_605, "TABELA SEM REGRA DE CLIENTES COM UM NOME COMPRIDO", "S", None, &always),
        table(EMPTY_TABLE, "TABELA AINDA VAZIA", "S", Some(nobody), &always),
    ];
    tables.extend((ACTIVE..world.preset.active_tables()).map(|nth| {
        let uf = places::state(nth);
        let id = EMPTY_TABLE + (nth - ACTIVE) as u64 + 1;
        table(id, &format!("VENDAS {uf} {:02}", nth + 1), "S", Some(state(uf)), &always)
    }));
    for (nth, table) in tables.iter_mut().enumerate() {
        table["cCodigo"] = json!((nth + 1).to_string());
    }
    tables
}

fn table(id: u64, name: &str, active: &str, clients: Option<Value>, traits: &Value) -> Value {
    let mut record = json!({
        "nCodTabPreco": id, "cCodIntTabPreco": "", "cNome": name, "cAtiva": active, "cOrigem": "PRD",
        "produtos": { "cTodosProdutos": "S" }, "caracteristicas": traits,
        "outrasInfo": { "nCodOrigTab": 0, "nPercAcrescimo": 0, "nPercDesconto": 0 }
    });
    if let Some(clients) = clients {
        record["clientes"] = clients;
    }
    record
}
