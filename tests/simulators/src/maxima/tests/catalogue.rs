//! Suppliers, groups, products, stock, prices, titles and orders: their columns and what they point to.

use super::*;

pub(super) fn supplier(code: &str) -> Value {
    json!({ "Codfornec": code, "fornecedor": "SEM FORNECEDOR", "Cgc": "00000000000000", "Telfab": "6233334444",
        "Ender": "RUA 1", "Bairro": "CENTRO", "Cidade": "GOIANIA", "Estado": "GO", "Bloqueio": "N" })
}

pub(super) fn product(code: &str) -> Value {
    json!({ "Codprod": code, "Pesoliq": 0.001, "Pesobruto": 1.5, "Qtunit": 1, "Qtunitcx": 0, "Multiplo": 1,
        "Enviarforcavendas": "S", "Codepto": "0", "Codsec": "0", "Codfornec": "0", "Descricao": "ARROZ",
        "Unidade": "UN", "Revenda": "S", "Codfilial": "1", "Tipomerc": "L", "Aceitavendafracao": "N",
        "Tipoestoque": "PA" })
}

pub(super) fn price(product: &str, region: &str) -> Value {
    json!({ "Codprod": product, "Numregiao": region, "Pvenda": 10.5, "Pvenda1": 10.5, "Perdescmax": 0,
        "Ptabela": 10.5, "Codst": "1", "Hash": format!("h-{product}-{region}") })
}

fn stock(product: &str) -> Value {
    json!({ "Codfilial": "1", "Codprod": product, "Qtreserv": 0, "Qtestger": -3.5, "Qtbloqueada": 0,
        "Valorultent": 0, "Qtpendente": 0, "Custofin": 1, "Custoreal": 1, "Custorep": 1 })
}

fn title() -> Value {
    json!({ "Numtransvenda": 2_000_000_001, "Prest": "1", "Duplic": 77, "Dtemissao": "2025-02-02",
        "Dtvenc": "2025-03-02", "Dtvencorig": "2025-03-02", "Valor": 100.1, "Valororig": 100.1, "Status": "A",
        "Cartorio": "N", "Protesto": "N", "Codcli": "1", "Codcob": "15", "Codfilial": "1", "Codusur": "1" })
}

pub(super) fn order(number: i64) -> Value {
    json!({ "Numped": number, "Data": "2025-02-02T10:00:00", "Dtaberturapedpalm": "2025-02-02T10:00:00",
        "Vltotal": 21, "Vltabela": 21, "Vlatend": 21, "Vlfrete": 0, "Condvenda": 1, "Codcli": "1",
        "Codusur": "1", "Codplpag": "000", "Codfilial": "1", "Posicao": "F", "Codcob": "15", "Origemped": "T" })
}

pub(super) fn item(order: i64, sequence: i64, product: &str) -> Value {
    json!({ "Numped": order, "Numseq": sequence, "Codprod": product, "Qt": 2, "Pvenda": 10.5, "Ptabela": 10.5 })
}

fn carrier() -> Value {
    json!({ "Codtransp": "1", "Bloqueio": "N", "Eredespacho": "N", "Revenda": "T", "Cgc": "12345678000195",
        "Uf": "GO", "Telefone": "6233334444", "Cidade": "GOIANIA", "Bairro": "CENTRO",
        "Transportadora": "RAPIDO LTDA", "Endereco": "RUA 1" })
}

pub(super) fn tax() -> Value {
    json!({ "CodSt": "1", "Obs": "TRIBUTACAO PADRAO", "Iva": 0, "Aliqicms1": 0, "Aliqicms2": 0, "Pauta": 0,
        "Aliqicms1fonte": 0, "Aliqicms2fonte": 0, "Ivafonte": 0, "Sittribut": "00", "Sittributpf": "00" })
}

fn department() -> Value {
    json!({ "Codepto": "0", "DESCRICAO": "SEM FAMILIA" })
}

fn section() -> Value {
    json!({ "Codsec": "0", "Codepto": "0", "Descricao": "SEM FAMILIA" })
}

