//! Titulo: receivables (mapping §4.16). Máxima names an instalment by sale and number, Omie by an id: the source
//! gives each title its number before it is mapped.

mod leitura;
mod numeracao;
mod numero;
mod refs;
mod source;

pub use numero::Numero;
pub use refs::TituloRefs;

use engine::{Absence, Entity, Key, Mapped, Retirement, Source, State};
use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::reasons::Reasons;
use super::vendedores::{WITHOUT_SELLER, seller};
use super::{Cliente, Cobranca, Filial, Vendedor, change};
use crate::settings::SetupError;
use crate::synced::Sourced;
use crate::tenant::Tenant;
use crate::text::{dec, digits, dt, sn};
use source::Titulos;

/// A receivable.
pub struct Titulo;

/// A title of Omie and what we know of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TituloNumerado {
    /// What Omie says.
    pub titulo: omie::Titulo,
    /// Its number; none for a title that is not for Máxima.
    pub numero: Option<Numero>,
    /// Whether Máxima has it, or may have it after a crash.
    pub ja_enviado: bool,
    /// The seller of its client, looked up when the title names none.
    pub vendedor_do_cliente: Option<String>,
    /// Included before the window and never sent: it was only met beside an old one that is open.
    pub so_de_passagem: bool,
}

/// What is kept of a title: its number for good, where a whole reading would show it, and whether it is worth one
/// once it is older than the window. A stored format: a new member must be optional.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Fato {
    #[serde(flatten)]
    numero: Numero,
    /// Day of inclusion in Omie.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    inclusao: Option<Date>,
    /// Paid or cancelled.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    encerrado: bool,
}

impl Fato {
    fn read(facts: Option<&Value>) -> Option<Self> {
        serde_json::from_value(facts?.clone()).ok()
    }
}

impl Entity for Titulo {
    const NAME: &'static str = "titulos";
    const AFTER: &'static [&'static str] = &[Filial::NAME, Cobranca::NAME, Vendedor::NAME, Cliente::NAME];
    type Record = TituloNumerado;
    type Row = maxima::PrestacaoTitulo;
    type Refs = TituloRefs;

    fn key(record: &TituloNumerado) -> Key {
        record.titulo.cabec.cod_titulo.into()
    }

    fn map(record: TituloNumerado, refs: &TituloRefs) -> Mapped<maxima::PrestacaoTitulo> {
        if let Some(why) = refs::why_not(&record.titulo) {
            return Mapped::Skip(why);
        }
        if refs.leaves_out(&record.titulo) {
            return Mapped::Gone("título avulso e EnviarTitulosAvulsos desligado");
        }
        if record.so_de_passagem {
            return Mapped::Skip("título incluído antes da janela e nunca enviado");
        }
        let status = status(&record.titulo);
        if status == CANCELADO && !record.ja_enviado {
            return Mapped::Skip("título cancelado que nunca foi enviado");
        }
        let mut reasons = Reasons::default();
        let mut row =
            maxima::PrestacaoTitulo { status, codfilial: refs.filial.clone(), ..Default::default() };
        which_one(&record, &mut row, &mut reasons);
        whose_it_is(&record, refs, &mut row, &mut reasons);
        how_much(&record.titulo, &mut row, &mut reasons);
        how_it_is_paid(&record.titulo, &mut row);
        reasons.verdict(row)
    }

    fn facts(record: &TituloNumerado) -> Option<Value> {
        let (numero, inclusao) = (record.numero.clone()?, included(&record.titulo));
        let fato = Fato { numero, inclusao, encerrado: status(&record.titulo) != ABERTO };
        serde_json::to_value(fato).ok()
    }

    /// A whole reading shows the titles included on the days it covers; of another one it says nothing.
    fn absence(key: &Key, facts: Option<&Value>, refs: &TituloRefs) -> Absence {
        let included = Fato::read(facts).and_then(|fato| fato.inclusao);
        let is_covered = included.is_some_and(|day| refs.leitura.covers(day));
        // A refusal is no title: the night makes up for what it kept back, and then it leaves the quarantine.
        if is_covered || source::is_a_refusal(key) { Absence::Gone } else { Absence::OutOfSight }
    }

    fn retirement(_: &Key, facts: Option<&Value>, _: &TituloRefs) -> Retirement {
        let Some(Fato { numero, .. }) = Fato::read(facts) else { return Retirement::Keep };
        let (numtransvenda, prest) = (numero.numtransvenda, numero.prest);
        change(json!({"Numtransvenda": numtransvenda, "Prest": prest, "Status": CANCELADO}))
    }
}

