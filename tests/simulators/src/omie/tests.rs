mod customers;
mod edits;
mod faults;
mod goods;
mod limits;
mod orders;
mod prices;
mod stages;
mod stock;
mod trade;
mod unclear;
mod webhook;

use clock::Clock;
use serde_json::{Value, json};

use super::*;
use crate::{Preset, Registry};

const START: &str = "2025-11-21T12:00:00Z";

fn account() -> OmieSim {
    let now = START.parse().expect("an instant");
    // Most tests ask for all there is without saying since when.
    let options = OmieOptions { hide_old_when_undated: false, ..OmieOptions::default() };
    OmieSim::new(Dataset::generate(Preset::Small, 1, now), Clock::paused(now), options)
}

fn request(path: &str, body: String) -> Request<Bytes> {
    Request::post(format!("http://omie/api/v1/{path}"))
        .header("content-type", "application/json")
        .body(body.into())
        .expect("a request")
}

fn call(method: &str, param: &Value) -> Request<Bytes> {
    let path = methods::method(method).expect("a known method").path;
    let body = json!({ "call": method, "app_key": APP_KEY, "app_secret": APP_SECRET, "param": [param] });
    request(path, body.to_string())
}

fn read(answer: &Response<Bytes>) -> (u16, Value) {
    (answer.status().as_u16(), serde_json::from_slice(answer.body()).unwrap_or_default())
}

async fn ask(sim: &OmieSim, method: &str, param: Value) -> (u16, Value) {
    read(&sim.handle(call(method, &param)).await.expect("an answer"))
}

/// A page of sellers that differs from every other call by its size.
async fn distinct(sim: &OmieSim, nth: usize) -> (u16, Value) {
    ask(sim, "ListarVendedores", json!({ "pagina": 1, "registros_por_pagina": nth + 1 })).await
}

fn code(body: &Value) -> &str {
    body["faultcode"].as_str().unwrap_or_default()
}

async fn pass(sim: &OmieSim, seconds: u64) {
    sim.0.clock.sleep(Duration::from_secs(seconds)).await;
}

#[tokio::test(start_paused = true)]
async fn every_page_of_the_customers_adds_up_to_the_total() {
    let sim = account();

    let mut ids = Vec::new();
    for page in 1..=3 {
        let filter = json!({ "tags": [{ "tag": "Cliente" }] });
        let param = json!({ "pagina": page, "registros_por_pagina": 50, "apenas_importado_api": "N", "clientesFiltro": filter });
        let (status, body) = ask(&sim, "ListarClientes", param).await;
        assert_eq!(status, 200);
        assert_eq!((&body["total_de_paginas"], &body["total_de_registros"]), (&json!(3), &json!(120)));
        let rows = body["clientes_cadastro"].as_array().expect("rows").clone();
        assert_eq!(body["registros"], rows.len());
        ids.extend(rows.into_iter().map(|row| row["codigo_cliente_omie"].to_string().replace('"', "")));
    }

    let expected: Vec<String> =
        sim.customers().iter().map(|row| row["codigo_cliente_omie"].to_string().replace('"', "")).collect();
    assert_eq!(ids, expected);
}

#[tokio::test(start_paused = true)]
async fn both_spellings_of_the_tag_filter_work_and_leave_suppliers_out() {
    let sim = account();

    for (nth, name) in ["tags", "Tags"].into_iter().enumerate() {
        let filter = json!({ name: [{ "tag": "Cliente" }] });
        let param = json!({ "pagina": 1, "registros_por_pagina": nth + 1, "clientesFiltro": filter });
        assert_eq!(ask(&sim, "ListarClientes", param).await.1["total_de_registros"], 120);
    }
    assert_eq!(sim.count(Registry::Clientes), 132);
}

