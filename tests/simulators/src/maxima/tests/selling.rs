//! The sellers' side and an ERP that answers it, for the tests of both.

use super::*;

/// An ERP in front of a cloud that holds the tiny catalogue.
pub(super) struct Erp {
    pub(super) sim: MaximaSim,
    token: Value,
}

impl Erp {
    pub(super) async fn new() -> Self {
        let clock = Clock::paused(START.parse().expect("an instant"));
        let sim = MaximaSim::preloaded(clock, MaximaOptions::default());
        let token = login(&sim).await;
        Self { sim, token }
    }

    pub(super) fn request(&self, verb: &str, path: &str, body: &Value) -> Request<Bytes> {
        let token = self.token["token_De_Acesso"].as_str().unwrap_or_default();
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let request = Request::builder().method(verb).uri(format!("/api/{path}"));
        let request = request.header("authorization", format!("Bearer {token}"));
        request.body(body.into()).expect("a request")
    }

    pub(super) async fn ask(&self, verb: &str, path: &str, body: Value) -> (u16, Value) {
        read(&self.sim.handle(self.request(verb, path, &body)).await.expect("an answer"))
    }

    /// The rows of a listing.
    pub(super) async fn rows(&self, path: &str) -> Vec<Value> {
        let (status, answer) = self.ask("GET", path, Value::Null).await;
        assert_eq!(status, 200, "{answer}");
        answer["success"].as_array().expect("a list").clone()
    }

    /// The refusal's text, empty when it was taken.
    pub(super) async fn put(&self, path: &str, row: Value) -> String {
        let (_, answer) = self.ask("PUT", path, json!([row])).await;
        answer["error"].as_str().unwrap_or_default().to_owned()
    }

    /// What the control interface answers.
    pub(super) async fn control(&self, verb: &str, path: &str, body: Value) -> (u16, Value) {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let request = Request::builder().method(verb).uri(format!("/_sim/{path}"));
        let request = request.body(body.into()).expect("a request");
        read(&self.sim.handle(request).await.expect("an answer"))
    }
}

/// The result of `contracts/maxima.md` §7.3 for the worked example, with another number, status and message.
pub(super) fn result(number: i64, status: u8, position: &str, said: &str) -> Value {
    let good = status != 5;
    let (tipo, erp) = if good { ("Sucesso", json!("1507")) } else { ("Erro", Value::Null) };
    let critique = json!({
        "NumPedido": "416", "CodigoPedidoNuvem": "900100200", "NumPedidoERP": erp, "NumCritica": number,
        "CodigoUsuario": "3021", "Data": "2025-02-02T10:00:05", "Tipo": tipo, "PosicaoPedidoERP": position,
        "Itens": [{ "Codigo": "0", "Ordem": 0, "Descricao": said }], "CodigoTipoVenda": 1,
        "StatusDaAssinatura": 0, "ExcluirPedido": false, "SalvarCritica": true, "AtualizacaoPosPedido": false,
        "Cancelado": false, "HouveExcessao": false, "PackageValida": true
    });
    let mut row = json!({
        "Id_pedido": "900100200", "Data": "2025-02-02T10:00:05", "Status": status, "Tipopedido": 1,
        "Codusuario": "3021", "Codusur": "4567890123", "Numped": "416", "Numcritica": number,
        "Tipocritica": if good { 0 } else { 2 }, "Condvenda": 1, "Critica": critique.to_string()
    });
    if good {
        row["Numpederp"] = "1507".into();
    }
    row
}

/// The same result with members of its critique changed.
pub(super) fn with_critique(mut row: Value, change: impl FnOnce(&mut Value)) -> Value {
    let text = row["Critica"].as_str().expect("text").to_owned();
    let mut critique: Value = serde_json::from_str(&text).expect("JSON");
    change(&mut critique);
    row["Critica"] = critique.to_string().into();
    row
}
