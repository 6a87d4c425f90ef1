//! The windowed table: it asks only for the rows that the window shows, and draws them straight into the buffer.

mod cells;
mod column;
mod draw;
mod layout;
mod state;

pub use cells::RowCells;
pub use column::{Align, Column, Sorted, Width};
pub use draw::Table;
pub use state::TableState;
