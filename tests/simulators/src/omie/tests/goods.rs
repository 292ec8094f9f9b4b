//! Families, products and suppliers.

use super::*;
use crate::dataset::text_of;

const ALL: (&str, &str) = ("filtrar_apenas_omiepdv", "apenas_importado_api");

/// What `ListarProdutos` lists of all products, with these members more.
async fn products(sim: &OmieSim, more: Value) -> (u16, Value) {
    let mut param = json!({ ALL.0: "N", ALL.1: "N" });
    for (name, value) in more.as_object().expect("members") {
        param[name] = value.clone();
    }
    ask(sim, "ListarProdutos", param).await
}

fn total(body: &Value) -> u64 {
    body["total_de_registros"].as_u64().unwrap_or_default()
}

#[tokio::test(start_paused = true)]
async fn products_come_whole_only_when_both_flags_say_no() {
    let sim = account();
    let count = sim.count(Registry::Produtos);

    assert_eq!(total(&products(&sim, json!({})).await.1), count);
    let mut fewer = Vec::new();
    for param in [
        json!({}),
        json!({ ALL.0: "N" }),
        json!({ ALL.1: "N" }),
        json!({ ALL.0: "S", ALL.1: "N" }),
        json!({ ALL.0: "N", ALL.1: "S" }),
    ] {
        fewer.push(total(&ask(&sim, "ListarProdutos", param).await.1));
    }
    assert!(fewer.iter().all(|total| *total < count), "{fewer:?} of {count}");
    assert!(fewer[2] > 0, "some are of the point of sale");
    assert_eq!(fewer[2], fewer[3], "S is what it is when nothing is said");
}

#[tokio::test(start_paused = true)]
async fn inactive_products_come_unless_they_are_left_out() {
    let sim = account();
    let (_, id) = sim.awkward()["produto_inativo"].clone();

    let (_, active) = products(&sim, json!({ "inativo": "N" })).await;
    let (_, inactive) = products(&sim, json!({ "inativo": "S" })).await;

    assert_eq!(total(&active) + total(&inactive), sim.count(Registry::Produtos));
    let rows = inactive["produto_servico_cadastro"].as_array().expect("rows");
    assert!(rows.iter().any(|row| text_of(&row["codigo_produto"]) == id));
}

#[tokio::test(start_paused = true)]
async fn products_are_cut_by_the_instant_of_their_change() {
    let sim = account();
    let id = sim.ids(Registry::Produtos)[0].clone();
    pass(&sim, 3_600).await;
    sim.set(Registry::Produtos, &id, "inativo", json!("S")).expect("it is there");
    let day = |from: &str, to: &str| {
        json!({ "filtrar_por_data_de": "21/11/2025", "filtrar_por_hora_de": from,
            "filtrar_por_data_ate": "21/11/2025", "filtrar_por_hora_ate": to })
    };

    let (_, body) = products(&sim, day("10:00:00", "10:00:00")).await;
    let (_, early) = products(&sim, day("00:00:00", "09:59:59")).await;

    assert_eq!((total(&body), &body["produto_servico_cadastro"][0]["inativo"]), (1, &json!("S")));
    assert_eq!(code(&early), "SOAP-ENV:Client-5113", "nothing else changed lately");
}

#[tokio::test(start_paused = true)]
async fn products_are_asked_for_by_code() {
    let sim = account();
    let ids = sim.ids(Registry::Produtos);
    let codes = json!([{ "codigo_produto": ids[5].parse::<u64>().expect("a number") },
        { "codigo_produto": 1 }, { "codigo_produto": ids[2].parse::<u64>().expect("a number") }]);

    let (_, body) = products(&sim, json!({ "produtosPorCodigo": codes })).await;

    assert_eq!(total(&body), 2, "one of the three is nobody's");
    assert_eq!(body["produto_servico_cadastro"][0]["codigo_produto"].to_string(), ids[2]);
}

#[tokio::test(start_paused = true)]
async fn customers_are_asked_for_by_code_inside_a_window() {
    let sim = account();
    sim.configure(|options| options.hide_old_when_undated = true);
    let ids = sim.ids(Registry::Clientes);
    let codes: Vec<Value> = ids[..50]
        .iter()
        .map(|id| json!({ "codigo_cliente_omie": id.parse::<u64>().expect("a number") }))
        .collect();

    let ever = json!({ "clientesPorCodigo": codes, "filtrar_por_data_de": "01/01/2000",
        "filtrar_por_data_ate": "31/12/2099" });
    let (_, dated) = ask(&sim, "ListarClientes", ever).await;
    let (_, undated) = ask(&sim, "ListarClientes", json!({ "clientesPorCodigo": codes })).await;

    assert_eq!(total(&dated), 50);
    assert!(total(&undated) < 50, "a batch without dates forgets what is old, too");
}

