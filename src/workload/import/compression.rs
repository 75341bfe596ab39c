//! Compressed text: recognised by its first bytes, decompressed as it is read.

use flate2::read::MultiGzDecoder;
use std::io::{self, BufReader, Read};

/// How a file is compressed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Compression {
    /// Not at all.
    #[default]
    None,
    /// One or several gzip members.
    Gzip,
    /// One or several zstd frames.
    Zstd,
}

impl Compression {
    /// The compression of a file that begins like this.
    pub(super) fn of(head: &[u8]) -> Self {
        match head {
            [0x1f, 0x8b, ..] => Self::Gzip,
            [0x28, 0xb5, 0x2f, 0xfd, ..] => Self::Zstd,
            _ => Self::None,
        }
    }

    /// Its name, if there is any.
    pub(super) const fn name(self) -> Option<&'static str> {
        match self {
            Self::None => None,
            Self::Gzip => Some("gzip"),
            Self::Zstd => Some("zstd"),
        }
    }
}

/// Decompresses. Damage is [`io::ErrorKind::InvalidData`], a file that is cut off
/// [`io::ErrorKind::UnexpectedEof`].
pub(super) fn decoder<'a>(
    compression: Compression,
    bytes: Box<dyn Read + 'a>,
) -> Box<dyn Read + 'a> {
    match compression {
        Compression::None => bytes,
        Compression::Gzip => Box::new(MultiGzDecoder::new(bytes)),
        Compression::Zstd => match zstd::stream::read::Decoder::new(bytes) {
            Ok(decoder) => Box::new(Zstd(decoder)),
            Err(error) => Box::new(Failed(Some(error))),
        },
    }
}

struct Zstd<'a>(zstd::stream::read::Decoder<'static, BufReader<Box<dyn Read + 'a>>>);

impl Read for Zstd<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        // The library's own complaints have no kind; failures of the file below have one.
        self.0.read(buffer).map_err(|error| match error.kind() {
            io::ErrorKind::Other => io::Error::new(io::ErrorKind::InvalidData, error.to_string()),
            _ => error,
        })
    }
}

/// A decoder that could not be made.
struct Failed(Option<io::Error>);

impl Read for Failed {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        self.0.take().map_or(Ok(0), Err)
    }
}