#[tokio::test(start_paused = true)]
async fn a_page_is_capped_whatever_is_asked() {
    let sim = account();
    sim.configure(|options| options.page_caps.extend([("PesquisarCidades".to_owned(), 50)]));

    let (_, clients) = ask(&sim, "ListarClientes", json!({ "pagina": 1, "registros_por_pagina": 500 })).await;
    let (_, cities) =
        ask(&sim, "PesquisarCidades", json!({ "pagina": 1, "registros_por_pagina": 100 })).await;

    assert_eq!(clients["registros"], 100);
    assert_eq!((&cities["registros"], &cities["total_de_paginas"]), (&json!(50), &json!(2)));
}

#[tokio::test(start_paused = true)]
async fn each_method_answers_under_its_own_names() {
    let sim = account();
    let paged = json!({ "pagina": 1, "registros_por_pagina": 10 });
    for (method, param, rows) in [
        ("ListarEmpresas", paged.clone(), "empresas_cadastro"),
        ("PesquisarCidades", paged.clone(), "lista_cidades"),
        (
            "ListarTipoAtiv",
            json!({ "filtrar_por_codigo": "", "filtrar_por_descricao": "" }),
            "lista_tipos_atividade",
        ),
        ("ListarBancos", paged.clone(), "fin_banco_cadastro"),
        ("ListarMeiosPagamento", json!({ "codigo": "" }), "MeiosPagamentoLista"),
        ("ListarFormasPagVendas", paged.clone(), "cadastros"),
        ("ListarVendedores", paged.clone(), "cadastro"),
        ("ListarTabelasPreco", json!({ "nPagina": 1, "nRegPorPagina": 10 }), "listaTabelasPreco"),
        ("ListarClientes", paged.clone(), "clientes_cadastro"),
        ("PesquisarFamilias", paged.clone(), "famCadastro"),
        (
            "ListarProdutos",
            json!({ "filtrar_apenas_omiepdv": "N", "apenas_importado_api": "N" }),
            "produto_servico_cadastro",
        ),
        ("ListarProdutoFornecedor", paged.clone(), "cadastros"),
        ("ListarLocaisEstoque", json!({ "nPagina": 1 }), "locaisEncontrados"),
        ("ListarPosEstoque", json!({ "nPagina": 1 }), "produtos"),
        ("PesquisarLancamentos", json!({ "nPagina": 1 }), "titulosEncontrados"),
        ("PesquisarExcluidos", json!({ "nPagina": 1 }), "titulosExcluidos"),
        ("ListarPedidos", paged, "pedido_venda_produto"),
        ("ListarTags", json!({ "nCodCliente": sim.customers()[0]["codigo_cliente_omie"] }), "tagsLista"),
    ] {
        let (status, body) = ask(&sim, method, param).await;
        assert_eq!(status, 200, "{method}: {body}");
        assert!(body[rows].as_array().is_some_and(|rows| !rows.is_empty()), "{method}");
    }
    assert_eq!(sim.verdict().calls("ListarTabelasPreco"), 1);
}

#[tokio::test(start_paused = true)]
async fn older_accounts_list_payment_means_under_another_name() {
    let sim = account();
    sim.configure(|options| options.means_as_documents = true);

    let (_, body) = ask(&sim, "ListarMeiosPagamento", json!({ "codigo": "" })).await;

    assert_eq!(body["tipo_documento_cadastro"].as_array().map(Vec::len), Some(16));
}

#[tokio::test(start_paused = true)]
async fn past_the_last_page_and_an_empty_filter_are_faults() {
    let sim = account();

    let (status, body) =
        ask(&sim, "ListarVendedores", json!({ "pagina": 9, "registros_por_pagina": 100 })).await;
    let (_, none) =
        ask(&sim, "ListarBancos", json!({ "pagina": 1, "registros_por_pagina": 9, "tipo": "ZZ" })).await;

    assert_eq!((status, code(&body)), (500, "SOAP-ENV:Client-5113"));
    assert_eq!(body["faultstring"], "ERROR: Não existem registros para a página [9]!");
    assert_eq!(code(&none), "SOAP-ENV:Client-5113");
}

