//! What an ERP says of an order (`contracts/maxima.md` §7.3, §7.6).

use jiff::Timestamp;
use jiff::civil::DateTime;
use serde_json::{Map, Value};

use super::critique::{self, Read};
use super::member;
use super::order::{Facts, Order, Taken};
use crate::dataset::text_of;
use crate::maxima::fields::{Field, RuleSet, moment, text, whole};
use crate::maxima::options::MaximaOptions;

/// A result that can be read.
pub(super) struct Told {
    pub(super) id: u64,
    /// Its members that are not null, under their exact names.
    row: Map<String, Value>,
}

const RESULT: &[Field] = &[
    moment("Data"),
    whole("Status", "23"),
    whole("Tipopedido", "2"),
    text("Codusuario", 0, 0),
    text("Codusur", 50, 50),
    text("Numped", 0, 0),
    whole("Numcritica", "9999999999999999"),
    whole("Tipocritica", "24"),
    whole("Condvenda", "99"),
    text("Critica", 0, 0),
];
/// Members the endpoint takes and nobody needs.
const OTHERS: &[&str] = &[
    "Objeto_json",
    "Dtinclusao",
    "Dtenvioerp",
    "Dtretornoerp",
    "Dtprocessamentoerp",
    "Dtgravacaoerp",
    "Dtaberturapedpalm",
    "Valortotal",
    "Vlatend",
    "Vlbonific",
    "Percdescontopedido",
    "Perclucratividade",
    "Qtdeprodutos",
    "Codcli",
    "Codplpag",
    "Codfilial",
    "Codsupervisor",
    "Editado",
    "Reenviado",
    "Cancelado",
    "Observacao",
    "Obspedido",
];
/// What the endpoint for later changes takes (§7.6).
const OF_CRITIQUES: &[&str] =
    &["Id_pedido", "Status", "Data", "Critica", "Numcritica", "Tipocritica", "Numpederp"];

impl Told {
    /// Names every member and checks its form.
    pub(super) fn read(record: Value, critiques: bool) -> Result<Self, String> {
        let Value::Object(members) = record else {
            return Err("cada registro deve ser um objeto".to_owned());
        };
        let id = member(&members, "Id_pedido").map(text_of).unwrap_or_default();
        let id = id.parse::<u64>().map_err(|_| "o campo Id_pedido é obrigatório".to_owned())?;
        let mut row = Map::new();
        for (given, value) in members {
            let name = exact(&given)
                .filter(|name| !critiques || OF_CRITIQUES.contains(name))
                .ok_or_else(|| format!("pedido {id}: o campo {given} não existe"))?;
            if !value.is_null() && row.insert(name.to_owned(), value).is_some() {
                return Err(format!("pedido {id}: o campo {name} aparece duas vezes"));
            }
        }
        let told = Self { id, row };
        told.check().map_err(|problem| format!("pedido {id}: {problem}"))?;
        Ok(told)
    }

    fn check(&self) -> Result<(), String> {
        for field in RESULT {
            let Some(value) = self.row.get(field.name) else { continue };
            field.problem(value, RuleSet::Stricter).map_or(Ok(()), Err)?;
        }
        if let Some(number) = self.row.get("Numpederp")
            && !is_order_number(number)
        {
            return Err(format!("Numpederp deve ser um inteiro sem zeros à esquerda, veio {number}"));
        }
        if let Some(number) = self.number()
            && !is_critique_number(number)
        {
            return Err(format!("Numcritica deve ser yyyyMMddHHmmssSS, veio {number}"));
        }
        match self.status() {
            Some(0 | 1 | 6 | 8 | 9 | 11) => Err("este Status só a Máxima atribui".to_owned()),
            _ => Ok(()),
        }
    }

    fn number(&self) -> Option<i64> {
        self.row.get("Numcritica").and_then(Value::as_i64)
    }

    fn status(&self) -> Option<u8> {
        self.row.get("Status").and_then(Value::as_u64).and_then(|status| status.try_into().ok())
    }

    fn text(&self, name: &str) -> Option<String> {
        self.row.get(name).map(text_of)
    }

