//! Keeps the bytes of the record being read, so that an error can show its line.

use std::io::{self, Read};

/// The longest record. Beyond it, a quote was never closed or the file is not a table.
const LONGEST_RECORD: usize = 16 << 20;

/// A reader that remembers what it gave out since the last mark.
pub(super) struct Tap<R> {
    inner: R,
    window: Vec<u8>,
    /// Offset in the stream, and line number, of the window's first byte.
    start: u64,
    line: usize,
    mark: u64,
}

/// Where a field is. Lines and columns from 1, columns and length in characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Spot {
    pub line: usize,
    pub column: usize,
    pub length: usize,
    pub text: String,
}

impl<R: Read> Tap<R> {
    pub(super) fn new(inner: R) -> Self {
        Self { inner, window: Vec::new(), start: 0, line: 1, mark: 0 }
    }

    /// Says that the record at `offset` is the next to be read; what is before it may be forgotten.
    pub(super) fn mark(&mut self, offset: u64) {
        self.mark = offset;
    }

    /// The place of field `index` of the record at `offset`, or of the whole record.
    pub(super) fn locate(&self, offset: u64, index: Option<usize>, delimiter: u8) -> Spot {
        let skip = usize::try_from(offset.saturating_sub(self.start)).unwrap_or(usize::MAX);
        let before = self.window.get(..skip).unwrap_or(&self.window);
        let mut line = self.line + newlines(before);
        // The end of the line above and blank lines belong to no record.
        let rest = self.window.get(skip..).unwrap_or_default();
        let blank = rest.iter().take_while(|b| matches!(b, b'\r' | b'\n')).count();
        line += newlines(&rest[..blank]);
        let record = &rest[blank..];

        let (from, to) = match index {
            Some(index) => field(record, index, delimiter),
            None => (0, record.iter().position(|b| *b == b'\n').unwrap_or(record.len())),
        };
        line += newlines(&record[..from]);
        let line_start = record[..from].iter().rposition(|b| *b == b'\n').map_or(0, |i| i + 1);
        let line_end = record[from..].iter().position(|b| *b == b'\n');
        let line_end = line_end.map_or(record.len(), |i| from + i);
        let to = to.clamp(from, line_end);
        let characters = |bytes: &[u8]| String::from_utf8_lossy(bytes).chars().count();
        let column = 1 + characters(&record[line_start..from]);
        let length = characters(record[from..to].trim_ascii_end()).max(1);
        let text = String::from_utf8_lossy(record[line_start..line_end].trim_ascii_end());
        // A line of a megabyte helps nobody.
        let text = text.chars().take(column + length + 200).collect();
        Spot { line, column, length, text }
    }
}

impl<R: Read> Read for Tap<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let done = usize::try_from(self.mark.saturating_sub(self.start)).unwrap_or(usize::MAX);
        let done = done.min(self.window.len());
        self.line += newlines(&self.window[..done]);
        self.window.drain(..done);
        self.start += done as u64;
        if self.window.len() > LONGEST_RECORD {
            return Err(io::Error::other("a row is longer than 16 MiB; is a quote left open?"));
        }
        loop {
            match self.inner.read(buffer) {
                Ok(n) => {
                    self.window.extend_from_slice(buffer.get(..n).unwrap_or_default());
                    return Ok(n);
                }
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => return Err(e),
            }
        }
    }
}

fn newlines(bytes: &[u8]) -> usize {
    bytes.iter().filter(|b| **b == b'\n').count()
}

/// Start and end of field `index`, leading blanks left out; the record's end if there are fewer.
fn field(record: &[u8], index: usize, delimiter: u8) -> (usize, usize) {
    let (mut at, mut start, mut quoted) = (0, 0, false);
    let mut end = record.len();
    for (i, &byte) in record.iter().enumerate() {
        match byte {
            b'"' if quoted || i == start => quoted = !quoted,
            // A doubled quote opens the field again.
            b'"' if record[start] == b'"' && record[i - 1] == b'"' => quoted = true,
            b'\n' if !quoted => {
                end = i;
                break;
            }
            _ if byte == delimiter && !quoted => {
                if at == index {
                    end = i;
                    break;
                }
                at += 1;
                start = i + 1;
            }
            _ => {}
        }
    }
    if at < index {
        return (0, end);
    }
    let blanks = record[start..end].iter().take_while(|b| **b == b' ').count();
    (start + blanks, end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spot(text: &str, offset: u64, index: Option<usize>) -> (usize, usize, usize, String) {
        let mut tap = Tap::new(text.as_bytes());
        let mut sink = vec![0; text.len()];
        let _ = tap.read(&mut sink).unwrap();
        let s = tap.locate(offset, index, b',');
        (s.line, s.column, s.length, s.text)
    }

    #[test]
    fn fields_are_found_behind_quotes_and_line_ends() {
        assert_eq!(spot("a,b\r\n1,22\r\n", 4, Some(1)), (2, 3, 2, "1,22".into()));
        assert_eq!(spot("a\n\n\nbc,d", 2, Some(0)), (4, 1, 2, "bc,d".into()));
        assert_eq!(spot("\"x,\"\"y\", é ,z\n", 0, Some(2)), (1, 13, 1, "\"x,\"\"y\", é ,z".into()));
        assert_eq!(spot("\"x\ny\",zz,1", 0, Some(1)), (2, 4, 2, "y\",zz,1".into()));
        assert_eq!(spot("1,2,3\n4", 0, None), (1, 1, 5, "1,2,3".into()));
        assert_eq!(spot("1,2", 0, Some(7)), (1, 1, 3, "1,2".into()));
        assert_eq!(spot("a\"\"b,2", 0, Some(1)), (1, 6, 1, "a\"\"b,2".into()));
        assert_eq!(spot("1,2", 99, Some(0)), (1, 1, 1, String::new()));
    }

    #[test]
    fn an_open_quote_does_not_swallow_the_machine() {
        let mut tap = Tap::new(io::repeat(b'x'));
        let mut sink = vec![0; 1 << 20];
        let error = (0..100).find_map(|_| tap.read(&mut sink).err());
        assert!(error.unwrap().to_string().contains("longer than 16 MiB"));
    }
}
