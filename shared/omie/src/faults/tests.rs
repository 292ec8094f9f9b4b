//! One test per row of `contracts/omie.md §4`, then the rules around the table.

use super::*;

fn fault_of(status: u16, code: &str, text: &str) -> Fault {
    let body = serde_json::json!({ "faultstring": text, "faultcode": code }).to_string();
    classify(status, body.as_bytes()).unwrap_err()
}

fn refused(text: &str) -> Fault {
    Fault::Refused { text: text.into() }
}

#[test]
fn client_5113_is_an_empty_page() {
    let text = "ERROR: Não existem registros para a página [8]!";
    assert_eq!(fault_of(500, "SOAP-ENV:Client-5113", text), Fault::Empty);
    assert_eq!(fault_of(500, "SOAP-ENV:Client-5113", ""), Fault::Empty);
    assert_eq!(fault_of(500, "", text), Fault::Empty);
}

#[test]
fn a_price_table_without_items_is_an_empty_page() {
    for text in
        ["ERROR: Nenhum item encontrado!", "ERROR: Nenhum registro foi encontrado para a tabela [6001]"]
    {
        assert_eq!(fault_of(500, "SOAP-ENV:Client-105", text), Fault::Empty, "{text}");
    }
    let other = "ERROR: Nenhum parâmetro informado";
    assert_eq!(fault_of(500, "SOAP-ENV:Client-105", other), refused(other));
}

