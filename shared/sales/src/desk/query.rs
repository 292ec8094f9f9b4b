//! What an operator types, read in every way that makes sense.

use engine::Mark;
use jiff::civil::Date;

use super::record::{Kind, Record};
use super::words::{plain, posicao_named, stage_named};
use crate::orders::Posicao;
use crate::praca::day_in_sao_paulo;
use crate::text::digits;

/// Numbers in one text; more are not looked for.
const NUMBERS: usize = 6;

/// What is looked for: whatever any of the keys names, and of that what fits state and day.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    /// Only this kind.
    pub kind: Option<Kind>,
    /// Any of these; none means everything.
    pub keys: Vec<Key>,
    /// Only in this state.
    pub state: Option<Situacao>,
    /// Only what was first seen on this day in São Paulo.
    pub day: Option<Date>,
}

/// Something that one record, or one customer's records, are found by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Key {
    /// The cloud code: `id_pedido`, `id_cliente`.
    Nuvem(String),
    /// Omie's number of an order.
    Numero(i64),
    /// Omie's id of an order.
    Codigo(i64),
    /// The app's number of an order.
    Numped(String),
    /// Omie's id of a customer, or its cloud code: their orders, and their own record.
    Cliente(i64),
    /// CNPJ or CPF, digits.
    Documento(String),
}

/// A state that records are in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Situacao {
    /// A stage, by its name in the marks: `held`.
    Stage(&'static str),
    /// A position in Omie.
    Posicao(Posicao),
}

/// The text holds something that is neither a number nor a word of ours.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "não entendi “{0}”: procure pelo número do Omie, do app ou da nuvem, pelo código ou CNPJ/CPF do cliente, por uma \
     situação (retido, recusado, faturado) ou por um dia (02/03/2026)"
)]
pub struct NotUnderstood(pub String);

/// What a word says about the numbers next to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Label {
    Pedido,
    Cliente,
    Documento,
    Omie,
    Nuvem,
    App,
}

impl Query {
    /// Reads a text. An empty one is everything.
    ///
    /// A number without a word is read as each of them: cloud code, Omie's number and id, the app's number, customer,
    /// and document where it has 11 or 14 digits. The words `pedido`, `cliente`, `cnpj`, `cpf`, `omie`, `nuvem` and
    /// `app` narrow that.
    pub fn parse(text: &str) -> Result<Self, NotUnderstood> {
        let mut query = Self::default();
        let mut labels = Vec::new();
        let mut numbers = Vec::new();
        for word in text.split(|c: char| c.is_whitespace() || c == ',' || c == ';') {
            let bare = plain(word.trim_matches(['#', ':', '"', '.']));
            if bare.is_empty() || is_filler(&bare) {
            } else if let Some(label) = label(&bare) {
                labels.push(label);
            } else if let Some(day) = day(&bare) {
                query.day = Some(day);
            } else if is_number(&bare) {
                numbers.push(bare);
            } else if let Some(stage) = stage_named(&bare) {
                query.state = Some(Situacao::Stage(stage));
            } else if let Some(posicao) = posicao_named(&bare) {
                query.state = Some(Situacao::Posicao(posicao));
            } else {
                return Err(NotUnderstood(word.to_owned()));
            }
        }
        query.number(&numbers, &labels);
        Ok(query)
    }

    /// Adds the readings of the numbers, or what the words mean without one.
    fn number(&mut self, numbers: &[String], labels: &[Label]) {
        if numbers.is_empty() {
            match labels {
                // "pedidos retidos", "clientes de 02/03/2026"
                [Label::Cliente, ..] => self.kind = Some(Kind::Clientes),
                [Label::Pedido, ..] => self.kind = Some(Kind::Pedidos),
                _ => {}
            }
            if labels.contains(&Label::Omie) && self.state.is_none() {
                self.state = Some(Situacao::Stage("in-erp"));
            }
            return;
        }
        if labels.contains(&Label::Pedido) {
            self.kind = Some(Kind::Pedidos);
        }
        let whole = digits(numbers.concat().as_str()).unwrap_or_default();
        if numbers.len() > 2 && is_document(&whole) {
            self.keys = vec![Key::Documento(whole)];
            return;
        }
        for number in numbers.iter().take(NUMBERS) {
            for key in readings(number, labels) {
                if !self.keys.contains(&key) {
                    self.keys.push(key);
                }
            }
        }
    }

