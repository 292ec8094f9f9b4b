//! Omie and Máxima as far as this flow sees them, in one place and with a memory.

use std::collections::{BTreeMap, VecDeque};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard};

use bytes::Bytes;
use clock::Clock;
use engine::{Budget, Memory};
use http::{Request, Response};
use jiff::Timestamp;
use partner_http::{Exchange, Lost, Transport};
use serde_json::{Value, json};

use super::super::Customers;
use crate::credentials::Credentials;
use crate::entities::testing::{learn, record};
use crate::entities::{Cidade, Regiao};
use crate::settings::Settings;
use crate::tenant::{Tenant, Wires};
use crate::text::digits;

/// What goes wrong with the next request of a name.
pub(super) enum Mishap {
    /// This answer, and nothing is done.
    Answer(u16, Value),
    /// Everything is done and the answer is lost.
    LoseAnswer,
    /// Nothing is done and nobody knows.
    LoseRequest,
}

/// Both partners.
#[derive(Default)]
pub(super) struct Partners {
    pub(super) clientes: BTreeMap<i64, Value>,
    /// Status and object, by `id_cliente`.
    pub(super) pending: BTreeMap<i64, (u8, String)>,
    /// Rows of `Clientes`, by `Codcli`.
    pub(super) rows: BTreeMap<String, Value>,
    /// The requests so far, without logins.
    pub(super) asked: Vec<(String, Value)>,
    /// When they came, in the same order.
    pub(super) times: Vec<Timestamp>,
    mishaps: BTreeMap<&'static str, VecDeque<Mishap>>,
}

pub(super) struct World {
    partners: Arc<Mutex<Partners>>,
    wire: Transport,
    tenant: Tenant,
    pub(super) state: Memory,
    pub(super) clock: Clock,
}

struct Wire(Arc<Mutex<Partners>>, Clock);

impl World {
    pub(super) async fn new() -> Self {
        let clock = Clock::paused(super::at(0));
        let state = Memory::new(clock.clone());
        let partners = Arc::new(Mutex::new(Partners::default()));
        let wire = Transport::in_process(Arc::new(Wire(partners.clone(), clock.clone())));
        let tenant = open(&wire, &clock);
        let goiania = r#"{"cCod":"GOIANIA (GO)","cNome":"GOIANIA","cUF":"GO","nCodIBGE":"5208707"}"#;
        let table = r#"{"nCodTabPreco":6001,"cNome":"P","cAtiva":"S","clientes":{"cTodosClientes":"S"}}"#;
        learn::<Cidade>(&state, &[record(goiania)]).await;
        learn::<Regiao>(&state, &[record(table)]).await;
        Self { partners, wire, tenant, state, clock }
    }

    pub(super) fn partners(&self) -> MutexGuard<'_, Partners> {
        self.partners.lock().expect("no test panics with it")
    }

    pub(super) fn customers(&self) -> Customers<'_, Memory> {
        Customers { tenant: &self.tenant, state: &self.state, clock: &self.clock }
    }

    /// A seller registers a customer.
    pub(super) fn sell(&self, id: i64, change: &[(&str, Value)]) {
        let mut object = json!({"CodigoClienteNuvem": id, "Codigo": "", "TipoOperacao": "I",
            "Nome": format!("CLIENTE {id}"), "CNPJ": "11.222.333/0001-81", "Telefone": "62999998888",
            "Email": "a@b.c", "EnderecoComercial": {"Logradouro": "RUA A", "Numero": "1", "Bairro": "CENTRO",
            "Cidade": "Goiânia", "UF": "GO", "Cep": "74000001"}, "Nota": 1.50, "RetornoImportacao": 1});
        for (name, value) in change {
            object[*name] = value.clone();
        }
        self.partners().pending.insert(id, (1, object.to_string()));
    }

    pub(super) fn next(&self, name: &'static str, mishap: Mishap) {
        self.partners().mishaps.entry(name).or_default().push_back(mishap);
    }

    /// Turns, five minutes apart, each in a process of its own that knows nothing of the calls of the one before.
    pub(super) async fn turns(&self, turns: usize) -> super::super::Imported {
        let mut last = None;
        for _ in 0..turns {
            let tenant = open(&self.wire, &self.clock);
            let customers = Customers { tenant: &tenant, state: &self.state, clock: &self.clock };
            let imported = customers.import(Budget::unlimited()).await.expect("a turn");
            assert!(imported.worked.failed.is_empty(), "{imported:?}");
            last = Some(imported);
            self.clock.sleep(super::minutes(5)).await;
        }
        last.expect("at least one turn")
    }

    /// What Máxima knows of a customer: status, code, words.
    pub(super) fn told(&self, id: i64) -> (u8, String, String) {
        let (status, object) = self.partners().pending[&id].clone();
        let object: Value = serde_json::from_str(&object).expect("an object");
        assert_eq!(object["Nota"], json!(1.5), "what nobody reads comes back");
        let text = |name: &str| object[name].as_str().unwrap_or_default().to_owned();
        (status, text("Codigo"), text("CriticaImportacao"))
    }

    pub(super) fn count(&self, name: &str) -> usize {
        self.partners().asked.iter().filter(|(asked, _)| asked == name).count()
    }
}

