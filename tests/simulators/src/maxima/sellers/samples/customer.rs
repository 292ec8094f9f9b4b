//! A sample customer.

use fastrand::Rng;
use serde_json::{Value, json};

use super::{CustomerKind, Row, row, text};
use crate::dataset::{documents, names};
use crate::maxima::sellers::NotPossible;
use crate::maxima::tables::Tables;

/// A customer as the app sends it, without its identity: the members of §8 and a few nobody reads, which must
/// come back all the same.
pub(in crate::maxima::sellers) fn customer(
    kind: CustomerKind,
    tables: &Tables,
    rng: &mut Rng,
) -> Result<Value, NotPossible> {
    let (name, fantasy) = named(kind, rng);
    let (person, document) = document(kind, tables, rng)?;
    let city = row(tables, "Cidades", rng, |_, _| true)?;
    let praca = row(tables, "Pracas", rng, |_, praca| text(praca, "Situacao") == "A")?;
    let seller = row(tables, "Usuaris", rng, |_, seller| text(seller, "Bloqueio") == "N")?;
    let activity = row(tables, "Atividades", rng, |_, _| true)?;
    let phone = |rng: &mut Rng| format!("{}9{:08}", 61 + rng.u8(..2), rng.u32(80_000_000..99_999_999));
    let main = address(&city, rng);
    let delivery = if rng.u8(..3) == 0 { address(&city, rng) } else { main.clone() };
    let email = names::email(&fantasy, rng.usize(..1_000));
    let registration =
        if person { "ISENTO".to_owned() } else { rng.u32(100_000_000..999_999_999).to_string() };
    let mut customer = json!({
        "CodigoClienteNuvem": null, "Codigo": "", "TipoOperacao": "I", "Nome": name, "Fantasia": fantasy,
        "CNPJ": document, "InscricaoEstadual": registration, "InscricaoMunicipal": null, "RG": null,
        "OrgaoRG": null, "PessoaFisica": person, "Telefone": phone(rng),
        "Telefone2": if rng.bool() { phone(rng) } else { String::new() }, "TelefoneComercial": null,
        "TelefoneCobranca": "", "WhatsappComercial": null, "Fax": "", "Email": email, "EmailNFE": email,
        "Site": "", "EnderecoComercial": main, "Endereco": delivery, "EnderecoCobranca": null,
        "EnderecosEntrega": []
    });
    let terms = json!({
        "RamoAtividade": { "Codigo": text(&activity, "Codativ"), "Descricao": text(&activity, "Ramo") },
        "Praca": { "Codigo": text(&praca, "Codpraca"), "CodigoCidade": text(&city, "Codcidade") },
        "PlanoPagamento": { "Codigo": "000" }, "Cobranca": { "Codigo": "01" },
        "CodigoRCA": text(&seller, "Codusur"), "Observacao": "Cliente novo, \"indicação\"",
        "ObservacaoCredito": null, "ObservacaoEntrega": "",
        "Configuracoes": { "Contribuinte": !person, "ConsumidorFinal": person, "SimplesNacional": rng.bool(),
            "AceitaSaldo": null },
        "Contatos": [{ "Nome": names::person(rng), "Aniversario": null, "Time": "GOIÁS" }],
        "ReferenciasComerciais": [], "AnexoList": [], "RetornoImportacao": 1, "CriticaImportacao": null,
        "Latitude": -16.686_9, "Longitude": -49.264_8, "LimiteSugerido": 1_500.50, "VersaoApp": "4.12.0",
        "Politica": { "Nivel": 3, "Faixas": [1, 2.5, null, { "Ate": 10 }] }
    });
    if let (Value::Object(customer), Value::Object(terms)) = (&mut customer, terms) {
        customer.extend(terms);
    }
    Ok(customer)
}

fn named(kind: CustomerKind, rng: &mut Rng) -> (String, String) {
    if kind == CustomerKind::Person {
        let name = names::person(rng);
        return (name.clone(), name);
    }
    names::company(rng)
}

/// Whether the customer is a natural person, and the document, masked or not.
fn document(kind: CustomerKind, tables: &Tables, rng: &mut Rng) -> Result<(bool, String), NotPossible> {
    let (person, masked) = match kind {
        CustomerKind::Person => (true, documents::cpf(rng.u32(100_000_000..999_999_999))),
        CustomerKind::ExistingDocument => {
            let client = row(tables, "Clientes", rng, |_, client| !text(client, "Cgcent").is_empty())?;
            (text(&client, "Tipofj") == "F", text(&client, "Cgcent"))
        }
        CustomerKind::Company => (false, documents::cnpj(rng.u32(10_000_000..99_999_999))),
        CustomerKind::BadDocument => {
            let mut good = documents::cnpj(rng.u32(10_000_000..99_999_999));
            let last = good.pop().and_then(|digit| digit.to_digit(10)).unwrap_or_default();
            good.push(char::from_digit((last + 1) % 10, 10).unwrap_or('0'));
            (false, good)
        }
    };
    Ok((person, if rng.bool() { masked } else { masked.replace(['.', '/', '-'], "") }))
}

fn address(city: &Row, rng: &mut Rng) -> Value {
    json!({
        "Logradouro": names::street(rng), "Numero": rng.u16(1..3_000).to_string(),
        "Complemento": if rng.bool() { Value::Null } else { "SALA 2".into() }, "Bairro": names::district(rng),
        "Cidade": text(city, "Nomecidade"), "Cep": format!("74{:03}{:03}", rng.u16(..1_000), rng.u16(..1_000)),
        "UF": text(city, "Uf"), "CodPais": "1058", "Pais": "BRASIL"
    })
}
