//! What is posted about an order (`contracts/maxima.md` §7.3): its status, and the critique that the seller reads.

use jiff::civil::DateTime;
use serde::{Deserialize, Serialize};

/// The result of an order, or a later change of it. Its own serde form is for keeping what is still owed; what
/// travels is made by [`Maxima::post_order_status`](crate::Maxima::post_order_status).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusPedido {
    /// `CodigoPedidoNuvem`, never blank: an empty one freezes the orders linked to it (§7.3.1).
    pub id_pedido: String,
    /// When it became so, on the wall clock of São Paulo. Whole seconds travel.
    pub data: DateTime,
    /// What the order is for the cloud from now on.
    pub status: SituacaoPedido,
    /// `CodigoUsuarioMaxima`.
    pub codusuario: Option<String>,
    /// `CodUsuario`, the seller. The SDK leaves it out, the dictionary does not.
    pub codusur: Option<String>,
    /// `NumPedido`.
    pub numped: Option<String>,
    /// [`numcritica`](super::numcritica()): larger than every earlier one of this order.
    pub numcritica: i64,
    /// `TipoVenda.Codigo`, 1 normal.
    pub condvenda: i64,
    /// Number of the order in the ERP, a whole number on the wire; none on an error.
    pub numpederp: Option<i64>,
    /// What the seller reads.
    pub critica: Critica,
}

/// What the seller reads (§7.3.1); the members that repeat the status are taken from it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Critica {
    /// Whether it is good news.
    pub tipo: TipoCritica,
    /// Where the order stands in the ERP.
    pub posicao: PosicaoPedido,
    /// The message, in Portuguese.
    pub mensagem: String,
    /// `AtualizacaoPosPedido`: false on import, as in the SDK (§10.6).
    pub atualizacao: bool,
}

/// What an order is for the cloud, of §7.4 what an integrator sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SituacaoPedido {
    /// 4, processed by the ERP.
    Processado,
    /// 5, error importing.
    Erro,
}

impl SituacaoPedido {
    /// Its number in §7.4.
    pub fn code(self) -> i64 {
        match self {
            Self::Processado => 4,
            Self::Erro => 5,
        }
    }
}

/// Kind of a critique, of `EnumTipoCritica` what an integrator sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum TipoCritica {
    /// 0.
    Sucesso,
    /// 2.
    Erro,
}

impl TipoCritica {
    /// Its number, the `Tipocritica` beside the critique; inside it the name travels.
    pub fn code(self) -> i64 {
        match self {
            Self::Sucesso => 0,
            Self::Erro => 2,
        }
    }
}

/// Where an order stands in the ERP, `EnumPosicaoPedido`. The name travels: the SDK's numbers are an annotation
/// gone wrong (§7.3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PosicaoPedido {
    /// Taken, and waiting.
    Pendente,
    /// Held back by the ERP.
    Bloqueado,
    /// Released.
    Liberado,
    /// Assembled.
    Montado,
    /// Invoiced.
    Faturado,
    /// Cancelled.
    Cancelado,
    /// Not in the ERP: the position of an error.
    Desconhecido,
}

impl PosicaoPedido {
    /// The `Posicao` of a history header, as the SDK maps it (§7.6): what it does not name is pending.
    pub fn letter(self) -> &'static str {
        match self {
            Self::Pendente | Self::Bloqueado | Self::Desconhecido => "P",
            Self::Liberado => "L",
            Self::Montado => "M",
            Self::Faturado => "F",
            Self::Cancelado => "C",
        }
    }
}

/// A record of `PUT StatusPedidos`.
pub(super) fn status_json(status: &StatusPedido) -> String {
    json(&StatusOnTheWire {
        later: of(status),
        tipopedido: ORDER,
        codusuario: status.codusuario.as_deref(),
        codusur: status.codusur.as_deref(),
        numped: status.numped.as_deref(),
        condvenda: status.condvenda,
    })
}

