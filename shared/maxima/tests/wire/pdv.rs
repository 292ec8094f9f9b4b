//! The outbound API: what is fetched, what is posted, and what an answer to it means.

use maxima::{
    ClienteMaximaCadastro, Critica, PedidoMaxima, PosicaoPedido, SituacaoPedido, StatusCliente, StatusPedido,
    TipoCritica, patched,
};
use partner_http::{Fault, Remedy};
use serde_json::Value;

use crate::cloud::{Mishap, connected};

const ORDERS: &str = "GET StatusPedidos/0,1,2,9/1";
const CUSTOMERS: &str = "GET StatusClientes/0,1,2,9";

fn status(id: &str) -> StatusPedido {
    StatusPedido {
        id_pedido: id.to_owned(),
        data: "2025-02-02T10:00:05".parse().expect("a moment"),
        status: SituacaoPedido::Processado,
        codusuario: Some("3021".to_owned()),
        codusur: Some("4567890123".to_owned()),
        numped: Some("416".to_owned()),
        numcritica: 2_025_020_210_000_512,
        condvenda: 1,
        numpederp: Some(1507),
        critica: Critica {
            tipo: TipoCritica::Sucesso,
            posicao: PosicaoPedido::Pendente,
            mensagem: "Pedido importado com sucesso!".to_owned(),
            atualizacao: false,
        },
    }
}

#[tokio::test(start_paused = true)]
async fn pending_orders_come_with_their_object_still_as_text() {
    let (maxima, cloud) = connected();
    cloud.next(
        ORDERS,
        Mishap::Answer(
            200,
            r#"{"success":[{"id_pedido":900100200,"numped":416,"status":1,"tipopedido":1,"codusur":"4567890123","codusuario":3021,
               "data":"2025-02-02T09:58:00","critica":{"a":1},"numcritica":"2025020210000512",
               "objeto_json":"{\"CodigoPedidoNuvem\":\"900100200\",\"NumPedido\":\"416\",\"CodigoUsuarioMaxima\":\"3021\"}"}],"error":null}"#,
        ),
    );

    let rows = maxima.pending_orders().await.expect("a listing");

    let [Ok(row)] = rows.as_slice() else { panic!("{rows:?}") };
    assert_eq!((row.id_pedido.as_str(), row.numped.as_deref()), ("900100200", Some("416")));
    assert_eq!((row.status, row.tipopedido, row.codusuario.as_deref()), (Some(1), Some(1), Some("3021")));
    assert_eq!((row.numcritica, row.critica.as_deref()), (Some(2_025_020_210_000_512), Some(r#"{"a":1}"#)));
    assert_eq!(row.codusur.as_deref(), Some("4567890123"));
    assert_eq!(row.data, "2025-02-02T09:58:00".parse().ok());
    let order = PedidoMaxima::parse(row.objeto_json.as_deref().expect("readable")).expect("an order");
    assert_eq!(order.codigo_usuario_maxima.as_deref(), Some("3021"));
}

#[tokio::test(start_paused = true)]
async fn an_order_that_cannot_be_read_stands_among_the_others() {
    let (maxima, cloud) = connected();
    cloud.next(
        ORDERS,
        Mishap::Answer(
            200,
            r#"{"Success":[{"ID_PEDIDO":12345678901234567890,"objeto_json":"{}","status":{"x":1}},
               {"id_pedido":"7","objeto_json":null},{"objeto_json":"{}"},{"id_pedido":8,"tipopedido":"dois","objeto_json":"{}"},
               {"id_pedido":9,"objeto_json":"{}","critica":"\ud83d","numped":1e999}]}"#,
        ),
    );

    let rows = maxima.pending_orders().await.expect("a listing");

    let read = |at: usize| rows[at].as_ref().map(|row| row.id_pedido.as_str());
    let object = |at: usize| {
        let row = rows[at].as_ref().expect("named");
        row.objeto_json.as_deref().map_err(ToString::to_string)
    };
    assert_eq!(rows.len(), 5);
    assert_eq!((read(0), object(0)), (Ok("12345678901234567890"), Ok("{}")));
    assert_eq!((read(1), object(1)), (Ok("7"), Err("objeto_json: está vazio".to_owned())));
    let unnamed = rows[2].as_ref().expect_err("without an id").to_string();
    assert_eq!(unnamed, "registro sem id da Máxima ilegível: id_pedido: está vazio");
    assert_eq!((read(3), object(3)), (Ok("8"), Err("tipopedido: não é um número inteiro".to_owned())));
    assert_eq!((read(4), object(4)), (Ok("9"), Ok("{}")));
}

