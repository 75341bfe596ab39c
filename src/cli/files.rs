//! Files: every error names the path.

use super::digest::Digest;
use super::file_at::FileAt;
use super::file_error::{failure, instead_of, names};
use super::progress::Progress;
use super::temp_files::TempFiles;
use crate::diagnostic::{Diagnostic, Kind, Result, Source};
use crate::estimate::TraceLoader;
use crate::pricing::{Book, embedded_sources};
use crate::workload::import::{
    Beside, Bytes, ReadOptions, RunSink, TraceFile, needs_file, read_file,
};
use crate::workload::pack::{Packed, Packer, Slice};
use crate::workload::{ReadAt, Recording, Trace};
use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The largest scenario or price file that is read.
const TEXT_LIMIT: u64 = 16 * 1024 * 1024;

/// A file that may be read: not a folder.
pub(super) fn open(path: &Path) -> Result<(fs::File, u64)> {
    let file = fs::File::open(path).map_err(|e| failure("read", path, &e))?;
    let meta = file.metadata().map_err(|e| failure("read", path, &e))?;
    if meta.is_dir() {
        return Err(Box::new(
            Diagnostic::input(format!("`{}` is a directory", path.display()))
                .kind(Kind::File)
                .hint(instead_of(path)),
        ));
    }
    Ok((file, meta.len()))
}

/// Whether a file can be read at all.
pub(super) fn readable(path: &Path) -> Result<()> {
    open(path).map(|_| ())
}

/// A text file under the name the user typed.
pub(super) fn text(path: &Path) -> Result<Source> {
    let (_, size) = open(path)?;
    if size > TEXT_LIMIT {
        return Err(Box::new(
            Diagnostic::input(format!("`{}` is too large for a YAML file", path.display()))
                .kind(Kind::File)
                .note(format!("it has {size} bytes; at most {TEXT_LIMIT} are read"))
                .hint("a trace is named with the ending .csv or .csv.gz"),
        ));
    }
    let bytes = fs::read(path).map_err(|e| failure("read", path, &e))?;
    let text = String::from_utf8(bytes).map_err(|e| {
        let good = e.as_bytes().get(..e.utf8_error().valid_up_to()).unwrap_or_default();
        let good = String::from_utf8_lossy(good);
        let (line, start) = (good.matches('\n').count() + 1, good.rfind('\n').map_or(0, |i| i + 1));
        let column = good.chars().count() - good[..start].chars().count() + 1;
        Box::new(
            Diagnostic::input(format!("`{}` is not UTF-8 text", path.display()))
                .kind(Kind::File)
                .note(format!("the first bad byte is in line {line}, column {column}"))
                .hint("save it as UTF-8; a trace is named with the ending of its format"),
        )
    })?;
    Ok(Source::new(path.display().to_string(), text))
}

/// The embedded price files, and those of these folders, which replace files of the same name.
pub(super) fn price_files(folders: &[PathBuf]) -> Result<Vec<Source>> {
    let mut sources = embedded_sources();
    for folder in folders {
        sources.extend(price_folder(folder)?);
    }
    Ok(sources)
}

/// The book of the embedded price files and those of these folders.
pub(super) fn book(folders: &[PathBuf]) -> Result<Book> {
    Book::load(&price_files(folders)?)
}

/// The price files of a folder and its `llm` folder, in name order; there is at least one.
pub(super) fn price_folder(folder: &Path) -> Result<Vec<Source>> {
    if folder.is_file() {
        return Err(Box::new(
            Diagnostic::input(format!("`{}` is a file, not a directory", folder.display()))
                .kind(Kind::File)
                .hint("name the directory it is in"),
        ));
    }
    let paths = price_paths(folder)?;
    if paths.is_empty() {
        return Err(Box::new(
            Diagnostic::input(format!("no price files in `{}`", folder.display()))
                .kind(Kind::File)
                .hint("a book is a directory of `.yaml` files, with LLM providers under `llm/`"),
        ));
    }
    paths.iter().map(|path| text(path)).collect()
}

/// Where they are.
pub(super) fn price_paths(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for sub in [folder.to_path_buf(), folder.join("llm")] {
        if sub != *folder && !sub.exists() {
            continue;
        }
        let entries = fs::read_dir(&sub).map_err(|e| failure("read", &sub, &e))?;
        let mut paths: Vec<_> = entries.filter_map(|e| e.ok().map(|e| e.path())).collect();
        paths.sort();
        found.extend(paths.into_iter().filter(|p| p.extension().is_some_and(|e| e == "yaml")));
    }
    Ok(found)
}

/// Opens traces relative to a scenario's folder.
pub(super) struct Traces<'a> {
    pub(super) folder: PathBuf,
    pub(super) progress: &'a Progress,
    /// Traces are added as they are read, if it is wanted.
    pub(super) digest: Option<Digest>,
    /// Memory that one of them may take.
    pub(super) memory: u64,
}

