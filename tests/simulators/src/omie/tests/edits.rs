//! What a person does to the account, and what follows.

use super::*;

#[tokio::test(start_paused = true)]
async fn a_removed_product_leaves_its_prices_its_stock_and_its_suppliers() {
    let sim = account();
    let (_, id) = sim.awkward()["produto_de_varios_fornecedores"].clone();
    let (prices, stock) = (sim.count(Registry::ItensTabela), sim.count(Registry::PosicoesEstoque));

    sim.remove(Registry::Produtos, &id).expect("it is there");

    // Six of the seven tables have prices.
    assert_eq!(sim.count(Registry::ItensTabela), prices - 6);
    assert_eq!(sim.count(Registry::PosicoesEstoque), stock - 1);
    let suppliers = Value::Array(sim.records(Registry::ProdutosFornecedores)).to_string();
    assert!(!suppliers.contains(&id));
    assert!(sim.remove(Registry::Produtos, &id).is_err(), "it is gone");
}

#[tokio::test(start_paused = true)]
async fn removing_a_record_shifts_the_pages_after_it() {
    let sim = account();
    let page = |nth: u64, size: u64| json!({ "nPagina": nth, "nRegPorPagina": size, "cNatureza": "R" });
    let row =
        |body: &Value, nth: usize| body["titulosEncontrados"][nth]["cabecTitulo"]["nCodTitulo"].to_string();
    let (_, before) = ask(&sim, "PesquisarLancamentos", page(1, 20)).await;
    let (_, next) = ask(&sim, "PesquisarLancamentos", page(2, 20)).await;

    sim.remove(Registry::Titulos, &row(&before, 3)).expect("it is there");
    pass(&sim, 61).await;
    let (_, drifted) = ask(&sim, "PesquisarLancamentos", page(2, 20)).await;

    assert_eq!(row(&drifted, 0), row(&next, 1), "one record was on neither page");
}

#[tokio::test(start_paused = true)]
async fn an_added_record_is_stamped_now_and_listed_last() {
    let sim = account();
    let mut record = sim.records(Registry::Produtos)[0].clone();
    record["codigo_produto"] = json!(5);
    pass(&sim, 3_600).await;

    let id = sim.add(Registry::Produtos, record);

    let held = sim.record(Registry::Produtos, &id).expect("it is there");
    assert_eq!((&held["info"]["dInc"], &held["info"]["hAlt"]), (&json!("21/11/2025"), &json!("10:00:00")));
    assert_eq!(sim.ids(Registry::Produtos).last(), Some(&"5".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn a_record_put_in_the_place_of_another_is_changed_and_not_included() {
    let sim = account();
    let record = sim.records(Registry::Produtos)[0].clone();
    let (id, count) = (record["codigo_produto"].to_string(), sim.count(Registry::Produtos));

    sim.add(Registry::Produtos, record.clone());

    let held = sim.record(Registry::Produtos, &id).expect("it is there");
    assert_eq!(held["info"]["dInc"], record["info"]["dInc"]);
    assert_eq!(held["info"]["dAlt"], "21/11/2025");
    assert_eq!(sim.count(Registry::Produtos), count);
}

#[tokio::test(start_paused = true)]
async fn a_record_that_hides_its_stamps_is_in_the_window_of_its_change() {
    let sim = account();
    let today = json!({ "filtrar_por_data_de": "21/11/2025" });
    for (registry, name, field) in [
        (Registry::Clientes, "cliente_sem_info", "contato"),
        (Registry::Vendedores, "vendedor_inativo", "email"),
        (Registry::Produtos, "produto_sem_info", "ean"),
    ] {
        let (_, id) = sim.awkward()[name].clone();
        sim.set(registry, &id, field, json!("MUDOU")).expect("it is there");
        assert!(
            sim.record(registry, &id).expect("it is there").get("info").is_none(),
            "{name} stays as it is"
        );
    }

    let (_, sellers) = ask(&sim, "ListarVendedores", today.clone()).await;
    let mut all = today.clone();
    (all["filtrar_apenas_omiepdv"], all["apenas_importado_api"]) = (json!("N"), json!("N"));
    let (_, products) = ask(&sim, "ListarProdutos", all).await;
    let (_, customers) = ask(&sim, "ListarClientes", today).await;

    assert_eq!((&sellers["total_de_registros"], &products["total_de_registros"]), (&json!(1), &json!(1)));
    let rows = customers["clientes_cadastro"].as_array().expect("rows");
    assert!(rows.iter().any(|row| row["contato"] == "MUDOU"));
    for text in [sellers.to_string(), products.to_string(), customers.to_string()] {
        assert!(!text.contains("_info"), "what Omie keeps to itself is not listed");
    }
}

#[tokio::test(start_paused = true)]
async fn a_member_of_a_list_is_edited_by_its_place() {
    let sim = account();
    let id = sim.ids(Registry::Pedidos)[5].clone();

    sim.set(Registry::Pedidos, &id, "det.0.produto.quantidade", json!(99)).expect("it has an item");

    assert_eq!(
        sim.record(Registry::Pedidos, &id).expect("it is there")["det"][0]["produto"]["quantidade"],
        99
    );
    assert!(sim.set(Registry::Pedidos, &id, "det.70.produto", json!(1)).is_err(), "it has not seventy");
}

#[tokio::test(start_paused = true)]
async fn prices_and_stock_are_edited_over_http_by_their_two_part_names() {
    let sim = account();
    let product = sim.ids(Registry::Produtos)[0].clone();
    let post = |path: &str, body: Value| {
        let request = Request::post(path).body(Bytes::from(body.to_string())).expect("a request");
        let sim = sim.clone();
        async move { read(&sim.handle(request).await.expect("an answer")).0 }
    };
    let price = format!("6001/{product}");
    let edit = json!({ "registry": "ItensTabela", "id": price, "field": "nValorTabela", "value": 3 });
    let added = json!({ "registry": "PosicoesEstoque",
        "record": { "codigo_local_estoque": 4_401, "nCodProd": 9, "nSaldo": 1 } });

    assert_eq!(post("/_sim/edit", edit).await, 200);
    assert_eq!(post("/_sim/add", added).await, 200);
    assert_eq!(post("/_sim/remove", json!({ "registry": "Produtos", "id": product })).await, 200);
    assert_eq!(post("/_sim/options", json!({ "items_at_root": true, "deleted_titles": false })).await, 200);

    assert!(sim.record(Registry::ItensTabela, &price).is_none());
    assert!(sim.record(Registry::PosicoesEstoque, "4401/9").is_some());
}