    /// Whether it is about this record.
    pub(super) fn admits(&self, record: &Record) -> bool {
        let kind = record.kind();
        let marks = record.filing().marks;
        let is_named = |key: &Key| {
            let is_marked = key.mark(kind).is_some_and(|mark| marks.contains(&mark));
            is_marked || key.id(kind).is_some_and(|id| id == record.id())
        };
        self.is_of(kind)
            && (self.keys.is_empty() || self.keys.iter().any(is_named))
            && self.day.is_none_or(|day| day_in_sao_paulo(record.since()) == day)
            && match (self.state, record) {
                (None, _) => true,
                (Some(Situacao::Stage(stage)), _) => record.stage() == stage,
                (Some(Situacao::Posicao(posicao)), Record::Pedido(order)) => {
                    order.fate.as_ref().is_some_and(|fate| fate.posicao == posicao)
                }
                (Some(Situacao::Posicao(_)), Record::Cliente(_)) => false,
            }
    }

    /// Whether records of this kind can be meant.
    pub(super) fn is_of(&self, kind: Kind) -> bool {
        self.kind.is_none_or(|only| only == kind)
    }
}

impl Key {
    /// The id that it is, where it can be one: a customer without a code in Omie is asked for by its cloud code.
    pub(super) fn id(&self, kind: Kind) -> Option<String> {
        match (self, kind) {
            (Self::Nuvem(id), _) => Some(id.clone()),
            (Self::Cliente(codigo), Kind::Clientes) => Some(codigo.to_string()),
            _ => None,
        }
    }

    /// The mark that it is found by; none for the cloud code, which is the id, and for what such records do not have.
    pub(super) fn mark(&self, kind: Kind) -> Option<Mark> {
        let (name, value) = match (self, kind) {
            (Self::Documento(document), _) => ("cnpj", document.clone()),
            (Self::Numero(numero), Kind::Pedidos) => ("numero", numero.to_string()),
            (Self::Codigo(codigo), Kind::Pedidos) | (Self::Cliente(codigo), Kind::Clientes) => {
                ("codigo", codigo.to_string())
            }
            (Self::Numped(numped), Kind::Pedidos) => ("numped", numped.clone()),
            (Self::Cliente(codigo), Kind::Pedidos) => ("cliente", codigo.to_string()),
            (Self::Nuvem(_), _) | (Self::Numero(_) | Self::Codigo(_) | Self::Numped(_), Kind::Clientes) => {
                return None;
            }
        };
        Some(Mark::new(name, value))
    }
}

fn is_filler(word: &str) -> bool {
    let fillers = ["o", "a", "os", "as", "do", "da", "de", "dos", "das", "no", "na", "em", "com", "dia"];
    let names = ["n", "nº", "n°", "nr", "num", "numero", "codigo", "cod", "id"];
    fillers.contains(&word) || names.contains(&word)
}

fn label(word: &str) -> Option<Label> {
    Some(match word {
        "pedido" | "pedidos" => Label::Pedido,
        "cliente" | "clientes" | "cadastro" | "cadastros" => Label::Cliente,
        "cnpj" | "cpf" | "documento" => Label::Documento,
        "omie" | "erp" => Label::Omie,
        "nuvem" => Label::Nuvem,
        "app" | "numped" => Label::App,
        _ => return None,
    })
}

fn is_number(word: &str) -> bool {
    word.chars().any(|c| c.is_ascii_digit())
        && word.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | '/' | '-'))
}

/// `2026-03-02`, `02/03/2026`, `02.03.2026`, `2/3/26`.
fn day(word: &str) -> Option<Date> {
    let parts: Vec<&str> = word.split(['-', '/', '.']).collect();
    let [first, month, last] = parts[..] else { return None };
    let number = |text: &str, digits: std::ops::RangeInclusive<usize>| {
        text.parse::<i16>().ok().filter(|_| digits.contains(&text.len()))
    };
    let (day, year) = match (number(first, 4..=4), number(last, 4..=4), number(last, 2..=2)) {
        (Some(year), _, _) => (number(last, 1..=2)?, year),
        (None, Some(year), _) => (number(first, 1..=2)?, year),
        (None, None, Some(year)) => (number(first, 1..=2)?, 2000 + year),
        (None, None, None) => return None,
    };
    let (month, day) = (i8::try_from(number(month, 1..=2)?).ok()?, i8::try_from(day).ok()?);
    Date::new(year, month, day).ok()
}

fn is_document(digits: &str) -> bool {
    matches!(digits.len(), 11 | 14)
}

