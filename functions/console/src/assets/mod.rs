//! What pages refer to: compiled in, served under a name that changes with the content, kept by browsers for good.

use std::sync::LazyLock;

use http::header::CACHE_CONTROL;
use http::{Method, StatusCode};
use sha2::{Digest as _, Sha256};

use crate::web::{BASE, Request, Response, hex};

/// One file.
struct Asset {
    name: &'static str,
    kind: &'static str,
    body: &'static [u8],
    address: String,
}

/// htmx is vendored as published: see NOTICE.
const FILES: [(&str, &str, &[u8]); 3] = [
    ("console.css", "text/css; charset=utf-8", include_bytes!("console.css")),
    ("htmx.js", "text/javascript; charset=utf-8", include_bytes!("htmx.min.js")),
    ("icon.svg", "image/svg+xml", include_bytes!("icon.svg")),
];

static ASSETS: LazyLock<Vec<Asset>> = LazyLock::new(|| {
    let asset = |(name, kind, body): (&'static str, &'static str, &'static [u8])| {
        let (stem, ending) = name.rsplit_once('.').expect("every asset has an ending");
        let digest = hex(&Sha256::digest(body)[..8]);
        Asset { name, kind, body, address: format!("{BASE}/assets/{stem}.{digest}.{ending}") }
    };
    FILES.into_iter().map(asset).collect()
});

/// Where a file is.
pub fn address(name: &str) -> &'static str {
    ASSETS.iter().find(|asset| asset.name == name).map(|asset| asset.address.as_str()).unwrap_or_default()
}

/// The answer to whoever asks for an asset; nothing when the address is none.
pub(crate) fn serve(request: &Request) -> Option<Response> {
    if !request.path.starts_with("/console/assets/") || !matches!(request.method, Method::GET | Method::HEAD)
    {
        return None;
    }
    let found = ASSETS.iter().find(|asset| asset.address == request.path);
    Some(match found {
        Some(asset) => Response::new(StatusCode::OK, asset.kind, asset.body.to_vec())
            .with(CACHE_CONTROL, "public, max-age=31536000, immutable"),
        None => Response::new(StatusCode::NOT_FOUND, "text/plain; charset=utf-8", Vec::new()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The published file, byte for byte: htmx.org 2.0.11, dist/htmx.min.js.
    #[test]
    fn htmx_is_as_it_was_published() {
        let (_, _, body) = FILES.into_iter().find(|(name, ..)| *name == "htmx.js").expect("htmx");

        assert_eq!(
            hex(&Sha256::digest(body)),
            "d6fdc75f204e6bdefa99b69bf1e6d4ac69b8a364f77929f45c13476b4000f717"
        );
    }

    #[test]
    fn the_styles_are_small_and_refer_to_nothing_outside() {
        let (_, _, css) = FILES[0];
        let text = std::str::from_utf8(css).expect("text");

        assert!(css.len() <= 20_000, "{}", css.len());
        assert!(!text.contains("url(") && !text.contains("@import"));
    }
}
