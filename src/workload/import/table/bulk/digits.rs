//! Plain numbers out of a block of text, eight bytes at a time.
//!
//! Where numbers end is found for a whole row at once. Otherwise each number would have to wait for
//! the one before it, and waiting would take most of the time.

/// Bytes that must follow the text, so that a number in it can be looked at with what is behind it.
pub(super) const PADDING: usize = 40;

/// Bytes that are marked at once.
const MARKED: usize = 32;

const POWERS: [u64; 20] = {
    let mut powers = [1; 20];
    let mut i = 1;
    while i < powers.len() {
        powers[i] = powers[i - 1] * 10;
        i += 1;
    }
    powers
};

/// A number and where it ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Digits {
    pub value: u64,
    pub end: usize,
}

/// Where in a stretch of text there is something else than a digit.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Marks {
    start: usize,
    /// A bit for each byte from `start` on, none for those further away than `MARKED`.
    bits: u64,
}

impl Marks {
    /// The marks of the text from `at` on.
    #[inline(always)]
    pub(super) fn new(text: &[u8], at: usize) -> Option<Self> {
        let bytes = text.get(at..)?.first_chunk::<MARKED>()?;
        let (words, _) = bytes.as_chunks::<8>();
        let bits = words.iter().rev().fold(0, |bits, word| {
            // Gathers the high bits of eight bytes in one byte.
            let marks = not_digits(u64::from_le_bytes(*word)) >> 7;
            bits << 8 | marks.wrapping_mul(0x0102_0408_1020_4080) >> 56
        });
        Some(Self { start: at, bits })
    }

    /// The digits at `at`, 0 if there are none; none if there are more than 19.
    #[inline(always)]
    pub(super) fn digits(&mut self, text: &[u8], at: usize) -> Option<Digits> {
        let ahead = u32::try_from(at.wrapping_sub(self.start)).ok();
        let mut rest = ahead.and_then(|n| self.bits.checked_shr(n)).unwrap_or(0);
        if rest == 0 {
            *self = Self::new(text, at)?;
            rest = self.bits;
        }
        let n = usize::try_from(rest.trailing_zeros()).ok()?;
        let value = if n <= 8 { value(word(text, at)?, n) } else { long(text, at, n)? };
        Some(Digits { value, end: at + n })
    }

    /// The decimal at `at`, times 10 to the `power`, if it starts and ends with a digit.
    #[inline(always)]
    pub(super) fn decimal(&mut self, text: &[u8], at: usize, to: usize) -> Option<Decimal> {
        let whole = self.digits(text, at)?;
        let mut value = whole.value.checked_mul(power(to))?;
        let (mut end, mut cut) = (whole.end, false);
        if end == at {
            return None;
        }
        if text.get(end) == Some(&b'.') {
            let fraction = self.digits(text, end + 1)?;
            let length = fraction.end - end - 1;
            if length == 0 {
                return None;
            }
            end = fraction.end;
            let part = if length <= to {
                fraction.value * power(to - length)
            } else {
                let one = power(length - to);
                cut = !fraction.value.is_multiple_of(one);
                fraction.value / one
            };
            value = value.checked_add(part)?;
        }
        let value = i64::try_from(value).ok().filter(|v| *v < i64::MAX)?;
        Some(Decimal { value, cut, end })
    }
}

/// The number that `n` digits write, from 9 to 19.
#[inline(never)]
fn long(text: &[u8], at: usize, n: usize) -> Option<u64> {
    let first = value(word(text, at)?, 8);
    let second = word(text, at + 8)?;
    match n {
        9..=16 => Some(first * power(n - 8) + value(second, n - 8)),
        17..=19 => {
            let third = value(word(text, at + 16)?, n - 16);
            Some((first * power(8) + value(second, 8)) * power(n - 16) + third)
        }
        _ => None,
    }
}

/// A decimal without sign or exponent, times 10 to the `power`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Decimal {
    pub value: i64,
    /// Whether a part below 1 was cut off.
    pub cut: bool,
    pub end: usize,
}

/// Where the cell that begins at `at` ends: at a delimiter, the end of the line or a quote.
#[inline(always)]
pub(super) fn cell_end(text: &[u8], mut at: usize, delimiter: u8) -> Option<usize> {
    let delimiters = u64::from(delimiter) * ONES;
    loop {
        let word = word(text, at)?;
        let ends = zero_bytes(word ^ delimiters)
            | zero_bytes(word ^ (u64::from(b'\n') * ONES))
            | zero_bytes(word ^ (u64::from(b'\r') * ONES))
            | zero_bytes(word ^ (u64::from(b'"') * ONES));
        if ends != 0 {
            return Some(at + first_byte(ends));
        }
        at += 8;
    }
}

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGHS: u64 = 0x8080_8080_8080_8080;

#[inline(always)]
fn word(text: &[u8], at: usize) -> Option<u64> {
    text.get(at..).and_then(|rest| rest.first_chunk()).copied().map(u64::from_le_bytes)
}

/// Which byte is the first with its high bit set; 8 if none has.
#[inline(always)]
fn first_byte(marks: u64) -> usize {
    // At most 64.
    usize::try_from(marks.trailing_zeros() / 8).unwrap_or(8)
}

