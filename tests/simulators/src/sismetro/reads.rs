//! The read API (`contracts/sismetro.md` §7, §9).

use serde_json::{Value, json};

use super::{Asked, State};
use crate::answer;
use crate::services::gate::{Answer, Refusal};
use crate::services::{Equipment, equipment_register, wire};

impl Asked {
    /// The page, from 1, written with at least two digits.
    fn page(&self) -> Result<usize, Refusal> {
        let text = wire::parameter(&self.request, "page").unwrap_or_default();
        let number = text.parse().ok().filter(|number| *number > 0 && text.len() > 1);
        number.ok_or_else(|| Refusal::new("invalid", 400, "page deve ter dois dígitos, a partir de 01"))
    }
}

impl State {
    pub(super) fn find(&self, asked: &Asked, unit: &str) -> Answer {
        let number = wire::parameter(&asked.request, "ss").and_then(|text| text.parse().ok());
        let found = number.and_then(|number| self.ss(number)).filter(|ss| ss.unit == unit);
        if let Some(ss) = found {
            let body = json!({ "valid": true, "resultList": [ss.record(&self.options)] });
            return Answer::found(answer::json(200, body.to_string()), 1);
        }
        let status = if self.options.unknown_is_404 { 404 } else { 200 };
        let body = json!({ "valid": false, "resultList": [], "message": "SS não encontrada" });
        let response = answer::json(status, body.to_string());
        Answer { outcome: crate::Outcome::NotFound, ..Answer::found(response, 0) }
    }

    pub(super) fn list(&self, asked: &Asked, unit: &str) -> Result<Answer, Refusal> {
        let mine: Vec<_> = self.all.iter().filter(|ss| ss.unit == unit).collect();
        let record = |nth: usize| {
            let position = if self.options.newest_first { mine.len() - 1 - nth } else { nth };
            mine[position].record(&self.options)
        };
        Ok(self.paged(asked.page()?, mine.len(), record))
    }

    pub(super) fn equipment(&self, asked: &Asked) -> Result<Answer, Refusal> {
        let register = equipment_register();
        Ok(self.paged(asked.page()?, register.len(), |nth| described(&register[nth])))
    }

    fn paged(&self, page: usize, total: usize, row: impl Fn(usize) -> Value) -> Answer {
        let size = self.options.page_size;
        let first = (page - 1).saturating_mul(size);
        let rows: Vec<Value> = (first..first.saturating_add(size).min(total)).map(row).collect();
        let pages = total.div_ceil(size).max(1);
        // A number or its text, as it comes.
        let pages = if total.is_multiple_of(2) { json!(pages) } else { json!(pages.to_string()) };
        let found = rows.len();
        let body = json!({ "valid": true, "totalPages": pages, "resultList": rows });
        Answer::found(answer::json(200, body.to_string()), found)
    }
}

fn described(known: &Equipment) -> Value {
    json!({ "idPatrimonio": known.id, "tipoTec": known.tipo_tec, "tag": known.tag, "marca": known.marca,
        "modelo": known.modelo, "numeroSerie": known.numero_serie, "numeroPatrimonio": known.numero_patrimonio,
        "observacao": known.description, "situacao": "DISPONÍVEL" })
}
