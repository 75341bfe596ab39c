//! One value of a Parquet column as the text of a cell, exactly.

use chrono::DateTime;
use parquet::basic::{ConvertedType, LogicalType, TimeUnit};
use parquet::schema::types::ColumnDescriptor;
use std::io::Write;

/// What the numbers and bytes of a column stand for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// What they are.
    Plain,
    /// Whole numbers without a sign.
    Unsigned,
    /// Whole numbers with so many digits behind the point.
    Decimal(usize),
    /// So many of these since 1970, nanoseconds each; whether that is known to be UTC.
    Timestamp(i64, bool),
    /// A length of time in this unit.
    Time(&'static str),
    /// Days since 1970.
    Date,
    /// Text.
    Text,
}

impl Shape {
    /// The shape of a column.
    pub(super) fn of(column: &ColumnDescriptor) -> Self {
        let scale = || usize::try_from(column.type_scale()).unwrap_or(0);
        let nanos = |unit: &TimeUnit| match unit {
            TimeUnit::MILLIS => (1_000_000, "ms"),
            TimeUnit::MICROS => (1_000, "us"),
            TimeUnit::NANOS => (1, "ns"),
        };
        match column.logical_type_ref() {
            Some(LogicalType::Timestamp(t)) => {
                return Self::Timestamp(nanos(&t.unit).0, t.is_adjusted_to_u_t_c);
            }
            Some(LogicalType::Time(t)) => return Self::Time(nanos(&t.unit).1),
            Some(LogicalType::Integer(i)) if !i.is_signed => return Self::Unsigned,
            _ => {}
        }
        match column.converted_type() {
            ConvertedType::TIMESTAMP_MILLIS => Self::Timestamp(1_000_000, true),
            ConvertedType::TIMESTAMP_MICROS => Self::Timestamp(1_000, true),
            ConvertedType::TIME_MILLIS => Self::Time("ms"),
            ConvertedType::TIME_MICROS => Self::Time("us"),
            ConvertedType::DATE => Self::Date,
            ConvertedType::DECIMAL => Self::Decimal(scale()),
            ConvertedType::UINT_8
            | ConvertedType::UINT_16
            | ConvertedType::UINT_32
            | ConvertedType::UINT_64 => Self::Unsigned,
            ConvertedType::UTF8 | ConvertedType::ENUM | ConvertedType::JSON => Self::Text,
            _ => Self::Plain,
        }
    }

    /// A whole number; `unsigned` is the same bits without a sign.
    pub(super) fn whole(self, value: i64, unsigned: u64, out: &mut Vec<u8>) {
        // Writing to memory cannot fail.
        let _ = match self {
            Self::Unsigned => write!(out, "{unsigned}"),
            Self::Decimal(scale) => {
                decimal(value.into(), scale, out);
                Ok(())
            }
            Self::Timestamp(nanos, utc) => {
                date(i128::from(value) * i128::from(nanos), utc, out);
                Ok(())
            }
            Self::Time(unit) => write!(out, "{value}{unit}"),
            Self::Date => {
                date(i128::from(value) * 86_400_000_000_000, true, out);
                Ok(())
            }
            Self::Plain | Self::Text => write!(out, "{value}"),
        };
    }

    /// Bytes: text, or the digits of a decimal number.
    pub(super) fn bytes(self, bytes: &[u8], out: &mut Vec<u8>) {
        match (self, bytes) {
            (Self::Decimal(scale), [first, ..]) if bytes.len() <= 16 => {
                let start = if *first >= 0x80 { -1 } else { 0 };
                let value = bytes.iter().fold(start, |n: i128, b| (n << 8) | i128::from(*b));
                decimal(value, scale, out);
            }
            _ => quoted(bytes, out),
        }
    }
}

/// A float; NaN stands for nothing where a type has no null.
pub(super) fn float(value: f64, out: &mut Vec<u8>) {
    if !value.is_nan() {
        let _ = write!(out, "{value}");
    }
}

