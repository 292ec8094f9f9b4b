//! Keys of several members, keys that are numbers, and removals.

use super::catalogue::{item, order, price, stocked};
use super::*;

#[tokio::test(start_paused = true)]
async fn a_price_is_one_product_in_one_region() {
    let caller = stocked().await;
    let other = json!([{ "Numregiao": "8", "regiao": "OUTRA", "Status": "A", "Codfilial": "1" }]);
    caller.ask("POST", "Regioes", other).await;

    assert_eq!(caller.error("POST", "TabelasPrecos", json!([price("10", "8")])).await, "");
    assert_eq!(
        caller.error("POST", "TabelasPrecos", json!([price("10", "8")])).await,
        "TabelasPrecos 10/8: registro já existe"
    );
    let change = json!([{ "NUMREGIAO": "8", "CODPROD": "10", "pvenda": 12 }]);
    assert_eq!(caller.error("PUT", "TabelasPrecos", change).await, "");

    let row = caller.sim.row("TabelasPrecos", "10/8").expect("it is there");
    assert_eq!((&row["Pvenda"], &row["Pvenda1"]), (&json!(12), &json!(10.5)), "a PUT is partial");
    assert_eq!(caller.sim.row("TabelasPrecos", "10/7").expect("it is there")["Pvenda"], 10.5);
    assert_eq!(
        caller.error("PUT", "TabelasPrecos", json!([{ "Codprod": "10" }])).await,
        "TabelasPrecos: o campo Numregiao é obrigatório"
    );
    let of_the_product = caller.ask("GET", "TabelasPrecos/10", Value::Null).await.1;
    assert_eq!(of_the_product["success"], json!([]), "half a key is no key");
}

#[tokio::test(start_paused = true)]
async fn rows_of_two_part_keys_are_deleted_with_objects() {
    let caller = stocked().await;
    let gone = json!([{ "Codprod": "10", "Numregiao": "7" }, { "Codprod": "11", "Numregiao": "7" }]);

    assert_eq!(
        caller.error("DELETE", "TabelasPrecos", json!(["10/7"])).await,
        "TabelasPrecos: a chave tem mais de um campo, envie objetos"
    );
    assert_eq!(
        caller.error("DELETE", "TabelasPrecos", json!([{ "Codprod": "10" }])).await,
        "TabelasPrecos: o campo Numregiao é obrigatório"
    );
    let (_, answer) = caller.ask("DELETE", "TabelasPrecos", gone).await;

    assert_eq!(answer["success"]["registros"], 1, "what is not there is not counted");
    assert_eq!(caller.sim.count("TabelasPrecos"), 0);
}

#[tokio::test(start_paused = true)]
async fn rows_of_two_part_keys_are_deleted_by_hash_where_the_cloud_works_so() {
    let caller = stocked().await;
    caller.sim.configure(|options| options.delete_by = DeleteBy::Hash);

    caller.ask("DELETE", "TabelasPrecos", json!(["h-10-8"])).await;
    assert_eq!(caller.sim.count("TabelasPrecos"), 1);
    caller.ask("DELETE", "TabelasPrecos", json!(["h-10-7"])).await;

    assert_eq!(caller.sim.count("TabelasPrecos"), 0);
}

#[tokio::test(start_paused = true)]
async fn a_whole_number_as_key_is_sent_as_a_number() {
    let caller = stocked().await;
    let text = json!([{ "Numped": "1507", "Posicao": "C" }]);
    let decimal = json!([{ "Numped": 1507.0, "Posicao": "C" }]);
    let number = json!([{ "Numped": 1507, "Posicao": "C" }]);

    for wrong in [text, decimal] {
        assert_eq!(
            caller.error("PUT", "HistoricosPedidosCapas", wrong).await,
            "HistoricosPedidosCapas: o campo Numped deve ser um número inteiro"
        );
    }
    assert_eq!(caller.error("PUT", "HistoricosPedidosCapas", number).await, "");
    assert_eq!(caller.sim.row("HistoricosPedidosCapas", "1507").expect("it is there")["Posicao"], "C");
    assert_eq!(caller.ask("DELETE", "HistoricosPedidosCapas", json!(["1507"])).await.0, 200);
    assert_eq!(caller.sim.count("HistoricosPedidosCapas"), 0);
}

