use super::*;

mod catalogue;
mod composite;
mod customers;
mod orders;
mod samples;
mod selling;

const START: &str = "2025-11-21T12:00:00Z";

fn cloud() -> MaximaSim {
    MaximaSim::new(Clock::paused(START.parse().expect("an instant")), MaximaOptions::default())
}

fn read(answer: &Response<Bytes>) -> (u16, Value) {
    (answer.status().as_u16(), serde_json::from_slice(answer.body()).unwrap_or_default())
}

async fn login(sim: &MaximaSim) -> Value {
    let body = json!({ "login": LOGIN, "password": PASSWORD }).to_string();
    let request = Request::post("/api/v3/Login").body(body.into()).expect("a request");
    read(&sim.handle(request).await.expect("an answer")).1
}

fn request(token: &Value, verb: &str, path: &str, body: &Value) -> Request<Bytes> {
    let token = token["token_De_Acesso"].as_str().unwrap_or_default();
    let body = if body.is_null() { String::new() } else { body.to_string() };
    Request::builder()
        .method(verb)
        .uri(format!("/api/v3/{path}"))
        .header("authorization", format!("Bearer {token}"))
        .body(body.into())
        .expect("a request")
}

/// A caller that has a token.
struct Caller {
    sim: MaximaSim,
    token: Value,
}

impl Caller {
    async fn new() -> Self {
        let sim = cloud();
        let token = login(&sim).await;
        Self { sim, token }
    }

    async fn ask(&self, verb: &str, path: &str, body: Value) -> (u16, Value) {
        read(&self.sim.handle(request(&self.token, verb, path, &body)).await.expect("an answer"))
    }

    /// The refusal's text, empty when the write was stored.
    async fn error(&self, verb: &str, path: &str, body: Value) -> String {
        self.ask(verb, path, body).await.1["error"].as_str().unwrap_or_default().to_owned()
    }
}

fn city(code: &str) -> Value {
    json!({ "Codcidade": code, "Codibge": "5208707", "Nomecidade": "GOIANIA", "Uf": "GO", "Hash": "h-".to_owned() + code })
}

fn branch() -> Value {
    json!({ "Codigo": "1", "Razaosocial": "EXEMPLO LTDA", "Cgc": "12345678000195", "Ie": "101", "Uf": "GO",
        "Utilizavendaporembalagem": "N", "Calcularipivenda": "N", "Tipoprecificacao": "A" })
}

fn region(branch: &str) -> Value {
    json!({ "Numregiao": "7", "regiao": "PADRAO", "Status": "A", "Codfilial": branch })
}

#[tokio::test(start_paused = true)]
async fn a_login_gives_a_token_with_its_end() {
    let sim = cloud();

    let answer = login(&sim).await;
    sim.configure(|options| options.offset_in_dates = false);
    let without = login(&sim).await;

    assert_eq!(answer["success"], true);
    assert_eq!(answer["data_Criacao"], "2025-11-21T09:00:00-03:00");
    assert_eq!(answer["data_Expiracao"], "2025-11-21T21:00:00-03:00");
    assert_eq!(without["data_Expiracao"], "2025-11-21T21:00:00");
}

#[tokio::test(start_paused = true)]
async fn a_wrong_password_gets_no_token() {
    let sim = cloud();
    let body = json!({ "login": LOGIN, "password": "outra" }).to_string();

    let request = Request::post("/api/v3/Login").body(body.into()).expect("a request");
    let (_, answer) = read(&sim.handle(request).await.expect("an answer"));

    assert_eq!((&answer["success"], &answer["token_De_Acesso"]), (&json!(false), &Value::Null));
}

#[tokio::test(start_paused = true)]
async fn without_a_good_token_everything_is_refused() {
    let caller = Caller::new().await;
    let none = Caller { sim: caller.sim.clone(), token: Value::Null };
    assert_eq!(none.ask("GET", "Cidades", Value::Null).await.0, 401);
    assert_eq!(caller.ask("GET", "Cidades", Value::Null).await.0, 200);

    caller.sim.0.clock.sleep(Duration::from_hours(12)).await;
    assert_eq!(caller.ask("GET", "Cidades", Value::Null).await.0, 401, "tokens end");

    let again = Caller { token: login(&caller.sim).await, sim: caller.sim };
    assert_eq!(again.ask("GET", "Cidades", Value::Null).await.0, 200);
    again.sim.expire_tokens();
    assert_eq!(again.ask("GET", "Cidades", Value::Null).await.0, 401);
    assert_eq!(again.sim.verdict().total("unauthorized"), 3);
}

