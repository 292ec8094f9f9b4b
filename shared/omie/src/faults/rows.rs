//! The table of `contracts/omie.md §4`, read from the top, with other wordings of the same situations. Those are
//! assumed: no source has them. `table.txt` says of each text whether the contract has it.

/// A fault row: it applies when its code is the fault's and all its fragments are in the folded text.
struct Row {
    code: Option<&'static str>,
    text: &'static [&'static str],
    means: Means,
}

/// [`Fault`](partner_http::Fault) without what is taken from the text.
#[derive(Clone, Copy)]
pub(super) enum Means {
    Empty,
    Redundant,
    Busy,
    RateLimited,
    Blocked,
    Unavailable,
    Unclear,
    Unauthorized,
    NotFound,
    Duplicate,
    Refused,
    Misconfigured,
    Malformed,
}

const fn code(code: &'static str, means: Means) -> Row {
    Row { code: Some(code), text: &[], means }
}

const fn text(text: &'static [&'static str], means: Means) -> Row {
    Row { code: None, text, means }
}

const fn both(code: &'static str, text: &'static [&'static str], means: Means) -> Row {
    Row { code: Some(code), text, means }
}

/// What the row that applies says. `folded` is without the values in brackets.
pub(super) fn known(code: &str, folded: &str) -> Option<Means> {
    // `SOAP-ENV:Client-102`, and sometimes without the prefix.
    let code = code.rsplit(':').next().unwrap_or_default().trim();
    let groups = [LIMITS, RECORDS, ACCESS, REQUESTS, CODES, TROUBLE];
    groups
        .into_iter()
        .flatten()
        .find(|row| {
            row.code.is_none_or(|expected| expected == code)
                && row.text.iter().all(|fragment| folded.contains(fragment))
        })
        .map(|row| row.means)
}

// Fragments are lower case and without accents, as `fold` leaves a text.

/// Nothing was done, except where it is unclear.
const LIMITS: &[Row] = &[
    text(&["consumo indevido"], Means::Blocked),
    text(&["too many requests"], Means::RateLimited),
    text(&["limite de requisicoes"], Means::RateLimited),
    text(&["consumo redundante"], Means::Redundant),
    text(&["requisicao redundante"], Means::Redundant),
    text(&["(redundant)"], Means::Redundant),
    text(&["requisicao ja foi processada"], Means::Unclear),
    text(&["requisicao", "esta sendo processada"], Means::Unclear),
    text(&["requisicao", "em processamento"], Means::Unclear),
    text(&["ja existe uma requisicao desse metodo"], Means::Busy),
    text(&["ja existe uma requisicao", "sendo executada"], Means::Busy),
    text(&["ja existe outra requisicao", "sendo executada"], Means::Busy),
    text(&["em uso por outr"], Means::Busy),
    text(&["registro", "bloqueado por outr"], Means::Busy),
    text(&["sendo alterado por outr"], Means::Busy),
];

/// About records that are there, and records that are not.
const RECORDS: &[Row] = &[
    text(&["nao existem registros"], Means::Empty),
    text(&["nao foram encontrados registros"], Means::Empty),
    // An empty price table, as other users of the API have met it (contracts/omie.md §8.16).
    text(&["nenhum registro", "encontrado"], Means::Empty),
    text(&["nenhum item", "encontrado"], Means::Empty),
    // Two items of one order with one key: the order itself is not there.
    text(&["item ja cadastrado"], Means::Refused),
    text(&["ja cadastrado para o"], Means::Duplicate),
    text(&["ja cadastrada para o"], Means::Duplicate),
    text(&["ja cadastrad", "codigo de integracao"], Means::Duplicate),
    text(&["ja cadastrad", "cnpj"], Means::Duplicate),
    text(&["ja cadastrad", "cpf"], Means::Duplicate),
    text(&["ja existe", "codigo de integracao"], Means::Duplicate),
    text(&["ja existe", "cnpj"], Means::Duplicate),
    text(&["codigo de integracao", "ja utilizado"], Means::Duplicate),
    // The contract's: any other text of 102 is a validation, also about records that are not there.
    both("client-102", &["nao cadastrad"], Means::Refused),
    text(&["local de estoque", "nao cadastrado"], Means::Misconfigured),
    both("client-105", &["nao cadastrad"], Means::NotFound),
    text(&["nao cadastrado para o codigo"], Means::NotFound),
    text(&["nao cadastrada para o codigo"], Means::NotFound),
];

/// About our key.
const ACCESS: &[Row] = &[
    // Under 102 it is the access key of an invoice, not ours.
    both("client-102", &["chave de acesso"], Means::Refused),
    text(&["chave de acesso da n"], Means::Refused),
    text(&["chave de acesso"], Means::Unauthorized),
    text(&["app_key", "invalid"], Means::Unauthorized),
    text(&["app key", "invalid"], Means::Unauthorized),
    text(&["app_secret", "invalid"], Means::Unauthorized),
    text(&["aplicativo", "suspenso"], Means::Unauthorized),
    text(&["aplicativo", "bloqueado"], Means::Unauthorized),
    text(&["aplicativo", "inativo"], Means::Unauthorized),
    text(&["conta suspensa"], Means::Unauthorized),
    text(&["acesso negado"], Means::Unauthorized),
    text(&["acesso nao autorizado"], Means::Unauthorized),
];

/// About the request itself.
const REQUESTS: &[Row] = &[
    text(&["nao faz parte da estrutura do tipo"], Means::Malformed),
    // A method that the service no longer has, in the words of PHP's SOAP server and in Omie's.
    text(&["is not a valid method for this service"], Means::Malformed),
    text(&["procedure", "not present"], Means::Malformed),
    text(&["metodo", "nao existe no servico"], Means::Malformed),
    text(&["invalid json object"], Means::Malformed),
    text(&["json request with syntaxerror"], Means::Malformed),
    text(&["content-type deve ser"], Means::Malformed),
    text(&["somente o metodo http post"], Means::Malformed),
    text(&["o preenchimento da tag", "obrigatori"], Means::Refused),
    text(&["preenchimento obrigatorio"], Means::Refused),
    text(&["o valor da tag", "invalido"], Means::Refused),
    text(&["valores permitidos"], Means::Refused),
];

/// The code alone.
const CODES: &[Row] = &[
    code("misuse_api_process", Means::Blocked),
    code("client-5113", Means::Empty),
    code("client-6", Means::Redundant),
    code("client-1880", Means::Busy),
    code("client-8020", Means::Busy),
    code("client-1100", Means::Unclear),
    code("client-103", Means::NotFound),
    code("client-1070", Means::Misconfigured),
    code("client-5001", Means::Malformed),
    code("client-101", Means::Refused),
    code("client-102", Means::Refused),
    code("client-104", Means::Refused),
    code("client-105", Means::Refused),
    code("client-1020", Means::Refused),
    code("server", Means::Unclear),
];

/// About Omie itself, under a code that says nothing. It may have failed after the work.
const TROUBLE: &[Row] = &[
    text(&["servico", "indisponivel"], Means::Unavailable),
    text(&["sistema", "indisponivel"], Means::Unavailable),
    text(&["sistema em manutencao"], Means::Unavailable),
    text(&["servico em manutencao"], Means::Unavailable),
    text(&["tente novamente mais tarde"], Means::Unavailable),
    text(&["service unavailable"], Means::Unavailable),
    text(&["bad gateway"], Means::Unavailable),
    text(&["tempo limite"], Means::Unclear),
    text(&["timeout"], Means::Unclear),
    text(&["timed out"], Means::Unclear),
    text(&["deadlock"], Means::Unclear),
    text(&["server has gone away"], Means::Unclear),
    text(&["internal server error"], Means::Unclear),
    text(&["erro interno"], Means::Unclear),
    text(&["broken response from application server"], Means::Unclear),
    text(&["error fetching http headers"], Means::Unclear),
    text(&["got no xml document"], Means::Unclear),
];
