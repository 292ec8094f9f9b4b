//! The one place where addresses of Senior X are made (`contracts/senior-x.md` §1, §5).

use crate::options::{NoteWriter, OrderRead, SeniorOptions, UrlStyle};

/// What is addressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Endpoint {
    Login,
    Refresh,
    Order,
    Observations,
    AddObservation,
    Release,
    Cancel,
    Waiting,
}

/// Base, style and paths of one tenant.
#[derive(Clone, Debug)]
pub(crate) struct SeniorUrls<'o> {
    options: &'o SeniorOptions,
}

impl<'o> SeniorUrls<'o> {
    pub(crate) fn new(options: &'o SeniorOptions) -> Self {
        Self { options }
    }

    /// The address of `endpoint` for the order `id`, with `more` query parameters.
    pub(crate) fn url(&self, endpoint: Endpoint, id: &str, more: &[(&str, String)]) -> String {
        let template = self.template(endpoint);
        let (path, query) = template.split_once('?').unwrap_or((&template, ""));
        let mut url =
            format!("{}{}", self.options.base_url.trim_end_matches('/'), path.replace("{id}", &encoded(id)));
        let literal = id.replace('\'', "''");
        let parameters = query.split('&').filter(|parameter| !parameter.is_empty()).map(|parameter| {
            let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
            format!("{}={}", encoded(name), encoded(&value.replace("{id}", &literal)))
        });
        let more = more.iter().map(|(name, value)| format!("{name}={}", encoded(value)));
        for (at, parameter) in parameters.chain(more).enumerate() {
            url.push(if at == 0 { '?' } else { '&' });
            url.push_str(&parameter);
        }
        url
    }

    fn template(&self, endpoint: Endpoint) -> String {
        let paths = &self.options.paths;
        let own = match endpoint {
            Endpoint::Login => &paths.login,
            Endpoint::Refresh => &paths.refresh,
            Endpoint::Order => &paths.order,
            Endpoint::Observations => &paths.observations,
            Endpoint::AddObservation => &paths.add_observation,
            Endpoint::Release => &paths.release,
            Endpoint::Cancel => &paths.cancel,
            Endpoint::Waiting => &paths.waiting,
        };
        own.clone().unwrap_or_else(|| self.built_in(endpoint))
    }

    fn built_in(&self, endpoint: Endpoint) -> String {
        let gateway = self.options.url_style == UrlStyle::Gateway;
        let rest = if gateway { "" } else { "/rest" };
        let pedido = format!("{rest}/erpx_com_ven/pedido");
        let action = if gateway { String::new() } else { "/actions".to_owned() };
        match (endpoint, self.options.order_read, self.options.note_writer) {
            (Endpoint::Login, ..) if gateway => "/platform/authentication/anonymous/loginWithKey".to_owned(),
            (Endpoint::Login, ..) => {
                "/anonymous/rest/platform/authentication/actions/loginWithKey".to_owned()
            }
            (Endpoint::Refresh, ..) => format!("{rest}/platform/authentication{action}/refreshToken"),
            (Endpoint::Order, OrderRead::Entity, _) => format!("{pedido}/entities/e120ped/{{id}}"),
            (Endpoint::Order, OrderRead::Ecommerce, _) if gateway => "/erpx/ecommerce/getOrder".to_owned(),
            (Endpoint::Order, OrderRead::Ecommerce, _) => "/rest/erpx/ecommerce/queries/getOrder".to_owned(),
            (Endpoint::Order, ..) | (Endpoint::AddObservation, _, NoteWriter::OrderField) => {
                format!("{pedido}/apis/order/{{id}}")
            }
            (Endpoint::Observations, ..) => {
                format!("{pedido}/entities/e120obs?filter=e120ped.id eq '{{id}}'")
            }
            (Endpoint::AddObservation, _, NoteWriter::Apis) => format!("{pedido}/apis/orderObservation"),
            (Endpoint::AddObservation, ..) => format!("{pedido}/entities/e120obs"),
            (Endpoint::Release, ..) => format!("{pedido}{action}/updateOrderStatusIntegration"),
            (Endpoint::Cancel, ..) => format!("{pedido}{action}/cancelOrders"),
            (Endpoint::Waiting, ..) => format!("{pedido}/entities/e120ped?filter=sitPed eq 6&orderby=numPed"),
        }
    }
}

/// Whether `template` can be a path; in Portuguese why not.
pub(crate) fn check(template: &str) -> Result<(), &'static str> {
    let (path, query) = template.split_once('?').unwrap_or((template, ""));
    if !path.starts_with('/') || path.starts_with("//") {
        return Err("precisa começar com uma `/`: é o caminho depois de `base_url`, sem servidor");
    }
    let places = template.replace("{id}", "");
    if places.contains(['{', '}']) {
        return Err("só conhece `{id}` entre chaves");
    }
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "/-._~:@!$()*,;=%".contains(letter);
    if !path.replace("{id}", "").chars().all(plain) {
        return Err("o caminho só pode ter letras sem acento, dígitos, `/`, `-`, `.` e `_`");
    }
    if path.split('/').any(|segment| segment == "." || segment == "..") {
        return Err("o caminho não pode ter `.` nem `..` entre as barras");
    }
    if query.contains(['#', '?']) || query.chars().any(char::is_control) {
        return Err("a consulta não pode ter `#`, outro `?` nem caracteres de controle");
    }
    Ok(())
}

