//! The example the contracts work through, on the tiny account.

use bytes::Bytes;
use clock::Clock;
use http::Request;
use serde_json::{Value, json};
use simulators::{APP_KEY, APP_SECRET, LOGIN, Options, PASSWORD, Preset, Simulators, worked_example};

fn tiny() -> Simulators {
    let clock = Clock::paused("2025-02-02T13:00:00Z".parse().expect("an instant"));
    let options = Options { preloaded: true, ..Options::new(Preset::Tiny, 1, clock) };
    Simulators::open(options).expect("nothing to read, nothing to fail")
}

async fn omie(both: &Simulators, path: &str, call: &str, param: Value) -> Value {
    let body = json!({ "call": call, "app_key": APP_KEY, "app_secret": APP_SECRET, "param": [param] });
    let request = Request::post(format!("/api/v1/{path}")).header("content-type", "application/json");
    let request = request.body(Bytes::from(body.to_string()));
    let answer = both.omie.handle(request.expect("a request")).await.expect("an answer");
    serde_json::from_slice(answer.body()).expect("JSON")
}

async fn maxima(both: &Simulators, verb: &str, path: &str, token: &str, body: Value) -> Value {
    let request = Request::builder().method(verb).uri(format!("/api/{path}"));
    let request = request.header("authorization", format!("Bearer {token}"));
    let request = request.body(Bytes::from(body.to_string())).expect("a request");
    let answer = both.maxima.handle(request).await.expect("an answer");
    serde_json::from_slice(answer.body()).expect("JSON")
}

#[tokio::test(start_paused = true)]
async fn the_worked_example_goes_from_the_seller_to_the_erp_and_back() {
    let both = tiny();
    let id = both.maxima.seller().place_order(worked_example());
    let login = json!({ "login": LOGIN, "password": PASSWORD });
    let login = maxima(&both, "POST", "v3/Login", "", login).await;
    let token = login["token_De_Acesso"].as_str().expect("a token");
    let listed = maxima(&both, "GET", "v1/StatusPedidos/0,1,2,9/1", token, Value::Null).await;
    assert_eq!(listed["success"][0]["id_pedido"], id);

    // The request of contracts/omie.md §8.23.
    let order = json!({
        "cabecalho": { "codigo_pedido_integracao": id.to_string(), "codigo_cliente": 5_366_578_425_u64,
            "data_previsao": "05/02/2025", "etapa": "10", "codigo_parcela": "A03" },
        "det": [{ "ide": { "codigo_item_integracao": "1" }, "produto": { "codigo_produto": 5_366_578_297_u64,
            "quantidade": 12, "valor_unitario": 8.5, "tipo_desconto": "P", "percentual_desconto": 0 },
            "inf_adic": { "codigo_local_estoque": 4_401 } }],
        "frete": { "modalidade": "0", "valor_frete": 15.0, "outras_despesas": 7.5 },
        "informacoes_adicionais": { "codigo_categoria": "1.01.03", "codigo_conta_corrente": 5_366_579_915_u64,
            "consumidor_final": "N", "enviar_email": "N", "codVend": 4_567_890_123_u64, "meio_pagamento": "15" },
        "observacoes": { "obs_venda": "Entregar pela manha" }
    });
    let included = omie(&both, "produtos/pedido/", "IncluirPedido", order).await;
    assert_eq!(included["codigo_status"], "0", "{included}");
    let number = included["numero_pedido"].as_str().expect("a number").trim_start_matches('0').to_owned();

    let row = json!({ "Id_pedido": id.to_string(), "Status": 4, "Tipopedido": 1, "Codusuario": "3021",
        "Numped": "416", "Numcritica": 2_025_020_210_000_512_i64, "Tipocritica": 0, "Numpederp": number,
        "Critica": json!({ "NumPedido": "416", "CodigoPedidoNuvem": id.to_string(), "NumPedidoERP": number,
            "NumCritica": 2_025_020_210_000_512_i64, "CodigoUsuario": "3021", "Tipo": "Sucesso",
            "PosicaoPedidoERP": "Pendente", "CodigoTipoVenda": 1,
            "Itens": [{ "Codigo": "0", "Ordem": 0, "Descricao": "Pedido importado com sucesso!" }] }).to_string() });
    let told = maxima(&both, "PUT", "v1/StatusPedidos", token, json!([row])).await;

    assert_eq!(told["error"], Value::Null, "{told}");
    assert_eq!(both.maxima.violations(), Vec::<String>::new());
    assert_eq!(both.maxima.order(id).and_then(|order| order.numpederp), Some(number));
    let asked = json!({ "codigo_pedido_integracao": id.to_string() });
    let held = omie(&both, "produtos/pedido/", "ConsultarPedido", asked).await;
    assert_eq!(held["pedido_venda_produto"]["total_pedido"]["valor_total_pedido"], 124.5, "{held}");
}
