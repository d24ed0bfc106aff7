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
    Heading(&'static str),
    /// A paragraph.
    Words(String),
    /// Six digits, or a temporary password; large.
    Code(String),
    /// The main action.
    Button { label: &'static str, url: Url },
    /// A further action: a sentence that ends in a link.
    Link { label: &'static str, url: Url },
}

impl Page {
    pub(super) fn new(subject: String, heading: &'static str) -> Self {
        Self { subject, blocks: vec![Block::Heading(heading)], foot: Vec::new() }
    }

    pub(super) fn words(self, text: impl Into<String>) -> Self {
        self.and(Block::Words(text.into()))
    }

    /// A paragraph, if there is one.
    pub(super) fn words_if(self, text: Option<String>) -> Self {
        match text {
            Some(text) => self.words(text),
            None => self,
        }
    }

    pub(super) fn code(self, digits: &str) -> Self {
        self.and(Block::Code(digits.to_owned()))
    }

    pub(super) fn button(self, label: &'static str, url: &Url) -> Self {
        self.and(Block::Button { label, url: url.clone() })
    }

    pub(super) fn link(self, label: &'static str, url: &Url) -> Self {
        self.and(Block::Link { label, url: url.clone() })
    }

    fn and(mut self, block: Block) -> Self {
        self.blocks.push(block);
        self
    }
}