#[test]
fn a_method_that_no_longer_exists_is_malformed_and_not_repeated() {
    for (code, text) in [
        ("SOAP-ENV:Client", r#"Function ("PesquisarExcluidos") is not a valid method for this service"#),
        ("SOAP-ENV:Server", "Procedure 'PesquisarExcluidos' not present"),
        ("SOAP-ENV:Client-5001", "ERROR: método desconhecido"),
    ] {
        assert_eq!(fault_of(500, code, text), Fault::Malformed { text: text.into() });
    }
}

#[test]
fn client_6_is_a_redundant_query() {
    let text = "ERROR: Consumo redundante detectado. Aguarde 60 segundos para tentar novamente (REDUNDANT)";
    assert_eq!(fault_of(500, "SOAP-ENV:Client-6", text), Fault::Redundant);
    assert_eq!(fault_of(500, "SOAP-ENV:Client-6", "x"), Fault::Redundant);
    assert_eq!(fault_of(500, "", text), Fault::Redundant);
}

#[test]
fn client_1880_is_a_method_in_flight() {
    let text = "ERROR: Já existe uma requisição desse método sendo executada no servidor.";
    assert_eq!(fault_of(500, "SOAP-ENV:Client-1880", text), Fault::Busy);
    assert_eq!(fault_of(500, "SOAP-ENV:Client-1880", "x"), Fault::Busy);
}

#[test]
fn client_8020_is_a_locked_record() {
    assert_eq!(fault_of(500, "SOAP-ENV:Client-8020", "ERROR: registro em uso"), Fault::Busy);
}

#[test]
fn client_1100_may_have_been_done() {
    let text = "ERROR: Esta requisição já foi processada ou está sendo processada e você pode tentar \
                novamente às 10:11:12";
    assert_eq!(fault_of(500, "SOAP-ENV:Client-1100", text), Fault::Unclear);
    assert_eq!(fault_of(500, "SOAP-ENV:Client-1100", "x"), Fault::Unclear);
}

#[test]
fn misuse_blocks_for_the_seconds_in_the_text() {
    let text = "ERROR: API bloqueada por consumo indevido. Tente novamente em 1678 segundos.";
    for code in ["MISUSE_API_PROCESS", "SOAP-ENV:Client-500"] {
        assert_eq!(fault_of(425, code, text), Fault::Blocked { seconds: 1678 });
    }
    assert_eq!(fault_of(425, "MISUSE_API_PROCESS", "bloqueio"), Fault::Blocked { seconds: 1800 });
    assert_eq!(fault_of(200, "", text), Fault::Blocked { seconds: 1678 });
    assert_eq!(classify(425, text.as_bytes()), Err(Fault::Blocked { seconds: 1678 }));
    assert_eq!(classify(425, b""), Err(Fault::Blocked { seconds: 1800 }));
}

#[test]
fn a_block_of_absurd_length_lasts_a_day() {
    let block = |seconds: &str| {
        fault_of(
            425,
            "",
            &format!("API bloqueada por consumo indevido. Tente novamente em {seconds} segundos."),
        )
    };
    assert_eq!(block("99999999999"), Fault::Blocked { seconds: 86_400 });
    assert_eq!(block("99999999999999999999999"), Fault::Blocked { seconds: 1800 });
}

#[test]
fn too_many_requests_is_the_rate() {
    assert_eq!(fault_of(429, "", "Too many requests"), Fault::RateLimited);
    assert_eq!(classify(429, b"Too many requests"), Err(Fault::RateLimited));
    assert_eq!(classify(200, b"\"Too many requests\""), Err(Fault::RateLimited));
    assert_eq!(classify(429, b""), Err(Fault::RateLimited));
}

#[test]
fn client_102_client_by_document_is_a_duplicate_with_its_id() {
    let text = "ERROR: Cliente já cadastrado para o CPF/CNPJ [98.765.432/0001-98] com o Id [5366578425] e \
                código de integração [77] !";
    let expected = Fault::Duplicate { id: Some(5_366_578_425), text: text.into() };
    assert_eq!(fault_of(500, "SOAP-ENV:Client-102", text), expected);
    // The same text also comes under 101 (contracts/omie.md §4).
    assert_eq!(fault_of(500, "SOAP-ENV:Client-101", text), expected);
}

#[test]
fn client_102_client_by_integration_code_is_a_duplicate_with_its_id() {
    let text = "ERROR: Cliente já cadastrado para o Código de Integração [X1] com o nCod [ 11489512176 ] !";
    let expected = Fault::Duplicate { id: Some(11_489_512_176), text: text.into() };
    assert_eq!(fault_of(500, "SOAP-ENV:Client-102", text), expected);
}

#[test]
fn client_102_order_is_a_duplicate_without_an_id() {
    let text = "ERROR: Pedido de venda já cadastrado para o Código de Integração [PM-1]!";
    let expected = Fault::Duplicate { id: None, text: text.into() };
    assert_eq!(fault_of(500, "SOAP-ENV:Client-102", text), expected);
}

#[test]
fn a_duplicate_of_either_gender_is_a_duplicate() {
    let text = "ERROR: Tabela já cadastrada para o código [9]!";
    assert_eq!(fault_of(500, "SOAP-ENV:Client-102", text), Fault::Duplicate { id: None, text: text.into() });
}

#[test]
fn client_102_with_any_other_text_is_refused() {
    let text = "ERROR: Categoria não cadastrada para o Código [1.01.99]!";
    assert_eq!(fault_of(500, "SOAP-ENV:Client-102", text), refused(text));
}

#[test]
fn client_101_about_the_access_key_is_unauthorized() {
    let text = "ERROR: A chave de acesso não está preenchida ou não é válida.";
    assert_eq!(fault_of(500, "SOAP-ENV:Client-101", text), Fault::Unauthorized { text: text.into() });
}

#[test]
fn client_101_about_anything_else_is_refused() {
    assert_eq!(fault_of(500, "SOAP-ENV:Client-101", "ERROR: outra coisa"), refused("ERROR: outra coisa"));
}

#[test]
fn client_102_about_the_access_key_of_an_invoice_is_refused() {
    let text = "ERROR: Chave de acesso da NF-e inválida";
    assert_eq!(fault_of(500, "SOAP-ENV:Client-102", text), refused(text));
}

#[test]
fn client_103_is_not_found() {
    let text = "ERROR: registro ausente";
    assert_eq!(fault_of(500, "SOAP-ENV:Client-103", text), Fault::NotFound { text: text.into() });
}

#[test]
fn client_105_not_registered_is_not_found() {
    for text in ["ERROR: Pedido não cadastrado para o Código [9] !", "ERROR: Conta não cadastrada!"] {
        assert_eq!(fault_of(500, "SOAP-ENV:Client-105", text), Fault::NotFound { text: text.into() });
    }
}

#[test]
fn client_105_with_allowed_values_is_refused() {
    let text = "ERROR: Valores permitidos: S, N";
    assert_eq!(fault_of(500, "SOAP-ENV:Client-105", text), refused(text));
}

#[test]
fn client_104_bad_date_is_refused() {
    assert_eq!(fault_of(500, "SOAP-ENV:Client-104", "ERROR: data"), refused("ERROR: data"));
}

#[test]
fn client_1020_tag_rule_is_refused() {
    assert_eq!(fault_of(500, "SOAP-ENV:Client-1020", "ERROR: tag"), refused("ERROR: tag"));
}

#[test]
fn client_1070_stock_location_is_configuration() {
    let text = "ERROR: Local de estoque não cadastrado";
    assert_eq!(fault_of(500, "SOAP-ENV:Client-1070", text), Fault::Misconfigured { text: text.into() });
}

#[test]
fn client_5001_unknown_member_is_malformed() {
    let text = "ERROR: Tag [PAGINAS] não faz parte da estrutura do tipo complexo [clientes_list_request]!";
    let expected = Fault::Malformed { text: text.into() };
    assert_eq!(fault_of(500, "SOAP-ENV:Client-5001", text), expected);
    assert_eq!(fault_of(500, "", text), expected);
    assert_eq!(fault_of(500, "SOAP-ENV:Client-5001", "x"), Fault::Malformed { text: "x".into() });
}

#[test]
fn a_required_member_left_out_is_refused() {
    let text = "ERROR: O preenchimento da tag [razao_social] é obrigatório!";
    assert_eq!(fault_of(500, "SOAP-ENV:Client-5001", text), refused(text));
    assert_eq!(fault_of(500, "", text), refused(text));
}

#[test]
fn a_malformed_body_is_malformed() {
    for text in ["Invalid JSON Object", "JSON request with SyntaxError"] {
        assert_eq!(fault_of(500, "", text), Fault::Malformed { text: text.into() });
        assert_eq!(classify(500, text.as_bytes()), Err(Fault::Malformed { text: text.into() }));
    }
}

#[test]
fn status_403_is_a_suspended_account() {
    let expected = Err(Fault::Unauthorized { text: "HTTP 403".into() });
    assert_eq!(classify(403, b""), expected);
    assert_eq!(classify(403, b"<html>"), expected);
    assert_eq!(classify(403, b"{}"), expected);
}

#[test]
fn html_with_a_blocking_status_is_a_block() {
    let body = b"<p>Tente novamente em 90 segundos</p>";
    assert_eq!(classify(425, body), Err(Fault::Blocked { seconds: 90 }));
}

#[test]
fn html_is_instability() {
    for status in [200, 500, 502, 503] {
        assert_eq!(classify(status, b"\n <!DOCTYPE html><html>"), Err(Fault::Unavailable), "{status}");
    }
}

#[test]
fn a_server_error_without_a_fault_is_unavailable() {
    for body in ["", "{}", "oops"] {
        assert_eq!(classify(503, body.as_bytes()), Err(Fault::Unavailable), "{body}");
    }
}

#[test]
fn a_gateway_that_gave_up_waiting_is_unclear() {
    assert_eq!(classify(504, b"<html>"), Err(Fault::Unclear));
}

#[test]
fn the_body_is_looked_at_before_the_status() {
    assert_eq!(fault_of(200, "SOAP-ENV:Client-102", "ERROR: x"), refused("ERROR: x"));
    assert_eq!(fault_of(403, "SOAP-ENV:Client-5113", ""), Fault::Empty);
    assert_eq!(fault_of(500, "SOAP-ENV:Client-6", "Too many requests"), Fault::RateLimited);
}

#[test]
fn an_unknown_fault_is_held() {
    assert_eq!(fault_of(500, "SOAP-ENV:Client-9999", "ERROR: novo"), refused("ERROR: novo"));
    assert_eq!(fault_of(500, "", "ERROR: novo"), refused("ERROR: novo"));
    assert_eq!(fault_of(500, "SOAP-ENV:Client-9999", ""), refused("SOAP-ENV:Client-9999"));
    // 60 is not 6, and 1051 is not 105.
    assert_eq!(fault_of(500, "SOAP-ENV:Client-60", "x"), refused("x"));
    assert_eq!(fault_of(500, "SOAP-ENV:Client-1051", "não cadastrado"), refused("não cadastrado"));
}

#[test]
fn a_server_fault_is_unclear() {
    assert_eq!(fault_of(500, "SOAP-ENV:Server", "ERROR: falha interna"), Fault::Unclear);
}

#[test]
fn a_write_that_failed_says_so_with_http_200() {
    for body in [
        r#"{"codigo_status":"1","descricao_status":"Cliente inválido"}"#,
        r#"{"codigo_status":5,"descricao_status":"Cliente inválido"}"#,
        r#"{"cCodStatus":"101","cDesStatus":"Cliente inválido"}"#,
    ] {
        assert_eq!(classify(200, body.as_bytes()), Err(refused("Cliente inválido")), "{body}");
    }
    assert_eq!(classify(200, br#"{"cCodStatus":"7"}"#), Err(refused("status 7")));
}

#[test]
fn a_write_that_succeeded_is_no_fault() {
    for body in [r#"{"codigo_status":"0","descricao_status":"ok"}"#, r#"{"cCodStatus":0}"#] {
        assert_eq!(classify(200, body.as_bytes()), Ok(()), "{body}");
    }
}

#[test]
fn a_listing_is_no_fault() {
    assert_eq!(classify(200, br#"{"pagina":1,"cadastro":[{"faultstring":"inside"}]}"#), Ok(()));
}

#[test]
fn an_answer_cut_short_is_unclear() {
    for body in ["", r#"{"pagina":1,"cadastro":[{"cod"#, r#"{"pagina":1"#] {
        assert_eq!(classify(200, body.as_bytes()), Err(Fault::Unclear), "{body}");
    }
}

/// Held reasons and answers of the desk are made of these texts, and their readers read Portuguese.
#[test]
fn what_omie_does_not_explain_is_told_in_portuguese() {
    let empty = r#"{"faultstring":"ERROR: Não existem registros para a página [1]!","faultcode":"SOAP-ENV:Client-5113"}"#;
    let told = |status: u16, body: &str| match classify_write(status, body.as_bytes()) {
        Err(Fault::Malformed { text }) => text,
        other => panic!("{other:?}"),
    };

    assert_eq!(told(404, ""), "resposta desconhecida: HTTP 404 sem explicação");
    assert_eq!(
        told(500, empty),
        "resposta desconhecida: ERROR: Não existem registros para a página [1]!",
        "in Omie's words"
    );
    assert_eq!(classify(404, b"{}"), Err(Fault::Malformed { text: "HTTP 404 sem explicação".into() }));
}

#[test]
fn accents_case_and_spaces_do_not_matter() {
    let decomposed = "NA\u{303}O  existem registros\npara a PA\u{301}GINA [2]";
    assert_eq!(fault_of(500, "", decomposed), Fault::Empty);
    assert_eq!(fault_of(500, "", "JÁ EXISTE UMA REQUISIÇÃO DESSE MÉTODO"), Fault::Busy);
}
