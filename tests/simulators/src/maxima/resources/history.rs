//! What was sold: titles and orders.

use super::super::fields::{Field, amount, flag, moment, number, one_of, text, whole};
use super::HASH;

/// The largest 32-bit and 64-bit whole numbers.
const INT: &str = "2147483647";
const LONG: &str = "9223372036854775807";

pub(super) const PRESTACOES_TITULOS: &[Field] = &[
    text("Prest", 4, 4).key_at(2),
    whole("Numtransvenda", LONG).key_at(1).digits(10),
    whole("Duplic", INT).never_null(),
    moment("Dtemissao").required(),
    moment("Dtvenc").required(),
    amount("Valor", 12).required(),
    amount("Vpago", 22),
    moment("Dtvencorig").required(),
    amount("Valororig", 12).required(),
    moment("Dtpag"),
    moment("Dtbaixa"),
    one_of("Status", &["A", "P", "C"]).required_there().among_there(&["A", "P"]),
    flag("Cartorio").required_there(),
    flag("Recebivel"),
    flag("Protesto"),
    text("Codcli", 50, 50).required().to("Clientes"),
    text("Codcob", 50, 50).required().to("Cobrancas"),
    text("Codfilial", 50, 20).required().to("Filiais"),
    text("Codusur", 50, 50).required_there().to("Usuaris"),
    text("Linhadig", 100, 100),
    text("Codbarra", 100, 100),
    HASH,
    flag("Boleto"),
];

/// With `Dtaberturapedpalm`, which the vendor added after the SDK of the table (§7.6).
pub(super) const HISTORICOS_CAPAS: &[Field] = &[
    whole("Numped", INT).key(),
    moment("Data").required(),
    moment("Dtaberturapedpalm"),
    amount("Vltotal", 22).required(),
    amount("Vltabela", 0).required(),
    amount("Vlatend", 22).required(),
    amount("Vlfrete", 0).required(),
    whole("Condvenda", "99").required().among(&["1", "5", "7", "11", "13", "14", "24"]),
    whole("Numnota", INT),
    moment("Dtfat"),
    amount("Totpeso", 22),
    whole("Numpedrca", INT),
    amount("Totvolume", 12),
    whole("Numtransvenda", INT),
    whole("Numseqentrega", LONG),
    text("Codendentcli", 50, 0),
    whole("Numitens", "999999"),
    text("Codcli", 50, 50).required().to("Clientes"),
    text("Codusur", 50, 50).required().to("Usuaris"),
    text("Numcar", 50, 50).to("Carregamentos"),
    text("Codplpag", 50, 50).required().to("PlanosPagamentos"),
    text("Obs1", 100, 0),
    text("Obs2", 100, 0),
    text("Obsentrega1", 100, 0),
    HASH,
    text("Codfilial", 0, 50).required().to("Filiais"),
    text("Posicao", 4_000, 2).required(),
    text("Codcob", 4_000, 50).required().to("Cobrancas"),
    one_of("Origemped", &["T", "F", "W", "R", "B"]).required(),
    one_of("RestricaoTransp", &["S", "N", "R", "C"]),
    text("Obs", 4_000, 600),
    text("Obsentrega", 4_000, 0),
    text("Codsupervisor", 0, 50),
    amount("Percom", 0),
    amount("Comissao", 0),
];

pub(super) const HISTORICOS_ITENS: &[Field] = &[
    whole("Numped", INT).key_at(1).to("HistoricosPedidosCapas"),
    whole("Numseq", LONG).key_at(2),
    text("Codprod", 50, 50).key_at(3).to("Produtos"),
    amount("Qt", 20).required(),
    amount("Pvenda", 12).required(),
    amount("Ptabela", 12).required(),
    amount("Qt_devolvida", 0),
    moment("Data"),
    number("Percom", "9999.9999"),
    text("Codauxiliar", 50, 50),
    one_of("Posicao", &["F", "M", "P", "C"]),
    HASH,
];
