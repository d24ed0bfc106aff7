//! Passwords, people and policies that a seed makes: near the rules, in several scripts, and nonsense.

use rekey_shared::password::{
    Banned, Blanks, Charset, Class, Classes, Edges, History, Length, Matching, NonAscii, Personal, PersonalRules,
    Policy, Runs, Specials,
};

/// Pieces that passwords and names are made of.
const PIECES: [&str; 48] = [
    "hana",
    "Sato",
    "佐藤",
    "花",
    "H4n4",
    "$@t0",
    "password",
    "Passw0rd",
    "qwerty",
    "zxcvbn",
    "12345",
    "2026",
    "abc",
    "cba",
    "aaa",
    " ",
    "\u{3000}",
    "-",
    "#",
    ":",
    "!",
    "é",
    "e\u{301}",
    "が",
    "か\u{3099}",
    "ß",
    "İ",
    "ﬁ",
    "Ａ",
    "😀",
    "👩‍👩‍👧",
    "Ж",
    "ش",
    "correct",
    "horse",
    "battery",
    "x",
    "Q",
    "7",
    "0",
    "contoso",
    "Bl@nk",
    "hana@example.org",
    "090-1234-5678",
    "\u{7f}",
    "\t",
    "tokyo",
    "Sunshine1",
];

/// The same cases for the same seed, on every machine.
pub struct Cases {
    state: u64,
}

impl Cases {
    pub fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    /// `SplitMix64`.
    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.state ^ (self.state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit.max(1)
    }

    fn small(&mut self, limit: u8) -> u8 {
        u8::try_from(self.below(u64::from(limit))).unwrap_or(0)
    }

    fn short(&mut self, limit: u16) -> u16 {
        u16::try_from(self.below(u64::from(limit))).unwrap_or(0)
    }

    fn coin(&mut self) -> bool {
        self.below(2) == 0
    }

    fn one<T: Clone>(&mut self, of: &[T], otherwise: T) -> T {
        let place = usize::try_from(self.below(of.len() as u64)).unwrap_or(0);
        of.get(place).cloned().unwrap_or(otherwise)
    }

    fn maybe<T>(&mut self, make: impl FnOnce(&mut Self) -> T) -> Option<T> {
        self.coin().then(|| make(self))
    }

    fn piece(&mut self) -> String {
        self.one(&PIECES, "").to_owned()
    }

    fn pieces(&mut self, most: u64) -> String {
        (0..self.below(most)).map(|_| self.piece()).collect()
    }

    pub fn password(&mut self) -> String {
        match self.below(4) {
            0 => (0..self.below(30)).map(|_| char::from(b' ' + self.small(95))).collect(),
            1 => (0..self.below(20)).filter_map(|_| char::from_u32(u32::from(self.short(0x3100)))).collect(),
            2 => self.piece().repeat(usize::from(self.small(12))),
            _ => self.pieces(8),
        }
    }

    pub fn person(&mut self) -> Personal {
        Personal {
            given_name: self.pieces(3),
            family_name: self.pieces(2),
            username: self.pieces(3),
            organisation: self.pieces(3),
            emails: (0..self.below(3)).map(|_| format!("{}@example.org", self.piece())).collect(),
            phones: (0..self.below(2)).map(|_| format!("+81 90-{}", self.below(100_000_000))).collect(),
        }
    }

    pub fn policy(&mut self) -> Policy {
        if self.below(3) == 0 {
            let name = self.one(&Policy::PRESETS, "recommended");
            return Policy::preset(name).unwrap_or_else(Policy::recommended);
        }
        Policy {
            length: Length { min: self.short(20), max: 8 + self.short(60), max_bytes: 8 + self.short(200) },
            blanks: self.one(&[Blanks::Forbid, Blanks::Inner, Blanks::Allow, Blanks::Uncounted], Blanks::Allow),
            classes: self.classes(),
            charset: self.charset(),
            edges: self.one(&[Edges::Any, Edges::Alphanumeric], Edges::Any),
            runs: Runs { repeated: self.run(), sequence: self.run(), keyboard: self.run() },
            personal: self.personal_rules(),
            banned: self.maybe(Self::banned),
            guessability: self.maybe(|cases| 1 + cases.small(4)),
            breached: self.coin(),
            differs_by: self.small(3),
            history: History { on_change: self.small(3), on_reset: self.small(3) },
            min_age_hours: self.short(3),
            expiry: None,
        }
    }

    fn run(&mut self) -> Option<u8> {
        self.maybe(|cases| 1 + cases.small(5))
    }

    fn charset(&mut self) -> Charset {
        let listed = self.pieces(9);
        self.one(&[Charset::Any, Charset::Ascii, Charset::Latin, Charset::Custom(listed)], Charset::Any)
    }

    fn classes(&mut self) -> Classes {
        let required = Class::ALL.into_iter().filter(|_| self.below(4) == 0).collect();
        Classes { required_kinds: self.small(6), required, specials: self.specials() }
    }

    fn specials(&mut self) -> Specials {
        Specials {
            counted: self.maybe(|cases| cases.one(&["#-!", ":", ""], "").to_owned()),
            uncounted: self.one(&["", ":", "#-"], "").to_owned(),
            forbidden: self.one(&["", "", "<>", "x"], "").to_owned(),
            blanks: self.coin(),
            non_ascii: self.one(&[NonAscii::Special, NonAscii::Nothing, NonAscii::Unicode], NonAscii::Special),
        }
    }

    fn personal_rules(&mut self) -> PersonalRules {
        let all = [Matching::Equals, Matching::Dominated, Matching::Contains, Matching::Folded];
        let mut one = || self.maybe(|cases| cases.one(&all, Matching::Equals));
        PersonalRules {
            given_name: one(),
            family_name: one(),
            name: one(),
            username: one(),
            email: one(),
            organisation: one(),
            phone: one(),
            min_word: 1 + self.small(5),
            split: self.coin(),
        }
    }

    fn banned(&mut self) -> Banned {
        let terms: Vec<String> = (0..self.below(5)).map(|_| self.piece()).collect();
        Banned { common: self.coin(), terms: terms.into(), points: 1 + self.small(8) }
    }
}