#[tokio::test(start_paused = true)]
async fn rows_are_stored_read_changed_and_deleted() {
    let caller = Caller::new().await;

    let (status, answer) = caller.ask("POST", "Cidades", json!([city("A"), city("B (GO)")])).await;
    assert_eq!((status, &answer["error"]), (200, &Value::Null));
    caller.ask("PUT", "Cidades", json!([{ "CODCIDADE": "A", "nomecidade": "OUTRO" }])).await;

    let (_, one) = caller.ask("GET", "Cidades/B%20(GO)", Value::Null).await;
    assert_eq!(one["success"], json!([city("B (GO)")]));
    assert_eq!(caller.sim.row("Cidades", "A").expect("it is there")["Nomecidade"], "OUTRO");
    assert_eq!(caller.sim.row("Cidades", "A").expect("it is there")["Uf"], "GO", "a PUT is partial");
    assert_eq!(caller.ask("GET", "Cidades/C", Value::Null).await.1["success"], json!([]));
    assert_eq!(
        caller.ask("GET", "Cidades/todos", Value::Null).await.1["success"].as_array().map(Vec::len),
        Some(2)
    );
    assert_eq!(caller.ask("GET", "Cidades?page=2", Value::Null).await.1["success"], json!([]));

    caller.ask("DELETE", "Cidades", json!(["A"])).await;
    assert_eq!(caller.sim.rows("Cidades").into_keys().collect::<Vec<_>>(), ["B (GO)"]);
    assert_eq!(caller.sim.verdict().writes("Cidades"), 4);
}

#[tokio::test(start_paused = true)]
async fn rows_are_deleted_by_hash_or_by_object_too() {
    let caller = Caller::new().await;
    caller.ask("POST", "Cidades", json!([city("A"), city("B"), city("C")])).await;

    caller.ask("DELETE", "Cidades", json!(["h-A"])).await;
    assert_eq!(caller.sim.count("Cidades"), 3, "by key a hash names nothing");
    caller.sim.configure(|options| options.delete_by = DeleteBy::Hash);
    caller.ask("DELETE", "Cidades", json!(["h-A"])).await;
    caller.ask("DELETE", "Cidades", json!([{ "codcidade": "B" }])).await;

    assert_eq!(caller.sim.rows("Cidades").into_keys().collect::<Vec<_>>(), ["C"]);
}

#[tokio::test(start_paused = true)]
async fn each_rule_refuses_and_says_why() {
    let caller = Caller::new().await;
    caller.ask("POST", "Cidades", json!([city("A")])).await;
    let with = |field: &str, value: Value| {
        let mut row = city("N");
        row[field] = value;
        json!([row])
    };

    for (verb, path, body, wanted) in [
        ("POST", "Cidades", with("Nova", json!("x")), "Cidades N: o campo Nova não existe"),
        ("POST", "Cidades", with("Codibge", json!(null)), "Cidades N: o campo Codibge é obrigatório"),
        ("POST", "Cidades", with("Codibge", json!("")), "Cidades N: o campo Codibge é obrigatório"),
        ("POST", "Cidades", json!([{ "Codcidade": "N" }]), "Cidades N: o campo Codibge é obrigatório"),
        ("POST", "Cidades", json!([{ "Uf": "GO" }]), "Cidades: o campo Codcidade é obrigatório"),
        (
            "POST",
            "Cidades",
            with("Uf", json!("GOI")),
            "Cidades N: o campo Uf tem 3 caracteres e o máximo é 2",
        ),
        ("POST", "Cidades", json!([city("A")]), "Cidades A: registro já existe"),
        (
            "POST",
            "Cidades",
            json!([city("N"), city("N")]),
            "Cidades N: o registro aparece duas vezes no lote",
        ),
        ("PUT", "Cidades", json!([city("N")]), "Cidades N: registro não encontrado"),
        ("PUT", "Cidades", json!([{ "Codcidade": "A", "Uf": null }]), "Cidades A: o campo Uf é obrigatório"),
        (
            "POST",
            "Regioes",
            json!([region("1")]),
            "Regioes 7: dependência Filiais com código 1 não encontrada",
        ),
        ("POST", "Cidades", city("N"), "o corpo deve ser uma lista"),
    ] {
        assert_eq!(caller.error(verb, path, body.clone()).await, wanted, "{verb} {body}");
    }
    assert_eq!(caller.sim.count("Cidades"), 1);
}