/// A path segment or a query value: everything but letters, digits and `-._~` as `%XX`.
fn encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.extend(['%', hex(byte >> 4), hex(byte & 0xF)]);
        }
    }
    encoded
}

fn hex(digit: u8) -> char {
    char::from_digit(digit.into(), 16).map_or('0', |digit| digit.to_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::Paths;

    fn url(options: &SeniorOptions, endpoint: Endpoint) -> String {
        SeniorUrls::new(options).url(endpoint, "5b1f", &[])
    }

    const G: &str = "https://api.senior.com.br";
    const B: &str = "https://platform.senior.com.br/t/senior.com.br/bridge/1.0";

    #[test]
    fn each_style_has_its_paths() {
        let gateway = SeniorOptions { base_url: format!("{G}/"), ..SeniorOptions::default() };
        let bridge =
            SeniorOptions { base_url: B.to_owned(), url_style: UrlStyle::Bridge, ..SeniorOptions::default() };
        let filter = "filter=e120ped.id%20eq%20%275b1f%27";
        for (endpoint, on_gateway, on_bridge) in [
            (
                Endpoint::Login,
                "/platform/authentication/anonymous/loginWithKey",
                "/anonymous/rest/platform/authentication/actions/loginWithKey",
            ),
            (
                Endpoint::Refresh,
                "/platform/authentication/refreshToken",
                "/rest/platform/authentication/actions/refreshToken",
            ),
            (
                Endpoint::Order,
                "/erpx_com_ven/pedido/apis/order/5b1f",
                "/rest/erpx_com_ven/pedido/apis/order/5b1f",
            ),
            (
                Endpoint::Release,
                "/erpx_com_ven/pedido/updateOrderStatusIntegration",
                "/rest/erpx_com_ven/pedido/actions/updateOrderStatusIntegration",
            ),
            (
                Endpoint::Cancel,
                "/erpx_com_ven/pedido/cancelOrders",
                "/rest/erpx_com_ven/pedido/actions/cancelOrders",
            ),
            (
                Endpoint::AddObservation,
                "/erpx_com_ven/pedido/entities/e120obs",
                "/rest/erpx_com_ven/pedido/entities/e120obs",
            ),
            (
                Endpoint::Observations,
                &format!("/erpx_com_ven/pedido/entities/e120obs?{filter}"),
                &format!("/rest/erpx_com_ven/pedido/entities/e120obs?{filter}"),
            ),
            (
                Endpoint::Waiting,
                "/erpx_com_ven/pedido/entities/e120ped?filter=sitPed%20eq%206&orderby=numPed",
                "/rest/erpx_com_ven/pedido/entities/e120ped?filter=sitPed%20eq%206&orderby=numPed",
            ),
        ] {
            assert_eq!(url(&gateway, endpoint), format!("{G}{on_gateway}"));
            assert_eq!(url(&bridge, endpoint), format!("{B}{on_bridge}"));
        }
    }

    #[test]
    fn the_variants_of_reading_and_writing_have_their_paths() {
        let at = |order_read, note_writer, endpoint| {
            let options = SeniorOptions { order_read, note_writer, ..SeniorOptions::default() };
            url(&options, endpoint)
        };

        let entity = at(OrderRead::Entity, NoteWriter::Entity, Endpoint::Order);
        assert_eq!(entity, format!("{G}/erpx_com_ven/pedido/entities/e120ped/5b1f"));
        let ecommerce = at(OrderRead::Ecommerce, NoteWriter::Entity, Endpoint::Order);
        assert_eq!(ecommerce, format!("{G}/erpx/ecommerce/getOrder"));
        let note = at(OrderRead::Apis, NoteWriter::Apis, Endpoint::AddObservation);
        assert_eq!(note, format!("{G}/erpx_com_ven/pedido/apis/orderObservation"));
        let field = at(OrderRead::Apis, NoteWriter::OrderField, Endpoint::AddObservation);
        assert_eq!(field, format!("{G}/erpx_com_ven/pedido/apis/order/5b1f"));
    }

    #[test]
    fn an_id_cannot_leave_its_place_and_a_quote_is_doubled() {
        let paths =
            Paths { observations: Some("/x/{id}?filter=id eq '{id}'&a=b c".to_owned()), ..Paths::default() };
        let options = SeniorOptions { paths, ..SeniorOptions::default() };

        let url =
            SeniorUrls::new(&options).url(Endpoint::Observations, "a'/?&b", &[("size", "100".to_owned())]);

        assert_eq!(
            url,
            format!("{G}/x/a%27%2F%3F%26b?filter=id%20eq%20%27a%27%27%2F%3F%26b%27&a=b%20c&size=100")
        );
    }
}
