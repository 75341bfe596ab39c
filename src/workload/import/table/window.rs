//! The bytes around the row being read, so that an error can show its line.

use super::unread::Unread;
use std::io::{self, Read};

/// The longest row. Beyond it, a quote was never closed or the file is not a table.
pub(super) const LONGEST_ROW: usize = 16 << 20;
/// Bytes read at a time.
const BUFFER: usize = 64 * 1024;

/// A piece of a file that moves along with reading.
pub(super) struct Window<'a> {
    source: Unread<'a>,
    buffer: Vec<u8>,
    bytes: Vec<u8>,
    /// Number of the line at the start of `bytes`.
    line: usize,
    /// Where the row being read begins.
    mark: usize,
    /// Where reading is.
    at: usize,
}

/// Where a field is. Lines and columns from 1, columns and length in characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Spot {
    pub line: usize,
    pub column: usize,
    pub length: usize,
    pub text: String,
}

impl<'a> Window<'a> {
    pub(super) fn new(source: Unread<'a>) -> Self {
        Self { source, buffer: vec![0; BUFFER], bytes: Vec::new(), line: 1, mark: 0, at: 0 }
    }

    /// Says that the next row begins here; what is before it may be forgotten.
    pub(super) fn mark(&mut self) {
        self.mark = self.at;
    }

    /// What has been read and not used.
    pub(super) fn ahead(&self) -> &[u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    /// Says that `n` of the bytes ahead are used.
    pub(super) fn advance(&mut self, n: usize) {
        self.at = (self.at + n).min(self.bytes.len());
    }

    /// Reads more, none at the end of the file.
    ///
    /// # Errors
    /// When the file cannot be read, and when the row has become too long.
    pub(super) fn fill(&mut self) -> io::Result<()> {
        self.line += newlines(self.bytes.get(..self.mark).unwrap_or_default());
        self.bytes.drain(..self.mark);
        self.at -= self.mark;
        self.mark = 0;
        if self.bytes.len() > LONGEST_ROW {
            return Err(io::Error::other("a row is longer than 16 MiB; is a quote left open?"));
        }
        let n = self.source.read(&mut self.buffer)?;
        self.bytes.extend_from_slice(self.buffer.get(..n).unwrap_or_default());
        Ok(())
    }

    /// Everything from here on, and the number of the line that begins here. Nothing is left until
    /// it is [put back](Self::put_back).
    pub(super) fn take(&mut self) -> (Unread<'a>, usize) {
        let ahead = self.bytes.split_off(self.at);
        let line = self.line + newlines(&self.bytes);
        self.bytes.clear();
        (self.mark, self.at) = (0, 0);
        let nothing = Unread::new(Box::new(io::empty()));
        let mut unread = std::mem::replace(&mut self.source, nothing);
        unread.give_back(ahead);
        (unread, line)
    }

    /// Goes on with `unread`, which begins in line `line`.
    pub(super) fn put_back(&mut self, unread: Unread<'a>, line: usize) {
        self.source = unread;
        self.bytes.clear();
        (self.line, self.mark, self.at) = (line, 0, 0);
    }

    /// The place of field `index` of the row at the mark, or of the whole row.
    pub(super) fn locate(&self, index: Option<usize>, delimiter: u8) -> Spot {
        let (before, rest) = self.bytes.split_at(self.mark);
        let mut line = self.line + newlines(before);
        // The end of the line above and blank lines belong to no row.
        let blank = rest.iter().take_while(|b| matches!(b, b'\r' | b'\n')).count();
        line += newlines(&rest[..blank]);
        let record = &rest[blank..];

        let (from, to) = match index {
            Some(index) => field(record, index, delimiter),
            None => (0, record.iter().position(ends_line).unwrap_or(record.len())),
        };
        line += newlines(&record[..from]);
        let line_start = record[..from].iter().rposition(ends_line).map_or(0, |i| i + 1);
        let line_end = record[from..].iter().position(ends_line);
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

fn ends_line(byte: &u8) -> bool {
    matches!(byte, b'\r' | b'\n')
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

    fn window(text: &str) -> Window<'_> {
        Window::new(Unread::new(Box::new(text.as_bytes())))
    }

    fn spot(text: &str, offset: usize, index: Option<usize>) -> (usize, usize, usize, String) {
        let mut window = window(text);
        window.fill().unwrap();
        window.advance(offset);
        window.mark();
        let s = window.locate(index, b',');
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
    fn what_is_taken_and_put_back_is_read_again() {
        let mut window = window("a\nb\nc\nd\n");
        window.fill().unwrap();
        window.advance(4);
        let (mut unread, line) = window.take();
        assert_eq!((line, window.ahead()), (3, b"".as_slice()));
        let mut taken = [0; 2];
        assert_eq!(unread.read(&mut taken).unwrap(), 2);
        unread.give_back(taken.to_vec());
        unread.fail_again(io::Error::other("the cable"));
        window.put_back(unread, line);
        window.fill().unwrap();
        assert_eq!(window.ahead(), b"c\nd\n");
        assert_eq!(
            window.locate(None, b','),
            Spot { line: 3, column: 1, length: 1, text: "c".into() }
        );
        window.advance(4);
        assert_eq!(window.fill().unwrap_err().to_string(), "the cable");
    }

    #[test]
    fn an_open_quote_does_not_swallow_the_machine() {
        let mut window = Window::new(Unread::new(Box::new(io::repeat(b'x'))));
        let error = (0..1_000).find_map(|_| window.fill().err());
        assert!(error.unwrap().to_string().contains("longer than 16 MiB"));
        assert!(window.bytes.len() < 17 << 20);
    }
}