#[tokio::test(start_paused = true)]
async fn no_orders_are_none_and_a_cut_listing_is_fetched_again() {
    let (maxima, cloud) = connected();
    cloud.next(ORDERS, Mishap::Answer(200, r#"{"success":[{"id_pedido":1,"objeto_js"#));

    assert_eq!(maxima.pending_orders().await, Ok(Vec::new()));

    assert_eq!(cloud.seen(ORDERS).len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_listing_with_an_error_is_no_listing() {
    let (maxima, cloud) = connected();
    let answer = r#"{"success":[],"error":"Usuário sem permissão"}"#;
    for name in [ORDERS, CUSTOMERS] {
        cloud.next(name, Mishap::Answer(200, answer));
    }
    let refused = Fault::Refused { text: "Usuário sem permissão".to_owned() };

    assert_eq!(maxima.pending_orders().await.expect_err("an error").fault, refused);
    assert_eq!(maxima.pending_customers().await.expect_err("an error").fault, refused);
}

#[tokio::test(start_paused = true)]
async fn a_token_that_ran_out_is_renewed_for_the_outbound_api_too() {
    let (maxima, cloud) = connected();
    maxima.pending_orders().await.expect("a listing");
    cloud.expire_tokens();

    maxima.pending_orders().await.expect("a listing");

    assert_eq!((cloud.logins(), cloud.seen(ORDERS).len()), (2, 3));
}

#[tokio::test(start_paused = true)]
async fn results_travel_together_and_again_after_a_lost_answer() {
    let (maxima, cloud) = connected();
    cloud.next("PUT StatusPedidos", Mishap::LoseAnswer);

    maxima.post_order_status(&[status("1"), status("2")]).await.expect("posted");

    let seen = cloud.seen("PUT StatusPedidos");
    assert_eq!((seen.len(), &seen[0].body), (2, &seen[1].body));
    let ids: Vec<_> = seen[0].json().iter().map(|record| record["Id_pedido"].clone()).collect();
    assert_eq!(ids, ["1", "2"]);
}

#[tokio::test(start_paused = true)]
async fn a_later_change_may_go_to_the_endpoint_of_critiques() {
    let (maxima, cloud) = connected();

    maxima.post_critique(&[status("1")]).await.expect("posted");

    let sent = &cloud.seen("PUT StatusCriticas")[0].json()[0];
    let inner: Value = serde_json::from_str(sent["Critica"].as_str().expect("text")).expect("JSON");
    assert_eq!((&sent["Numpederp"], &inner["PosicaoPedidoERP"]), (&"1507".into(), &"Pendente".into()));
    assert!(sent.get("Tipopedido").is_none());
}

#[tokio::test(start_paused = true)]
async fn a_result_without_the_id_of_its_order_is_not_sent() {
    let (maxima, cloud) = connected();

    let error = maxima.post_order_status(&[status(" ")]).await.expect_err("malformed");

    assert_eq!(error.remedy(), Remedy::Bug);
    assert!(cloud.story().is_empty());
}

#[tokio::test(start_paused = true)]
async fn nothing_to_post_asks_nothing() {
    let (maxima, cloud) = connected();

    maxima.post_order_status(&[]).await.expect("nothing");
    maxima.post_customer_status(&[]).await.expect("nothing");

    assert_eq!((cloud.story().len(), cloud.logins()), (0, 0));
}

/// The answer to a result, as often as it is asked, and what it comes to.
async fn answered(http: u16, body: &'static str) -> Fault {
    let (maxima, cloud) = connected();
    for _ in 0..10 {
        cloud.next("PUT StatusPedidos", Mishap::Answer(http, body));
    }
    maxima.post_order_status(&[status("1")]).await.expect_err("an error").fault
}

#[tokio::test(start_paused = true)]
async fn a_refusal_of_a_result_is_told_apart_from_what_passes() {
    let refused = |text: &str| Fault::Refused { text: text.to_owned() };
    let unauthorized = || Fault::Unauthorized { text: "HTTP 403".to_owned() };
    for (http, body, fault) in [
        (400, r#"{"success":null,"error":"Critica inválida"}"#, refused("Critica inválida")),
        (200, r#"{"success":null,"error":"Numpederp inválido"}"#, refused("Numpederp inválido")),
        (
            200,
            r#"{"success":"ok","error":{"message":"Pedido não encontrado"}}"#,
            refused("Pedido não encontrado"),
        ),
        (404, r#"{"success":null,"error":"Pedido não encontrado"}"#, refused("Pedido não encontrado")),
        (
            500,
            r#"{"success":null,"error":"Referência de objeto nula"}"#,
            refused("Referência de objeto nula"),
        ),
        (200, r#"{"success":"Registros proc"#, Fault::Unclear),
        (400, r#"{"success":null,"error":"Crit"#, Fault::Unclear),
        (200, "<html>manutenção</html>", Fault::Unavailable),
        (503, "<html>manutenção</html>", Fault::Unavailable),
        (500, r#"{"success":null,"error":"Timeout expired"}"#, Fault::Unavailable),
        (429, "", Fault::RateLimited),
        (403, "", unauthorized()),
    ] {
        assert_eq!(answered(http, body).await, fault, "{http} {body}");
    }
    let used = answered(400, r#"{"success":null,"error":"Numcritica já existe"}"#).await;
    assert!(matches!(used, Fault::Duplicate { .. }), "{used:?}");
}

#[tokio::test(start_paused = true)]
async fn a_customer_goes_back_as_it_came_with_its_result() {
    let (maxima, cloud) = connected();
    cloud.next(
        CUSTOMERS,
        Mishap::Answer(
            200,
            r#"{"success":[{"id_cliente":"88771","data":"2025-02-02T09:58:00","status":0,
               "objeto_json":"{\"CodigoClienteNuvem\":88771,\"Nome\":\"PADARIA NOVA LTDA\",\"Limite\":0.1000000000000000055}"},
               {"id_cliente":"x","objeto_json":"{}"}],"error":null}"#,
        ),
    );

    let rows = maxima.pending_customers().await.expect("a listing");
    let row = rows[0].as_ref().expect("readable");
    let cadastro = ClienteMaximaCadastro::parse(&row.objeto_json).expect("a customer");
    let objeto_json = patched(&row.objeto_json, Some("5366578999"), 2, "Cliente importado com sucesso.");
    let objeto_json = objeto_json.expect("patched");
    let done = StatusCliente { id_cliente: row.id_cliente, status: 4, objeto_json };
    maxima.post_customer_status(std::slice::from_ref(&done)).await.expect("posted");

    assert_eq!((row.id_cliente, row.status, cadastro.codigo_cliente_nuvem), (88_771, Some(0), Some(88_771)));
    assert_eq!(rows[1].as_ref().expect_err("unreadable").id.as_deref(), Some("x"));
    let sent = &cloud.seen("PUT StatusClientes")[0].json()[0];
    assert_eq!((&sent["Id_cliente"], &sent["Status"]), (&88_771.into(), &4.into()));
    assert_eq!(
        sent["Objeto_json"],
        concat!(
            r#"{"CodigoClienteNuvem":88771,"Nome":"PADARIA NOVA LTDA","Limite":0.1000000000000000055,"#,
            r#""RetornoImportacao":2,"CriticaImportacao":"Cliente importado com sucesso.","Codigo":"5366578999"}"#
        )
    );
}

#[test]
fn the_futures_can_move_between_threads() {
    fn is_send(_: impl Send) {}
    fn all(maxima: &maxima::Maxima) {
        is_send(maxima.pending_orders());
        is_send(maxima.post_order_status(&[]));
        is_send(maxima.post_critique(&[]));
        is_send(maxima.pending_customers());
        is_send(maxima.post_customer_status(&[]));
        is_send(maxima.set_position(1, PosicaoPedido::Pendente));
        is_send(maxima.put_or_post::<maxima::HistoricoPedidoItem>(&[]));
    }
    let _ = all;
}
