//! What is wrong with settings, all of it at once.

use super::{Problem, Settings};

/// The longest code Máxima takes.
const LONGEST_CODE: usize = 50;
/// Ten years.
const LONGEST_WINDOW: u32 = 3_650;

impl Settings {
    /// Everything that must be corrected, at once. Empty: the settings can be used.
    pub fn problems(&self) -> Vec<Problem> {
        let codes = [
            ("FilialPadrao", self.filial_padrao.as_deref()),
            ("VendedorPadrao", self.vendedor_padrao.as_deref()),
            ("SupervisorPadrao", self.supervisor_padrao.as_deref()),
            ("TabelaPrecoPadrao", self.tabela_preco_padrao.as_deref()),
            ("CobrancaPadrao", Some(self.cobranca_padrao.as_str())),
            ("PlanoPadrao", Some(self.plano_padrao.as_str())),
            ("RamoPadrao", Some(self.ramo_padrao.as_str())),
            ("TributoPadrao", Some(self.tributo_padrao.as_str())),
        ];
        let urls =
            [("UrlIntext", &self.url_intext), ("UrlIntpdv", &self.url_intpdv), ("UrlOmie", &self.url_omie)];
        let tags = [&self.etiquetas.cliente, &self.etiquetas.fornecedor, &self.etiquetas.transportadora];
        let mut problems: Vec<Problem> =
            codes.iter().filter_map(|(name, code)| bad_code(name, (*code)?)).collect();
        problems.extend(self.filiais.iter().find_map(|code| bad_code("Filiais", code)));
        problems.extend(self.bad_references());
        problems.extend(self.bad_locations());
        problems.extend(self.bad_windows());
        if !self.tipos_produto.iter().chain(self.etapas.keys()).all(|code| is_short_code(code)) {
            let text = "há um código que não tem dois caracteres: informe como no Omie, por exemplo 04 ou 50";
            problems.push(Problem::new("TiposProduto, Etapas", text));
        }
        problems.extend(self.pedidos.problems());
        problems.extend(urls.iter().filter_map(|(name, url)| bad_url(name, url)));
        if tags.iter().any(|tag| tag.trim().is_empty()) {
            problems.push(Problem::new("Etiquetas", "há uma etiqueta vazia: informe o texto usado no Omie"));
        }
        if !is_version(&self.versao_maxima) {
            problems.push(Problem::new("VersaoMaxima", "deve ser \"v\" e um número, por exemplo v3"));
        }
        problems
    }

    /// What one setting says of another.
    fn bad_references(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        if let Some(filial) = &self.filial_padrao
            && !crate::branch::is_selected(&self.filiais, filial)
        {
            let text =
                format!("a filial {filial} não está entre as selecionadas em Filiais: escolha uma delas");
            problems.push(Problem::new("FilialPadrao", text));
        }
        if !self.contas.contains_key(&self.cobranca_padrao) {
            let text = format!(
                "o meio de pagamento {} não tem conta corrente: informe a conta dele em Contas ou escolha outro",
                self.cobranca_padrao
            );
            problems.push(Problem::new("CobrancaPadrao", text));
        }
        if self.contas.iter().any(|(means, account)| means.trim().is_empty() || *account <= 0) {
            problems.push(Problem::new(
                "Contas",
                "há um meio de pagamento vazio ou com conta inválida: informe o código nCodCC da conta no Omie",
            ));
        }
        problems
    }

    /// Stock locations that feed no branch.
    fn bad_locations(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        let locations = self.locais_estoque.keys().chain(&self.local_estoque_omie);
        if locations.clone().any(|location| *location <= 0) {
            let text = "há um local de estoque inválido: informe o codigo_local_estoque do Omie";
            problems.push(Problem::new("LocalEstoqueOmie", text));
        }
        if self.local_estoque_omie.is_none() && !self.locais_estoque.is_empty() {
            // The default location might be one of the map, and would then feed two branches unseen.
            let text = "obrigatório quando há LocaisEstoque: informe o local de estoque da FilialPadrao";
            problems.push(Problem::new("LocalEstoqueOmie", text));
        }
        for branch in self.locais_estoque.values() {
            problems.extend(bad_code("LocaisEstoque", branch));
            if !crate::branch::is_selected(&self.filiais, branch) {
                let text =
                    format!("a filial {branch} não está entre as selecionadas em Filiais: escolha uma delas");
                problems.push(Problem::new("LocaisEstoque", text));
            }
        }
        problems
    }

    /// Windows that cover nothing, or more than anybody needs.
    fn bad_windows(&self) -> impl Iterator<Item = Problem> {
        let windows = [
            ("JanelaTitulosDias", self.janela_titulos_dias),
            ("JanelaHistoricoDias", self.janela_historico_dias),
        ];
        let bad = windows.into_iter().filter(|(_, days)| !(1..=LONGEST_WINDOW).contains(days));
        bad.map(|(name, _)| Problem::new(name, format!("deve ser um número de dias de 1 a {LONGEST_WINDOW}")))
    }
}

fn bad_code(setting: &'static str, code: &str) -> Option<Problem> {
    let clean = crate::text::txt(code, LONGEST_CODE);
    (clean.as_deref() != Some(code)).then(|| {
        Problem::new(
            setting,
            format!(
                "\"{code}\" não é um código: informe até {LONGEST_CODE} caracteres, sem espaços nas pontas"
            ),
        )
    })
}

fn bad_url(setting: &'static str, url: &str) -> Option<Problem> {
    let host = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    let good = host.is_some_and(|host| {
        !host.is_empty() && !host.starts_with('/') && !host.contains(char::is_whitespace)
    });
    (!good).then(|| Problem::new(setting, format!("\"{url}\" não é um endereço http(s)")))
}

fn is_version(text: &str) -> bool {
    text.strip_prefix('v').is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
}

fn is_short_code(code: &str) -> bool {
    code.len() == 2 && code.bytes().all(|b| b.is_ascii_alphanumeric())
}
