//! The example the contracts work through.

use serde_json::{Value, json};

/// The order of `contracts/maxima.md` §7.2, member by member. With the settings of the mapping's §6.7 it becomes the
/// request of `contracts/omie.md` §8.23.
pub fn worked_example() -> Value {
    json!({
        "CodigoPedidoNuvem": "900100200", "NumPedido": "416", "CodUsuario": "4567890123",
        "CodigoUsuarioMaxima": "3021", "Data": "2025-02-02T09:58:00",
        "DataPrevisaoFaturamento": "2025-02-05T00:00:00", "OrigemPedido": "F",
        "TipoVenda": { "Codigo": 1, "Descricao": "Venda Normal" },
        "Cliente": { "Codigo": "5366578425", "CNPJ": "98765432000198", "Nome": "MERCADO BOA COMPRA LTDA" },
        "Filial": { "Codigo": "3456789012" },
        "Cobranca": { "Codigo": "15", "Descricao": "Boleto Bancário", "Boleto": true },
        "PlanoPagamento": { "Codigo": "A03", "Descricao": "30/60/90", "NumeroParcelas": 3 },
        "ValorTotal": 102.0, "ValorTabela": 106.8, "ValorFrete": 0, "Observacao": "Entregar pela manha",
        "ObservacaoEntrega": null, "NumRegiao": "6001",
        "Produtos": [{
            "Codigo": "5366578297", "Descricao": "REFRIGERANTE COLA 2L", "Sequencia": 1, "Quantidade": 12,
            "PrecoVenda": 8.5, "PrecoTabela": 8.9, "PercDesconto": 4.4944, "PrecoVendaInformado": 8.5,
            "PrecoTabelaInformado": 8.9, "Unidade": "UN", "CodigoBarras": "7890000000017",
            "ItemBonificado": false
        }]
    })
}
