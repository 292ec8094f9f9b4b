//! Which topic an event has and what it says (`contracts/omie.md` §9).

use serde_json::{Map, Value, json};

use super::account::Account;
use super::fixed;
use crate::Registry;
use crate::dataset::{at, text_of};

impl Account<'_> {
    /// Appends an event, when somebody listens.
    pub(super) fn tell(&mut self, topic: &str, event: &Value) {
        if self.options.webhooks {
            self.desk.mailbox.tell(self.options, topic, event, self.now);
        }
    }

    /// Appends an event about an order.
    pub(super) fn tell_of_order(&mut self, topics: &[&str], order: &Value) {
        if self.options.webhooks {
            let event = order_event(order);
            for topic in topics {
                let topic =
                    if topic.contains('.') { (*topic).to_owned() } else { format!("VendaProduto.{topic}") };
                self.tell(&topic, &event);
            }
        }
    }

    pub(super) fn tell_of_addition(&mut self, registry: Registry, id: &str, new: bool) {
        if !self.options.webhooks {
            return;
        }
        let record = self.raw(registry, id).unwrap_or_default();
        self.tell_of(registry, &record, usize::from(!new));
    }

    pub(super) fn tell_of_removal(&mut self, registry: Registry, gone: &Value) {
        self.tell_of(registry, gone, 2);
    }

    pub(super) fn tell_of_change(&mut self, registry: Registry, id: &str, field: &str, value: &Value) {
        if !self.options.webhooks {
            return;
        }
        let record = self.raw(registry, id).unwrap_or_default();
        let special = SPECIAL.iter().find(|(of, when, states, _)| {
            (*of, *when) == (registry, field) && (states.is_empty() || value == states)
        });
        match special {
            Some((Registry::Pedidos, .., topic)) => self.tell_of_order(&[topic], &record),
            Some((.., topic)) => self.tell(topic, &event(registry, &record)),
            None => self.tell_of(registry, &record, 1),
        }
    }

    /// Appends an event about a record that was included (0), changed (1) or deleted (2).
    pub(super) fn tell_of(&mut self, registry: Registry, record: &Value, nth: usize) {
        if !self.options.webhooks {
            return;
        }
        let endings = if registry == Registry::Pedidos {
            ["Incluida", "Alterada", "Excluida"]
        } else {
            ["Incluido", "Alterado", "Excluido"]
        };
        let subject = match registry {
            Registry::Pedidos => return self.tell_of_order(&[endings[nth]], record),
            Registry::PosicoesEstoque => {
                return self.tell("Produto.MovimentacaoEstoque", &event(registry, record));
            }
            Registry::Clientes => "ClienteFornecedor",
            Registry::Produtos => "Produto",
            Registry::ItensTabela => "TabelaPrecoItem",
            Registry::LocaisEstoque => "LocalEstoque",
            Registry::Vendedores => "Vendedor",
            Registry::Titulos if at(record, "cabecTitulo.cNatureza") == "P" => "Financas.ContaPagar",
            Registry::Titulos => "Financas.ContaReceber",
            _ => return,
        };
        self.tell(&format!("{subject}.{}", endings[nth]), &event(registry, record));
    }
}

/// Changes with a topic of their own: registry, member, what it states then ("": anything), topic.
const SPECIAL: &[(Registry, &str, &str, &str)] = &[
    (Registry::Pedidos, "cabecalho.etapa", "", "EtapaAlterada"),
    (Registry::Pedidos, "infoCadastro.faturado", "S", "Faturada"),
    (Registry::Pedidos, "infoCadastro.cancelado", "S", "Cancelada"),
    (Registry::Pedidos, "infoCadastro.devolvido", "S", "Devolvida"),
    (Registry::Titulos, "cabecTitulo.cStatus", "LIQUIDADO", "Financas.ContaReceber.BaixaRealizada"),
    (Registry::Titulos, "cabecTitulo.cStatus", "RECEBIDO", "Financas.ContaReceber.BaixaRealizada"),
];

/// The members of the record an event states.
fn event(registry: Registry, record: &Value) -> Value {
    let members: &[&str] = match registry {
        Registry::Clientes => &[
            "codigo_cliente_omie",
            "codigo_cliente_integracao",
            "razao_social",
            "nome_fantasia",
            "cnpj_cpf",
            "inativo",
        ],
        Registry::Produtos => &["codigo_produto", "codigo", "codigo_familia"],
        Registry::ItensTabela => &["nCodTabPreco", "nCodProd", "nValorTabela"],
        Registry::LocaisEstoque => &["codigo_local_estoque", "codigo", "descricao"],
        Registry::Vendedores => &["codigo", "nome", "inativo"],
        Registry::PosicoesEstoque => {
            return json!({ "codigo_produto": record["nCodProd"], "codigo": record["cCodigo"],
                "codigo_local_estoque": record["codigo_local_estoque"] });
        }
        Registry::Titulos => {
            return json!({ "codigo_lancamento_omie": at(record, "cabecTitulo.nCodTitulo"),
                "codigo_cliente_fornecedor": at(record, "cabecTitulo.nCodCliente") });
        }
        _ => &[],
    };
    let stated = |name: &&&str| !record[**name].is_null();
    let members: Map<String, Value> =
        members.iter().filter(stated).map(|name| ((*name).to_owned(), record[*name].clone())).collect();
    Value::Object(members)
}

fn order_event(order: &Value) -> Value {
    let stamps = &order["infoCadastro"];
    let stage = text_of(at(order, "cabecalho.etapa"));
    let mut event = json!({
        "idPedido": at(order, "cabecalho.codigo_pedido"),
        "codIntPedido": at(order, "cabecalho.codigo_pedido_integracao"),
        "numeroPedido": super::orders::number_of(order), "etapaDescr": fixed::stage_name(&stage), "etapa": stage,
        "faturada": yes(stamps, "faturado"), "cancelada": yes(stamps, "cancelado"),
        "dataPrevisao": at(order, "cabecalho.data_previsao"), "idCliente": at(order, "cabecalho.codigo_cliente"),
        "idContaCorrente": at(order, "informacoes_adicionais.codigo_conta_corrente"),
        "codigoCategoria": at(order, "informacoes_adicionais.codigo_categoria"),
        "valorPedido": at(order, "total_pedido.valor_total_pedido"), "usuarioInclusao": stamps["uInc"]
    });
    if event["faturada"] == "S" {
        event["dataFaturado"] = stamps["dFat"].clone();
        event["horaFaturado"] = stamps["hFat"].clone();
        event["usuarioFaturado"] = stamps["uFat"].clone();
    }
    event
}

/// "S" or, where the record says nothing, "N".
fn yes(stamps: &Value, member: &str) -> &'static str {
    crate::dataset::sn(stamps[member] == "S")
}
