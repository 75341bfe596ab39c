//! Small damage to files: the same case gives the same damage.

/// Pieces that parsers trip over.
const TOKENS: &[&[u8]] = &[
    b"\"",
    b"'",
    b",",
    b";",
    b"\t",
    b"\n",
    b"\r\n",
    b"\0",
    b"{",
    b"}",
    b"[",
    b"]",
    b":",
    b"-",
    b"&a ",
    b"*a",
    b"!!int ",
    b"| ",
    b"> ",
    b"# ",
    b"null",
    b"true",
    b"NaN",
    b"inf",
    b"-1",
    b"0",
    b"-0",
    b"1e999",
    b"1e-400",
    b"0.000000000000000000000000000001",
    b"4294967295",
    b"4294967296",
    b"9223372036854775807",
    b"9223372036854775808",
    b"-9223372036854775808",
    b"18446744073709551616",
    b"340282366920938463463374607431768211456",
    b"79228162514264337593543950336",
    b"9999-12-31T23:59:59Z",
    b"0000-00-00",
    b"2024-02-30 25:61:61",
    b"292277026596-12-04",
    b"\xc3\xa9",
    b"\xef\xbb\xbf",
    b"\xff",
    b"\xe2\x80\xa8",
    b"\xf0\x9f\x98\x80",
    b"\\u0000",
    b"\\ud800",
    b"\x1b[31m",
    b"timestamp",
    b"duration_ms",
    b"1d",
    b"366d",
    b"1ns",
    b"100%",
    b"{}",
    b"[]",
    b"\"\"",
];

/// Numbers in an order that only the seed decides.
pub(crate) struct Chance(u64);

impl Chance {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `end`; 0 if that is 0.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        let end = u64::try_from(end).unwrap().max(1);
        usize::try_from(self.next() % end).unwrap()
    }

    /// A place in something of this length, its end included.
    fn place(&mut self, length: usize) -> usize {
        self.below(length + 1)
    }

    /// A short stretch, sometimes a long one.
    fn range(&mut self, length: usize) -> std::ops::Range<usize> {
        let from = self.place(length);
        let most = if self.below(4) == 0 { length - from } else { 16.min(length - from) };
        from..from + self.place(most)
    }
}

/// `seed` with some damage; `other` is where pieces of a similar file come from.
pub(crate) fn damaged(seed: &[u8], other: &[u8], chance: &mut Chance) -> Vec<u8> {
    let mut bytes = seed.to_vec();
    for _ in 0..=chance.below(4) {
        once(&mut bytes, other, chance);
    }
    bytes
}

fn once(bytes: &mut Vec<u8>, other: &[u8], chance: &mut Chance) {
    let token = |chance: &mut Chance| TOKENS[chance.below(TOKENS.len())].to_vec();
    let insert = |bytes: &mut Vec<u8>, at: usize, what: Vec<u8>| {
        bytes.splice(at..at, what);
    };
    let range = chance.range(bytes.len());
    match chance.below(12) {
        0 => {
            if let Some(byte) = bytes.get_mut(range.start) {
                *byte ^= 1 << chance.below(8);
            }
        }
        1 => {
            if let Some(byte) = bytes.get_mut(range.start) {
                *byte = chance.next().to_le_bytes()[0];
            }
        }
        2 => drop(bytes.drain(range)),
        3 => insert(bytes, range.start, bytes[range].to_vec()),
        4 => bytes.truncate(range.start),
        5 => insert(bytes, range.start, token(chance)),
        6 => drop(bytes.splice(range, token(chance))),
        7 => {
            let part = chance.range(other.len());
            bytes.splice(range, other[part].iter().copied());
        }
        8 => {
            let number = number_near(bytes, range.start);
            bytes.splice(number, token(chance));
        }
        9 => {
            // A line once more, elsewhere.
            let line = line_around(bytes, range.start);
            let line = bytes[line].to_vec();
            let at = line_around(bytes, chance.place(bytes.len())).start;
            insert(bytes, at, line);
        }
        10 => drop(bytes.drain(line_around(bytes, range.start))),
        _ => {
            let byte = bytes.get(range.start).copied().unwrap_or(b'7');
            insert(bytes, range.start, vec![byte; 1 << chance.below(14)]);
        }
    }
}

/// The digits at or after a place.
fn number_near(bytes: &[u8], at: usize) -> std::ops::Range<usize> {
    let digit = |b: &u8| b.is_ascii_digit() || *b == b'.';
    let from = bytes[at..].iter().position(digit).map_or(bytes.len(), |i| at + i);
    let to = bytes[from..].iter().position(|b| !digit(b)).map_or(bytes.len(), |i| from + i);
    from..to
}

/// The line of a place, with its end.
fn line_around(bytes: &[u8], at: usize) -> std::ops::Range<usize> {
    let from = bytes[..at].iter().rposition(|b| *b == b'\n').map_or(0, |i| i + 1);
    let to = bytes[at..].iter().position(|b| *b == b'\n').map_or(bytes.len(), |i| at + i + 1);
    from..to
}
