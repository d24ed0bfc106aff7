//! A mail as blocks, before it is written down as text or HTML.

use url::Url;

/// A mail's words in one language.
#[derive(Debug)]
pub(super) struct Page {
    /// Holds nothing that a person typed.
    pub subject: String,
    /// In the order in which they are read.
    pub blocks: Vec<Block>,
    /// Small print.
    pub foot: Vec<String>,
}

/// A part of a mail.
#[derive(Debug)]
pub(super) enum Block {
    /// What it is about, in a few words.
    Heading(String),
    /// A paragraph.
    Words(String),
    /// Six digits, large.
    Code(String),
    /// The one thing to press.
    Button { label: &'static str, url: Url },
    /// Something else one may press: a sentence that ends in a link.
    Link { label: &'static str, url: Url },
}

/// Puts a page together.
pub(super) fn page(subject: String, blocks: Vec<Option<Block>>, foot: Vec<String>) -> Page {
    Page { subject, blocks: blocks.into_iter().flatten().collect(), foot }
}

pub(super) fn heading(text: &str) -> Option<Block> {
    Some(Block::Heading(text.to_owned()))
}

pub(super) fn words(text: impl Into<String>) -> Option<Block> {
    Some(Block::Words(text.into()))
}

pub(super) fn code(digits: &str) -> Option<Block> {
    Some(Block::Code(digits.to_owned()))
}

pub(super) fn button(label: &'static str, url: &Url) -> Option<Block> {
    Some(Block::Button { label, url: url.clone() })
}

pub(super) fn link(label: &'static str, url: &Url) -> Option<Block> {
    Some(Block::Link { label, url: url.clone() })
}
