//! What can be seen of a journey, in its rows and on its pages.

use super::{Bearer, Method};

/// What can be seen of a journey.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    pub(super) rows: Rows,
    pub(super) pages: Pages,
}

/// What is in its rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rows {
    pub state: &'static str,
    pub resolved: bool,
    /// Bearer, gate and method of each proof, in order.
    pub proofs: Vec<(Bearer, u8, Method)>,
    pub tries_left: u8,
    pub epoch: i64,
}

/// What its pages show: whether anything can be done, and whether it can be completed, in the browser that began it and in
/// the one that came by its link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pages {
    pub begun: Page,
    pub by_link: Page,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    pub open: bool,
    pub ready: bool,
}

impl Seen {
    pub fn rows(&self) -> Rows {
        self.rows.clone()
    }

    pub fn pages(&self) -> Pages {
        self.pages.clone()
    }
}
