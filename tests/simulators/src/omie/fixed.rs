//! The lists a wizard asks for and nothing here changes: categories, accounts, billing stages
//! (`contracts/omie.md` §8.20–8.22).

use serde_json::{Map, Value, json};

use super::operation::Answered;
use super::options::OmieOptions;
use super::refusal::Refusal;
use super::schema::{Kind, Structure, may};

/// Code, name, and whether it is open to revenue, to expense, a sum of others, no longer in use.
const CATEGORIES: &[(&str, &str, [bool; 4])] = &[
    ("1", "RECEITAS", [true, false, true, false]),
    ("1.01", "Receitas Diretas", [true, false, true, false]),
    ("1.01.01", "Clientes - Serviços Prestados", [true, false, false, false]),
    ("1.01.03", "Clientes - Revenda de Mercadoria", [true, false, false, false]),
    ("1.01.97", "Bonificações Concedidas", [true, false, false, false]),
    ("1.02.02", "Venda de Sucata", [true, false, false, true]),
    ("2.01.01", "Compras de Mercadoria", [false, true, false, false]),
];

/// Identity, name, kind, bank, and whether it is no longer in use.
const ACCOUNTS: &[(u64, &str, &str, &str, bool)] = &[
    (5_366_579_915, "Caixa Economica", "CC", "104", false),
    (5_366_579_916, "Caixinha da Loja", "CX", "999", false),
    (11_489_513_917, "Banco do Brasil - PIX", "CC", "001", false),
    (11_489_513_918, "Administradora de Cartões", "AC", "999", false),
    (5_366_579_919, "Conta Antiga", "CC", "237", true),
];

/// Stages of operation 11, the sale of a product.
pub(super) const STAGES: &[(&str, &str)] = &[
    ("00", "Proposta"),
    ("10", "Pedido de Venda"),
    ("20", "Separar Estoque"),
    ("30", "Em Separação"),
    ("40", "Conferido"),
    ("50", "Faturar"),
    ("60", "Faturado"),
    ("70", "Entrega"),
    ("80", "Entregue"),
];

/// Whether an order may name the category: one that is in use and no sum of others.
pub(super) fn has_category(code: &str) -> bool {
    CATEGORIES.iter().any(|(known, _, [_, _, sums, ended])| *known == code && !sums && !ended)
}

/// Whether an order may name the account.
pub(super) fn has_account(id: u64) -> bool {
    ACCOUNTS.iter().any(|(known, .., ended)| *known == id && !ended)
}

/// What a stage is called; empty when there is no such stage.
pub(super) fn stage_name(code: &str) -> &'static str {
    STAGES.iter().find(|(known, _)| *known == code).map_or("", |(_, name)| name)
}

/// `ListarCategorias`.
pub(super) fn categories(options: &OmieOptions, param: &Map<String, Value>) -> Answered {
    const ASKED: Structure = Structure {
        name: "categoria_list_request",
        fields: &[
            may("pagina", Kind::Whole),
            may("registros_por_pagina", Kind::Whole),
            may("filtrar_apenas_ativo", Kind::Yes),
            may("filtrar_por_tipo", Kind::OneOf(&["R", "D"])),
        ],
    };
    ASKED.check(param)?;
    let text = |name: &str| param.get(name).and_then(Value::as_str).unwrap_or_default();
    let (kind, active) = (text("filtrar_por_tipo"), text("filtrar_apenas_ativo") == "S");
    let rows = CATEGORIES.iter().filter(|(_, _, [revenue, expense, sums, ended])| match kind {
        // "R" leaves out what cannot be chosen, too.
        "R" => *revenue && !sums && !ended,
        "D" => *expense,
        _ => !(active && *ended),
    });
    let rows = rows.map(|(code, name, [revenue, expense, sums, ended])| {
        json!({ "codigo": code, "descricao": name, "conta_inativa": sn(*ended), "conta_receita": sn(*revenue),
            "conta_despesa": sn(*expense), "totalizadora": sn(*sums), "transferencia": "N", "nao_exibir": "N",
            "categoria_superior": code.rsplit_once('.').map_or("", |(above, _)| above) })
    });
    page(options, "ListarCategorias", "categoria_cadastro", rows.collect(), param)
}

