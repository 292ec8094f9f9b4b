//! The members of an order that is sent (`contracts/omie.md` §8.23).

use crate::omie::schema::{Kind, Structure, may, must};

/// Text whose length nobody has written down.
const LONG: Kind = Kind::Text(5_000);

pub(super) const ORDER: Structure = Structure {
    name: "pedido_venda_produto",
    fields: &[
        must("cabecalho", Kind::Object(&HEADER)),
        must("det", Kind::List(&ITEM)),
        may("frete", Kind::Object(&FREIGHT)),
        must("informacoes_adicionais", Kind::Object(&MORE)),
        may("lista_parcelas", Kind::Object(&INSTALMENTS)),
        may("observacoes", Kind::Object(&NOTES)),
        may("departamentos", Kind::List(&DEPARTMENT)),
    ],
};

/// `codigo_cliente` or its alternative: the identity itself is looked for later.
const HEADER: Structure = Structure {
    name: "cabecalho",
    fields: &[
        must("codigo_pedido_integracao", Kind::Text(60)),
        may("codigo_cliente", Kind::Whole),
        may("codigo_cliente_integracao", Kind::Text(60)),
        must("data_previsao", Kind::Day),
        must("etapa", Kind::OneOf(&["00", "10", "20", "30", "40", "50"])),
        must("codigo_parcela", Kind::Text(3)),
        may("qtde_parcelas", Kind::Whole),
        may("quantidade_itens", Kind::Whole),
        may("numero_pedido", Kind::Automatic),
        may("origem_pedido", Kind::OneOf(&["API"])),
        may("codigo_cenario_impostos", Kind::Whole),
        may("tipo_desconto_pedido", Kind::OneOf(&["V", "P"])),
        may("perc_desconto_pedido", Kind::Amount),
        may("valor_desconto_pedido", Kind::Amount),
        may("nao_gerar_boleto", Kind::Yes),
    ],
};

const ITEM: Structure = Structure {
    name: "det",
    fields: &[
        must("ide", Kind::Object(&IDE)),
        must("produto", Kind::Object(&PRODUCT)),
        may("inf_adic", Kind::Object(&ITEM_MORE)),
        may("observacao", Kind::Object(&ITEM_NOTE)),
        may("imposto", Kind::Object(&TAX)),
    ],
};

const IDE: Structure = Structure {
    name: "ide",
    fields: &[
        must("codigo_item_integracao", Kind::Text(60)),
        may("simples_nacional", Kind::Yes),
        may("acao_item", Kind::Text(1)),
    ],
};

const PRODUCT: Structure = Structure {
    name: "produto",
    fields: &[
        may("codigo_produto", Kind::Whole),
        may("codigo_produto_integracao", Kind::Text(60)),
        must("quantidade", Kind::Amount),
        must("valor_unitario", Kind::Amount),
        may("tipo_desconto", Kind::OneOf(&["V", "P"])),
        may("percentual_desconto", Kind::Amount),
        may("valor_desconto", Kind::Amount),
        may("codigo_tabela_preco", Kind::Whole),
        may("unidade", Kind::Text(6)),
        may("ean", Kind::Text(14)),
        may("ncm", Kind::Text(13)),
        may("cfop", Kind::Text(10)),
        may("descricao", Kind::Text(120)),
        may("codigo", Kind::Text(60)),
        may("reservado", Kind::Yes),
    ],
};

const ITEM_MORE: Structure = Structure {
    name: "inf_adic",
    fields: &[
        may("codigo_local_estoque", Kind::Whole),
        may("dados_adicionais_item", LONG),
        may("nao_gerar_financeiro", Kind::Yes),
        may("nao_movimentar_estoque", Kind::Yes),
        may("nao_somar_total", Kind::Yes),
        may("codigo_categoria_item", Kind::Text(20)),
        may("numero_pedido_compra", Kind::Text(15)),
        may("item_pedido_compra", Kind::Whole),
        may("peso_liquido", Kind::Amount),
        may("peso_bruto", Kind::Amount),
    ],
};

const ITEM_NOTE: Structure = Structure { name: "observacao", fields: &[may("obs_item", LONG)] };

/// The integration never sends one: nothing in it is known here.
const TAX: Structure = Structure { name: "imposto", fields: &[] };

const FREIGHT: Structure = Structure {
    name: "frete",
    fields: &[
        must("modalidade", Kind::OneOf(&["0", "1", "2", "3", "4", "9"])),
        may("valor_frete", Kind::Amount),
        may("valor_seguro", Kind::Amount),
        may("outras_despesas", Kind::Amount),
        may("codigo_transportadora", Kind::Whole),
        may("quantidade_volumes", Kind::Whole),
        may("especie_volumes", Kind::Text(60)),
        may("peso_liquido", Kind::Amount),
        may("peso_bruto", Kind::Amount),
        may("placa", Kind::Text(10)),
        may("previsao_entrega", Kind::Day),
        may("codigo_rastreio", Kind::Text(60)),
    ],
};

const MORE: Structure = Structure {
    name: "informacoes_adicionais",
    fields: &[
        must("codigo_categoria", Kind::Text(20)),
        must("codigo_conta_corrente", Kind::Whole),
        must("consumidor_final", Kind::Yes),
        may("enviar_email", Kind::Yes),
        may("enviar_pix", Kind::Yes),
        may("utilizar_emails", LONG),
        may("codVend", Kind::Whole),
        may("numero_pedido_cliente", Kind::Text(60)),
        may("meio_pagamento", Kind::Text(2)),
        may("descr_meio_pagamento", Kind::Text(60)),
        may("dados_adicionais_nf", LONG),
        may("contato", Kind::Text(100)),
        may("numero_contrato", Kind::Text(60)),
        may("codProj", Kind::Whole),
        may("tipo_documento", Kind::Text(5)),
    ],
};

const INSTALMENTS: Structure =
    Structure { name: "lista_parcelas", fields: &[must("parcela", Kind::List(&INSTALMENT))] };

const INSTALMENT: Structure = Structure {
    name: "parcela",
    fields: &[
        must("numero_parcela", Kind::Whole),
        must("valor", Kind::Amount),
        must("percentual", Kind::Amount),
        must("data_vencimento", Kind::Day),
        may("quantidade_dias", Kind::Whole),
        may("meio_pagamento", Kind::Text(2)),
        may("tipo_documento", Kind::Text(5)),
        may("nao_gerar_boleto", Kind::Yes),
    ],
};

const NOTES: Structure = Structure { name: "observacoes", fields: &[may("obs_venda", LONG)] };

const DEPARTMENT: Structure = Structure {
    name: "departamentos",
    fields: &[
        must("cCodDepto", Kind::Text(40)),
        may("nPerc", Kind::Amount),
        may("nValor", Kind::Amount),
        may("nValorFixo", Kind::Yes),
    ],
};