    /// Members that contradict the order.
    fn contradictions(&self, facts: &Facts) -> Vec<String> {
        let wanted = [
            ("Tipopedido", facts.kind.to_string()),
            ("Codusuario", facts.user.clone()),
            ("Codusur", facts.seller.clone()),
            ("Numped", facts.numped.clone()),
            ("Condvenda", facts.sale.clone()),
        ];
        let wrong = |(name, wanted): &(&str, String)| {
            let given = self.text(name)?;
            (given != *wanted).then(|| format!("{name} é {wanted} e veio {given}"))
        };
        let mut wrong: Vec<String> = wanted.iter().filter_map(wrong).collect();
        match (self.status(), self.text("Tipocritica").as_deref()) {
            (Some(4), Some("2")) => wrong.push("Status 4 com Tipocritica 2".to_owned()),
            (Some(5), Some("0")) => wrong.push("Status 5 com Tipocritica 0".to_owned()),
            _ => {}
        }
        wrong
    }
}

impl Order {
    /// Takes a result: refuses it, or takes it and notes what it breaks. One that was taken before, to the letter, says
    /// nothing new, but its status counts again: what the seller has made of the order since is answered by it.
    pub(super) fn take(
        &mut self,
        told: Told,
        critiques: bool,
        options: &MaximaOptions,
        now: Timestamp,
    ) -> Result<(), String> {
        if self.told.iter().any(|taken| taken.row == told.row) {
            self.repeats += 1;
            if let Some(status) = told.status() {
                self.status = status;
            }
            return Ok(());
        }
        let read = match told.row.get("Critica").and_then(Value::as_str) {
            None => None,
            Some(text) => match critique::read(text, self.id, &self.facts, &told.row, now) {
                Read::Broken(problem) if !options.broken_critique_in_transit => {
                    return Err(format!("pedido {}: {problem}", self.id));
                }
                read => Some(read),
            },
        };
        let mut broken = self.broken(&told, critiques);
        broken.extend(told.contradictions(&self.facts));
        let critique = match read {
            None => None,
            Some(Read::Broken(problem)) => {
                self.in_transit = true;
                broken.push(problem);
                None
            }
            Some(Read::Fine(critique, contradictions)) => {
                broken.extend(contradictions);
                Some(critique)
            }
        };
        self.violations.extend(broken);
        self.status = told.status().unwrap_or(self.status);
        self.numpederp = told.text("Numpederp").or_else(|| self.numpederp.take());
        self.changed = now;
        let sent_again = std::mem::take(&mut self.sent_again);
        self.told.push(Taken { row: told.row, critique, sent_again });
        Ok(())
    }

    /// What a result breaks, given those before.
    fn broken(&self, told: &Told, critiques: bool) -> Vec<String> {
        let mut broken = Vec::new();
        let mut note = |so: bool, text: String| {
            if so {
                broken.push(text);
            }
        };
        let imported =
            self.told.iter().any(|taken| taken.row.get("Status").is_some_and(|status| *status == 4));
        let last = self.told.iter().filter_map(|taken| taken.row.get("Numcritica")?.as_i64()).max();
        match (told.number(), last) {
            (None, _) => note(told.row.contains_key("Critica"), "crítica sem Numcritica".to_owned()),
            (Some(number), Some(last)) => note(
                number <= last,
                format!("Numcritica {number} não é maior que {last} e o conteúdo é outro"),
            ),
            (Some(_), None) => {}
        }
        let erp = told.text("Numpederp");
        note(!self.handed_over, "resultado de um pedido que ninguém baixou".to_owned());
        note(critiques && !imported, "StatusCriticas antes da importação".to_owned());
        match told.status() {
            Some(4) => note(erp.is_none() && self.numpederp.is_none(), "Status 4 sem Numpederp".to_owned()),
            Some(5) => {
                note(erp.is_some(), "Status 5 com Numpederp".to_owned());
                note(imported, "Status 5 depois de importado".to_owned());
            }
            _ => {}
        }
        if let (Some(before), Some(now)) = (&self.numpederp, &erp) {
            note(before != now, format!("era o pedido {before} do ERP e agora é o {now}"));
        }
        broken
    }
}

fn exact(given: &str) -> Option<&'static str> {
    let known = RESULT.iter().map(|field| field.name).chain(["Id_pedido", "Numpederp"]);
    known.chain(OTHERS.iter().copied()).find(|name| name.eq_ignore_ascii_case(given))
}

/// Digits, the first of them not zero: "44444.0" breaks the timeline (§1).
fn is_order_number(value: &Value) -> bool {
    let text = text_of(value);
    let digits = !text.is_empty() && text.len() <= 10 && text.bytes().all(|byte| byte.is_ascii_digit());
    digits && !text.starts_with('0')
}

fn is_critique_number(number: i64) -> bool {
    let text = number.to_string();
    text.len() == 16 && DateTime::strptime("%Y%m%d%H%M%S", &text[..14]).is_ok()
}