impl Sourced for Titulo {
    async fn source<'a>(
        tenant: &'a Tenant,
        state: &'a impl State,
        refs: &'a TituloRefs,
    ) -> Result<impl Source<TituloNumerado> + 'a, SetupError> {
        Ok(Titulos::new(&tenant.omie, state, refs))
    }
}

const CANCELADO: &str = "C";
const PAGO: &str = "P";
const ABERTO: &str = "A";
/// What an operator is told about a member of the title.
const MEND: &str = "preencha no título no Omie";

/// The table of mapping §4.16; what is not in it is open.
fn status(titulo: &omie::Titulo) -> &'static str {
    match titulo.cabec.status.as_deref().map(str::trim) {
        Some("CANCELADO") => CANCELADO,
        Some("LIQUIDADO" | "RECEBIDO") => PAGO,
        _ => ABERTO,
    }
}

fn included(titulo: &omie::Titulo) -> Option<Date> {
    titulo.info.as_ref()?.data_inc
}

fn which_one(record: &TituloNumerado, row: &mut maxima::PrestacaoTitulo, reasons: &mut Reasons) {
    let cabec = &record.titulo.cabec;
    match &record.numero {
        Some(numero) => {
            row.numtransvenda = numero.numtransvenda;
            row.prest.clone_from(&numero.prest);
            row.dtvencorig = dt(numero.dtvencorig.or(cabec.dt_venc), None);
        }
        // The source gives every title one that is meant for Máxima.
        None => reasons.note(
            "nCodTitulo",
            &cabec.cod_titulo.to_string(),
            "o título ficou sem número: avise o suporte",
        ),
    }
    row.duplic = numero::duplicata(cabec).unwrap_or(row.numtransvenda);
    for (field, day) in [("dDtEmissao", cabec.dt_emissao), ("dDtVenc", cabec.dt_venc)] {
        reasons.required(field, day.map(|_| String::new()), MEND);
    }
    row.dtemissao = dt(cabec.dt_emissao, None);
    row.dtvenc = dt(cabec.dt_venc, None);
}

fn whose_it_is(
    record: &TituloNumerado,
    refs: &TituloRefs,
    row: &mut maxima::PrestacaoTitulo,
    reasons: &mut Reasons,
) {
    let cabec = &record.titulo.cabec;
    row.codcli = reasons.code("nCodCliente", cabec.cod_cliente.unwrap_or_default());
    match seller(cabec.cod_vendedor, record.vendedor_do_cliente.clone(), refs.vendedor_padrao.as_ref()) {
        Some(vendedor) => row.codusur = vendedor,
        None => reasons.note("cCodVendedor", "", WITHOUT_SELLER),
    }
}

fn how_much(titulo: &omie::Titulo, row: &mut maxima::PrestacaoTitulo, reasons: &mut Reasons) {
    let paid = || titulo.lancamentos.iter().filter_map(|payment| payment.val_lanc).sum::<Decimal>();
    row.valor = dec(reasons.amount("nValorTitulo", titulo.cabec.valor_titulo, MEND), 6);
    row.valororig = row.valor;
    let of_sums = titulo.resumo.as_ref().and_then(|sums| sums.val_pago);
    row.vpago = Some(dec(of_sums.unwrap_or_else(paid), 6));
    if row.status == PAGO {
        row.dtpag = dt(titulo.cabec.dt_pagamento, None);
        row.dtbaixa = row.dtpag;
    }
}

fn how_it_is_paid(titulo: &omie::Titulo, row: &mut maxima::PrestacaoTitulo) {
    let cabec = &titulo.cabec;
    let kind = cabec.tipo.as_deref().unwrap_or_default().trim().to_uppercase();
    means(&kind).clone_into(&mut row.codcob);
    row.boleto = sn(kind == "BOL" || cabec.num_boleto.is_some());
    let code = digits(cabec.codigo_barras.as_deref());
    match code.as_deref().map_or(0, str::len) {
        44 => row.codbarra = code,
        47 => row.linhadig = code,
        _ => {}
    }
}

fn means(kind: &str) -> &'static str {
    match kind {
        "CRT" => "03",
        "CHQ" => "02",
        "DIN" => "01",
        "PIX" => "17",
        "TRA" | "TED" | "DOC" => "18",
        _ => "15",
    }
}

#[cfg(test)]
mod tests;
