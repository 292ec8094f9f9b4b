//! Whether the options can work at all, said before anything is sent.

use http::Uri;
use serde_json::Value;

use crate::{
    event,
    fold::squeezed,
    options::{NoteWriter, OrderRead, SeniorOptions},
    situation::Situacao,
    urls,
};

/// A knob with a value that cannot work.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("opção `{knob}` da Senior X: {why}")]
pub struct BadKnob {
    /// Its path, e.g. `paths.release` or `senior_event_map.order_id[2]`.
    pub knob: String,
    /// In Portuguese: what is wrong and what to do.
    pub why: String,
}

impl BadKnob {
    fn new(knob: impl Into<String>, why: impl Into<String>) -> Self {
        Self { knob: knob.into(), why: why.into() }
    }
}

impl SeniorOptions {
    /// The options that a document of settings holds, checked. A value of the wrong type, an unknown word and an
    /// unknown name are told with their path.
    pub fn read(document: &Value) -> Result<Self, BadKnob> {
        let options: Self = serde_path_to_error::deserialize(document).map_err(|error| {
            let knob = error.path().to_string();
            BadKnob::new(knob, "não foi aceita: corrija-a ou retire-a")
        })?;
        options.check()?;
        Ok(options)
    }

    /// The first knob that cannot work.
    pub fn check(&self) -> Result<(), BadKnob> {
        if is_blank(&self.tenant_name) {
            return Err(BadKnob::new("tenant_name", "está vazio: informe o nome do tenant na Senior X"));
        }
        base_url(&self.base_url)?;
        self.check_paths()?;
        self.check_note_body()?;
        self.check_situations()?;
        self.check_event_map()?;
        self.check_candidates()?;
        if let Some(at) = self.tenant_aliases.iter().position(|alias| is_blank(alias)) {
            return Err(BadKnob::new(format!("tenant_aliases[{at}]"), "está vazio: retire-o da lista"));
        }
        if !(1..=50).contains(&self.rate_per_second) {
            let why = format!("{} não serve: use de 1 a 50 requisições por segundo", self.rate_per_second);
            return Err(BadKnob::new("rate_per_second", why));
        }
        Ok(())
    }

    fn check_paths(&self) -> Result<(), BadKnob> {
        let paths = &self.paths;
        for (name, path, needs_id) in [
            ("login", &paths.login, false),
            ("refresh", &paths.refresh, false),
            ("order", &paths.order, self.order_read != OrderRead::Ecommerce),
            ("observations", &paths.observations, true),
            ("add_observation", &paths.add_observation, self.note_writer == NoteWriter::OrderField),
            ("release", &paths.release, false),
            ("cancel", &paths.cancel, false),
            ("waiting", &paths.waiting, false),
        ] {
            let Some(path) = path else { continue };
            let knob = || format!("paths.{name}");
            urls::check(path).map_err(|why| BadKnob::new(knob(), why))?;
            if needs_id && !path.contains("{id}") {
                return Err(BadKnob::new(knob(), "falta `{id}`, o lugar do número interno do pedido"));
            }
        }
        Ok(())
    }

    fn check_note_body(&self) -> Result<(), BadKnob> {
        let Some(body) = &self.note_body else { return Ok(()) };
        let written = body.to_string();
        for place in ["{id}", "{text}"] {
            if !body.is_object() || !written.contains(place) {
                let why = format!("precisa ser um objeto JSON com `{place}` em algum texto");
                return Err(BadKnob::new("note_body", why));
            }
        }
        Ok(())
    }

    fn check_situations(&self) -> Result<(), BadKnob> {
        for (raw, name) in &self.situation_map {
            let knob = || format!("situation_map.{raw}");
            if is_blank(raw) {
                return Err(BadKnob::new(
                    knob(),
                    "a situação da Senior X está vazia: informe o código ou o texto",
                ));
            }
            if Situacao::named(name).is_none() {
                let known = Situacao::names().collect::<Vec<_>>().join(", ");
                return Err(BadKnob::new(knob(), format!("`{name}` não existe: use uma destas: {known}")));
            }
        }
        Ok(())
    }

