//! The address that Omie tells its news to. A secret is in it, so it is shown only when asked for, and kept nowhere.

use maud::{Markup, html};

use crate::ports::{Integration, Vault as _, World};
use crate::trouble::Trouble;
use crate::view::{Nav, Tone, notice, section};
use crate::visit::{Done, Page, Visit};
use crate::web::href;

/// Where to ask for it, and what it looks like.
pub(super) fn card<W: World>(visit: &Visit<'_, W>) -> Markup {
    let title = "Avisos do Omie (webhook)";
    if visit.place().is_out_of_reach() {
        return section(
            title,
            &html! {
                p { "Não cadastre o endereço deste computador no Omie: ele só existe aqui, e o Omie não chega até ele." }
                p { "As mudanças são vistas no próximo horário de cada agendamento. Numa instalação com endereço público, chegam na hora." }
            },
        );
    }
    section(
        title,
        &html! {
            p { "Com este endereço cadastrado no Omie, mudanças chegam na hora em vez de esperar o próximo horário. Sem ele, tudo funciona, só mais devagar." }
            p { code { (visit.place().address) "/webhooks/omie/••••••" } }
            p class="dim" { "O fim do endereço é um segredo: quem o tem consegue mandar avisos. Por isso só aparece a pedido, e o pedido fica na auditoria." }
            (super::button(visit, &href(&["configuracao", "webhook"]), "Mostrar o endereço", false))
        },
    )
}

/// Shows it, once.
pub async fn show<W: World>(visit: &Visit<'_, W>) -> Result<Done, Trouble> {
    let secret = visit.world.vault().read(Integration::OmieMaxima).await?;
    let back = href(&["configuracao", "carga"]);
    let Some(secret) = secret["webhook"].as_str().filter(|text| !text.is_empty()) else {
        let text =
            "O segredo do webhook ainda não foi criado: ele nasce na instalação, no cofre de segredos.";
        return Ok(visit.refused(&back, text));
    };
    let address = format!("{}/webhooks/omie/{secret}", visit.place().address);
    let body = html! {
        (notice(Tone::Warn, "Não mande este endereço a ninguém.", &html! { "Ao sair desta página, ele não aparece mais." }))
        (section("Cadastre no Omie", &html! {
            ol {
                li { "No Omie, abra Configurações, Webhooks, e crie um novo." }
                li { "Cole este endereço:" p { code class="copy" { (address) } } }
                li { "Marque os eventos de pedido de venda, cliente, produto, estoque, tabela de preço e contas a receber." }
                li { "Salve: o Omie testa o endereço na hora." }
            }
            p { a class="button" href=(back) { "Pronto" } }
        }))
    };
    let above =
        vec![("Configuração".to_owned(), href(&["configuracao"])), ("Carga inicial".to_owned(), back)];
    let page = Page { title: "Endereço dos avisos do Omie", nav: Nav::Setup, above, body };
    Ok(Done::looked(visit.show(page), "o endereço foi mostrado"))
}
