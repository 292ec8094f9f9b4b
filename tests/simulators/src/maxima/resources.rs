//! The resources of the simulator, as `contracts/maxima.md` §5 prints them.

mod history;
mod products;
mod registries;

use super::fields::{Field, text};

/// A resource: the last part of its path, its cloud table, its members.
#[derive(Debug)]
pub(super) struct Resource {
    pub(super) path: &'static str,
    pub(super) table: &'static str,
    pub(super) fields: &'static [Field],
}

impl Resource {
    /// The members that identify a row, in the order of the contract.
    pub(super) fn keys(&self) -> Vec<&'static Field> {
        let mut keys: Vec<_> = self.fields.iter().filter(|field| field.key > 0).collect();
        keys.sort_by_key(|field| field.key);
        keys
    }

    /// Whether it takes more than one member to identify a row.
    pub(super) fn is_composite(&self) -> bool {
        self.fields.iter().any(|field| field.key > 1)
    }

    /// What `ValidarChaves` compares of a key: its first part (§3.3).
    pub(super) fn first_part<'a>(&self, key: &'a str) -> &'a str {
        if self.is_composite() { key.split('/').next().unwrap_or(key) } else { key }
    }

    /// The member of that name in any case.
    pub(super) fn field(&self, name: &str) -> Option<&'static Field> {
        let exact = self.fields.iter().find(|field| field.name == name);
        exact.or_else(|| self.fields.iter().find(|field| field.name.eq_ignore_ascii_case(name)))
    }
}

/// The resource of that path.
pub(super) fn resource(path: &str) -> Option<&'static Resource> {
    RESOURCES.iter().find(|resource| resource.path == path)
}

/// The resource of that cloud table.
pub(super) fn of_table(table: &str) -> Option<&'static Resource> {
    RESOURCES.iter().find(|resource| resource.table.eq_ignore_ascii_case(table))
}

/// The order items, which one order may lose all at once (§3.2).
pub(super) const ITEMS: &str = "HistoricosPedidosItens";

pub(super) const RESOURCES: &[Resource] = &[
    Resource { path: "Cidades", table: "MXSCIDADE", fields: registries::CIDADES },
    Resource { path: "Filiais", table: "MXSFILIAL", fields: registries::FILIAIS },
    Resource { path: "Atividades", table: "MXSATIVI", fields: registries::ATIVIDADES },
    Resource { path: "Cobrancas", table: "MXSCOB", fields: registries::COBRANCAS },
    Resource { path: "PlanosPagamentos", table: "MXSPLPAG", fields: registries::PLANOS },
    Resource { path: "Banco", table: "MXSBANCO", fields: registries::BANCO },
    Resource { path: "Usuaris", table: "MXSUSUARI", fields: registries::USUARIS },
    Resource { path: "Regioes", table: "MXSREGIAO", fields: registries::REGIOES },
    Resource { path: "Pracas", table: "MXSPRACA", fields: registries::PRACAS },
    Resource { path: "Fornecedores", table: "MXSFORNEC", fields: registries::FORNECEDORES },
    Resource { path: "Transportadoras", table: "MXSTRANSPORTADORA", fields: registries::TRANSPORTADORAS },
    Resource { path: "Departamentos", table: "MXSDEPTO", fields: products::DEPARTAMENTOS },
    Resource { path: "Secoes", table: "MXSSECAO", fields: products::SECOES },
    Resource { path: "Tributos", table: "MXSTRIBUT", fields: products::TRIBUTOS },
    Resource { path: "Produtos", table: "MXSPRODUT", fields: products::PRODUTOS },
    Resource { path: "ProdutosFiliais", table: "MXSPRODFILIAL", fields: products::PRODUTOS_FILIAIS },
    Resource { path: "Clientes", table: "MXSCLIENT", fields: registries::CLIENTES },
    Resource { path: "Estoques", table: "MXSEST", fields: products::ESTOQUES },
    Resource { path: "TabelasPrecos", table: "MXSTABPR", fields: products::TABELAS_PRECOS },
    Resource { path: "PrestacoesTitulos", table: "ERP_MXSPREST", fields: history::PRESTACOES_TITULOS },
    Resource { path: "HistoricosPedidosCapas", table: "MXSHISTORICOPEDC", fields: history::HISTORICOS_CAPAS },
    Resource { path: ITEMS, table: "MXSHISTORICOPEDI", fields: history::HISTORICOS_ITENS },
];

const HASH: Field = text("Hash", 128, 0);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_resource_has_its_key_in_order_and_no_name_twice() {
        for resource in RESOURCES {
            let places: Vec<usize> = resource.keys().iter().map(|field| field.key).collect();
            assert_eq!(places, (1..=places.len().max(1)).collect::<Vec<_>>(), "{}", resource.path);
            for (nth, field) in resource.fields.iter().enumerate() {
                let same = |other: &Field| other.name.eq_ignore_ascii_case(field.name);
                assert!(!resource.fields[nth + 1..].iter().any(same), "{}.{}", resource.path, field.name);
            }
        }
    }

    #[test]
    fn the_keys_are_in_the_order_of_the_contract() {
        for (path, wanted) in [
            ("ProdutosFiliais", vec!["Codprod", "Codfilial"]),
            ("Estoques", vec!["Codfilial", "Codprod"]),
            ("TabelasPrecos", vec!["Codprod", "Numregiao"]),
            ("PrestacoesTitulos", vec!["Numtransvenda", "Prest"]),
            ("HistoricosPedidosCapas", vec!["Numped"]),
            ("HistoricosPedidosItens", vec!["Numped", "Numseq", "Codprod"]),
        ] {
            let keys = resource(path).expect("it is there").keys();
            assert_eq!(keys.iter().map(|field| field.name).collect::<Vec<_>>(), wanted, "{path}");
        }
    }

    #[test]
    fn a_member_is_found_in_any_case() {
        let clients = resource("Clientes").expect("it is there");

        assert_eq!(clients.field("CODCLI").map(|field| field.name), Some("Codcli"));
        assert_eq!(
            resource("Pracas").and_then(|pracas| pracas.field("Praca")).map(|f| f.name),
            Some("praca")
        );
        assert!(clients.field("Codclii").is_none());
    }
}