    fn check_event_map(&self) -> Result<(), BadKnob> {
        let fields = event::built_in_map();
        for (field, pointers) in &self.senior_event_map {
            let knob = format!("senior_event_map.{field}");
            if !fields.contains_key(field) {
                let known = fields.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
                return Err(BadKnob::new(knob, format!("este campo não existe: use um destes: {known}")));
            }
            if field == "order_id" && pointers.is_empty() {
                return Err(BadKnob::new(
                    knob,
                    "está vazia: sem o número do pedido nenhum evento pode ser lido",
                ));
            }
            if let Some(at) = pointers.iter().position(|pointer| !is_pointer(pointer)) {
                let why =
                    format!("`{}` não é um ponteiro JSON: comece com `/`, ex.: `/order/id`", pointers[at]);
                return Err(BadKnob::new(format!("{knob}[{at}]"), why));
            }
        }
        Ok(())
    }

    fn check_candidates(&self) -> Result<(), BadKnob> {
        const KNOB: &str = "envelope_candidates";
        if self.envelope_candidates.is_empty() {
            return Err(BadKnob::new(KNOB, "está vazia: informe ao menos `.`, o documento inteiro"));
        }
        let bad =
            |candidate: &String| candidate != "." && candidate.split('.').any(|name| name.trim().is_empty());
        match self.envelope_candidates.iter().position(bad) {
            Some(at) => {
                let why =
                    "use nomes separados por ponto, ex.: `event.payload`, ou `.` para o documento inteiro";
                Err(BadKnob::new(format!("{KNOB}[{at}]"), why))
            }
            None => Ok(()),
        }
    }
}

/// An absolute URL with nothing that would be lost or sent in the clear.
fn base_url(url: &str) -> Result<(), BadKnob> {
    let bad = |why: &str| Err(BadKnob::new("base_url", why));
    let Ok(uri) = url.parse::<Uri>() else {
        return bad("não é um endereço: use, por exemplo, `https://api.senior.com.br`");
    };
    let Some(host) = uri.host().filter(|host| !host.is_empty()) else {
        return bad("falta o servidor: use, por exemplo, `https://api.senior.com.br`");
    };
    if uri.authority().is_some_and(|authority| authority.as_str().contains('@')) {
        return bad("não pode conter usuário e senha: as credenciais ficam no segredo do tenant");
    }
    if url.contains(['?', '#']) {
        return bad("não pode conter `?` nem `#`: informe só o servidor e o caminho");
    }
    match uri.scheme_str() {
        Some("https") => Ok(()),
        Some("http") if is_near(host) => Ok(()),
        _ => bad("precisa começar com `https://`: as credenciais não podem viajar sem cifra"),
    }
}

/// This machine or the next one: simulators and tests.
fn is_near(host: &str) -> bool {
    let bare = host.trim_matches(['[', ']']);
    let local = bare.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback());
    let test = |name: &str| host.rsplit('.').next().is_some_and(|last| last.eq_ignore_ascii_case(name));
    local || !host.contains(['.', ':']) || test("test") || test("localhost")
}

/// Whether nothing in `text` could be compared.
fn is_blank(text: &str) -> bool {
    squeezed(text).is_empty()
}

