//! Columns of integers in few bytes that are quick to read: groups of 1,024 values, each the
//! distance from the group's least value, in steps, in as many bits as the largest needs.

/// Values that share a width.
const GROUP: usize = 1_024;
/// Set beside the width when a 0 stands for a missing value.
const OPTIONAL: u8 = 0x80;
/// Widths above are stored as whole words.
const WIDEST: u32 = 56;
/// Reading a value may look at this many bytes behind the last.
pub(super) const SLACK: usize = 8;

/// What stands for a missing value where values may be missing.
pub(super) const MISSING: u64 = u64::MAX;

/// Appends `values`. With `optional`, [`MISSING`] is no value.
pub(super) fn encode(values: &[u64], optional: bool, out: &mut Vec<u8>) {
    let is_value = |v: &u64| !(optional && *v == MISSING);
    let least = values.iter().copied().filter(is_value).min().unwrap_or(0);
    let distances = values.iter().copied().filter(is_value).map(|v| v - least);
    let step = distances.fold(0, common_step).max(1);
    out.extend_from_slice(&step.to_le_bytes());
    for group in values.chunks(GROUP) {
        let present = || group.iter().copied().filter(is_value);
        let (least, most) = (present().min().unwrap_or(0), present().max().unwrap_or(0));
        let with_gaps = present().count() < group.len();
        let widest = (most - least) / step + u64::from(with_gaps);
        let bits = u64::BITS - widest.leading_zeros();
        let width = if bits > WIDEST { u64::BITS } else { bits };
        let flag = if with_gaps { OPTIONAL } else { 0 };
        out.push(u8::try_from(width).unwrap_or(64) | flag);
        // A gap is 0, so that the least value is 1 and counting starts one step below it.
        let start = if with_gaps { least.wrapping_sub(step) } else { least };
        out.extend_from_slice(&start.to_le_bytes());
        let numbers = group.iter().map(|v| {
            let above = |v: u64| (v - least) / step + u64::from(with_gaps);
            if is_value(v) { above(*v) } else { 0 }
        });
        pack(numbers, width, out);
    }
}

/// The largest step that both are multiples of.
fn common_step(step: u64, distance: u64) -> u64 {
    let (mut a, mut b) = (distance, step);
    if b == 1 {
        return 1;
    }
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

fn pack(numbers: impl Iterator<Item = u64>, width: u32, out: &mut Vec<u8>) {
    let (mut waiting, mut bits) = (0_u128, 0);
    for number in numbers {
        waiting |= u128::from(number) << bits;
        bits += width;
        while bits >= 8 {
            out.push(low_byte(waiting));
            waiting >>= 8;
            bits -= 8;
        }
    }
    if bits > 0 {
        out.push(low_byte(waiting));
    }
}

fn low_byte(bits: u128) -> u8 {
    u8::try_from(bits & 0xff).unwrap_or_default()
}

/// Reads what [`encode`] wrote, from the front of bytes that have [`SLACK`] behind them.
pub(super) struct Decoder<'a> {
    bytes: &'a [u8],
}

impl<'a> Decoder<'a> {
    /// `bytes` end with [`SLACK`] bytes of no meaning.
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes }
    }

    /// Whether everything was read.
    pub(super) fn is_done(&self) -> bool {
        self.bytes.len() == SLACK
    }

    /// The next bytes as they are.
    pub(super) fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (array, rest) = self.bytes.split_first_chunk::<N>()?;
        (rest.len() >= SLACK).then(|| {
            self.bytes = rest;
            *array
        })
    }

    /// The next `n` values; none if the bytes are not enough. Each value is made by `of`.
    pub(super) fn values<T>(&mut self, n: usize, of: impl Fn(u64) -> T) -> Option<Vec<T>> {
        let step = u64::from_le_bytes(self.array()?);
        let mut values = Vec::with_capacity(n);
        let mut left = n;
        while left > 0 {
            let size = left.min(GROUP);
            left -= size;
            let [width] = self.array()?;
            let start = u64::from_le_bytes(self.array()?);
            let with_gaps = width & OPTIONAL != 0;
            let width = u32::from(width & !OPTIONAL);
            let packed = self.packed(size, width)?;
            let plain = |number: u64| start.wrapping_add(step.wrapping_mul(number));
            if with_gaps {
                let value = |number| if number == 0 { MISSING } else { plain(number) };
                values.extend(unpack(packed, size, width).map(|n| of(value(n))));
            } else if width == 0 {
                values.extend(std::iter::repeat_with(|| of(start)).take(size));
            } else {
                values.extend(unpack(packed, size, width).map(|n| of(plain(n))));
            }
        }
        Some(values)
    }

    /// The bytes of a group, and [`SLACK`].
    fn packed(&mut self, size: usize, width: u32) -> Option<&'a [u8]> {
        if width > WIDEST && width != u64::BITS {
            return None;
        }
        let length = (size * usize::try_from(width).ok()?).div_ceil(8);
        let packed = self.bytes.get(..length + SLACK)?;
        self.bytes = self.bytes.get(length..)?;
        Some(packed)
    }
}

/// `size` numbers of `width` bits.
fn unpack(packed: &[u8], size: usize, width: u32) -> impl Iterator<Item = u64> + '_ {
    let mask = u64::MAX.checked_shr(u64::BITS - width).unwrap_or(0);
    let step = width as usize;
    (0..size).map(move |i| {
        let bit = i * step;
        let word = packed.get(bit / 8..).and_then(|rest| rest.first_chunk::<8>());
        (word.map_or(0, |word| u64::from_le_bytes(*word)) >> (bit % 8)) & mask
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn round_trip(values: &[u64], optional: bool) -> usize {
        let mut bytes = Vec::new();
        encode(values, optional, &mut bytes);
        let length = bytes.len();
        bytes.extend([0xff; SLACK]);
        let mut decoder = Decoder::new(&bytes);
        assert_eq!(decoder.values(values.len(), |v| v).as_deref(), Some(values));
        assert!(decoder.is_done());
        length
    }

    #[test]
    fn extremes_come_back() {
        for values in [
            vec![],
            vec![0],
            vec![7; 3_000],
            vec![u64::MAX - 1, 0],
            vec![MISSING],
            vec![MISSING, 5, MISSING],
            vec![0, MISSING, u64::MAX - 1],
            (0..5_000).map(|i| i * 1_000_000).collect(),
        ] {
            round_trip(&values, true);
            round_trip(&values, false);
        }
    }

    #[test]
    fn steps_and_widths_are_used() {
        let milliseconds: Vec<_> = (0..1_024).map(|i| (i * 7_919 % 1_000) * 1_000_000).collect();
        // Step, width and start, then ten bits a value.
        assert_eq!(round_trip(&milliseconds, false), 8 + 9 + 1_280);
        assert_eq!(round_trip(&[3; 1_024], true), 8 + 9);
    }

    #[test]
    fn bytes_that_are_not_enough_give_nothing() {
        let mut bytes = Vec::new();
        encode(&(0..3_000).collect::<Vec<_>>(), false, &mut bytes);
        for length in 0..bytes.len() {
            let cut = [&bytes[..length], &[0; SLACK]].concat();
            assert_eq!(Decoder::new(&cut).values(3_000, |v| v), None, "{length}");
        }
    }

    proptest! {
        #[test]
        fn any_values_come_back(
            values in proptest::collection::vec(
                prop_oneof![any::<u64>(), 0..50_u64, Just(MISSING), (0..99_u64).prop_map(|v| v * 1_000)],
                0..2_500,
            ),
            optional in any::<bool>(),
        ) {
            round_trip(&values, optional);
        }
    }
}