/// A single-precision float, in the digits it is written with.
pub(super) fn single(value: f32, out: &mut Vec<u8>) {
    if !value.is_nan() {
        let _ = write!(out, "{value}");
    }
}

/// Nanoseconds since 1970 as a date.
pub(super) fn date(nanos: i128, utc: bool, out: &mut Vec<u8>) {
    let zone = if utc { "Z" } else { "" };
    let instant = i64::try_from(nanos).ok().map(DateTime::from_timestamp_nanos);
    let _ = match instant {
        Some(instant) => write!(out, "{}{zone}", instant.format("%Y-%m-%dT%H:%M:%S%.f")),
        // Refused further on, by its row.
        None => write!(out, "{nanos} ns since 1970"),
    };
}

/// Bytes that are no text, such as an id, in hexadecimal digits.
pub(super) fn hexadecimal(bytes: &[u8], out: &mut Vec<u8>) {
    for byte in bytes {
        let _ = write!(out, "{byte:02x}");
    }
}

fn decimal(value: i128, scale: usize, out: &mut Vec<u8>) {
    let sign = if value < 0 { "-" } else { "" };
    let digits = format!("{:0width$}", value.unsigned_abs(), width = scale + 1);
    let (whole, fraction) = digits.split_at(digits.len() - scale);
    let point = if fraction.is_empty() { "" } else { "." };
    let _ = write!(out, "{sign}{whole}{point}{fraction}");
}

/// Text, in quotes if it has something in it that ends a cell.
pub(super) fn quoted(text: &[u8], out: &mut Vec<u8>) {
    if !text.iter().any(|b| matches!(b, b',' | b'"' | b'\n' | b'\r')) {
        out.extend_from_slice(text);
        return;
    }
    out.push(b'"');
    for &byte in text {
        if byte == b'"' {
            out.push(b'"');
        }
        out.push(byte);
    }
    out.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(write: impl FnOnce(&mut Vec<u8>)) -> String {
        let mut out = Vec::new();
        write(&mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn values_are_written_exactly() {
        let whole = |shape: Shape, v: i64| text(|out| shape.whole(v, v.cast_unsigned(), out));
        assert_eq!(whole(Shape::Plain, -5), "-5");
        assert_eq!(whole(Shape::Unsigned, -1), u64::MAX.to_string());
        assert_eq!(whole(Shape::Decimal(3), -5), "-0.005");
        assert_eq!(whole(Shape::Decimal(0), 50), "50");
        let micros = Shape::Timestamp(1_000, true);
        assert_eq!(whole(micros, 1_715_299_200_009_930), "2024-05-10T00:00:00.009930Z");
        assert_eq!(whole(Shape::Timestamp(1_000_000, false), 0), "1970-01-01T00:00:00");
        assert_eq!(whole(micros, i64::MAX), "9223372036854775807000 ns since 1970");
        assert_eq!(whole(Shape::Date, 1), "1970-01-02T00:00:00Z");
        assert_eq!(whole(Shape::Time("ms"), 1_500), "1500ms");
        let bytes = |shape: Shape, v: &[u8]| text(|out| shape.bytes(v, out));
        assert_eq!(bytes(Shape::Decimal(2), &[0x01, 0x00]), "2.56");
        assert_eq!(bytes(Shape::Decimal(2), &[0xff]), "-0.01");
        assert_eq!(bytes(Shape::Text, b"a, \"b\""), "\"a, \"\"b\"\"\"");
        assert_eq!(text(|out| float(1_700_158_623.979_96, out)), "1700158623.97996");
        assert_eq!(text(|out| single(0.1, out)), "0.1");
        assert_eq!(text(|out| float(f64::NAN, out)), "");
        assert_eq!(text(|out| hexadecimal(&[0, 0xab], out)), "00ab");
    }
}