fn open(wire: &Transport, clock: &Clock) -> Tenant {
    let credentials = r#"{"omie":{"app_key":"K","app_secret":"S"},"maxima":{"login":"L","password":"P"}}"#;
    let credentials = Credentials::parse(credentials).expect("complete");
    let settings = Settings { vendedor_padrao: Some("7".into()), ..Settings::default() };
    let wires = Wires { omie: wire.clone(), maxima: wire.clone() };
    Tenant::open(settings, credentials, wires, clock, fastrand::Rng::with_seed(7))
}

impl Exchange for Wire {
    fn exchange(
        &self,
        request: Request<Bytes>,
    ) -> Pin<Box<dyn Future<Output = Result<Response<Bytes>, Lost>> + Send + '_>> {
        let mut partners = self.0.lock().expect("no test panics with it");
        Box::pin(std::future::ready(partners.answer(&request, self.1.now())))
    }
}

impl Partners {
    /// How many customers Omie has and how many rows Máxima.
    pub(super) fn size(&self) -> (usize, usize) {
        (self.clientes.len(), self.rows.len())
    }

    fn answer(&mut self, request: &Request<Bytes>, now: Timestamp) -> Result<Response<Bytes>, Lost> {
        let body: Value = serde_json::from_slice(request.body()).unwrap_or(Value::Null);
        let (name, body) = match body["call"].as_str() {
            Some(method) => (method.to_owned(), body["param"][0].clone()),
            None => (named(request), body),
        };
        let mishap = self.mishaps.get_mut(name.as_str()).and_then(VecDeque::pop_front);
        if name != "POST Login" {
            self.asked.push((name.clone(), body.clone()));
            self.times.push(now);
        }
        let (status, reply) = match mishap {
            None => self.does(&name, &body),
            Some(Mishap::Answer(status, reply)) => (status, reply),
            Some(Mishap::LoseAnswer) => {
                self.does(&name, &body);
                return Err(Lost::Unclear);
            }
            Some(Mishap::LoseRequest) => return Err(Lost::Unclear),
        };
        let response = Response::builder().status(status).body(Bytes::from(reply.to_string()));
        Ok(response.expect("a response"))
    }

