//! What the linter found, in words.

use super::pick;
use crate::Lang;
use crate::password::Code;

/// A finding in one sentence.
pub const fn finding(code: Code, lang: Lang) -> &'static str {
    match code {
        Code::Len8 => {
            pick(lang, "shorter passwords than 8 characters are accepted", "8文字未満のパスワードを受け入れます")
        }
        Code::Len15 => pick(
            lang,
            "shorter passwords than 15 characters are accepted, too few for a password that signs in by itself",
            "15文字未満のパスワードを受け入れます。パスワードだけでサインインする場合には不足です",
        ),
        Code::Max64 => pick(lang, "passwords of 64 characters are refused", "64文字のパスワードを受け入れません"),
        Code::Composition => pick(
            lang,
            "composition rules make passwords predictable, not strong",
            "文字種の条件は、パスワードを強くするより予測しやすくします",
        ),
        Code::Unicode => pick(lang, "not every character is accepted", "使えない文字があります"),
        Code::Blanks => pick(lang, "blanks are refused or do not count", "空白を使えないか、数に入れません"),
        Code::Blocklist => pick(
            lang,
            "neither breached nor easily guessed passwords are refused",
            "流出したパスワードも推測されやすいパスワードも拒みません",
        ),
        Code::HistoryCost => pick(
            lang,
            "every past password that is compared costs a whole Argon2id hash",
            "過去のパスワード1つの照合ごとにArgon2idの計算が1回かかります",
        ),
        Code::Expiry => pick(
            lang,
            "passwords expire although nothing has happened",
            "何も起きていなくてもパスワードの期限が切れます",
        ),
        Code::MinAge => pick(
            lang,
            "somebody whose password became known must wait before changing it",
            "パスワードを知られた人がすぐに変更できません",
        ),
        floor => below(floor, lang),
    }
}

const fn below(floor: Code, lang: Lang) -> &'static str {
    match floor {
        Code::Len6 => pick(lang, "fewer than 6 characters are accepted", "6文字未満のパスワードを受け入れます"),
        Code::Space20 => pick(
            lang,
            "there are fewer passwords than codes of six digits",
            "作れるパスワードの数が6桁の確認コードより少なくなります",
        ),
        Code::Lengths => pick(lang, "the least length is above the greatest", "最小の長さが最大の長さを超えています"),
        Code::NoSuchClass => pick(
            lang,
            "a kind of character is required of which none is allowed",
            "必要な種類の文字が1つも許されていません",
        ),
        Code::TooManyKinds => pick(
            lang,
            "more kinds of characters are required than are allowed or fit",
            "必要な文字種の数が、使える種類または長さを超えています",
        ),
        Code::NoEdge => pick(lang, "no character may stand first or last", "最初と最後に置ける文字がありません"),
        Code::TooManyPoints => {
            pick(lang, "more points are needed than characters fit", "必要な点数が最大の文字数を超えています")
        }
        _ => pick(lang, "no password meets all rules at once", "すべての条件を満たすパスワードがありません"),
    }
}