fn is_pointer(text: &str) -> bool {
    let escapes = text.split('~').skip(1).all(|rest| rest.starts_with(['0', '1']));
    text.len() > 1 && text.starts_with('/') && escapes
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// The knob that is named when the options of `document` are read.
    fn bad(document: &Value) -> BadKnob {
        let mut whole = json!({"tenant_name": "acme"});
        let members = document.as_object().expect("an object").clone();
        whole.as_object_mut().expect("an object").extend(members);
        SeniorOptions::read(&whole).expect_err("a bad knob")
    }

    #[test]
    fn every_wrong_knob_is_named() {
        for (document, knob) in [
            (json!({"tenant_name": " "}), "tenant_name"),
            (json!({"tenant_name": 7}), "tenant_name"),
            (json!({"base_url": "api.senior.com.br"}), "base_url"),
            (json!({"base_url": "http://api.senior.com.br"}), "base_url"),
            (json!({"base_url": "https://user:pw@api.senior.com.br"}), "base_url"),
            (json!({"base_url": "https://api.senior.com.br?x=1"}), "base_url"),
            (json!({"base_url": "ftp://api.senior.com.br"}), "base_url"),
            (json!({"base_url": "https://"}), "base_url"),
            (json!({"base_url": ""}), "base_url"),
            (json!({"url_style": "tunnel"}), "url_style"),
            (json!({"order_read": "guess"}), "order_read"),
            (json!({"note_writer": "pencil"}), "note_writer"),
            (json!({"order_field_verb": "post"}), "order_field_verb"),
            (json!({"note_body": {"obsPed": "{text}"}}), "note_body"),
            (json!({"note_body": "{id}{text}"}), "note_body"),
            (json!({"paths": {"login": "platform/login"}}), "paths.login"),
            (json!({"paths": {"refresh": "https://elsewhere.test/x"}}), "paths.refresh"),
            (json!({"paths": {"order": "/orders"}}), "paths.order"),
            (json!({"paths": {"observations": "/obs?filter=a eq 1"}}), "paths.observations"),
            (json!({"paths": {"add_observation": "/obs/{order}"}}), "paths.add_observation"),
            (
                json!({"note_writer": "order_field", "paths": {"add_observation": "/order"}}),
                "paths.add_observation",
            ),
            (json!({"paths": {"release": "/../x"}}), "paths.release"),
            (json!({"paths": {"cancel": "//elsewhere.test"}}), "paths.cancel"),
            (json!({"paths": {"waiting": "/a b"}}), "paths.waiting"),
            (json!({"paths": {"waiting": "/a?x=1#y"}}), "paths.waiting"),
            (json!({"paths": {"wating": "/a"}}), "paths.wating"),
            (json!({"situation_map": {"X": "open"}}), "situation_map.X"),
            (json!({"situation_map": {" ": "settled"}}), "situation_map. "),
            (json!({"situation_map": {"X": 7}}), "situation_map.X"),
            (json!({"senior_event_map": {"order": ["/id"]}}), "senior_event_map.order"),
            (json!({"senior_event_map": {"order_id": []}}), "senior_event_map.order_id"),
            (json!({"senior_event_map": {"order_id": ["/a", "b"]}}), "senior_event_map.order_id[1]"),
            (json!({"senior_event_map": {"observation": ["/a~2"]}}), "senior_event_map.observation[0]"),
            (json!({"envelope_candidates": []}), "envelope_candidates"),
            (json!({"envelope_candidates": [".", "a..b"]}), "envelope_candidates[1]"),
            (json!({"require_equipment": true}), "require_equipment"),
            (json!({"tenant_aliases": ["acme.com.br", ""]}), "tenant_aliases[1]"),
            (json!({"rate_per_second": 0}), "rate_per_second"),
            (json!({"rate_per_second": 51}), "rate_per_second"),
            (json!({"rate_per_second": -1}), "rate_per_second"),
            (json!({"rate_per_secund": 5}), "rate_per_secund"),
        ] {
            let found = bad(&document);
            assert_eq!(found.knob, knob, "{document}");
            assert!(found.to_string().contains(&format!("`{knob}`")), "{found}");
            assert!(found.why.len() > 10, "{found}");
        }
    }

    #[test]
    fn good_knobs_are_kept_and_the_others_have_their_defaults() {
        let options = SeniorOptions::read(&json!({
            "tenant_name": "acme",
            "base_url": "http://127.0.0.1:8080/senior/",
            "url_style": "bridge",
            "order_read": "none",
            "note_writer": "apis",
            "note_body": {"pedido": "{id}", "linhas": [{"texto": "{text}", "tipo": "I"}]},
            "paths": {"observations": "/rest/x/obs?filter=pedido eq '{id}'"},
            "situation_map": {"WAIT": "awaiting_integration"},
            "senior_event_map": {"order_id": ["/body/doc~1id"]},
            "envelope_candidates": ["body", "."],
            "tenant_aliases": ["ACME.com.br"],
            "rate_per_second": 2,
        }))
        .expect("good knobs");

        assert_eq!(options.pointers("order_id"), ["/body/doc~1id"]);
        assert_eq!(options.pointers("observation"), ["/observation", "/observacao"]);
        assert!(options.is_ours("Acme") && options.is_ours("acme.COM.br") && !options.is_ours("acme2"));
        let kept = serde_json::to_value(&options).expect("JSON");
        assert_eq!(SeniorOptions::read(&kept), Ok(options));
    }

    #[test]
    fn only_the_tenant_has_no_default_that_works() {
        let options = SeniorOptions { tenant_name: "acme".to_owned(), ..SeniorOptions::default() };

        assert_eq!(options.check(), Ok(()));
        assert!(SeniorOptions::default().check().is_err_and(|bad| bad.knob == "tenant_name"));
    }

    #[test]
    fn secrets_travel_in_the_clear_only_on_this_machine() {
        for (url, is_good) in [
            ("http://localhost:3000", true),
            ("http://[::1]:3000", true),
            ("http://senior.test", true),
            ("http://simulators:8080", true),
            ("http://10.0.0.1", false),
            ("http://senior.com", false),
            ("https://10.0.0.1", true),
        ] {
            assert_eq!(base_url(url).is_ok(), is_good, "{url}");
        }
    }
}