#[tokio::test(start_paused = true)]
async fn one_bad_row_keeps_the_whole_batch_out() {
    let caller = Caller::new().await;

    let bad = json!({ "Codcidade": "C" });
    let (status, answer) = caller.ask("POST", "Cidades", json!([city("A"), bad, city("B")])).await;

    assert_eq!((status, &answer["success"]), (400, &Value::Null));
    assert_eq!(caller.sim.count("Cidades"), 0);
}

#[tokio::test(start_paused = true)]
async fn a_reference_is_good_once_its_row_is_there() {
    let caller = Caller::new().await;
    caller.ask("POST", "Filiais", json!([branch()])).await;

    assert_eq!(caller.error("POST", "Regioes", json!([region("1")])).await, "");
    let praca = json!([{ "Codpraca": "7", "Situacao": "A", "Numregiao": "7", "praca": "PADRAO" }]);
    assert_eq!(caller.error("POST", "Pracas", praca).await, "");
}

#[tokio::test(start_paused = true)]
async fn an_explicit_null_clears_what_may_be_empty() {
    let caller = Caller::new().await;
    let mut row = branch();
    row["Bairro"] = json!("CENTRO");
    caller.ask("POST", "Filiais", json!([row])).await;

    caller.ask("PUT", "Filiais", json!([{ "Codigo": "1", "Bairro": null }])).await;

    assert_eq!(caller.sim.row("Filiais", "1"), Some(branch()));
}

#[tokio::test(start_paused = true)]
async fn some_tenants_demand_a_supervisor() {
    let caller = Caller::new().await;
    let seller = json!([{ "Codusur": "1", "Nome": "MARIA", "Tipovend": "E", "Bloqueio": "N", "Usadebcredrca": "N",
        "Codfilial": "1" }]);
    caller.sim.configure(|options| options.rules = RuleSet::Dictionary);
    assert_eq!(
        caller.error("POST", "Usuaris", seller.clone()).await,
        "Usuaris 1: o campo Codsupervisor é obrigatório"
    );

    caller.sim.configure(|options| options.rules = RuleSet::Stricter);
    assert_eq!(caller.error("POST", "Usuaris", seller).await, "");
}

#[tokio::test(start_paused = true)]
async fn switches_make_both_verbs_upserts_and_refusals_polite() {
    let caller = Caller::new().await;
    caller.sim.configure(|options| {
        options.upsert_post = true;
        options.upsert_put = true;
        options.refuse_with_200 = true;
    });

    assert_eq!(caller.error("PUT", "Cidades", json!([city("A")])).await, "");
    assert_eq!(caller.error("POST", "Cidades", json!([city("A")])).await, "");
    let (status, answer) = caller.ask("POST", "Cidades", json!([{ "Codcidade": "B" }])).await;

    assert_eq!((status, &answer["error"]), (200, &json!("Cidades B: o campo Codibge é obrigatório")));
}

#[tokio::test(start_paused = true)]
async fn keys_are_located_by_their_cloud_table_without_apostrophes() {
    let caller = Caller::new().await;
    caller.ask("POST", "Cidades", json!([city("SITIO D'ABADIA (GO)"), city("B")])).await;
    let path = "ValidarChaves/Localizar?entidade=MXSCIDADE&colunaPK=Codcidade";

    let asked = json!([{ "Chave": "SITIO D'ABADIA (GO)" }, { "Chave": "B" }, { "Chave": "C" }]);
    let (_, found) = caller.ask("POST", path, asked).await;

    assert_eq!(found["success"], json!([{ "Chave": "SITIO DABADIA (GO)" }, { "Chave": "B" }]));
}

