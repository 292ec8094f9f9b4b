//! What Omie says when it does not answer: the fault table of `contracts/omie.md` §4.

use bytes::Bytes;
use http::Response;
use jiff::Timestamp;
use serde_json::json;

use crate::answer;
use crate::dataset::stamp;

/// A refused call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    /// Name in the verdict.
    pub(super) kind: &'static str,
    pub(super) status: u16,
    code: &'static str,
    text: String,
}

/// How long a misuse block lasts.
pub(super) const BLOCK_SECONDS: u64 = 1_800;

impl Refusal {
    fn new(kind: &'static str, code: &'static str, text: impl Into<String>) -> Self {
        Self { kind, status: 500, code, text: text.into() }
    }

    fn status(self, status: u16) -> Self {
        Self { status, ..self }
    }

    pub(super) fn answer(&self) -> Response<Bytes> {
        answer::json(self.status, json!({ "faultstring": self.text, "faultcode": self.code }).to_string())
    }

    pub(super) fn empty(page: u64) -> Self {
        let text = format!("ERROR: Não existem registros para a página [{page}]!");
        Self::new("empty", "SOAP-ENV:Client-5113", text)
    }

    pub(super) fn redundant() -> Self {
        let text =
            "ERROR: Consumo redundante detectado. Aguarde 60 segundos para tentar novamente. (REDUNDANT)";
        Self::new("redundant", "SOAP-ENV:Client-6", text)
    }

    pub(super) fn busy() -> Self {
        let text = "ERROR: Já existe uma requisição desse método sendo executada para o mesmo app_key.";
        Self::new("busy", "SOAP-ENV:Client-1880", text)
    }

    pub(super) fn rate_limited() -> Self {
        Self::new("rate_limited", "", "Too many requests").status(429)
    }

    pub(super) fn blocked(seconds: u64) -> Self {
        let text =
            format!("ERROR: API bloqueada por consumo indevido. Tente novamente em {seconds} segundos.");
        Self::new("blocked", "MISUSE_API_PROCESS", text).status(425)
    }

    pub(super) fn unauthorized() -> Self {
        let text = "ERROR: A chave de acesso está inválida ou não foi informada!";
        Self::new("unauthorized", "SOAP-ENV:Client-101", text)
    }

    pub(super) fn unknown_member(member: &str, complex: &str) -> Self {
        let text = format!("ERROR: Tag [{member}] não faz parte da estrutura do tipo complexo [{complex}]!");
        Self::new("unknown_member", "SOAP-ENV:Client-5001", text)
    }

    pub(super) fn unknown_method(method: &str, path: &str) -> Self {
        let text = format!("ERROR: Método [{method}] não existe no serviço [{path}]!");
        Self::new("unknown_method", "SOAP-ENV:Client-5001", text)
    }

    pub(super) fn missing_member(member: &str) -> Self {
        let text = format!("ERROR: O preenchimento da tag [{member}] é obrigatório!");
        Self::new("missing_member", "SOAP-ENV:Client-102", text)
    }

    pub(super) fn bad_member(member: &str) -> Self {
        let text = format!("ERROR: O valor da tag [{member}] é inválido!");
        Self::new("bad_member", "SOAP-ENV:Client-102", text)
    }

    pub(super) fn not_found(what: &str, id: &str) -> Self {
        let text = format!("ERROR: {what} não cadastrado para o Código [{id}] !");
        Self::new("not_found", "SOAP-ENV:Client-105", text)
    }

    pub(super) fn no_location(id: u64) -> Self {
        let text = format!("ERROR: Local de estoque não cadastrado para o Código [{id}] !");
        Self::new("no_location", "SOAP-ENV:Client-1070", text)
    }

    pub(super) fn no_integration_code(what: &str, code: &str) -> Self {
        let text = format!("ERROR: {what} não cadastrado para o Código de Integração [{code}] !");
        Self::new("not_found", "SOAP-ENV:Client-105", text)
    }

    /// A rule that is not kept; `sentence` without the leading word.
    pub(super) fn invalid(sentence: impl std::fmt::Display) -> Self {
        Self::new("invalid", "SOAP-ENV:Client-102", format!("ERROR: {sentence}"))
    }

    pub(super) fn automatic(member: &str) -> Self {
        Self::invalid(format_args!("A tag [{member}] é preenchida automaticamente e não deve ser informada!"))
    }

    pub(super) fn too_long(member: &str, most: usize) -> Self {
        Self::invalid(format_args!("O tamanho da tag [{member}] é maior que o permitido [{most}]!"))
    }

    pub(super) fn not_a_choice(member: &str, value: &str, choices: &[&str]) -> Self {
        let choices = choices.join(", ");
        let text =
            format!("ERROR: O valor [{value}] da tag [{member}] é inválido! Utilize um destes: {choices}");
        Self::new("invalid", "SOAP-ENV:Client-105", text)
    }

    pub(super) fn bad_year(member: &str) -> Self {
        let text = format!("ERROR: A data da tag [{member}] é inválida: o ano deve ser maior que 1900!");
        Self::new("invalid", "SOAP-ENV:Client-104", text)
    }

    pub(super) fn tag_rule() -> Self {
        let text = "ERROR: O preenchimento da tag do cliente é obrigatório!";
        Self::new("invalid", "SOAP-ENV:Client-1020", text)
    }

    pub(super) fn order_exists(code: &str) -> Self {
        let text = format!("ERROR: Pedido já cadastrado para o Código de Integração [{code}] !");
        Self::new("duplicate", "SOAP-ENV:Client-102", text)
    }

    pub(super) fn document_exists(document: &str, id: &str, code: &str) -> Self {
        let text = format!(
            "ERROR: Cliente já cadastrado para o CPF/CNPJ [{document}] com o Id [{id}] e código de integração [{code}] !"
        );
        Self::new("duplicate", "SOAP-ENV:Client-102", text)
    }

    pub(super) fn customer_exists(code: &str, id: &str) -> Self {
        let text =
            format!("ERROR: Cliente já cadastrado para o Código de Integração [{code}] com o nCod [{id}] !");
        Self::new("duplicate", "SOAP-ENV:Client-102", text)
    }

    /// An identical write, and when it may be tried again.
    pub(super) fn repeated(again: Timestamp) -> Self {
        let (_, hour) = stamp(again);
        let text = format!(
            "ERROR: Esta requisição já foi processada ou está sendo processada e você pode tentar novamente às {hour}"
        );
        Self::new("repeated", "SOAP-ENV:Client-1100", text)
    }

    pub(super) fn syntax() -> Self {
        Self::new("syntax", "SOAP-ENV:Client-500", "ERROR: JSON request with SyntaxError")
    }

    pub(super) fn shape() -> Self {
        Self::new("syntax", "SOAP-ENV:Client-500", "ERROR: Invalid JSON Object")
    }

    pub(super) fn not_json() -> Self {
        Self::new("not_json", "", "ERROR: Content-Type deve ser application/json").status(415)
    }

    pub(super) fn get() -> Self {
        Self::new("get", "", "ERROR: Somente o método HTTP POST é aceito").status(405)
    }

    pub(super) fn not_simulated(member: &str) -> Self {
        let text = format!("O simulador da Omie não faz o filtro [{member}]");
        Self::new("not_simulated", "SIMULADOR", text).status(501)
    }

    pub(super) fn injected(text: String, status: u16) -> Self {
        Self::new("injected_reject", "SOAP-ENV:Client-102", text).status(status)
    }

    pub(super) fn called(self, kind: &'static str) -> Self {
        Self { kind, ..self }
    }
}
