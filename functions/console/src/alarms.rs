//! The alarms of the deployment, as CloudWatch reports their changes: the table remembers which are ringing, so that the
//! first page tells without asking CloudWatch.

use engine::{Documents, Expected, StateError};
use jiff::Timestamp;
use serde_json::{Value, json};

/// The kind of the documents; the id is the alarm's name without `ponte-<tenant>-`.
const KIND: &str = "console-alarme";
/// More than the template has.
const MOST: usize = 100;

/// An alarm that is ringing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alarm {
    /// Its name in the template.
    pub name: String,
    /// Since when.
    pub since: Timestamp,
}

/// The alarms of the template, and what each means and asks for.
pub(crate) const TEXTS: [(&str, &str); 16] = [
    (
        "dead-letters",
        "Um trabalho foi abandonado depois de várias tentativas: quem instalou a integração vê qual, na fila de mensagens abandonadas.",
    ),
    ("initial-load", "A carga inicial falhou: a página da carga diz a causa e continua dali."),
    (
        "orders-unexplained",
        "A conferência da noite achou um pedido que ninguém explica, ou não pôde contar: veja a última execução dela em Agendamentos.",
    ),
    ("console-failing", "O próprio console falhou: se a página não abrir, chame quem instalou a integração."),
    (
        "http-api-failing",
        "O console ou os avisos dos parceiros respondem com erro há um quarto de hora: chame quem instalou a integração.",
    ),
    ("service-orders-parked", "Uma ordem de serviço espera uma pessoa."),
    (
        "service-orders-late",
        "Uma ordem de serviço está tempo demais no mesmo estado, ou um aviso não achou o pedido.",
    ),
    ("service-orders-quarantine", "Um aviso de um parceiro não foi entendido."),
    ("service-orders-conflict", "O Sismetro disse o contrário do que o ERP já tem: confira o faturamento."),
    ("service-orders-strangers", "Muitos avisos chegam sem o segredo certo: um parceiro pode ter o antigo."),
    (
        "service-orders-inactive",
        "Chegou um pedido de uma filial desligada: ligue a filial, ou trate o pedido no ERP.",
    ),
    (
        "service-orders-doubt",
        "Mais de três vezes em uma hora não se soube se uma SS foi aberta: o Sismetro pode estar lento.",
    ),
    ("senior-failing", "Mais de um quinto das chamadas ao Senior X falha há dez minutos; nada se perde."),
    ("sismetro-failing", "Mais de um quinto das chamadas ao Sismetro falha há dez minutos; nada se perde."),
    ("ss-open-failing", "A abertura de SS falha há um quarto de hora."),
    ("ss-callback-failing", "O tratamento dos retornos do Sismetro falha há um quarto de hora."),
];

impl Alarm {
    /// What it means and what to do, in a sentence; its name when nobody has put it into words.
    pub fn told(&self) -> &str {
        let text = TEXTS.iter().find(|(name, _)| *name == self.name);
        text.map_or(self.name.as_str(), |(_, text)| *text)
    }
}

/// Takes what EventBridge tells of an alarm (`CloudWatch Alarm State Change`). What is not about an alarm of this tenant
/// is left alone.
pub async fn heard(state: &impl Documents, tenant: &str, event: &Value) -> Result<(), StateError> {
    let detail = &event["detail"];
    let name = detail["alarmName"].as_str().and_then(|name| name.strip_prefix(&format!("ponte-{tenant}-")));
    let (Some(name), Some(now)) = (name, detail["state"]["value"].as_str()) else {
        tracing::warn!("an event told of no alarm of ours");
        return Ok(());
    };
    if now != "ALARM" {
        return state.delete(KIND, name, Expected::Any).await;
    }
    let since = event["time"].as_str().and_then(|at| at.parse::<Timestamp>().ok()).unwrap_or_default();
    state.put(KIND, name, &json!({ "since": since }), Expected::Any, None).await.map(drop)
}

/// The alarms that are ringing, in the order of their names.
pub async fn ringing(state: &impl Documents) -> Result<Vec<Alarm>, StateError> {
    let found = state.list(KIND, "", MOST).await?;
    let alarm = |(name, document): (String, engine::Document)| {
        let since = document.body["since"].as_str().and_then(|at| at.parse().ok()).unwrap_or_default();
        Alarm { name, since }
    };
    Ok(found.into_iter().map(alarm).collect())
}

#[cfg(test)]
mod tests {
    use clock::Clock;
    use engine::Memory;

    use super::*;

    fn told(name: &str, state: &str) -> Value {
        json!({
            "source": "aws.cloudwatch", "detail-type": "CloudWatch Alarm State Change",
            "time": "2026-03-02T14:00:00Z",
            "detail": { "alarmName": name, "state": { "value": state, "reason": "Threshold Crossed" } },
        })
    }

    #[tokio::test(start_paused = true)]
    async fn an_alarm_rings_until_it_is_told_to_be_over() {
        let state = Memory::new(Clock::paused("2026-03-02T14:00:00Z".parse().expect("a moment")));
        for (name, now) in [("dead-letters", "ALARM"), ("initial-load", "ALARM"), ("ss-open-failing", "OK")] {
            heard(&state, "demo", &told(&format!("ponte-demo-{name}"), now)).await.expect("kept");
        }
        heard(&state, "demo", &told("ponte-other-dead-letters", "OK")).await.expect("left alone");
        heard(&state, "demo", &json!({ "detail": 7 })).await.expect("left alone");

        let names = |all: Vec<Alarm>| all.into_iter().map(|alarm| alarm.name).collect::<Vec<_>>();
        assert_eq!(names(ringing(&state).await.expect("read")), ["dead-letters", "initial-load"]);
        for now in ["OK", "INSUFFICIENT_DATA"] {
            heard(&state, "demo", &told("ponte-demo-dead-letters", now)).await.expect("kept");
        }
        let left = ringing(&state).await.expect("read");
        assert_eq!(left[0].since, "2026-03-02T14:00:00Z".parse().expect("a moment"));
        assert_eq!(names(left), ["initial-load"]);
    }

    /// An alarm that nobody put into words is shown by its name.
    #[test]
    fn every_alarm_of_the_template_is_told_in_words() {
        let template = include_str!("../../../template.yaml");
        let names =
            template.lines().filter_map(|line| line.trim().strip_prefix("AlarmName: !Sub ponte-${Tenant}-"));
        let names: Vec<&str> = names.collect();
        assert!(names.len() > 8, "{names:?}");
        for name in names {
            let alarm = Alarm { name: name.to_owned(), since: Timestamp::default() };
            assert_ne!(alarm.told(), name);
        }
    }
}