/// A record of `PUT StatusCriticas`, which knows fewer members (§7.6).
pub(super) fn critique_json(status: &StatusPedido) -> String {
    json(&of(status))
}

/// `Tipopedido` of an order; 2 is a quotation.
const ORDER: i64 = 1;

#[derive(Serialize)]
struct StatusOnTheWire<'a> {
    #[serde(flatten)]
    later: LaterOnTheWire<'a>,
    #[serde(rename = "Tipopedido")]
    tipopedido: i64,
    #[serde(rename = "Codusuario", skip_serializing_if = "Option::is_none")]
    codusuario: Option<&'a str>,
    #[serde(rename = "Codusur", skip_serializing_if = "Option::is_none")]
    codusur: Option<&'a str>,
    #[serde(rename = "Numped", skip_serializing_if = "Option::is_none")]
    numped: Option<&'a str>,
    #[serde(rename = "Condvenda")]
    condvenda: i64,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct LaterOnTheWire<'a> {
    #[serde(rename = "Id_pedido")]
    id_pedido: &'a str,
    data: String,
    status: i64,
    numcritica: i64,
    tipocritica: i64,
    /// Text of a whole number: "44444.0" breaks the timeline (§1).
    #[serde(skip_serializing_if = "Option::is_none")]
    numpederp: Option<String>,
    /// JSON inside the text, made by the serializer: bad quoting leaves the order "in transit" for ever (§7.3.1).
    critica: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
#[expect(clippy::struct_excessive_bools, reason = "they are Máxima's flags")]
struct CriticaOnTheWire<'a> {
    num_pedido: Option<&'a str>,
    codigo_pedido_nuvem: &'a str,
    #[serde(rename = "NumPedidoERP")]
    num_pedido_erp: Option<&'a str>,
    num_critica: i64,
    codigo_usuario: Option<&'a str>,
    data: &'a str,
    tipo: TipoCritica,
    #[serde(rename = "PosicaoPedidoERP")]
    posicao_pedido_erp: PosicaoPedido,
    itens: [ItemOnTheWire<'a>; 1],
    codigo_tipo_venda: i64,
    status_da_assinatura: i64,
    excluir_pedido: bool,
    salvar_critica: bool,
    atualizacao_pos_pedido: bool,
    cancelado: bool,
    houve_excessao: bool,
    package_valida: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ItemOnTheWire<'a> {
    codigo: &'a str,
    ordem: i64,
    descricao: &'a str,
}

fn of(status: &StatusPedido) -> LaterOnTheWire<'_> {
    let data = status.data.strftime("%Y-%m-%dT%H:%M:%S").to_string();
    let numpederp = status.numpederp.map(|number| number.to_string());
    let critica = json(&CriticaOnTheWire {
        num_pedido: status.numped.as_deref(),
        codigo_pedido_nuvem: &status.id_pedido,
        num_pedido_erp: numpederp.as_deref(),
        num_critica: status.numcritica,
        codigo_usuario: status.codusuario.as_deref(),
        data: &data,
        tipo: status.critica.tipo,
        posicao_pedido_erp: status.critica.posicao,
        itens: [ItemOnTheWire { codigo: "0", ordem: 0, descricao: &status.critica.mensagem }],
        codigo_tipo_venda: status.condvenda,
        status_da_assinatura: 0,
        excluir_pedido: false,
        salvar_critica: true,
        atualizacao_pos_pedido: status.critica.atualizacao,
        cancelado: false,
        houve_excessao: false,
        package_valida: true,
    });
    LaterOnTheWire {
        id_pedido: &status.id_pedido,
        data,
        status: status.status.code(),
        numcritica: status.numcritica,
        tipocritica: status.critica.tipo.code(),
        numpederp,
        critica,
    }
}

fn json(record: &impl Serialize) -> String {
    serde_json::to_string(record).expect("texts, numbers and flags are JSON")
}