#[tokio::test(start_paused = true)]
async fn a_wrong_key_is_refused() {
    let sim = account();
    let body =
        json!({ "call": "ListarVendedores", "app_key": APP_KEY, "app_secret": "outro", "param": [{}] });

    let (status, body) =
        read(&sim.handle(request("geral/vendedores/", body.to_string())).await.expect("an answer"));

    assert_eq!((status, code(&body)), (500, "SOAP-ENV:Client-101"));
    assert!(body["faultstring"].as_str().is_some_and(|text| text.contains("chave de acesso")));
}

#[tokio::test(start_paused = true)]
async fn members_are_checked_strictly() {
    let sim = account();

    for (method, param, wanted) in [
        (
            "ListarVendedores",
            json!({ "pagina": 1, "apenas_importado_api": "N" }),
            "ERROR: Tag [apenas_importado_api] não faz parte da estrutura do tipo complexo [vendListarRequest]!",
        ),
        (
            "ListarClientes",
            json!({ "clientesFiltro": { "tag": "Cliente" } }),
            "ERROR: Tag [tag] não faz parte da estrutura do tipo complexo [clientesFiltro]!",
        ),
        (
            "ListarEmpresas",
            json!({ "pagina": 1 }),
            "ERROR: O preenchimento da tag [registros_por_pagina] é obrigatório!",
        ),
        ("ListarClientes", json!({ "pagina": 0 }), "ERROR: O valor da tag [pagina] é inválido!"),
        (
            "ListarClientes",
            json!({ "apenas_importado_api": true }),
            "ERROR: O valor da tag [apenas_importado_api] é inválido!",
        ),
    ] {
        assert_eq!(ask(&sim, method, param).await.1["faultstring"], wanted);
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_not_simulated_says_so() {
    let sim = account();

    let (status, _) = ask(&sim, "ListarTabelasPreco", json!({ "nCodTag": 222 })).await;

    assert_eq!(status, 501);
}

#[tokio::test(start_paused = true)]
async fn the_envelope_is_checked_strictly() {
    let sim = account();
    let whole =
        json!({ "call": "ListarVendedores", "app_key": APP_KEY, "app_secret": APP_SECRET, "param": [{}] });
    let two = json!({ "call": "ListarVendedores", "app_key": APP_KEY, "app_secret": APP_SECRET, "param": [{}, {}] });
    for (request, status, wanted) in [
        (
            request("geral/clientes/", whole.to_string()),
            500,
            "ERROR: Método [ListarVendedores] não existe no serviço [geral/clientes/]!",
        ),
        (
            request("geral/vendedores", whole.to_string()),
            500,
            "ERROR: Método [ListarVendedores] não existe no serviço [geral/vendedores]!",
        ),
        (request("geral/vendedores/", two.to_string()), 500, "ERROR: Invalid JSON Object"),
        (request("geral/vendedores/", "{".to_owned()), 500, "ERROR: JSON request with SyntaxError"),
        (
            Request::get("http://omie/api/v1/geral/vendedores/").body(Bytes::new()).expect("a request"),
            405,
            "ERROR: Somente o método HTTP POST é aceito",
        ),
    ] {
        let (got, body) = read(&sim.handle(request).await.expect("an answer"));
        assert_eq!((got, &body["faultstring"]), (status, &json!(wanted)));
    }
}

#[tokio::test(start_paused = true)]
async fn dates_cut_by_inclusion_or_change() {
    let sim = account();
    let (first, last) = (sim.customers()[0].clone(), "20/11/2025");
    let id = first["codigo_cliente_omie"].to_string();
    pass(&sim, 3_600).await;
    sim.set(Registry::Clientes, &id, "contato", json!("NOVO CONTATO")).expect("it is there");

    let param = json!({ "filtrar_por_data_de": "21/11/2025", "filtrar_por_hora_de": "10:00:00",
        "filtrar_por_data_ate": "21/11/2025", "filtrar_por_hora_ate": "10:00:01" });
    let (_, body) = ask(&sim, "ListarClientes", param).await;
    let none = json!({ "filtrar_por_data_de": "21/11/2025", "filtrar_por_hora_de": "10:00:00",
        "filtrar_apenas_inclusao": "S" });
    let (_, included) = ask(&sim, "ListarClientes", none).await;

    assert_eq!(body["total_de_registros"], 1, "the change was at ten in the morning, local time");
    assert_eq!(body["clientes_cadastro"][0]["contato"], "NOVO CONTATO");
    assert_eq!(code(&included), "SOAP-ENV:Client-5113", "none was included after {last}");
}

#[tokio::test(start_paused = true)]
async fn records_are_edited_added_and_removed_as_in_omie() {
    let sim = account();
    let before = sim.count(Registry::Vendedores);

    let id = sim.add(Registry::Vendedores, json!({ "codigo": 77, "nome": "NOVO", "inativo": "N" }));
    sim.set(Registry::Vendedores, &id, "inativo", json!("S")).expect("it was just added");
    let (_, body) = ask(&sim, "ListarVendedores", json!({ "filtrar_por_nome": "novo" })).await;
    assert_eq!((&body["cadastro"][0]["inativo"], &body["total_de_registros"]), (&json!("S"), &json!(1)));
    sim.remove(Registry::Vendedores, &id).expect("it is there");

    assert_eq!(sim.count(Registry::Vendedores), before);
    assert!(sim.set(Registry::Vendedores, &id, "nome", json!("")).is_err());
}

#[tokio::test(start_paused = true)]
async fn observations_travel_only_when_asked_for() {
    let sim = account();

    let (_, without) = ask(&sim, "ListarClientes", json!({ "exibir_obs": "N" })).await;
    let (_, with) = ask(&sim, "ListarClientes", json!({ "exibir_obs": "S" })).await;

    let rows = |body: &Value| body["clientes_cadastro"].as_array().expect("rows").clone();
    assert!(rows(&without).iter().all(|row| row.get("observacao").is_none()));
    assert!(rows(&with).iter().all(|row| row["observacao"].is_string()));
}

#[tokio::test(start_paused = true)]
async fn an_incomplete_branch_is_fixed_once() {
    let now = START.parse().expect("an instant");
    let dataset = Dataset::generate(Preset::Small, 1, now).with_incomplete_branch();
    let sim = OmieSim::new(dataset, Clock::paused(now), OmieOptions::default());

    assert_eq!((sim.fix_branch(), sim.fix_branch()), (1, 0));

    let (_, body) = ask(&sim, "ListarEmpresas", json!({ "pagina": 1, "registros_por_pagina": 50 })).await;
    assert_eq!(body["empresas_cadastro"][0]["inscricao_estadual"], "101234567");
}

#[tokio::test(start_paused = true)]
async fn the_control_interface_does_what_the_library_does() {
    let sim = account();
    let post = |path: &str, body: Value| {
        let request = Request::post(path).body(Bytes::from(body.to_string())).expect("a request");
        let sim = sim.clone();
        async move { read(&sim.handle(request).await.expect("an answer")).0 }
    };
    let id = sim.ids(Registry::Vendedores)[0].clone();

    assert_eq!(
        post("/_sim/faults", json!({ "method": "ListarBancos", "fault": { "slow": 5 }, "count": 2 })).await,
        200
    );
    assert_eq!(post("/_sim/faults", json!({ "method": "ListarBancos", "fault": "lento" })).await, 400);
    assert_eq!(
        post("/_sim/edit", json!({ "registry": "Vendedores", "id": id, "field": "nome", "value": "X" }))
            .await,
        200
    );
    assert_eq!(
        post("/_sim/edit", json!({ "registry": "Vendedores", "id": "0", "field": "nome", "value": "X" }))
            .await,
        404
    );
    assert_eq!(post("/_sim/options", json!({ "latency": 5 })).await, 200);
    assert_eq!(post("/_sim/fix-branch", json!({})).await, 200);
    assert_eq!(post("/_sim/nada", json!({})).await, 404);

    assert_eq!(sim.faults().pending(), 2);
    assert_eq!(sim.record(Registry::Vendedores, &id).expect("it is there")["nome"], "X");
    let rows = Request::get("/_sim/rows/ListarVendedores").body(Bytes::new()).expect("a request");
    assert_eq!(read(&sim.handle(rows).await.expect("an answer")).1.as_array().map(Vec::len), Some(4));
}

#[tokio::test(start_paused = true)]
async fn the_page_lists_what_there_is_and_escapes_it() {
    let sim = account();
    distinct(&sim, 1).await;
    sim.state().traffic.fault("<script>", "a&b");

    let page = sim.handle(Request::get("/").body(Bytes::new()).expect("a request")).await.expect("a page");

    let page = String::from_utf8(page.body().to_vec()).expect("text");
    assert!(page.contains("<td>132</td>") && page.contains("ListarVendedores"));
    assert!(page.contains("&lt;script&gt;") && !page.contains("<script>"));
}

#[tokio::test(start_paused = true)]
async fn a_record_without_stamps_is_inside_a_window_that_holds_everything() {
    let sim = account();

    let param = json!({ "filtrar_por_data_de": "01/01/2000", "filtrar_por_data_ate": "31/12/2025" });
    let (_, body) = ask(&sim, "ListarClientes", param).await;

    assert_eq!(body["total_de_registros"], sim.count(Registry::Clientes));
}

#[tokio::test(start_paused = true)]
async fn an_undated_listing_forgets_what_is_older_than_thirty_days() {
    let sim = account();
    sim.configure(|options| *options = OmieOptions::default());
    let id = sim.customers()[0]["codigo_cliente_omie"].to_string().replace('"', "");
    sim.set(Registry::Clientes, &id, "contato", json!("NOVO CONTATO")).expect("it is there");

    let (_, sellers) = ask(&sim, "ListarVendedores", json!({})).await;
    let (_, tables) = ask(&sim, "ListarTabelasPreco", json!({})).await;
    let (_, clients) = ask(&sim, "ListarClientes", json!({})).await;
    let ever = json!({ "filtrar_por_data_de": "01/01/2000", "filtrar_por_data_ate": "31/12/2099" });
    let (_, all) = ask(&sim, "ListarVendedores", ever).await;
    let (status, _) =
        ask(&sim, "PesquisarCidades", json!({ "pagina": 1, "registros_por_pagina": 100 })).await;

    assert_eq!((code(&sellers), code(&tables)), ("SOAP-ENV:Client-5113", "SOAP-ENV:Client-5113"));
    let listed = clients["total_de_registros"].as_u64().expect("the client just changed");
    assert!((1..sim.count(Registry::Clientes)).contains(&listed), "{listed}");
    assert_eq!(all["total_de_registros"], json!(sim.count(Registry::Vendedores)));
    assert_eq!(status, 200, "cities take no part in it");
}

#[tokio::test(start_paused = true)]
async fn price_tables_are_cut_by_the_day_of_their_inclusion() {
    let sim = account();
    let count = sim.count(Registry::TabelasPreco);

    let ever = json!({ "dDtIncDe": "01/01/2000", "dDtIncAte": "31/12/2099" });
    let (_, all) = ask(&sim, "ListarTabelasPreco", ever).await;
    let (_, none) = ask(&sim, "ListarTabelasPreco", json!({ "dDtIncDe": "02/01/2020" })).await;

    assert_eq!(all["nTotRegistros"], json!(count));
    assert_eq!(code(&none), "SOAP-ENV:Client-5113", "all tables are of 2020-01-01");
}