/// `ListarContasCorrentes`.
pub(super) fn accounts(options: &OmieOptions, param: &Map<String, Value>) -> Answered {
    const ASKED: Structure = Structure {
        name: "fin_conta_corrente_listar_request",
        fields: &[
            may("pagina", Kind::Whole),
            may("registros_por_pagina", Kind::Whole),
            may("apenas_importado_api", Kind::Yes),
            may("filtrar_apenas_ativo", Kind::Yes),
            may("codigo", Kind::Whole),
        ],
    };
    ASKED.check(param)?;
    let active = param.get("filtrar_apenas_ativo").is_some_and(|active| active == "S");
    let wanted = param.get("codigo").and_then(Value::as_u64).unwrap_or_default();
    let rows = ACCOUNTS
        .iter()
        .filter(|(id, .., ended)| !(active && *ended) && (wanted == 0 || wanted == *id))
        .map(|(id, name, kind, bank, ended)| {
            json!({ "nCodCC": id, "cCodCCInt": "", "descricao": name, "tipo_conta_corrente": kind,
                "codigo_banco": bank, "codigo_agencia": "1234-5", "numero_conta_corrente": "98765-4",
                "inativo": sn(*ended), "bol_sn": sn(*kind == "CC"), "pix_sn": sn(*bank == "001"),
                "cobr_sn": sn(*kind == "CC") })
        });
    page(options, "ListarContasCorrentes", "ListarContasCorrentes", rows.collect(), param)
}

/// `ListarEtapasFaturamento`: `registros` counts stages, and the first group is empty (§5, §8.22).
pub(super) fn billing_stages(options: &OmieOptions, param: &Map<String, Value>) -> Answered {
    const ASKED: Structure = Structure {
        name: "etaproListarRequest",
        fields: &[may("pagina", Kind::Whole), may("registros_por_pagina", Kind::Whole)],
    };
    ASKED.check(param)?;
    let stage = |(code, name): &(&str, &str)| json!({ "cCodigo": code, "cDescricao": name, "cDescrPadrao": name, "cInativo": sn(*code == "80") });
    let sale: Vec<Value> = STAGES.iter().map(stage).collect();
    let services = [("10", "Ordem de Serviço"), ("50", "Faturar"), ("60", "Faturado")];
    let service: Vec<Value> = services.iter().map(stage).collect();
    let count = sale.len() + service.len();
    let groups = vec![
        json!({}),
        json!({ "cCodOperacao": "01", "cDescOperacao": "Ordem de Serviço", "etapas": service }),
        json!({ "cCodOperacao": "11", "cDescOperacao": "Venda de Produto", "etapas": sale }),
    ];
    let (mut answer, rows) = page(options, "ListarEtapasFaturamento", "cadastros", groups, param)?;
    (answer["registros"], answer["total_de_registros"]) = (json!(count), json!(count));
    Ok((answer, rows))
}

fn page(
    options: &OmieOptions,
    method: &str,
    rows_name: &str,
    rows: Vec<Value>,
    param: &Map<String, Value>,
) -> Answered {
    let asked = |name: &str, default: usize| {
        let number = param.get(name).and_then(Value::as_u64).and_then(|number| usize::try_from(number).ok());
        number.filter(|number| *number > 0).unwrap_or(default)
    };
    let (number, size) =
        (asked("pagina", 1), asked("registros_por_pagina", 50).min(options.page_cap(method)));
    let (pages, total) = (rows.len().div_ceil(size), rows.len());
    let shown: Vec<Value> = rows.into_iter().skip((number - 1).saturating_mul(size)).take(size).collect();
    if shown.is_empty() {
        return Err(Refusal::empty(number as u64));
    }
    let here = shown.len();
    let mut answer = json!({ "pagina": number, "total_de_paginas": pages, "registros": here,
        "total_de_registros": total });
    answer[rows_name] = Value::Array(shown);
    Ok((answer, here))
}

fn sn(claim: bool) -> &'static str {
    crate::dataset::sn(claim)
}
