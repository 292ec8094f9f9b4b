//! What all listings of a pagination family do alike (`contracts/omie.md §5`), written once.

/// Makes a request value the listing that the contract describes.
///
/// `listing!(ListarBancos, "geral/bancos/", snake "fin_banco_cadastro": Banco)` reads: the method of that
/// name, at that path, answers pages of the snake family, with rows in that array. A method whose limits are
/// not those of the other reads says them at the end: `, policy one_at_a_time()`.
macro_rules! listing {
    ($call:ident, $path:literal, snake $rows:literal: $item:ident $(, policy $policy:expr)?) => {
        $crate::calls::listing::paged!(
            $call, $path, $item, ["pagina", "total_de_paginas", "total_de_registros", $rows] $(, $policy)?
        );
    };
    ($call:ident, $path:literal, hungarian $rows:literal: $item:ident $(, policy $policy:expr)?) => {
        $crate::calls::listing::paged!(
            $call, $path, $item, ["nPagina", "nTotPaginas", "nTotRegistros", $rows] $(, $policy)?
        );
    };
}

/// The answer is nameless: nobody reads it but the page. Nothing of it may be missing, since an answer
/// without its array or its totals is not an empty page.
macro_rules! paged {
    (
        $call:ident, $path:literal, $item:ident,
        [$page:literal, $pages:literal, $records:literal, $rows:literal] $(, $policy:expr)?
    ) => {
        const _: () = {
            impl $crate::Call for $call {
                const PATH: &'static str = $path;
                const METHOD: &'static str = stringify!($call);
                const EFFECT: partner_http::Effect = partner_http::Effect::Read;
                type Reply = Reply;

                $(fn policy() -> partner_http::LanePolicy {
                    $policy
                })?
            }

            impl $crate::Listing for $call {
                type Item = $item;

                fn at(&self, page: u32) -> Self {
                    Self { pagina: page, ..self.clone() }
                }

                fn page(&self, reply: Reply) -> $crate::Page<$item> {
                    $crate::Page::of(reply.number, reply.total_pages, reply.total_records, reply.rows)
                }
            }

            #[doc(hidden)]
            #[derive(serde::Deserialize)]
            pub struct Reply {
                #[serde(rename = $page, deserialize_with = "crate::formats::count")]
                number: u32,
                #[serde(rename = $pages, deserialize_with = "crate::formats::count")]
                total_pages: u32,
                #[serde(rename = $records, deserialize_with = "crate::formats::count")]
                total_records: u64,
                #[serde(rename = $rows)]
                rows: $crate::Rows<$item>,
            }
        };
    };
}

pub(super) use {listing, paged};
