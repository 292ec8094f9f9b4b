//! The members of a customer that is sent (`contracts/omie.md` §8.8, §8.10). What Omie computes and what it has
//! given up are refused: nobody may depend on them.

use crate::omie::schema::{Kind, Structure, may, must};

/// What a new record needs; the rest is in [`CUSTOMER`].
pub(super) const NEW: Structure = Structure {
    name: "clientes_cadastro",
    fields: &[must("codigo_cliente_integracao", Kind::Text(60)), must("razao_social", Kind::Text(60))],
};

/// What a change has to state again, or Omie refuses it.
pub(super) const ALTERED: Structure = Structure {
    name: "clientes_cadastro",
    fields: &[
        must("razao_social", Kind::Text(60)),
        must("endereco", Kind::Text(60)),
        must("endereco_numero", Kind::Text(60)),
        must("bairro", Kind::Text(60)),
        must("estado", Kind::Text(2)),
        must("cidade", Kind::Text(40)),
        must("cep", Kind::Text(10)),
        must("email", Kind::Text(500)),
    ],
};

pub(super) const CUSTOMER: Structure = Structure {
    name: "clientes_cadastro",
    fields: &[
        may("codigo_cliente_omie", Kind::Whole),
        may("codigo_cliente_integracao", Kind::Text(60)),
        may("razao_social", Kind::Text(60)),
        may("nome_fantasia", Kind::Text(100)),
        may("cnpj_cpf", Kind::Text(20)),
        may("telefone1_ddd", Kind::Text(5)),
        may("telefone1_numero", Kind::Text(15)),
        may("telefone2_ddd", Kind::Text(5)),
        may("telefone2_numero", Kind::Text(15)),
        may("fax_ddd", Kind::Text(5)),
        may("fax_numero", Kind::Text(15)),
        may("contato", Kind::Text(100)),
        may("endereco", Kind::Text(60)),
        may("endereco_numero", Kind::Text(60)),
        may("complemento", Kind::Text(60)),
        may("bairro", Kind::Text(60)),
        may("estado", Kind::Text(2)),
        may("cidade", Kind::Text(40)),
        may("cidade_ibge", Kind::Text(7)),
        may("cep", Kind::Text(10)),
        may("codigo_pais", Kind::Text(4)),
        may("email", Kind::Text(500)),
        may("homepage", Kind::Text(100)),
        may("inscricao_estadual", Kind::Text(20)),
        may("inscricao_municipal", Kind::Text(20)),
        may("inscricao_suframa", Kind::Text(20)),
        may("optante_simples_nacional", Kind::Yes),
        may("contribuinte", Kind::Yes),
        may("produtor_rural", Kind::Yes),
        may("tipo_atividade", Kind::Text(1)),
        may("cnae", Kind::Text(7)),
        may("observacao", Kind::Text(5_000)),
        may("obs_detalhadas", Kind::Text(5_000)),
        may("inativo", Kind::Yes),
        may("bloquear_faturamento", Kind::Yes),
        may("valor_limite_credito", Kind::Amount),
        may("tags", Kind::List(&TAG)),
        may("recomendacoes", Kind::Object(&RECOMMENDED)),
        may("enderecoEntrega", Kind::Object(&DELIVERY)),
        may("dadosBancarios", Kind::Object(&BANK)),
        may("bloquear_exclusao", Kind::Yes),
        may("enviar_anexos", Kind::Yes),
        may("pesquisar_cep", Kind::Yes),
        may("separar_endereco", Kind::Yes),
    ],
};

const TAG: Structure = Structure { name: "tags", fields: &[may("tag", Kind::Text(60))] };

const RECOMMENDED: Structure = Structure {
    name: "recomendacoes",
    fields: &[
        may("numero_parcelas", Kind::Text(3)),
        may("codigo_vendedor", Kind::Whole),
        may("email_fatura", Kind::Text(500)),
        may("gerar_boletos", Kind::Yes),
        may("codigo_transportadora", Kind::Whole),
        may("tipo_assinante", Kind::Text(5)),
    ],
};

const DELIVERY: Structure = Structure {
    name: "enderecoEntrega",
    fields: &[
        may("entRazaoSocial", Kind::Text(60)),
        may("entCnpjCpf", Kind::Text(20)),
        may("entEndereco", Kind::Text(60)),
        may("entNumero", Kind::Text(60)),
        may("entComplemento", Kind::Text(60)),
        may("entBairro", Kind::Text(60)),
        may("entCEP", Kind::Text(10)),
        may("entEstado", Kind::Text(2)),
        may("entCidade", Kind::Text(40)),
        may("entTelefone", Kind::Text(20)),
        may("entIE", Kind::Text(20)),
    ],
};

const BANK: Structure = Structure {
    name: "dadosBancarios",
    fields: &[
        may("codigo_banco", Kind::Text(3)),
        may("agencia", Kind::Text(10)),
        may("conta_corrente", Kind::Text(20)),
        may("doc_titular", Kind::Text(20)),
        may("nome_titular", Kind::Text(60)),
    ],
};