#[tokio::test(start_paused = true)]
async fn internal_notes_of_a_product_travel_only_when_asked_for() {
    let sim = account();

    let (_, without) = products(&sim, json!({})).await;
    let (_, with) = products(&sim, json!({ "exibir_obs": "S" })).await;

    let rows = |body: &Value| body["produto_servico_cadastro"].as_array().expect("rows").clone();
    assert!(rows(&without).iter().all(|row| row.get("obs_internas").is_none()));
    assert!(rows(&with).iter().all(|row| row["obs_internas"].is_string()));
}

#[tokio::test(start_paused = true)]
async fn families_have_no_name_filter_and_no_flag_of_the_api() {
    let sim = account();

    for member in ["filtrar_por_nome", "apenas_importado_api", "filtrar_por_hora_de"] {
        let (_, body) = ask(&sim, "PesquisarFamilias", json!({ member: "N" })).await;
        assert_eq!(code(&body), "SOAP-ENV:Client-5001", "{member}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_changed_family_is_in_the_window_although_no_stamp_is_shown() {
    let sim = account();
    let id = sim.ids(Registry::Familias)[1].clone();
    sim.set(Registry::Familias, &id, "nomeFamilia", json!("OUTRO NOME")).expect("it is there");

    let (_, body) = ask(&sim, "PesquisarFamilias", json!({ "filtrar_por_data_de": "21/11/2025" })).await;

    assert_eq!((total(&body), &body["famCadastro"][0]["nomeFamilia"]), (1, &json!("OUTRO NOME")));
    let names: Vec<&String> = body["famCadastro"][0].as_object().expect("a record").keys().collect();
    assert_eq!(names, ["codFamilia", "codInt", "codigo", "inativo", "nomeFamilia"]);
    assert!(sim.record(Registry::Familias, &id).expect("it is there").get("_info").is_none());
}

#[tokio::test(start_paused = true)]
async fn products_are_listed_under_each_of_their_suppliers() {
    let sim = account();
    let (_, shared) = sim.awkward()["produto_de_varios_fornecedores"].clone();
    let (_, orphan) = sim.awkward()["produto_sem_fornecedor"].clone();

    let (_, body) = ask(&sim, "ListarProdutoFornecedor", json!({ "apenas_importado_api": "N" })).await;

    let suppliers = body["cadastros"].as_array().expect("rows");
    let having = |id: &str| {
        let has = |supplier: &&Value| {
            let products = supplier["produtos"].as_array().expect("products");
            products.iter().any(|product| text_of(&product["nCodProd"]) == id)
        };
        suppliers.iter().filter(has).count()
    };
    assert_eq!((having(&shared), having(&orphan)), (2, 0));
    assert_eq!(suppliers[0]["nCodForn"], 0, "a record that names no supplier");
    assert_eq!(suppliers.last().expect("a row")["produtos"], json!([]));
}

#[tokio::test(start_paused = true)]
async fn the_tags_of_a_customer_have_numbers() {
    let sim = account();
    let (_, id) = sim.awkward()["cliente_atacado"].clone();

    let (_, body) =
        ask(&sim, "ListarTags", json!({ "nCodCliente": id.parse::<u64>().expect("a number") })).await;
    let (_, nobody) = ask(&sim, "ListarTags", json!({ "nCodCliente": 1 })).await;
    let (_, nothing) = ask(&sim, "ListarTags", json!({})).await;

    let wanted = json!([{ "tag": "Cliente", "nCodTag": 111 }, { "tag": "ATACADO", "nCodTag": 222 }]);
    assert_eq!(body["tagsLista"], wanted);
    assert!(nobody["faultstring"].as_str().is_some_and(|text| text.contains("não cadastrado")), "{nobody}");
    assert_eq!(nothing["faultstring"], "ERROR: O preenchimento da tag [nCodCliente] é obrigatório!");
    assert_eq!(sim.verdict().calls("ListarTags"), 3);
}