#[tokio::test(start_paused = true)]
async fn locating_has_its_own_rules() {
    let caller = Caller::new().await;
    let keys = |count: usize| json!(vec![json!({ "Chave": "1" }); count]);
    let path =
        |table: &str, column: &str| format!("ValidarChaves/Localizar?entidade={table}&colunaPK={column}");

    assert_eq!(caller.ask("POST", &path("MXSCIDADE", "Codcidade"), keys(500)).await.0, 200);
    for (path, body) in [
        (path("MXSCIDADE", "Codcidade"), keys(501)),
        (path("MXSCIDADE", "Uf"), keys(1)),
        (path("Cidades", "Codcidade"), keys(1)),
        (path("MXSCIDADE", "Codcidade"), json!(["1"])),
    ] {
        assert_eq!(caller.ask("POST", &path, body).await.0, 400, "{path}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_batch_above_ten_megabytes_is_refused() {
    let caller = Caller::new().await;
    let mut row = city("A");
    row["Nomecidade"] = json!("X".repeat(BATCH_CAP));

    assert_eq!(caller.ask("POST", "Cidades", json!([row])).await.0, 413);
}

#[tokio::test(start_paused = true)]
async fn unknown_paths_and_verbs_are_refused() {
    let caller = Caller::new().await;

    for (verb, path) in
        [("POST", "Marcas"), ("PATCH", "Cidades"), ("DELETE", "Cidades/Todos"), ("GET", "Login")]
    {
        assert_eq!(caller.ask(verb, path, json!([])).await.0, 404, "{verb} {path}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_lost_answer_was_stored() {
    let caller = Caller::new().await;
    caller.sim.faults().next("POST Cidades", Fault::LostAnswer, 1);

    let lost = caller.sim.handle(request(&caller.token, "POST", "Cidades", &json!([city("A")]))).await;

    assert_eq!(lost.err(), Some(AnswerLost));
    assert_eq!(caller.sim.count("Cidades"), 1);
}

#[tokio::test(start_paused = true)]
async fn each_refusing_fault_stores_nothing() {
    let caller = Caller::new().await;
    let text = "ORA-00001".to_owned();
    for (fault, wanted) in [
        (Fault::Reject { text, status: 500 }, 500),
        (Fault::Status429, 429),
        (Fault::Unauthorized, 401),
        (Fault::Html, 503),
        (Fault::Busy, 501),
    ] {
        caller.sim.faults().next("Cidades", fault, 1);
        assert_eq!(caller.ask("POST", "Cidades", json!([city("A")])).await.0, wanted);
        assert_eq!(caller.sim.count("Cidades"), 0);
    }
}

#[tokio::test(start_paused = true)]
async fn a_truncated_answer_was_stored_and_cannot_be_read() {
    let caller = Caller::new().await;
    caller.sim.faults().next("POST Cidades", Fault::Truncated, 1);

    let (status, answer) = caller.ask("POST", "Cidades", json!([city("A")])).await;

    assert_eq!((status, answer), (200, Value::Null));
    assert_eq!(caller.sim.count("Cidades"), 1);
}

#[tokio::test(start_paused = true)]
async fn a_held_write_is_not_done_until_its_release() {
    let caller = Caller::new().await;
    caller.sim.faults().next("POST Cidades", Fault::Held, 1);
    let sim = caller.sim.clone();
    let held = tokio::spawn(async move { caller.ask("POST", "Cidades", json!([city("A")])).await.0 });

    sim.0.clock.sleep(Duration::from_mins(10)).await;
    assert_eq!((sim.count("Cidades"), sim.faults().holding()), (0, 1));
    sim.faults().release();

    assert_eq!(held.await.expect("it ends"), 200);
    assert_eq!(sim.count("Cidades"), 1);
}

#[tokio::test(start_paused = true)]
async fn the_control_interface_shows_the_rows() {
    let caller = Caller::new().await;
    caller.ask("POST", "Cidades", json!([city("A")])).await;
    let ask = |request: Request<Bytes>| async { read(&caller.sim.handle(request).await.expect("an answer")) };

    let rows = ask(Request::get("/_sim/rows/Cidades").body(Bytes::new()).expect("a request")).await.1;
    let state = ask(Request::get("/_sim/state").body(Bytes::new()).expect("a request")).await.1;
    let options = Bytes::from(json!({ "rules": "sdk", "token_life": 1 }).to_string());
    let changed = ask(Request::post("/_sim/options").body(options).expect("a request")).await.0;

    assert_eq!(rows["A"]["Uf"], "GO");
    assert_eq!(state["methods"]["POST Cidades"]["rows"], 1);
    assert_eq!((&state["rows"]["Cidades"], changed), (&json!(1), 200));
}

#[tokio::test(start_paused = true)]
async fn no_secret_is_in_what_a_debugger_sees() {
    let caller = Caller::new().await;

    let seen = format!("{:?}", caller.sim);

    let token = caller.token["token_De_Acesso"].as_str().expect("a token");
    assert!(![LOGIN, PASSWORD, token].iter().any(|secret| seen.contains(secret)), "{seen}");
}
