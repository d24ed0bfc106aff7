//! What the linter found, in words.

use crate::Lang;
use crate::password::Code;

/// A finding in one sentence.
pub const fn finding(code: Code, lang: Lang) -> &'static str {
    match lang {
        Lang::En => in_english(code),
        Lang::Ja => in_japanese(code),
    }
}

const fn in_english(code: Code) -> &'static str {
    match code {
        Code::Len8 => "accepts passwords shorter than 8 characters",
        Code::Len15 => "accepts passwords shorter than 15 characters, too few for a password that signs in by itself",
        Code::Max64 => "rejects passwords of 64 characters",
        Code::Composition => "composition rules make passwords predictable, not strong",
        Code::Unicode => "doesn't accept every character",
        Code::Blanks => "rejects spaces or doesn't count them",
        Code::Blocklist => "rejects neither breached nor easily guessed passwords",
        Code::HistoryCost => "every past password that is compared costs a whole Argon2id hash",
        Code::Expiry => "passwords expire even when nothing has happened",
        Code::MinAge => "someone whose password became known must wait before changing it",
        Code::Len6 => "accepts passwords shorter than 6 characters",
        Code::Space20 => "there are fewer passwords than 6-digit codes",
        Code::Lengths => "the minimum length is above the maximum",
        Code::NoSuchClass => "a kind of character is required of which none is allowed",
        Code::TooManyKinds => "more kinds of characters are required than are allowed, or than the length has room for",
        Code::NoEdge => "no character is allowed at the start or end",
        Code::TooManyPoints => "more points are needed than the maximum length has characters",
        Code::Nothing => "no password meets all rules together",
    }
}

const fn in_japanese(code: Code) -> &'static str {
    match code {
        Code::Len8 => "8文字未満のパスワードを受け入れます",
        Code::Len15 => "15文字未満のパスワードを受け入れます。パスワードだけでサインインする場合には不足です",
        Code::Max64 => "64文字のパスワードを受け入れません",
        Code::Composition => "文字種の条件は、パスワードを強くするより予測しやすくします",
        Code::Unicode => "使えない文字があります",
        Code::Blanks => "スペースを使えないか、数に入れません",
        Code::Blocklist => "流出したパスワードも推測されやすいパスワードも拒みません",
        Code::HistoryCost => "過去のパスワード1つの照合ごとにArgon2idの計算が1回かかります",
        Code::Expiry => "何も起きていなくてもパスワードの期限が切れます",
        Code::MinAge => "パスワードを知られた人がすぐに変更できません",
        Code::Len6 => "6文字未満のパスワードを受け入れます",
        Code::Space20 => "作れるパスワードの数が6桁の確認コードより少なくなります",
        Code::Lengths => "最小の長さが最大の長さを超えています",
        Code::NoSuchClass => "必要な種類の文字が1つも許されていません",
        Code::TooManyKinds => "必要な文字種の数が、使える種類または長さを超えています",
        Code::NoEdge => "先頭と末尾に置ける文字がありません",
        Code::TooManyPoints => "必要な点数が最大の文字数を超えています",
        Code::Nothing => "すべての条件を満たすパスワードがありません",
    }
}