#[cfg(test)]
pub(super) mod tests {
    use serde_json::{Value, json};

    use super::*;

    /// The worked example of `contracts/maxima.md` §7.3.1.
    pub(crate) const EXAMPLE: &str = r#"{"Id_pedido":"900100200","Data":"2025-02-02T10:00:05","Status":4,"Tipopedido":1,"Codusuario":"3021","Codusur":"4567890123","Numped":"416","Numcritica":2025020210000512,"Tipocritica":0,"Condvenda":1,"Numpederp":"1507",
 "Critica":"{\"NumPedido\":\"416\",\"CodigoPedidoNuvem\":\"900100200\",\"NumPedidoERP\":\"1507\",\"NumCritica\":2025020210000512,\"CodigoUsuario\":\"3021\",\"Data\":\"2025-02-02T10:00:05\",\"Tipo\":\"Sucesso\",\"PosicaoPedidoERP\":\"Pendente\",\"Itens\":[{\"Codigo\":\"0\",\"Ordem\":0,\"Descricao\":\"Pedido importado com sucesso!\"}],\"CodigoTipoVenda\":1,\"StatusDaAssinatura\":0,\"ExcluirPedido\":false,\"SalvarCritica\":true,\"AtualizacaoPosPedido\":false,\"Cancelado\":false,\"HouveExcessao\":false,\"PackageValida\":true}"}"#;

    fn imported() -> StatusPedido {
        StatusPedido {
            id_pedido: "900100200".to_owned(),
            data: "2025-02-02T10:00:05.12".parse().expect("a moment"),
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

    fn value(json: &str) -> Value {
        serde_json::from_str(json).expect("JSON")
    }

    fn inner(record: &Value) -> Value {
        value(record["Critica"].as_str().expect("text"))
    }

    #[test]
    fn a_success_is_the_example_of_the_contract() {
        let (sent, expected) = (value(&status_json(&imported())), value(EXAMPLE));

        assert_eq!(inner(&sent), inner(&expected));
        assert_eq!(sent, expected, "and the inner text is the same letter by letter");
    }

    #[test]
    fn an_error_has_no_number_of_the_erp_and_any_words() {
        let words = "CFOP \"5.910\" inválido\\\r\nlinha 2 {\u{1}}";
        let mut refused = imported();
        refused.status = SituacaoPedido::Erro;
        refused.numpederp = None;
        refused.critica.tipo = TipoCritica::Erro;
        refused.critica.posicao = PosicaoPedido::Desconhecido;
        refused.critica.mensagem = words.to_owned();

        let sent = value(&status_json(&refused));
        let inner = inner(&sent);

        assert_eq!((&sent["Status"], &sent["Tipocritica"]), (&json!(5), &json!(2)));
        assert!(sent.get("Numpederp").is_none());
        assert_eq!(inner["NumPedidoERP"], Value::Null);
        assert_eq!((&inner["Tipo"], &inner["PosicaoPedidoERP"]), (&json!("Erro"), &json!("Desconhecido")));
        assert_eq!(inner["Itens"][0]["Descricao"], words);
        assert_eq!(inner["CodigoPedidoNuvem"], "900100200");
    }

    #[test]
    fn a_later_critique_has_only_the_members_of_its_endpoint() {
        let sent = value(&critique_json(&imported()));

        let names: Vec<&str> = sent.as_object().expect("an object").keys().map(String::as_str).collect();
        assert_eq!(
            names,
            ["Critica", "Data", "Id_pedido", "Numcritica", "Numpederp", "Status", "Tipocritica"]
        );
        assert_eq!(inner(&sent), inner(&value(EXAMPLE)));
    }

    #[test]
    fn what_is_owed_is_kept_as_it_is() {
        let kept = serde_json::to_string(&imported()).expect("JSON");

        assert_eq!(serde_json::from_str::<StatusPedido>(&kept).expect("kept"), imported());
    }
}
