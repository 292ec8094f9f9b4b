//! The resources of the simulator, as `contracts/maxima.md` §5 prints them.

use super::fields::{Field, flag, moment, number, one_of, text, whole};

/// A resource: the last part of its path, its cloud table, its members.
#[derive(Debug)]
pub(super) struct Resource {
    pub(super) path: &'static str,
    pub(super) table: &'static str,
    pub(super) fields: &'static [Field],
}

impl Resource {
    /// The member that identifies a row.
    pub(super) fn key(&self) -> &'static str {
        self.fields.iter().find(|field| field.key).map_or("", |field| field.name)
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

pub(super) const RESOURCES: &[Resource] = &[
    Resource { path: "Cidades", table: "MXSCIDADE", fields: CIDADES },
    Resource { path: "Filiais", table: "MXSFILIAL", fields: FILIAIS },
    Resource { path: "Atividades", table: "MXSATIVI", fields: ATIVIDADES },
    Resource { path: "Cobrancas", table: "MXSCOB", fields: COBRANCAS },
    Resource { path: "PlanosPagamentos", table: "MXSPLPAG", fields: PLANOS },
    Resource { path: "Banco", table: "MXSBANCO", fields: BANCO },
    Resource { path: "Usuaris", table: "MXSUSUARI", fields: USUARIS },
    Resource { path: "Regioes", table: "MXSREGIAO", fields: REGIOES },
    Resource { path: "Pracas", table: "MXSPRACA", fields: PRACAS },
    Resource { path: "Clientes", table: "MXSCLIENT", fields: CLIENTES },
];

const HASH: Field = text("Hash", 128, 0);

const CIDADES: &[Field] = &[
    text("Codcidade", 50, 50).key(),
    text("Codibge", 50, 50).required(),
    HASH,
    text("Nomecidade", 4_000, 100).required(),
    text("Uf", 4_000, 2).required(),
];

const FILIAIS: &[Field] = &[
    text("Codigo", 4_000, 50).key(),
    text("Razaosocial", 4_000, 40).required(),
    text("Fantasia", 4_000, 25),
    HASH,
    text("Cgc", 4_000, 14).required(),
    text("Ie", 4_000, 20).required(),
    text("Endereco", 4_000, 40),
    text("Bairro", 4_000, 20),
    text("Cidade", 4_000, 30),
    text("Uf", 4_000, 2).required_there(),
    text("Cep", 4_000, 11),
    text("Telefone", 4_000, 18),
    flag("Utilizavendaporembalagem").required(),
    flag("Calcularipivenda").required(),
    flag("Usawms"),
    one_of("Tipoprecificacao", &["A", "P"]).required(),
];

const ATIVIDADES: &[Field] = &[
    text("Codativ", 50, 50).key(),
    number("Percdesc", "999.99").required(),
    HASH,
    text("Ramo", 4_000, 100).required(),
    flag("Calculast").required(),
];

const COBRANCAS: &[Field] = &[
    text("Codcob", 4_000, 50).key(),
    whole("Nivelvenda", "99").required(),
    number("Vlminpedido", "9999999999.99").required(),
    whole("Prazomaximovenda", "9999").required(),
    one_of("Tipovenda", &["VP", "VV"]).required_there(),
    one_of("Tipocobranca", &["B", "C", "CH", "D", "DU", "T"]).required_there(),
    HASH,
    text("cobranca", 4_000, 30).required(),
    flag("Cartao").required(),
    flag("Boleto").required(),
    flag("Cobrancabroker"),
];

const PLANOS: &[Field] = &[
    HASH,
    text("Codplpag", 50, 50).key(),
    whole("Numdias", "9999").required(),
    number("Vlminpedido", "9999999999.99").required(),
    number("Numpr", "9999.99").required(),
    whole("Numparcelas", "99999"),
    text("Descricao", 4_000, 40).required(),
    one_of("Tipoprazo", &["N", "B"]).required(),
    flag("Vendabk").required(),
    number("Pertxfim", "9999.9999").required_there(),
    whole("Prazo1", "9999").required_there(),
    whole("Tipoentrada", "10").among(&["3", "10"]),
    one_of("Tipovenda", &["VP", "VV"]).required_there(),
    flag("Usamultifilial"),
];

const BANCO: &[Field] = &[HASH, text("Codbanco", 50, 10).key(), text("Nome", 200, 200).required()];

const USUARIS: &[Field] = &[
    text("Codusur", 50, 50).key(),
    number("Percent", "99.99"),
    number("Percent2", "9999.99"),
    number("Vlvendaminped", "9999999999.99"),
    whole("Proxnumpedforca", "2147483647"),
    moment("Dttermino"),
    number("Vllimcred", "99999999.99"),
    number("Vlcorrente", "99999999.99"),
    text("Estado", 2, 0),
    text("Cep", 9, 0),
    text("Cidade", 15, 0),
    text("Bairro", 25, 0),
    text("Endereco", 40, 0),
    text("Codsupervisor", 50, 50).required_by_some(),
    text("Codfilial", 50, 50).required_there(),
    HASH,
    text("Nome", 4_000, 100).required(),
    one_of("Tipovend", &["I", "E", "R", "P"]).required(),
    flag("Bloqueio").required(),
    flag("Usadebcredrca").required(),
    text("Telefone1", 4_000, 13),
    text("Email", 4_000, 100),
    text("Latitude", 4_000, 0),
    text("Longitude", 4_000, 0),
];

const REGIOES: &[Field] = &[
    text("Numregiao", 50, 50).key(),
    text("regiao", 0, 40).required(),
    one_of("Status", &["A", "I"]).required_there(),
    text("Codfilial", 0, 20).required().to("Filiais"),
    HASH,
];

const PRACAS: &[Field] = &[
    text("Codpraca", 50, 50).key(),
    one_of("Situacao", &["A", "I"]).required(),
    text("Numregiao", 50, 50).required().to("Regioes"),
    HASH,
    text("praca", 4_000, 50).required(),
];

const CLIENTES: &[Field] = &[
    HASH,
    text("Codcli", 50, 50).key(),
    moment("Dtultcomp"),
    moment("Dtcadastro"),
    number("Limcred", "9999999999.99"),
    text("Codplpag", 50, 50).required().to("PlanosPagamentos"),
    text("Codpraca", 50, 50).required().to("Pracas"),
    text("Codatv1", 50, 50).required().to("Atividades"),
    text("Codfuncultalter", 50, 50).required(),
    text("Codusur1", 50, 50).required().to("Usuaris"),
    text("Codusur2", 50, 50),
    text("Codusur3", 50, 0),
    text("Codcidade", 50, 50).required().to("Cidades"),
    text("Bairroent", 4_000, 40).required(),
    text("Cepent", 4_000, 9).required(),
    text("Municent", 4_000, 15).required(),
    text("Complementoent", 4_000, 80),
    text("Enderent", 4_000, 40).required(),
    text("Numeroent", 4_000, 0).required(),
    text("Estent", 4_000, 2).required(),
    text("Bairrocom", 4_000, 0).required(),
    text("Cepcom", 4_000, 0),
    text("Municcom", 4_000, 0).required(),
    text("Complementocom", 4_000, 0),
    text("Endercom", 4_000, 0).required(),
    text("Numerocom", 4_000, 0).required(),
    text("Estcom", 4_000, 0).required(),
    text("Paisent", 4_000, 0),
    text("Bairrocob", 4_000, 0),
    text("Cepcob", 4_000, 0),
    text("Municcob", 4_000, 0),
    text("Complementocob", 4_000, 0),
    text("Endercob", 4_000, 0),
    text("Numerocob", 4_000, 0),
    text("Estcob", 4_000, 0),
    text("Cliente", 4_000, 100).required(),
    text("Fantasia", 4_000, 100).required(),
    text("Cgcent", 4_000, 18).required(),
    text("Codcob", 4_000, 50).required().to("Cobrancas"),
    text("Email", 4_000, 100),
    text("Ieent", 4_000, 15).required(),
    text("Iment", 4_000, 0),
    text("Telent", 4_000, 0),
    one_of("Tipofj", &["F", "J"]).required(),
    flag("Contribuinte").required(),
    flag("Consumidorfinal").required(),
    flag("Bloqueio").required(),
    flag("Calculast").required(),
    text("Obs", 4_000, 0),
    flag("Validarmultiplovenda").required(),
    flag("Validarcampanhabrinde"),
    flag("Aceitavendafracao"),
    flag("Condvenda1").required(),
    flag("Condvenda5").required(),
    flag("Condvenda7").required(),
    flag("Condvenda8").required(),
    flag("Condvenda9").required(),
    flag("Condvenda11").required(),
    flag("Condvenda13").required(),
    flag("Condvenda14").required(),
    flag("Condvenda20").required(),
    flag("Simplesnacional").required(),
    text("Rg", 4_000, 0),
    text("Orgaorg", 4_000, 0),
    text("Telcob", 4_000, 0),
    text("Telcom", 4_000, 0),
    text("Latitude", 4_000, 20),
    text("Longitude", 4_000, 20),
    text("Emailnfe", 4_000, 0),
    flag("Bloqueiosefaz").required(),
    flag("Bloqueiodefinitivo").required(),
    flag("Usadebcredrca").required(),
    whole("Fixarcoordenada", "1").never_null(),
    text("Pontorefer", 4_000, 40),
    text("Codrede", 50, 0).to("RedesClientes"),
    text("Codrota", 50, 50).to("Rotas"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_resource_has_one_key_and_no_name_twice() {
        for resource in RESOURCES {
            assert_eq!(resource.fields.iter().filter(|field| field.key).count(), 1, "{}", resource.path);
            for (nth, field) in resource.fields.iter().enumerate() {
                let same = |other: &Field| other.name.eq_ignore_ascii_case(field.name);
                assert!(!resource.fields[nth + 1..].iter().any(same), "{}.{}", resource.path, field.name);
            }
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