/// What a number may be, by the words around it.
fn readings(number: &str, labels: &[Label]) -> Vec<Key> {
    let all = digits(number).unwrap_or_default();
    let has_label = |label| labels.is_empty() || labels == [Label::Pedido] || labels.contains(&label);
    // Nobody writes anything but a document so: 529.982.247-25.
    let is_punctuated = number.contains(['-', '/']) && is_document(&all);
    let trimmed = all.trim_start_matches('0').to_owned();
    let id = trimmed.parse::<i64>().ok();
    let mut keys = Vec::new();
    if !is_punctuated {
        if has_label(Label::Nuvem) {
            keys.extend([&trimmed, &all].map(|id| Key::Nuvem(id.clone())));
        }
        if has_label(Label::Omie) {
            keys.extend(id.into_iter().flat_map(|id| [Key::Numero(id), Key::Codigo(id)]));
        }
        if has_label(Label::App) {
            keys.extend([&trimmed, &all].map(|numped| Key::Numped(numped.clone())));
        }
        if has_label(Label::Cliente) {
            keys.extend(id.map(Key::Cliente));
        }
    }
    let may_be_document = is_punctuated || has_label(Label::Documento) || labels.contains(&Label::Cliente);
    if labels.contains(&Label::Documento) || (may_be_document && is_document(&all)) {
        keys.push(Key::Documento(all));
    }
    keys.retain(|key| !matches!(key, Key::Nuvem(text) | Key::Numped(text) if text.is_empty()));
    keys
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn keys(text: &str) -> Vec<Key> {
        Query::parse(text).unwrap_or_else(|why| panic!("{why}")).keys
    }

    #[test]
    fn a_document_is_read_in_any_punctuation() {
        for text in ["52.998.224/0001-25", "52998224/0001-25", "cnpj 52998224000125", "52 998 224 0001 25"] {
            assert_eq!(keys(text), [Key::Documento("52998224000125".into())], "{text}");
        }
        assert_eq!(keys("CPF: 529.982.247-25"), [Key::Documento("52998224725".into())]);
        assert!(keys("52998224000125").contains(&Key::Documento("52998224000125".into())));
    }

    #[test]
    fn a_bare_number_is_everything_it_may_be() {
        let expected = [
            Key::Nuvem("900100200".into()),
            Key::Numero(900_100_200),
            Key::Codigo(900_100_200),
            Key::Numped("900100200".into()),
            Key::Cliente(900_100_200),
        ];

        assert_eq!(keys("900100200"), expected);
        assert_eq!(keys(" #900100200 "), expected);
        assert_eq!(keys("900.100.200"), expected, "thousands");
    }

    #[test]
    fn a_word_says_what_a_number_is() {
        let order = Query::parse("pedido nº 000001234").expect("understood");
        assert_eq!(order.kind, Some(Kind::Pedidos));
        assert!(order.keys.contains(&Key::Numero(1234)), "Omie shows zeros before it: {:?}", order.keys);

        assert_eq!(keys("Omie 1234"), [Key::Numero(1234), Key::Codigo(1234)]);
        assert_eq!(keys("código na nuvem 900100200"), [Key::Nuvem("900100200".into())]);
        assert_eq!(keys("cliente 55"), [Key::Cliente(55)]);
    }

    #[test]
    fn an_id_longer_than_any_number_is_still_an_id() {
        assert_eq!(keys("nuvem 12345678901234567890"), [Key::Nuvem("12345678901234567890".into())]);
    }

    #[test]
    fn states_and_days_stand_beside_each_other() {
        let query = Query::parse("Pedidos retidos em 02/03/2026").expect("understood");

        let day = Some(date(2026, 3, 2));
        let state = Some(Situacao::Stage("held"));
        assert_eq!(query, Query { kind: Some(Kind::Pedidos), keys: vec![], state, day });
        for text in ["2026-03-02", "2/3/26", "02.03.2026"] {
            assert_eq!(Query::parse(text), Ok(Query { day, ..Query::default() }), "{text}");
        }
        assert_eq!(Query::parse("no Omie").map(|query| query.state), Ok(Some(Situacao::Stage("in-erp"))));
        assert_eq!(
            Query::parse("faturados").map(|query| query.state),
            Ok(Some(Situacao::Posicao(Posicao::F)))
        );
    }

    #[test]
    fn what_is_not_understood_is_named() {
        assert_eq!(Query::parse("retido padaria"), Err(NotUnderstood("padaria".into())));
        assert_eq!(Query::parse("  "), Ok(Query::default()), "everything");
    }
}
