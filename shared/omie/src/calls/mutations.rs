//! Whatever an answer looks like, reading it gives a value or an error, and never a panic.

use std::ops::Range;

use crate::faults::{classify, classify_write};
use crate::{
    AlterarCliente, AssociarCodIntCliente, Call, ConsultarCliente, ConsultarClienteInteiro, ConsultarPedido,
    IncluirCliente, IncluirPedido, ListarBancos, ListarCategorias, ListarClientes, ListarContasCorrentes,
    ListarEmpresas, ListarEtapasFaturamento, ListarEtapasPedido, ListarFormasPagVendas, ListarLocaisEstoque,
    ListarMeiosPagamento, ListarPedidos, ListarPosEstoque, ListarProdutoFornecedor, ListarProdutos,
    ListarTabelaItens, ListarTabelasPreco, ListarTags, ListarTipoAtiv, ListarVendedores, NovoCliente,
    NovoPedido, PesquisarCidades, PesquisarExcluidos, PesquisarFamilias, PesquisarLancamentos,
};

const ROUNDS: usize = 20_000;

/// Answers that are as agreed, one per shape: mutations start close to what the readers expect.
const BODIES: [&str; 22] = [
    r#"{"pagina":1,"total_de_paginas":7,"registros":1,"total_de_registros":651,"clientes_cadastro":[{"codigo_cliente_omie":5366578425,"razao_social":"MERCADO É LTDA","valor_limite_credito":5000.0,"inativo":"N","tags":[{"tag":"Cliente"}],"recomendacoes":{"numero_parcelas":"A03","codigo_vendedor":"4567890123"},"enderecoEntrega":{"entNumero":10},"info":{"dInc":"10/01/2024","hInc":"09:10:11"}}]}"#,
    r#"{"pagina":1,"total_de_paginas":1,"total_de_registros":1,"cadastro":[{"codigo":4567890123,"nome":"M\u00e1ria","inativo":"S","comissao":"3,5"}]}"#,
    r#"{"nPagina":1,"nTotPaginas":1,"nTotRegistros":1,"listaTabelasPreco":[{"nCodTabPreco":6001,"cAtiva":"S","clientes":{"nCodTag":222},"caracteristicas":{"dDtFinal":"00/00/0000","nPercDescMax":1.5e1}}]}"#,
    r#"{"pagina":1,"total_de_paginas":3,"total_de_registros":246,"lista_cidades":[{"cCod":"GOIANIA (GO)","nCodIBGE":"5208707"}]}"#,
    r#"{"MeiosPagamentoLista":[{"codigo":"15","descricao":"Boleto Bancário"}]}"#,
    r#"{"pagina":1,"total_de_paginas":1,"total_de_registros":1,"cadastros":[{"nCodForn":5366570001,"produtos":[{"nCodProd":5366578297,"cCodigo":"F-77"}]}]}"#,
    r#"{"nPagina":1,"nTotPaginas":8,"nTotRegistros":380,"produtos":[{"nCodProd":5366578297,"nSaldo":120,"nCMC":"5,3","codigo_local_estoque":4401}]}"#,
    r#"{"nPagina":1,"nTotPaginas":4,"nTotRegistros":380,"listaTabelaPreco":{"nCodTabPreco":6001,"itensTabela":[{"nCodProd":5366578297,"nValorTabela":8.9,"itemInfo":{"dAltItem":"20/01/2025"}}]}}"#,
    r#"{"nPagina":1,"nTotPaginas":1,"nTotRegistros":1,"titulosEncontrados":[{"cabecTitulo":{"nCodTitulo":5366610001,"nValorTitulo":41.5,"dDtVenc":"06/03/2025"},"lancamentos":[{"nValLanc":1}],"resumo":{"cLiquidado":"N"}}]}"#,
    r#"{"pagina":1,"total_de_paginas":9,"total_de_registros":431,"pedido_venda_produto":[{"cabecalho":{"codigo_pedido":5366599001,"numero_pedido":"000000000001507"},"infoCadastro":{"dInc":"02/02/2025"},"det":[{"produto":{"quantidade":12}}],"lista_parcelas":{"parcela":[{"valor":1}]}}]}"#,
    r#"{"faultstring":"ERROR: Cliente já cadastrado para o CPF/CNPJ [1] com o Id [5366578425] !","faultcode":"SOAP-ENV:Client-102"}"#,
    r#"{"faultstring":"ERROR: API bloqueada por consumo indevido. Tente novamente em 1678 segundos.","faultcode":"MISUSE_API_PROCESS"}"#,
    r#"{"codigo_status":"0","descricao_status":"ok"}"#,
    r#"{"codigo_pedido":5366599001,"codigo_pedido_integracao":"900100200","codigo_status":"0","descricao_status":"ok","numero_pedido":"000000000001507"}"#,
    r#"{"codigo_cliente_omie":5366578999,"codigo_cliente_integracao":"88771","codigo_status":"1","descricao_status":"Cliente inválido"}"#,
    r#"{"codigo_cliente_omie":5366578999,"razao_social":"PADARIA","valor_limite_credito":1.10,"cidade":"X","cidade_ibge":"1","tags":[{"tag":"Cliente"}],"recomendacoes":{"codigo_vendedor":7},"enderecoEntrega":{"entNumero":"1"},"info":{}}"#,
    r#"{"pedido_venda_produto":{"cabecalho":{"codigo_pedido":5366599001,"codigo_cliente":5366578425},"total_pedido":{"valor_total_pedido":124.5},"infoCadastro":{"cancelado":"N"},"det":[{"produto":{"quantidade":12}}]}}"#,
    r#"{"nPagina":1,"nTotPaginas":1,"nTotRegistros":1,"etapasPedido":[{"nCodPed":5366599001,"cEtapa":"60","dDtEtapa":"02/02/2025","cHrEtapa":"08:03:11","faturamento":{"cFaturado":"S","dDtFat":"02/02/2025"},"cancelamento":{"cCancelado":"N"},"devolucao":{"dDtDev":"00/00/0000"}}]}"#,
    r#"{"pagina":1,"total_de_paginas":1,"total_de_registros":1,"categoria_cadastro":[{"codigo":"1.01.03","descricao":"Revenda","conta_receita":"S","totalizadora":"N"}]}"#,
    r#"{"pagina":1,"total_de_paginas":1,"total_de_registros":1,"ListarContasCorrentes":[{"nCodCC":5366579915,"descricao":"Caixa","inativo":"N"}]}"#,
    r#"{"pagina":1,"total_de_paginas":1,"total_de_registros":6,"cadastros":[{},{"cCodOperacao":"11","etapas":[{"cCodigo":"10","cDescricao":"Pedido de Venda","cInativo":"N"}]}]}"#,
    r#"{"nCodCliente":5366578425,"tagsLista":[{"tag":"Cliente","nCodTag":111}]}"#,
];

