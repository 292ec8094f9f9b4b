//! Small drawings beside words, never instead of them.

use maud::{Markup, PreEscaped, html};

/// What is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Icon {
    Heart,
    Clock,
    Cart,
    People,
    Shield,
    Tool,
    Book,
    Gear,
    Check,
    Turn,
    Bell,
    Cross,
    Dash,
    Arrows,
    Out,
}

impl Icon {
    fn path(self) -> &'static str {
        match self {
            Self::Heart => "M3 12h4l2-6 4 12 3-8 1.5 2H21",
            Self::Clock => "M12 7v5l3 2M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18z",
            Self::Cart => "M3 4h2.5l2 11h10l2-8H6.3M9 20h.01M16 20h.01",
            Self::People => {
                "M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM3 20a6 6 0 0 1 12 0M16 5a3 3 0 0 1 0 6M18 14.5a6 6 0 0 1 3 5.5"
            }
            Self::Shield => "M12 3l7 3v5c0 5-3 8-7 10-4-2-7-5-7-10V6zM12 9v3M12 16h.01",
            Self::Tool => {
                "M14.5 6.5a4 4 0 0 1 5-1l-2.7 2.7 1 1L20.5 6.5a4 4 0 0 1-5.5 5.2L7 19.7a1.9 1.9 0 0 1-2.7-2.7l8-8a4 4 0 0 1 2.2-2.5z"
            }
            Self::Book => "M5 4h11l3 3v13H5zM8 9h7M8 13h7M8 17h4",
            Self::Gear => "M4 7h9M17 7h3M4 17h3M11 17h9M15 4.5v5M9 14.5v5",
            Self::Check => "M5 12.5l4.5 4.5L19 7",
            Self::Turn => "M20 11a8 8 0 0 0-14.5-4L4 9M4 4v5h5M4 13a8 8 0 0 0 14.5 4l1.5-2M20 20v-5h-5",
            Self::Bell => "M12 4l9 16H3zM12 10v4M12 17h.01",
            Self::Cross => "M6 6l12 12M18 6L6 18",
            Self::Dash => "M6 12h12",
            Self::Arrows => "M4 8h15l-4-4M20 16H5l4 4",
            Self::Out => "M14 4h5v16h-5M10 8l-4 4 4 4M6 12h9",
        }
    }
}

/// The drawing; a screen reader passes over it.
pub fn icon(icon: Icon) -> Markup {
    html! {
        svg class="i" viewBox="0 0 24 24" aria-hidden="true" focusable="false" {
            (PreEscaped(format!("<path d=\"{}\"/>", icon.path())))
        }
    }
}