/// Marks the first zero byte, and no byte before it.
#[inline(always)]
fn zero_bytes(word: u64) -> u64 {
    word.wrapping_sub(ONES) & !word & HIGHS
}

/// Marks the high bit of every byte that is not a digit, and of no other.
#[inline(always)]
fn not_digits(word: u64) -> u64 {
    let low = word ^ (u64::from(b'0') * ONES);
    // Digits are 0 to 9 now: adding 0x76 carries everything above into the high bit.
    (((low & !HIGHS) + 0x7676_7676_7676_7676) | low) & HIGHS
}

/// The number that the first `n` characters write, up to 8.
#[inline(always)]
fn value(word: u64, n: usize) -> u64 {
    if n == 0 {
        return 0;
    }
    // The digits go to the end, zeros come before them: 1 2 3 x x x x x becomes 0 0 0 0 0 1 2 3.
    let digits = (word ^ (u64::from(b'0') * ONES)) << (64 - 8 * n);
    // Neighbours are joined to pairs, then to fours, then to eight.
    let pairs = digits.wrapping_mul(10).wrapping_add(digits >> 8) & 0x00ff_00ff_00ff_00ff;
    let fours = pairs.wrapping_mul(100).wrapping_add(pairs >> 16) & 0x0000_ffff_0000_ffff;
    fours.wrapping_mul(10_000).wrapping_add(fours >> 32) & 0xffff_ffff
}

#[inline(always)]
fn power(n: usize) -> u64 {
    POWERS.get(n).copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workload::import::cell::scaled;
    use proptest::prelude::*;

    fn padded(text: &str) -> Vec<u8> {
        [text.as_bytes(), &[b'\n'; PADDING]].concat()
    }

    fn read(text: &str, power: usize) -> Option<(i64, bool)> {
        let d = Marks::default().decimal(&padded(text), 0, power)?;
        assert_eq!(d.end, text.len());
        Some((d.value, d.cut))
    }

    #[test]
    fn decimals_are_read_to_the_last_digit() {
        assert_eq!(read("0", 9), Some((0, false)));
        assert_eq!(read("12.5", 9), Some((12_500_000_000, false)));
        assert_eq!(read("1700158623.97996", 9), Some((1_700_158_623_979_960_000, false)));
        assert_eq!(read("0.1234567890123456789", 9), Some((123_456_789, true)));
        assert_eq!(read("0.1234567890000000000", 9), Some((123_456_789, false)));
        assert_eq!(read("9223372036854775806", 0), Some((i64::MAX - 1, false)));
        assert_eq!(read("00000000000000000012", 0), None);
        for odd in ["", ".5", "5.", "9223372036854775807", "9300000000", "0.12345678901234567890"] {
            assert_eq!(read(odd, 9), None, "{odd}");
        }
    }

    #[test]
    fn digits_end_at_whatever_is_not_one() {
        for other in (0..=u8::MAX).filter(|b| !b.is_ascii_digit()) {
            for n in 0..19 {
                let mut text = padded(&"1".repeat(n));
                text[n] = other;
                let expected = "1".repeat(n).parse().unwrap_or(0);
                let digits = Marks::default().digits(&text, 0);
                assert_eq!(digits, Some(Digits { value: expected, end: n }), "{other}");
            }
        }
        assert_eq!(Marks::default().digits(&padded(&"1".repeat(20)), 0), None);
        assert_eq!(Marks::default().digits(&padded(&"1".repeat(44)), 0), None);
        assert_eq!(Marks::default().digits(b"1", 0), None, "without padding");
    }

    proptest! {
        #[test]
        fn numbers_are_found_wherever_they_stand(text in "[0-9]{0,8}([,.:/\n;A-Zé][0-9]{0,19}){0,20}") {
            let text = padded(&text);
            let (mut marks, mut at) = (Marks::new(&text, 0).unwrap(), 0);
            while at < text.len() - PADDING {
                let n = text[at..].iter().take_while(|b| b.is_ascii_digit()).count();
                let value = std::str::from_utf8(&text[at..at + n]).unwrap().parse().unwrap_or(0);
                prop_assert_eq!(marks.digits(&text, at), Some(Digits { value, end: at + n }));
                at += n + 1;
            }
        }

        #[test]
        fn decimals_agree_with_the_careful_reader(
            whole in "[0-9]{1,19}", fraction in "(\\.[0-9]{1,19})?", power in 0_usize..10,
        ) {
            let text = whole + &fraction;
            let careful = scaled(text.as_bytes(), i32::try_from(power).unwrap());
            let careful = careful.ok().and_then(|s| Some((i64::try_from(s.value).ok()?, s.cut)));
            if let Some(quick) = read(&text, power) {
                prop_assert_eq!(Some(quick), careful);
            } else {
                prop_assert!(careful.is_none_or(|(value, _)| value > i64::MAX / 2));
            }
        }

        #[test]
        fn a_cell_ends_where_a_search_finds_its_end(text in "[a-z0-9é ,;\t\r\n\"]{0,40}") {
            let text = padded(&text);
            for delimiter in [b',', b';', b'\t'] {
                let ends = |b: &u8| *b == delimiter || matches!(b, b'\n' | b'\r' | b'"');
                prop_assert_eq!(cell_end(&text, 0, delimiter), text.iter().position(ends));
            }
        }
    }
}