#[tokio::test(start_paused = true)]
async fn all_items_of_one_order_are_removed_at_once() {
    let caller = stocked().await;
    caller.ask("POST", "HistoricosPedidosCapas", json!([order(150), order(15_070)])).await;
    let items = json!([item(1_507, 2, "10"), item(150, 1, "10"), item(15_070, 1, "10")]);
    assert_eq!(caller.error("POST", "HistoricosPedidosItens", items).await, "");

    let (_, answer) = caller.ask("DELETE", "HistoricosPedidosItens/RemoverItens/1507", Value::Null).await;
    let (status, again) = caller.ask("DELETE", "HistoricosPedidosItens/RemoverItens/1507", Value::Null).await;

    assert_eq!(answer["success"]["registros"], 2);
    assert_eq!((status, &again["success"]["registros"]), (200, &json!(0)));
    let left: Vec<String> = caller.sim.rows("HistoricosPedidosItens").into_keys().collect();
    assert_eq!(left, ["150/1/10", "15070/1/10"]);
    assert_eq!(caller.sim.verdict().calls("DELETE HistoricosPedidosItens"), 2);
    assert_eq!(
        caller.ask("DELETE", "HistoricosPedidosCapas/RemoverItens/1507", Value::Null).await.0,
        404,
        "orders have no such path"
    );
}

#[tokio::test(start_paused = true)]
async fn every_table_locates_by_the_first_member_of_its_key() {
    let caller = stocked().await;
    for resource in resources::RESOURCES {
        let row = caller.sim.rows(resource.path).into_values().next().expect("one row of each");
        let first = resource.keys()[0];
        let key = first.key_text(&row[first.name]).expect("a key");
        let path = format!("ValidarChaves/Localizar?entidade={}&colunaPK={}", resource.table, first.name);

        let (_, found) = caller.ask("POST", &path, json!([{ "Chave": key }, { "Chave": "404" }])).await;

        assert_eq!(found["success"], json!([{ "Chave": key }]), "{}", resource.path);
    }
}

#[tokio::test(start_paused = true)]
async fn a_product_is_located_until_its_last_price_is_gone() {
    let caller = stocked().await;
    let other = json!([{ "Numregiao": "8", "regiao": "OUTRA", "Status": "A", "Codfilial": "1" }]);
    caller.ask("POST", "Regioes", other).await;
    caller.ask("POST", "TabelasPrecos", json!([price("10", "8")])).await;
    let path = "ValidarChaves/Localizar?entidade=MXSTABPR&colunaPK=Codprod";

    for (region, left) in [("7", json!([{ "Chave": "10" }])), ("8", json!([]))] {
        caller.ask("DELETE", "TabelasPrecos", json!([{ "Codprod": "10", "Numregiao": region }])).await;
        assert_eq!(caller.ask("POST", path, json!([{ "Chave": "10" }])).await.1["success"], left);
    }
}

#[tokio::test(start_paused = true)]
async fn the_switches_make_two_part_keys_upserts_too() {
    let caller = stocked().await;
    caller.sim.configure(|options| {
        options.upsert_post = true;
        options.upsert_put = true;
    });

    assert_eq!(caller.error("POST", "TabelasPrecos", json!([price("10", "7")])).await, "");
    let twice = json!([price("10", "7"), price("10", "7")]);
    assert_eq!(
        caller.error("PUT", "TabelasPrecos", twice).await,
        "TabelasPrecos 10/7: o registro aparece duas vezes no lote"
    );
    assert_eq!(caller.error("PUT", "HistoricosPedidosItens", json!([item(1_507, 9, "10")])).await, "");
    assert_eq!(caller.sim.count("HistoricosPedidosItens"), 2);
}

#[tokio::test(start_paused = true)]
async fn a_batch_of_more_than_five_thousand_records_is_refused() {
    let caller = Caller::new().await;
    let cities = |count: usize| Value::Array((0..count).map(|code| city(&code.to_string())).collect());

    assert_eq!(
        caller.error("POST", "Cidades", cities(5_001)).await,
        "no máximo 5000 registros por lote, vieram 5001"
    );
    assert_eq!(caller.error("POST", "Cidades", cities(5_000)).await, "");
    assert_eq!(caller.sim.count("Cidades"), 5_000);
}

#[tokio::test(start_paused = true)]
async fn a_removal_of_nothing_leaves_the_journal_as_it_is() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("journal.jsonl");
    let mut options =
        crate::Options::new(crate::Preset::Small, 1, Clock::paused(START.parse().expect("an instant")));
    options.journal = Some(path.clone());
    let sim = crate::Simulators::open(options).expect("a new journal").maxima;
    let caller = Caller { token: login(&sim).await, sim };
    caller.ask("POST", "Cidades", json!([city("A")])).await;
    let size = || std::fs::metadata(&path).expect("a file").len();
    let before = size();

    caller.ask("DELETE", "Cidades", json!(["B"])).await;
    caller.ask("POST", "Cidades", json!([])).await;

    assert_eq!(size(), before);
}
