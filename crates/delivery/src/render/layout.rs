//! Blocks as text and HTML. Colors are left to the reader's program, except the button's, so that light and dark both
//! read well. No pictures, nothing fetched, no tracking.

use rekey_shared::Lang;

use super::page::{Block, Page};
use super::tidy::escape;

const BODY: &str = "margin:0;padding:24px 16px;font-family:system-ui,-apple-system,'Segoe UI',Roboto,\
    'Hiragino Sans','Noto Sans JP','Yu Gothic UI',Meiryo,sans-serif;font-size:16px;line-height:1.6;overflow-wrap:anywhere";
const COLUMN: &str = "max-width:480px;margin:0 auto";
const HEADING: &str = "margin:0 0 16px;font-size:22px;line-height:1.3";
const WORDS: &str = "margin:0 0 16px";
const CODE: &str = "margin:0 0 16px;padding:16px;border:1px solid #7a8a90;border-radius:10px;text-align:center;\
    font-family:ui-monospace,Menlo,Consolas,monospace;font-size:32px;line-height:1.2;letter-spacing:6px";
/// For more than a code's digits: smaller, so that it stays on one line of a phone.
const LONG_CODE: &str = "margin:0 0 16px;padding:16px 8px;border:1px solid #7a8a90;border-radius:10px;text-align:center;\
    font-family:ui-monospace,Menlo,Consolas,monospace;font-size:20px;line-height:1.4;letter-spacing:1px";
const BUTTON: &str = "display:inline-block;padding:13px 22px;border-radius:10px;background-color:#0b6477;\
    color:#ffffff;font-weight:600;text-decoration:none";
const FOOT: &str = "margin:24px 0 0;padding:16px 0 0;border-top:1px solid #7a8a90;font-size:13px";

/// The plain text part.
pub(super) fn text(page: &Page) -> String {
    let mut parts: Vec<String> = page.blocks.iter().map(block_text).collect();
    parts.push(format!("--\n{}", page.foot.join("\n")));
    parts.join("\n\n") + "\n"
}

fn block_text(block: &Block) -> String {
    match block {
        Block::Heading(text) => (*text).to_owned(),
        Block::Words(text) => text.clone(),
        Block::Code(code) => format!("    {code}"),
        Block::Button { label, url } | Block::Link { label, url } => format!("{label}\n{url}"),
    }
}

/// The HTML part.
pub(super) fn html(page: &Page, lang: Lang) -> String {
    let blocks: String = page.blocks.iter().map(block_html).collect();
    let foot = page.foot.iter().map(|line| escape(line)).collect::<Vec<_>>().join("<br>\n");
    let (tag, title) = (lang.tag(), escape(&page.subject));
    format!(
        "<!DOCTYPE html>\n<html lang=\"{tag}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <meta name=\"supported-color-schemes\" content=\"light dark\">\n<title>{title}</title>\n</head>\n\
         <body style=\"{BODY}\">\n<div style=\"{COLUMN}\">\n{blocks}<p style=\"{FOOT}\">{foot}</p>\n</div>\n\
         </body>\n</html>\n"
    )
}

fn block_html(block: &Block) -> String {
    match block {
        Block::Heading(text) => format!("<h1 style=\"{HEADING}\">{}</h1>\n", escape(text)),
        Block::Words(text) => format!("<p style=\"{WORDS}\">{}</p>\n", escape(text)),
        Block::Code(code) => {
            let style = if code.len() > 8 { LONG_CODE } else { CODE };
            format!("<p style=\"{style}\"><strong>{}</strong></p>\n", escape(code))
        }
        Block::Button { label, url } => {
            let url = escape(url.as_str());
            format!("<p style=\"{WORDS}\"><a href=\"{url}\" style=\"{BUTTON}\">{}</a></p>\n", escape(label))
        }
        Block::Link { label, url } => {
            let url = escape(url.as_str());
            format!("<p style=\"{WORDS}\">{}<br>\n<a href=\"{url}\">{url}</a></p>\n", escape(label))
        }
    }
}
