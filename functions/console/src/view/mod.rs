//! How things look: the layout, and the parts that pages are made of. Everything that is not a literal is escaped by
//! maud.

mod form;
mod icons;
mod layout;
mod parts;
mod table;
mod words;

pub use form::{Choice, Confirm, Field, Problems, confirm, problems};
pub use icons::{Icon, icon};
pub use layout::{Nav, layout};
pub(crate) use layout::{door, layout_refreshed, plain, trouble};
pub use parts::{
    Room, Step, Tone, badge, bar, empty, facts, further, history, live, more, notice, section, tabs, tile,
    tiles,
};
pub use table::{Column, Table};
pub use words::{
    ago, beginning, count, duration, local_moment, many, moment, money, percent, schedule, second, sentence,
    when_next,
};
