//! The few documents that are written without the page framework.

use std::fmt::Write as _;

use rekey_app::context::Assets;
use rekey_shared::Lang;

/// A document in the site's own style, without scripts.
#[derive(Debug, Clone, Copy)]
pub struct Document<'a> {
    /// Its language.
    pub lang: Lang,
    /// Its title.
    pub title: &'a str,
    /// Where the style sheet is.
    pub assets: &'a Assets,
}

impl Document<'_> {
    /// The whole document around a body that is HTML already.
    pub fn with_body(&self, body: &str) -> String {
        let (lang, title, css) = (self.lang.tag(), escape(self.title), self.assets.url(&self.assets.css));
        format!(
            "<!DOCTYPE html><html lang=\"{lang}\" dir=\"ltr\"><head><meta charset=\"utf-8\">\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
             <meta name=\"color-scheme\" content=\"light dark\"><meta name=\"robots\" content=\"noindex\">\
             <link rel=\"stylesheet\" href=\"{css}\"><title>{title}</title></head><body>{body}</body></html>"
        )
    }
}

/// Text for an element or a quoted attribute.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            // Controls have no place in HTML and could mislead a reader of the source.
            letter if letter.is_control() && !matches!(letter, '\n' | '\t') => {
                let _ = write!(out, "\u{fffd}");
            }
            letter => out.push(letter),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    #[test]
    fn nothing_becomes_markup() {
        assert_eq!(
            super::escape("<a href=\"x\" id='y'>&\u{7}"),
            "&lt;a href=&quot;x&quot; id=&#39;y&#39;&gt;&amp;\u{fffd}"
        );
    }
}