impl TraceLoader for Traces<'_> {
    fn load(&mut self, path: &str, options: &ReadOptions) -> Result<Recording> {
        let path = self.folder.join(path);
        let recording = self.recording(&path, options);
        self.progress.done();
        recording
    }

    fn text(&mut self, path: &str) -> Result<Source> {
        text(&self.folder.join(path))
    }
}

impl Traces<'_> {
    fn recording(&self, path: &Path, options: &ReadOptions) -> Result<Recording> {
        let name = path.display().to_string();
        // Nothing but the rows is left open of a packed trace.
        let open = options.format.is_none() && options.columns.is_empty();
        if let Some(file) = stored(path)?.filter(|_| open && self.digest.is_none())
            && is_packed(&*file).map_err(|e| failure("read", path, &e))?
        {
            return Packed::open(&name, file).map(Recording::Packed);
        }
        let mut files = TempFiles::default();
        let mut packer = Packer::new(&mut files, Slice::default(), self.memory);
        let (digest, runs) = (self.digest.as_ref(), Some(&mut packer as &mut dyn RunSink));
        let rest = trace(path, options, self.progress, digest, runs)?;
        if packer.is_empty() {
            return Ok(Recording::Memory(rest));
        }
        packer.end_of(&name, &rest, 1)?;
        drop(rest);
        packer.finish()?;
        Packed::open(&name, files.result()?).map(Recording::Packed)
    }
}

fn is_packed(file: &dyn ReadAt) -> io::Result<bool> {
    let mut head = [0; 8];
    let n = file.read_at(0, &mut head)?;
    Ok(Packed::recognises(head.get(..n).unwrap_or_default()))
}

/// Reads a trace, into memory or in `runs`.
pub(super) fn trace(
    path: &Path,
    options: &ReadOptions,
    progress: &Progress,
    digest: Option<&Digest>,
    runs: Option<&mut dyn RunSink>,
) -> Result<Trace> {
    let (file, size) = open(path)?;
    let hashed = |bytes| match digest {
        Some(digest) => digest.reading(bytes),
        None => bytes,
    };
    let bytes = match stored(path)? {
        Some(stored) => {
            if digest.is_some() {
                let hash = io::copy(&mut hashed(Box::new(file)), &mut io::sink());
                hash.map_err(|e| failure("read", path, &e))?;
            }
            Bytes::File(stored)
        }
        None => Bytes::Stream(hashed(progress.reading(file, size))),
    };
    let beside = Folder(path.parent().unwrap_or(Path::new("")).to_path_buf());
    let name = path.display().to_string();
    read_file(TraceFile { name: &name, bytes, beside: &beside }, options, runs)
}

/// The file at this path, if it is one that has to be read at any place.
pub(super) fn stored(path: &Path) -> Result<Option<Arc<dyn ReadAt>>> {
    let (file, _) = open(path)?;
    let Some(file) = FileAt::of(file).map_err(|e| failure("read", path, &e))? else {
        return Ok(None);
    };
    let mut head = [0; 8];
    let n = file.read_at(0, &mut head).map_err(|e| failure("read", path, &e))?;
    let needs = needs_file(head.get(..n).unwrap_or_default());
    Ok(needs.then(|| Arc::new(file) as Arc<dyn ReadAt>))
}

/// The folder of a trace.
struct Folder(PathBuf);

impl Beside for Folder {
    fn names(&self) -> Vec<String> {
        names(&self.0)
    }

    fn open(&self, name: &str) -> Result<Box<dyn Read + '_>> {
        Ok(Box::new(open(&self.0.join(name))?.0))
    }
}

/// Makes a folder and those above it.
pub(super) fn make_folder(path: &Path) -> Result<()> {
    fs::create_dir_all(path).map_err(|e| failure("make", path, &e))
}

/// A table to be read row by row.
pub(super) fn rows(path: &Path, progress: &Progress) -> Result<Box<dyn Read>> {
    let (file, size) = open(path)?;
    Ok(progress.reading(file, size))
}

/// Writes a file as a whole or not at all.
pub(super) fn write(path: &Path, text: &str) -> Result<()> {
    let error = |e: &io::Error| failure("write", path, e);
    if path.is_dir() {
        return Err(Box::new(
            Diagnostic::input(format!("cannot write `{}`: it is a directory", path.display()))
                .kind(Kind::File),
        ));
    }
    // A device or pipe is written to, never replaced.
    if fs::metadata(path).is_ok_and(|m| !m.is_file()) {
        return fs::write(path, text).map_err(|e| error(&e));
    }
    let mut part = path.as_os_str().to_owned();
    part.push(".part");
    let part = PathBuf::from(part);
    let written = fs::File::create(&part).and_then(|mut f| {
        f.write_all(text.as_bytes())?;
        f.sync_all()
    });
    let renamed = written.and_then(|()| fs::rename(&part, path));
    renamed.map_err(|e| {
        let _ = fs::remove_file(&part);
        error(&e)
    })
}
