//! A request that has come through the door, as pages see it.

use std::pin::Pin;

use jiff::Timestamp;
use maud::{Markup, html};

use crate::access::{Keys, Role, Session};
use crate::audit::Outcome;
use crate::ports::{Place, World};
use crate::trouble::Trouble;
use crate::view::{self, Nav};
use crate::web::{Form, Request, Response};

/// What a page works with.
pub struct Visit<'a, W> {
    /// The tenant's world.
    pub world: &'a W,
    /// The request.
    pub request: &'a Request,
    /// Who asks.
    pub session: &'a Session,
    /// What the form or the address says: of a change its body, else its query.
    pub form: Form,
    /// The moment.
    pub now: Timestamp,
    pub(crate) keys: &'a Keys,
    pub(crate) params: Vec<(&'static str, String)>,
    /// What the change before has left to say.
    pub(crate) said: Option<Said>,
}

/// What a change leaves to say on the next page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Said {
    pub(crate) is_good: bool,
    pub(crate) text: String,
}

/// A page.
#[derive(Debug)]
pub struct Page<'a> {
    /// The one heading, and the title of the window.
    pub title: &'a str,
    /// Where it is in the menu.
    pub nav: Nav,
    /// From the outermost: the name and the address of each page above.
    pub above: Vec<(String, String)>,
    /// What it says.
    pub body: Markup,
}

/// A change that was made, or was refused.
pub struct Done {
    pub(crate) response: Response,
    pub(crate) outcome: Outcome,
    pub(crate) detail: String,
    pub(crate) said: Option<Said>,
}

impl Done {
    /// The form again, in a page that is made already; `text` is for the audit trail.
    pub(crate) fn with_problems(response: Response, text: &str) -> Self {
        Self { response, outcome: Outcome::Refused, detail: text.to_owned(), said: None }
    }

    /// Something was shown that is asked for with a form, and nothing was changed.
    pub(crate) fn looked(response: Response, text: &str) -> Self {
        Self { response, outcome: Outcome::Done, detail: text.to_owned(), said: None }
    }
}

/// An answer that is on its way.
pub type Going<'a, T> = Pin<Box<dyn Future<Output = Result<T, Trouble>> + 'a>>;

impl<'a, W: World> Visit<'a, W> {
    /// A part of the address, by its name in the route.
    pub fn param(&self, name: &str) -> &str {
        self.params
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, value)| value.as_str())
            .unwrap_or_default()
    }

    /// The table.
    pub fn state(&self) -> &'a W::State {
        self.world.state()
    }

    /// What stands where.
    pub fn place(&self) -> &'a Place {
        self.world.place()
    }

    /// Whether the one who asks may change anything.
    pub fn may_operate(&self) -> bool {
        self.session.role == Role::Operate
    }

    /// The page with everything around it.
    pub fn show(&self, page: Page<'_>) -> Response {
        self.page(http::StatusCode::OK, page)
    }

    /// The same with another status: a form that must be corrected is 422.
    pub fn page(&self, status: http::StatusCode, page: Page<'_>) -> Response {
        let response = Response::page(status, view::layout(self, page));
        // What a live part waited for is over: the buttons around it are others now.
        if self.request.is_live() && status.is_success() {
            return response.with(http::HeaderName::from_static("hx-refresh"), "true");
        }
        response
    }

    /// The same, fetched anew every so many seconds where there is no JavaScript to refresh its live part.
    pub fn page_refreshed(&self, page: Page<'_>, seconds: u32) -> Response {
        Response::page(http::StatusCode::OK, view::layout_refreshed(self, page, Some(seconds)))
    }

    /// The hidden field that every form carries.
    pub fn csrf(&self) -> Markup {
        html! { input type="hidden" name="csrf" value=(self.session.csrf(self.keys)); }
    }

    /// A form that changes something, with its hidden field.
    pub fn form(&self, action: &str, inside: &Markup) -> Markup {
        html! { form method="post" action=(action) { (self.csrf()) (inside) } }
    }

    /// The change was made: go to `path`, where `text` is shown.
    pub fn done(&self, path: &str, text: impl Into<String>) -> Done {
        told(path, &text.into(), true)
    }

    /// The change was not made, and there is no form to correct: go to `path`, where the reason is shown.
    pub fn refused(&self, path: &str, text: impl Into<String>) -> Done {
        told(path, &text.into(), false)
    }

    /// The form again, with what is wrong; `text` is for the audit trail.
    pub fn again(&self, page: Page<'_>, text: &str) -> Done {
        Done::with_problems(self.page(http::StatusCode::UNPROCESSABLE_ENTITY, page), text)
    }

    /// The address of this page with one member of its query changed; empty removes it. A page that a refused form
    /// gives back has another address than the form: see [`Form::address`].
    pub fn here_with(&self, name: &str, value: &str) -> String {
        self.request.asked().address(&self.request.path, name, value)
    }
}

fn told(path: &str, text: &str, is_good: bool) -> Done {
    let text = view::sentence(text);
    Done {
        response: Response::see(path),
        outcome: if is_good { Outcome::Done } else { Outcome::Refused },
        detail: text.clone(),
        said: Some(Said { is_good, text }),
    }
}