    fn does(&mut self, name: &str, body: &Value) -> (u16, Value) {
        let fault = |code: &str, text: &str| {
            (
                500,
                json!({"faultcode": format!("SOAP-ENV:Client-{code}"), "faultstring": format!("ERROR: {text}")}),
            )
        };
        match name {
            "POST Login" => (
                200,
                json!({"success": true, "data_Expiracao": "2099-01-01T00:00:00Z", "token_De_Acesso": "t"}),
            ),
            "GET StatusClientes/0,1,2,9" => (200, json!({"success": self.listing(), "error": null})),
            "PUT StatusClientes" => {
                for told in body.as_array().expect("an array") {
                    let id = told["Id_cliente"].as_i64().expect("an id");
                    let status = told["Status"].as_u64().and_then(|status| u8::try_from(status).ok());
                    let object = told["Objeto_json"].as_str().expect("a text").to_owned();
                    self.pending.insert(id, (status.expect("a status"), object));
                }
                (200, json!({"success": {}, "error": null}))
            }
            "POST ValidarChaves/Localizar" => (200, json!({"success": body, "error": null})),
            "POST Clientes" | "PUT Clientes" => {
                for row in body.as_array().expect("an array") {
                    self.rows.insert(row["Codcli"].as_str().expect("a code").to_owned(), row.clone());
                }
                (200, json!({"success": {}, "error": null}))
            }
            "ListarClientes" => {
                let wanted = body["clientesFiltro"]["cnpj_cpf"].as_str();
                let id = &body["clientesPorCodigo"][0]["codigo_cliente_omie"];
                let is_wanted = |cliente: &&Value| match wanted {
                    Some(document) => digits(cliente["cnpj_cpf"].as_str()).as_deref() == Some(document),
                    None => cliente["codigo_cliente_omie"] == *id,
                };
                let found: Vec<&Value> = self.clientes.values().filter(is_wanted).collect();
                let count = found.len();
                if found.is_empty() {
                    return fault("5113", "Não existem registros para a página [1]!");
                }
                (
                    200,
                    json!({"pagina": 1, "total_de_paginas": 1, "registros": count,
                    "total_de_registros": count, "clientes_cadastro": found}),
                )
            }
            "ConsultarCliente" => match self.find(body) {
                Some(cliente) => (200, cliente),
                None => fault("105", "Cliente não cadastrado para o Código [x] !"),
            },
            "IncluirCliente" => self.include(body.clone()),
            "AlterarCliente" | "AssociarCodIntCliente" => {
                let id = body["codigo_cliente_omie"].as_i64().expect("an id");
                let cliente = self.clientes.get_mut(&id).expect("a customer");
                for (member, value) in body.as_object().expect("an object") {
                    cliente[member] = value.clone();
                }
                at_home(cliente);
                (200, done(id))
            }
            other => panic!("the partners of these tests do not know {other}"),
        }
    }

    fn listing(&self) -> Vec<Value> {
        let pending = self.pending.iter().filter(|(_, (status, _))| [0, 1, 2, 9].contains(status));
        pending
            .map(|(id, (status, object))| json!({"id_cliente": id, "objeto_json": object, "status": status}))
            .collect()
    }

    fn find(&self, body: &Value) -> Option<Value> {
        let same = |member: &str, cliente: &Value| !body[member].is_null() && cliente[member] == body[member];
        let found = self.clientes.values().find(|cliente| {
            same("codigo_cliente_omie", cliente) || same("codigo_cliente_integracao", cliente)
        });
        found.cloned()
    }

    fn include(&mut self, mut cliente: Value) -> (u16, Value) {
        let taken = self.clientes.values().find(|other| {
            other["codigo_cliente_integracao"] == cliente["codigo_cliente_integracao"]
                || digits(other["cnpj_cpf"].as_str()) == digits(cliente["cnpj_cpf"].as_str())
        });
        if let Some(other) = taken {
            let id = &other["codigo_cliente_omie"];
            let text = format!(
                "ERROR: Cliente já cadastrado para o CPF/CNPJ [x] com o Id [{id}] e código de integração [] !"
            );
            return (500, json!({"faultcode": "SOAP-ENV:Client-102", "faultstring": text}));
        }
        let id = 900 + i64::try_from(self.clientes.len()).expect("few");
        cliente["codigo_cliente_omie"] = json!(id);
        at_home(&mut cliente);
        self.clientes.insert(id, cliente);
        (200, done(id))
    }
}

fn done(id: i64) -> Value {
    json!({"codigo_cliente_omie": id, "codigo_status": "0", "descricao_status": "ok"})
}

/// Omie keeps the code of the city.
fn at_home(cliente: &mut Value) {
    if cliente["cidade"] == json!("5208707") {
        (cliente["cidade"], cliente["cidade_ibge"]) = (json!("GOIANIA (GO)"), json!("5208707"));
    }
}

/// Verb and path behind the version: `PUT StatusClientes`.
fn named(request: &Request<Bytes>) -> String {
    let path = request.uri().path();
    let path = path.split_once("/v3/").map_or(path, |(_, path)| path);
    let path = path.rsplit_once("/Login").map_or(path, |_| "Login");
    format!("{} {}", request.method(), path.trim_start_matches('/'))
}
