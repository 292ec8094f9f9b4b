//! Opening an SS (`contracts/sismetro.md` §5).

use http::Response;
use jiff::Timestamp;
use serde_json::json;

use super::options::{Repeated, ReplyShape};
use super::seen::OpenSeen;
use super::ss::Ss;
use super::{Asked, FIRST_SS, State, Told};
use crate::answer;
use crate::services::gate::{Answer, Refusal};
use crate::services::{Push, wire};
use crate::{Violation, ViolationKind};

impl State {
    pub(super) fn open(
        &mut self,
        asked: &Asked,
        unit: &str,
        now: Timestamp,
        told: &mut Vec<Push>,
    ) -> Result<Answer, Refusal> {
        let order = self.one_order(asked)?;
        if let Some(first) = self.all.iter().find(|ss| ss.order == order).map(|ss| ss.number) {
            if let Some(refused) = self.conflict(first) {
                return Ok(refused);
            }
            let text = format!("segunda SS para o mesmo pedido, que já tem a {first}");
            self.violations.push(Violation::new(&order, ViolationKind::SecondSs, text));
        }
        let number = FIRST_SS + self.all.len() as u64;
        let wanted = asked.wanted.clone();
        self.all.push(Ss {
            number,
            unit: unit.to_owned(),
            order: order.clone(),
            wanted,
            status: "ABERTA".to_owned(),
            evolucao: "AGUARDANDO AGENDAMENTO".to_owned(),
            opened: now,
            changed: now,
            closed: None,
            conclusion: None,
        });
        self.opens.push(OpenSeen::new(asked, unit, &order, number, now));
        if self.options.concluded_at_once {
            self.advanced(number, "ENCERRADA", "CONCLUÍDO", now);
            told.extend(self.told_of(number, &Told::Completed, now));
        }
        Ok(Answer::done(self.reply(number)))
    }

    /// The order the body names.
    fn one_order(&mut self, asked: &Asked) -> Result<String, Refusal> {
        let orders = &asked.wanted.orders;
        if let (Some(order), 1) = (orders.first(), orders.len()) {
            return Ok(order.clone());
        }
        let text = format!("a abertura cita {} pedidos", orders.len());
        let order = orders.first().cloned().unwrap_or_default();
        self.violations.push(Violation::new(&order, ViolationKind::NotOneOrder, text));
        Err(Refusal::new("invalid", 422, "O corpo deve identificar um pedido"))
    }

    fn conflict(&self, first: u64) -> Option<Answer> {
        let ss = self.ss(first)?;
        let body = match self.options.repeated {
            Repeated::Opens => return None,
            Repeated::Conflict => {
                json!({ "valid": false, "message": "SS já aberta para o pedido", "ss": first, "link": ss.link() })
            }
            Repeated::BareConflict => json!({ "valid": false, "message": "SS já aberta para o pedido" }),
        };
        Some(Answer::refused(answer::json(409, body.to_string()), "conflict"))
    }

    fn reply(&mut self, number: u64) -> Response<bytes::Bytes> {
        let turn = usize::try_from(self.answered % 4).unwrap_or_default();
        self.answered += 1;
        let shape = self.options.reply.unwrap_or(ReplyShape::TURNS[turn]);
        let ss = self.ss(number).expect("it was just put there");
        let body = match shape {
            ReplyShape::Valid => json!({ "valid": true, "ss": number, "link": ss.link() }).to_string(),
            ReplyShape::Success => {
                let body =
                    json!({ "success": true, "data": { "idSs": number.to_string(), "url": ss.link() } });
                body.to_string().replace('/', "\\/")
            }
            ReplyShape::ResultList => {
                json!({ "resultList": [{ "idSs": number, "url": ss.turned_link() }] }).to_string()
            }
            ReplyShape::NumberOnly => json!({ "valid": true, "ss": number }).to_string(),
            ReplyShape::Text => return plain(format!("SS {number} aberta: {}", ss.link())),
        };
        answer::json(200, body)
    }

    pub(super) fn ss(&self, number: u64) -> Option<&Ss> {
        let position = usize::try_from(number.checked_sub(FIRST_SS)?).ok()?;
        self.all.get(position)
    }

    pub(super) fn ss_mut(&mut self, number: u64) -> Option<&mut Ss> {
        let position = usize::try_from(number.checked_sub(FIRST_SS)?).ok()?;
        self.all.get_mut(position)
    }
}

fn plain(text: String) -> Response<bytes::Bytes> {
    let mut answer = answer::json(200, text);
    let kind = http::HeaderValue::from_static("text/plain; charset=utf-8");
    answer.headers_mut().insert(http::header::CONTENT_TYPE, kind);
    answer
}

impl OpenSeen {
    fn new(asked: &Asked, unit: &str, order: &str, ss: u64, at: Timestamp) -> Self {
        let header = |name: &str| wire::header(&asked.request, name).map(str::to_owned);
        Self {
            at,
            unit: unit.to_owned(),
            order: order.to_owned(),
            ss,
            content_type: header("content-type"),
            idempotency_key: header("x-idempotency-key"),
            body: asked.request.body().clone(),
        }
    }
}
