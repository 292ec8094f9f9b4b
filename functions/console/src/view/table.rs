//! Tables, which become cards on a phone.

use maud::{Markup, html};

use super::parts::empty;

/// A table: a caption for those who do not see it, columns, rows.
#[derive(Debug)]
pub struct Table<'a> {
    /// What it lists.
    pub caption: &'a str,
    /// Its columns.
    pub columns: &'a [Column<'a>],
    /// Its rows; a cell for each column.
    pub rows: Vec<Vec<Markup>>,
    /// What stands there when there is no row.
    pub empty: &'a str,
}

/// A column.
#[derive(Clone, Copy, Debug)]
pub enum Column<'a> {
    /// Names the row: a heading to those who hear it.
    Name(&'a str),
    /// Text.
    Text(&'a str),
    /// Numbers, at the right.
    Number(&'a str),
}

impl Column<'_> {
    fn title(&self) -> &str {
        let (Self::Name(title) | Self::Text(title) | Self::Number(title)) = self;
        title
    }
}

impl Table<'_> {
    /// The table.
    pub fn show(&self) -> Markup {
        if self.rows.is_empty() {
            return empty(self.empty);
        }
        html! {
            div class="scroll" {
                table {
                    caption { (self.caption) }
                    thead { tr { @for column in self.columns {
                        th scope="col" class=[matches!(column, Column::Number(_)).then_some("n")] { (column.title()) }
                    } } }
                    tbody { @for row in &self.rows { tr { @for (column, cell) in self.columns.iter().zip(row) {
                        @match column {
                            Column::Name(_) => th scope="row" { (cell) },
                            Column::Text(title) => td data-l=(title) { div { (cell) } },
                            Column::Number(title) => td class="n" data-l=(title) { (cell) },
                        }
                    } } } }
                }
            }
        }
    }
}