fn client() -> Value {
    let mut client = json!({ "Codcli": "1", "Codplpag": "000", "Codpraca": "7", "Codatv1": "4",
        "Codfuncultalter": "1", "Codusur1": "1", "Codcidade": "A", "Cliente": "MERCADO", "Fantasia": "MERCADO",
        "Cgcent": "12345678000195", "Codcob": "15", "Ieent": "ISENTO", "Tipofj": "J" });
    for block in ["ent", "com"] {
        for member in ["Bairro", "Cep", "Munic", "Ender", "Numero", "Est"] {
            client[format!("{member}{block}")] = json!("GO");
        }
    }
    let sales = ["1", "5", "7", "8", "9", "11", "13", "14", "20"].map(|number| format!("Condvenda{number}"));
    let others = "Contribuinte Consumidorfinal Bloqueio Calculast Validarmultiplovenda Simplesnacional \
        Bloqueiosefaz Bloqueiodefinitivo Usadebcredrca";
    for flag in sales.iter().map(String::as_str).chain(others.split_whitespace()) {
        client[flag] = json!("N");
    }
    client
}

/// Everything a price, a title and an order point to, product "10" among it, in the contract's order.
fn chain() -> Vec<(&'static str, Value)> {
    vec![
        ("Cidades", city("A")),
        ("Filiais", branch()),
        ("Atividades", json!({ "Codativ": "4", "Percdesc": 0, "Ramo": "VAREJO", "Calculast": "N" })),
        (
            "Cobrancas",
            json!({ "Codcob": "15", "Nivelvenda": 1, "Vlminpedido": 0, "Prazomaximovenda": 999,
            "Tipovenda": "VP", "Tipocobranca": "B", "cobranca": "BOLETO", "Cartao": "N", "Boleto": "S" }),
        ),
        (
            "PlanosPagamentos",
            json!({ "Codplpag": "000", "Numdias": 0, "Vlminpedido": 0, "Numpr": 1,
            "Descricao": "A VISTA", "Tipoprazo": "N", "Vendabk": "N", "Pertxfim": 0, "Prazo1": 0,
            "Tipovenda": "VV" }),
        ),
        (
            "Usuaris",
            json!({ "Codusur": "1", "Nome": "MARIA", "Tipovend": "E", "Bloqueio": "N",
            "Usadebcredrca": "N", "Codfilial": "1" }),
        ),
        ("Banco", json!({ "Codbanco": "001", "Nome": "BANCO DO BRASIL" })),
        ("Regioes", region("1")),
        ("Pracas", json!({ "Codpraca": "7", "Situacao": "A", "Numregiao": "7", "praca": "PADRAO" })),
        ("Fornecedores", supplier("0")),
        ("Transportadoras", carrier()),
        ("Departamentos", department()),
        ("Secoes", section()),
        ("Tributos", tax()),
        ("Produtos", product("10")),
        (
            "ProdutosFiliais",
            json!({ "Codprod": "10", "Codfilial": "1", "Enviarforcavendas": "S", "Multiplo": 1,
            "Proibidavenda": null }),
        ),
        ("Clientes", client()),
        ("Estoques", stock("10")),
        ("TabelasPrecos", price("10", "7")),
        ("PrestacoesTitulos", title()),
        ("HistoricosPedidosCapas", order(1_507)),
        ("HistoricosPedidosItens", item(1_507, 1, "10")),
    ]
}

/// A cloud that holds the chain.
pub(super) async fn stocked() -> Caller {
    let caller = Caller::new().await;
    for (path, row) in chain() {
        assert_eq!(caller.error("POST", path, json!([row])).await, "", "{path}");
    }
    caller
}

#[tokio::test(start_paused = true)]
async fn a_whole_catalogue_is_stored_in_the_order_of_its_references() {
    let caller = stocked().await;

    for (path, key) in [
        ("ProdutosFiliais", "10/1"),
        ("Estoques", "1/10"),
        ("TabelasPrecos", "10/7"),
        ("PrestacoesTitulos", "2000000001/1"),
        ("HistoricosPedidosCapas", "1507"),
        ("HistoricosPedidosItens", "1507/1/10"),
    ] {
        assert_eq!(caller.sim.rows(path).into_keys().collect::<Vec<_>>(), [key], "{path}");
        let (_, found) = caller.ask("GET", &format!("{path}/{key}"), Value::Null).await;
        assert_eq!(found["success"], json!([caller.sim.row(path, key)]), "{path}");
    }
}