/// What is dropped into a body: the pieces that readers look for, and their enemies.
const PIECES: [&str; 24] = [
    "null",
    "[]",
    "{}",
    "\"\"",
    "\"S\"",
    "-",
    "e999999999",
    "0.",
    ",",
    "99999999999999999999999999999999",
    "\"00/00/0000\"",
    "\"31/02/2024\"",
    "\\u",
    "\\ud800",
    "[[[[",
    "id [",
    "]",
    "em  segundos",
    "é",
    "\u{301}",
    "\0",
    "<",
    ":",
    "_",
];

const STATUSES: [u16; 8] = [0, 200, 403, 425, 429, 500, 504, 999];

#[test]
fn no_answer_makes_the_readers_panic() {
    let mut rng = fastrand::Rng::with_seed(0x0031_e5ee);
    for _ in 0..ROUNDS {
        let mut body = BODIES[rng.usize(..BODIES.len())].as_bytes().to_vec();
        for _ in 0..rng.usize(1..6) {
            mutate(&mut body, &mut rng);
        }
        let status = STATUSES[rng.usize(..STATUSES.len())];
        let _ = classify(status, &body);
        let _ = classify_write(status, &body);
        read_as_everything(&body);
    }
}

fn mutate(body: &mut Vec<u8>, rng: &mut fastrand::Rng) {
    let piece = PIECES[rng.usize(..PIECES.len())].bytes();
    let at = rng.usize(..=body.len());
    let end = at + rng.usize(..=(body.len() - at).min(12));
    match rng.u8(..8) {
        0 => body.truncate(at),
        1 => drop(body.drain(at..end)),
        2 => drop(body.splice(at..end, piece)),
        3 => drop(body.splice(at..at, body[at..end].to_vec())),
        4 => body[at..end].iter_mut().for_each(|byte| *byte = rng.u8(..)),
        // Most often the document stays JSON and one value in it is not what was agreed.
        _ => {
            let value = value_after(body, at);
            drop(body.splice(value, piece));
        }
    }
}

/// Where the first value after `at` stands, when it is not a structure.
fn value_after(body: &[u8], at: usize) -> Range<usize> {
    let find = |from: usize, wanted: &[u8]| {
        body[from..].iter().position(|byte| wanted.contains(byte)).map_or(body.len(), |found| from + found)
    };
    let start = (find(at, b":") + 1).min(body.len());
    start..find(start, b",}]")
}

fn read_as_everything(body: &[u8]) {
    read::<ListarEmpresas>(body);
    read::<PesquisarCidades>(body);
    read::<ListarTipoAtiv>(body);
    read::<ListarBancos>(body);
    read::<ListarCategorias>(body);
    read::<ListarContasCorrentes>(body);
    read::<ListarEtapasFaturamento>(body);
    read::<ListarMeiosPagamento>(body);
    read::<ListarFormasPagVendas>(body);
    read::<ListarVendedores>(body);
    read::<ListarTabelasPreco>(body);
    read::<ListarClientes>(body);
    read::<PesquisarFamilias>(body);
    read::<ListarProdutos>(body);
    read::<ListarProdutoFornecedor>(body);
    read::<ListarLocaisEstoque>(body);
    read::<ListarPosEstoque>(body);
    read::<ListarTabelaItens>(body);
    read::<PesquisarLancamentos>(body);
    read::<PesquisarExcluidos>(body);
    read::<ListarPedidos>(body);
    read::<ListarEtapasPedido>(body);
    read::<ListarTags>(body);
    read::<IncluirPedido>(body);
    read::<IncluirCliente>(body);
    read::<AssociarCodIntCliente>(body);
    read::<ConsultarPedido>(body);
    read::<ConsultarCliente>(body);
    read_and_change(body);
    // What is kept of an order and of a client is read again.
    let _ = partner_http::decode::<NovoPedido>("omie", "NovoPedido", body);
    let _ = partner_http::decode::<NovoCliente>("omie", "NovoCliente", body);
}

/// A record that was read, whatever is in it, can be sent back or is an error.
fn read_and_change(body: &[u8]) {
    let Ok(record) = partner_http::decode("omie", ConsultarClienteInteiro::METHOD, body) else { return };
    let changes = NovoCliente {
        cidade: Some("5208707".into()),
        tags: vec![crate::Tag { tag: Some("Cliente".into()) }],
        recomendacoes: Some(crate::Recomendacoes::default()),
        ..Default::default()
    };
    let _ = serde_json::to_vec(&AlterarCliente::of(record, changes));
}

fn read<C: Call>(body: &[u8]) {
    let _ = partner_http::decode::<C::Reply>("omie", C::METHOD, body);
}
