//! What is sold: products, their groups, branches, stock and prices.

use super::super::fields::{Field, amount, flag, moment, number, one_of, text, whole};
use super::HASH;

pub(super) const DEPARTAMENTOS: &[Field] =
    &[text("Codepto", 50, 50).key(), HASH, text("DESCRICAO", 4_000, 50).required()];

pub(super) const SECOES: &[Field] = &[
    text("Codsec", 50, 50).key(),
    text("Codepto", 50, 50).required().to("Departamentos"),
    HASH,
    text("Descricao", 4_000, 40).required(),
];

/// CST and CSOSN codes.
const SITUATIONS: &[&str] = &[
    "00", "10", "20", "30", "40", "41", "50", "51", "60", "70", "90", "101", "102", "103", "201", "202",
    "203", "300", "400", "500", "900",
];

pub(super) const TRIBUTOS: &[Field] = &[
    text("CodSt", 50, 50).key(),
    number("Iva", "9999.9999").required(),
    number("Aliqicms1", "9999.9999").required(),
    number("Aliqicms2", "9999.9999").required(),
    number("Pauta", "999999999999.999999").required(),
    number("Aliqicms2fonte", "9999.9999").required(),
    number("Aliqicms1fonte", "9999.9999").required(),
    number("Ivafonte", "9999.9999").required(),
    HASH,
    one_of("Sittribut", SITUATIONS).required(),
    one_of("Sittributpf", SITUATIONS).required(),
    text("Obs", 100, 100).required_there(),
];

pub(super) const PRODUTOS: &[Field] = &[
    HASH,
    text("Codprod", 0, 50).key(),
    number("Pesoliq", "999999.999999").required().above_zero(),
    number("Pesobruto", "999999.999999").required().above_zero(),
    number("Qtunit", "9999.99").required(),
    number("Pcomrep1", "9999.99"),
    number("Pcomext1", "9999.99"),
    number("Qtunitcx", "999999.99").required(),
    moment("Dtexclusao"),
    amount("Multiplo", 0).required(),
    moment("Dtvenc"),
    number("Percbonificvenda", "999.99"),
    amount("Peracrescmax", 0),
    moment("Dtcadastro").never_null(),
    amount("Volume", 12),
    number("Altura", "9999.999999"),
    flag("Enviarforcavendas").required_there(),
    one_of("Restricaotransp", &["S", "N", "R", "C"]),
    text("Codepto", 50, 50).required_there().to("Departamentos"),
    text("Codsec", 50, 50).required_there().to("Secoes"),
    text("Codfornec", 0, 50).required().to("Fornecedores"),
    text("Codprodprinc", 0, 0),
    text("Codcategoria", 50, 50).to("Categorias"),
    text("Codmarca", 0, 50).to("Marcas"),
    text("Codlinhaprod", 0, 0),
    text("Codauxiliar", 0, 50),
    text("Codsubcategoria", 50, 0).to("Subcategorias"),
    text("Descricao", 4_000, 100).required(),
    text("Embalagem", 0, 0),
    text("Unidade", 4_000, 2).required(),
    text("Obs", 0, 0),
    text("Revenda", 0, 1).required_there(),
    text("Codfab", 0, 0),
    text("Codfilial", 0, 0).required().to("Filiais"),
    one_of("Tipomerc", &["L", "PA", "CB", "MP"]).required(),
    flag("Aceitavendafracao").required(),
    text("Informacoestecnicas", 0, 0),
    one_of("Tipocomissao", &["P", "P/L"]),
    one_of("Tipoestoque", &["FR", "PA"]).required(),
    text("Unidademaster", 0, 0),
    text("Dadostecnicos", 0, 0),
    text("Classificfiscal", 0, 20),
    text("Descricao2", 0, 0),
    text("Id_cliente", 50, 0).to("Clientes"),
];

pub(super) const PRODUTOS_FILIAIS: &[Field] = &[
    text("Codprod", 50, 50).key_at(1).to("Produtos"),
    text("Codfilial", 4_000, 20).key_at(2).to("Filiais"),
    flag("Enviarforcavendas").required(),
    whole("Multiplo", "").required(),
    one_of("Proibidavenda", &["PV"]),
    HASH,
];

pub(super) const ESTOQUES: &[Field] = &[
    text("Codfilial", 4_000, 20).key_at(1).to("Filiais"),
    text("Codprod", 50, 50).key_at(2).to("Produtos"),
    amount("Qtreserv", 14).required(),
    amount("Qtestger", 14).required(),
    amount("Qtbloqueada", 14).required(),
    amount("Valorultent", 12).required(),
    amount("Qtpendente", 13).required(),
    amount("Custofin", 12).required(),
    amount("Custoreal", 12).required(),
    amount("Custorep", 12).required(),
    HASH,
];

pub(super) const TABELAS_PRECOS: &[Field] = &[
    text("Numregiao", 0, 50).key_at(2).to("Regioes"),
    text("Codprod", 50, 50).key_at(1).to("Produtos"),
    amount("Pvenda", 12).required(),
    amount("Pvenda1", 12).required(),
    number("Perdescmax", "99999999.99").required(),
    amount("Ptabela", 12).required(),
    moment("Dtultaltpvenda"),
    text("Codst", 50, 50).required().to("Tributos"),
    HASH,
];
