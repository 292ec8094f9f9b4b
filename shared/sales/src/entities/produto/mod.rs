//! Produto: Omie's catalogue as Máxima sells it (mapping §4.13).
//!
//! All products are sent, inactive and blocked ones not for sale: the mapping leaves inactive ones out of the initial
//! load only, but a reading that does not show them could not tell them from deleted ones, and past orders may name
//! them (§13.10 says the same of sellers). So the filter `inativo` is never used.

mod mercadoria;
mod refs;

pub use mercadoria::Mercadoria;
pub use refs::ProdutoRefs;

use std::time::Duration;

use engine::{Entity, Key, Mapped, Retirement, Scope};
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::reasons::Reasons;
use super::{Departamento, Filial, Fornecedor, ProdutoFornecedor, Secao, change, ids, times};
use crate::source::{EVER, MINUTES, days};
use crate::synced::FromOmie;
use crate::text::{dec, dt, masked, sn, txt};

/// A product.
pub struct Produto;

/// Where Máxima names no length of its own, its largest (`contracts/maxima.md` §5).
const LONGEST: usize = 4_000;
/// What an operator is told about a member of the product's registry.
const MEND: &str = "preencha no cadastro do produto no Omie";
/// A weight that Omie does not know: Máxima demands one above zero, and a fake kilo would corrupt the freight.
const UNKNOWN_WEIGHT: Decimal = Decimal::from_parts(1, 0, 0, false, 3);
/// Cubic centimetres of a cubic metre.
const CUBIC_METRE: Decimal = Decimal::from_parts(1_000_000, 0, 0, false, 0);

impl Entity for Produto {
    const NAME: &'static str = "produtos";
    const AFTER: &'static [&'static str] =
        &[Filial::NAME, Fornecedor::NAME, ProdutoFornecedor::NAME, Departamento::NAME, Secao::NAME];
    type Record = omie::Produto;
    type Row = maxima::Produto;
    type Refs = ProdutoRefs;

    fn key(produto: &omie::Produto) -> Key {
        produto.codigo_produto.into()
    }

    fn map(produto: omie::Produto, refs: &ProdutoRefs) -> Mapped<maxima::Produto> {
        if !refs.is_wanted(produto.tipo_item.as_deref()) {
            return Mapped::Gone("tipo de item fora de TiposProduto");
        }
        let mut reasons = Reasons::default();
        let unidade = produto.unidade.as_deref();
        let info = produto.info.as_ref();
        let codprod = reasons.code("codigo_produto", produto.codigo_produto);
        let familia = refs.familia(produto.codigo_familia);
        let registered = info.and_then(|info| dt(info.data_inc, info.hora_inc));
        let usual = maxima::Produto::default();
        let row = maxima::Produto {
            codprodprinc: Some(codprod.clone()),
            codprod,
            descricao: reasons.required("descricao", txt(produto.descricao.as_deref(), 100), MEND),
            descricao2: txt(produto.descr_detalhada.as_deref(), LONGEST),
            codfab: txt(produto.codigo.as_deref(), LONGEST),
            codauxiliar: txt(produto.ean.as_deref(), 50),
            unidade: reasons.required("unidade", txt(unidade, 2), MEND),
            unidademaster: txt(unidade, LONGEST),
            embalagem: txt(unidade, LONGEST),
            classificfiscal: masked(produto.ncm.as_deref(), 20),
            pesoliq: weight(produto.peso_liq),
            pesobruto: weight(produto.peso_bruto),
            codfornec: refs.fornecedor(produto.codigo_produto),
            codepto: familia.clone(),
            codsec: familia,
            codfilial: refs.filial.clone(),
            dtcadastro: registered.unwrap_or(usual.dtcadastro),
            dtexclusao: info
                .filter(|_| produto.inativo == Some(true))
                .and_then(|info| dt(info.data_alt, None)),
            enviarforcavendas: sn(Mercadoria::of(&produto).is_for_sale()),
            altura: produto.altura.map(|height| dec(height, 6)),
            volume: volume(&produto),
            ..usual
        };
        reasons.verdict(row)
    }

    fn facts(produto: &omie::Produto) -> Option<Value> {
        serde_json::to_value(Mercadoria::of(produto)).ok()
    }

    fn retirement(key: &Key, _: Option<&Value>, refs: &ProdutoRefs) -> Retirement {
        let ended = dt(Some(refs.today), None);
        change(json!({"Codprod": key, "Enviarforcavendas": sn(false), "Dtexclusao": ended}))
    }
}

impl FromOmie for Produto {
    type Listing = omie::ListarProdutos;

    const OVERLAP: Option<Duration> = Some(MINUTES);

    fn listing(_refs: &Self::Refs, scope: Scope, _part: &str) -> omie::ListarProdutos {
        let ((first, last), (from, to)) = (days(scope), times(scope));
        omie::ListarProdutos {
            filtrar_por_data_de: Some(first),
            filtrar_por_data_ate: Some(last),
            filtrar_por_hora_de: from,
            filtrar_por_hora_ate: to,
            ..omie::ListarProdutos::default()
        }
    }

    fn by_keys(keys: &[Key]) -> Option<omie::ListarProdutos> {
        Some(omie::ListarProdutos {
            filtrar_por_data_de: Some(EVER.0),
            filtrar_por_data_ate: Some(EVER.1),
            ..omie::ListarProdutos::by_ids(ids(keys)?)
        })
    }
}

/// In kilograms.
fn weight(kilograms: Option<Decimal>) -> Decimal {
    let known = dec(kilograms.unwrap_or_default(), 6);
    if known.is_zero() { UNKNOWN_WEIGHT } else { known }
}

/// In cubic metres; none unless all three measures are told.
fn volume(produto: &omie::Produto) -> Option<Decimal> {
    let area = produto.altura?.checked_mul(produto.largura?)?;
    let volume = area.checked_mul(produto.profundidade?)?.checked_div(CUBIC_METRE)?;
    Some(dec(volume, 6))
}

#[cfg(test)]
mod tests;
