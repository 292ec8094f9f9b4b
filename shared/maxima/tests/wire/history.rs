//! The history of an order just imported: an update that may make a row, and a position.

use maxima::{Hashed, HistoricoPedidoCapa, HistoricoPedidoItem, Maxima, PosicaoPedido};
use partner_http::{Fault, Remedy};

use crate::cloud::{Mishap, connected};

const HASH: &str = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";

fn capa() -> HistoricoPedidoCapa {
    HistoricoPedidoCapa { numped: 1507, posicao: "P", ..HistoricoPedidoCapa::default() }
}

fn itens() -> Vec<HistoricoPedidoItem> {
    let item = |numseq, codprod: &str| HistoricoPedidoItem {
        numped: 1507,
        numseq,
        codprod: codprod.to_owned(),
        ..HistoricoPedidoItem::default()
    };
    vec![item(1, "10"), item(2, "20")]
}

async fn put_header(maxima: &Maxima) {
    maxima.put_or_post(&[Hashed { row: &capa(), hash: HASH, known: false }]).await.expect("stored");
}

async fn put_items(maxima: &Maxima) {
    let itens = itens();
    let rows: Vec<_> = itens.iter().map(|row| Hashed { row, hash: HASH, known: false }).collect();
    maxima.put_or_post(&rows).await.expect("stored");
}

#[tokio::test(start_paused = true)]
async fn a_refused_update_of_an_order_becomes_an_insertion() {
    let (maxima, cloud) = connected();

    put_header(&maxima).await;
    put_items(&maxima).await;

    assert_eq!(cloud.record("HistoricosPedidosCapas", "1507").expect("made")["Posicao"], "P");
    assert!(cloud.record("HistoricosPedidosItens", "1507/2/20").is_some());
    assert_eq!(cloud.story()[0], "PUT HistoricosPedidosCapas");
    assert_eq!(cloud.seen("POST HistoricosPedidosCapas").len(), 1);
    assert_eq!(cloud.seen("POST HistoricosPedidosItens").len(), 1);
}

#[tokio::test(start_paused = true)]
async fn an_update_that_came_to_nothing_becomes_an_insertion() {
    let (maxima, cloud) = connected();
    cloud.ignores_unknown("HistoricosPedidosCapas");
    cloud.ignores_unknown("HistoricosPedidosItens");

    put_header(&maxima).await;
    put_items(&maxima).await;

    assert_eq!(
        cloud.story(),
        [
            "PUT HistoricosPedidosCapas",
            "POST ValidarChaves/Localizar",
            "POST HistoricosPedidosCapas",
            "PUT HistoricosPedidosItens",
            "POST ValidarChaves/Localizar",
            "POST HistoricosPedidosItens",
        ]
    );
    assert!(cloud.record("HistoricosPedidosItens", "1507/1/10").is_some());
}

#[tokio::test(start_paused = true)]
async fn a_row_that_is_there_is_updated_and_not_inserted() {
    let (maxima, cloud) = connected();
    put_header(&maxima).await;
    put_items(&maxima).await;

    put_header(&maxima).await;
    put_items(&maxima).await;

    assert_eq!(cloud.seen("POST HistoricosPedidosCapas").len(), 1);
    assert_eq!(cloud.seen("POST HistoricosPedidosItens").len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_position_changes_nothing_else_of_the_header() {
    let (maxima, cloud) = connected();
    put_header(&maxima).await;

    assert_eq!(maxima.set_position(1507, PosicaoPedido::Faturado).await, Ok(true));

    let header = cloud.record("HistoricosPedidosCapas", "1507").expect("there");
    assert_eq!((&header["Posicao"], &header["Hash"]), (&"F".into(), &HASH.into()));
    let sent = &cloud.seen("PUT HistoricosPedidosCapas")[1].body;
    assert_eq!(sent, r#"[{"Numped":1507,"Posicao":"F"}]"#);
}

#[tokio::test(start_paused = true)]
async fn a_position_without_its_header_says_that_the_row_is_owed() {
    let (maxima, _cloud) = connected();

    assert_eq!(maxima.set_position(1507, PosicaoPedido::Liberado).await, Ok(false));
}

#[tokio::test(start_paused = true)]
async fn a_position_that_the_cloud_refuses_is_an_error_and_an_outage_is_another() {
    let (maxima, cloud) = connected();
    put_header(&maxima).await;
    cloud.next(
        "PUT HistoricosPedidosCapas",
        Mishap::Answer(400, r#"{"success":null,"error":"Posicao inválida"}"#),
    );
    for _ in 0..10 {
        cloud.next("PUT HistoricosPedidosCapas", Mishap::Answer(503, "<html>manutenção</html>"));
    }

    let refused = maxima.set_position(1507, PosicaoPedido::Montado).await.expect_err("refused");
    let away = maxima.set_position(1507, PosicaoPedido::Montado).await.expect_err("away");

    assert_eq!(refused.fault, Fault::Refused { text: "Posicao inválida".to_owned() });
    assert!(matches!(away.remedy(), Remedy::RetryLater { .. }), "{away:?}");
}