#[tokio::test(start_paused = true)]
async fn every_reference_is_checked() {
    for (path, row) in chain() {
        let pointing = resource(path).expect("it is there").fields.iter();
        for field in pointing.filter(|field| field.points_to.is_some() && !row[field.name].is_null()) {
            let caller = stocked().await;
            let mut wrong = row.clone();
            let missing = if row[field.name].is_string() { json!("404") } else { json!(404) };
            wrong[field.name] = missing;

            let error = caller.error(if field.key > 0 { "POST" } else { "PUT" }, path, json!([wrong])).await;

            let wanted = format!("dependência {} com código 404", field.points_to.unwrap_or_default());
            assert!(error.contains(&wanted), "{path}.{}: {error}", field.name);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn every_required_member_is_demanded() {
    let caller = stocked().await;
    for (path, row) in chain() {
        for field in resource(path).expect("it is there").fields {
            caller.ask("DELETE", path, json!([row])).await;
            let mut without = row.clone();
            without.as_object_mut().expect("an object").remove(field.name);

            let error = caller.error("POST", path, json!([without])).await;

            let demanded = error.contains(&format!("o campo {} é obrigatório", field.name));
            assert_eq!(demanded, field.is_required(RuleSet::Stricter), "{path}.{}: {error}", field.name);
            assert!(demanded || error.is_empty(), "{path}.{}: {error}", field.name);
        }
        caller.ask("DELETE", path, json!([row])).await;
        assert_eq!(caller.error("POST", path, json!([row])).await, "", "{path}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_sdk_alone_demands_less() {
    let caller = stocked().await;
    let short = json!([{ "Codfornec": "2", "fornecedor": "X", "Cgc": "1", "Bloqueio": "N" }]);
    let mut weightless = product("11");
    weightless["Pesoliq"] = json!(0);
    weightless["Unidade"] = json!("CAIXA");

    assert_eq!(
        caller.error("POST", "Fornecedores", short.clone()).await,
        "Fornecedores 2: o campo Telfab é obrigatório"
    );
    assert_eq!(
        caller.error("POST", "Produtos", json!([weightless])).await,
        "Produtos 11: o campo Pesoliq deve ser maior que zero"
    );
    caller.sim.configure(|options| options.rules = RuleSet::Sdk);

    assert_eq!(caller.error("POST", "Fornecedores", short).await, "");
    assert_eq!(caller.error("POST", "Produtos", json!([weightless])).await, "");
}

#[tokio::test(start_paused = true)]
async fn some_tenants_know_no_cancelled_title() {
    let caller = stocked().await;
    let cancelled = json!([{ "Numtransvenda": 2_000_000_001, "Prest": "1", "Status": "C" }]);
    assert_eq!(caller.error("PUT", "PrestacoesTitulos", cancelled.clone()).await, "");

    caller.sim.configure(|options| options.rules = RuleSet::Dictionary);

    assert_eq!(
        caller.error("PUT", "PrestacoesTitulos", cancelled).await,
        "PrestacoesTitulos 2000000001/1: o campo Status aceita A, P e recebeu \"C\""
    );
}

#[tokio::test(start_paused = true)]
async fn sets_ranges_and_lengths_are_those_of_the_tables() {
    let caller = stocked().await;
    for (path, key, member, value) in [
        ("Produtos", json!({ "Codprod": "10" }), "Unidade", json!("CXA")),
        ("Produtos", json!({ "Codprod": "10" }), "Tipomerc", json!("S")),
        ("Produtos", json!({ "Codprod": "10" }), "Dtcadastro", json!(null)),
        ("Produtos", json!({ "Codprod": "10" }), "Altura", json!(10_000)),
        ("ProdutosFiliais", json!({ "Codprod": "10", "Codfilial": "1" }), "Proibidavenda", json!("N")),
        ("ProdutosFiliais", json!({ "Codprod": "10", "Codfilial": "1" }), "Multiplo", json!(1.5)),
        ("TabelasPrecos", json!({ "Codprod": "10", "Numregiao": "7" }), "Pvenda", json!(null)),
        ("TabelasPrecos", json!({ "Codprod": "10", "Numregiao": "7" }), "Ptabela", json!("10.5")),
        ("TabelasPrecos", json!({ "Codprod": "10", "Numregiao": "7" }), "Perdescmax", json!(-1)),
        ("Estoques", json!({ "Codprod": "10", "Codfilial": "1" }), "Custofin", json!(1_000_000_000_000_i64)),
        (
            "PrestacoesTitulos",
            json!({ "Numtransvenda": 2_000_000_001, "Prest": "1" }),
            "Duplic",
            json!(2_147_483_648_i64),
        ),
        ("HistoricosPedidosCapas", json!({ "Numped": 1_507 }), "Condvenda", json!(2)),
        ("HistoricosPedidosCapas", json!({ "Numped": 1_507 }), "Numnota", json!("123")),
        ("Tributos", json!({ "CodSt": "1" }), "Sittribut", json!("0")),
    ] {
        let mut change = key;
        change[member] = value.clone();
        let error = caller.error("PUT", path, json!([change])).await;
        assert!(error.contains(&format!("o campo {member} ")), "{path}.{member} {value}: {error}");
    }
}
