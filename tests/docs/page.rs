//! A page of the documents: its blocks of code, the commands in them, its links and headings.

use crate::cli::root;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// One page, by its path in the repository.
pub(super) struct Page {
    pub(super) name: String,
    pub(super) lines: Vec<String>,
}

/// Code between fences.
pub(super) struct Block {
    /// Index of the line after the opening fence.
    pub(super) start: usize,
    pub(super) language: String,
    pub(super) lines: Vec<String>,
}

/// A command, and the lines that the page shows as its output.
pub(super) struct Step {
    pub(super) command: String,
    /// Where the shown lines stand in the page; empty where nothing is shown.
    pub(super) shown: std::ops::Range<usize>,
}

/// Languages of blocks whose commands are run.
pub(super) const SHELL: [&str; 4] = ["console", "sh", "bash", "shell"];

fn markdown_below(folder: &Path, found: &mut Vec<PathBuf>) {
    for path in fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()) {
        if path.is_dir() {
            markdown_below(&path, found);
        } else if path.extension().is_some_and(|e| e == "md") {
            found.push(path);
        }
    }
}

/// The README and every page below `docs`.
pub(super) fn pages() -> Vec<Page> {
    let mut paths = vec![root().join("README.md")];
    markdown_below(&root().join("docs"), &mut paths);
    paths.sort();
    paths.iter().map(|p| Page::read(p)).collect()
}

/// What `ssc explain` prints, one page a rule.
pub(super) fn explanations() -> Vec<Page> {
    let mut paths = Vec::new();
    markdown_below(&root().join("src/recommend/explain"), &mut paths);
    paths.sort();
    paths.iter().map(|p| Page::read(p)).collect()
}

impl Page {
    fn read(path: &Path) -> Self {
        let name = path.strip_prefix(root()).unwrap().to_str().unwrap().to_owned();
        let text = fs::read_to_string(path).unwrap();
        Self { name, lines: text.lines().map(str::to_owned).collect() }
    }

    pub(super) fn blocks(&self) -> Vec<Block> {
        let mut blocks = Vec::new();
        let mut open: Option<Block> = None;
        for (at, line) in self.lines.iter().enumerate() {
            match (&mut open, line.trim_start().strip_prefix("```")) {
                (None, Some(language)) => {
                    let language = language.trim().to_owned();
                    open = Some(Block { start: at + 1, language, lines: Vec::new() });
                }
                (Some(_), Some(_)) => blocks.extend(open.take()),
                (Some(block), None) => block.lines.push(line.clone()),
                (None, None) => {}
            }
        }
        assert!(open.is_none(), "{}: a block without an end", self.name);
        blocks
    }

    /// The lines outside of blocks.
    pub(super) fn prose(&self) -> Vec<&str> {
        let mut inside = false;
        let outside = self.lines.iter().filter(|line| {
            let fence = line.trim_start().starts_with("```");
            inside ^= fence;
            !inside && !fence
        });
        outside.map(String::as_str).collect()
    }

    /// All commands in blocks for a shell, in order.
    pub(super) fn steps(&self) -> Vec<Step> {
        let blocks = self.blocks();
        let shell = blocks.iter().filter(|b| SHELL.contains(&b.language.as_str()));
        shell.flat_map(Block::steps).collect()
    }

    /// Code within lines of prose.
    pub(super) fn inline_code(&self) -> Vec<String> {
        let text = self.prose().join("\n");
        let spans = text.split('`').skip(1).step_by(2);
        spans.map(|s| s.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
    }

    /// Targets of links.
    pub(super) fn links(&self) -> Vec<String> {
        let text = self.prose().join("\n");
        let after = text.split("](").skip(1);
        after.map(|rest| rest.split(')').next().unwrap().to_owned()).collect()
    }

    /// The anchors of headings, as the forges make them.
    pub(super) fn anchors(&self) -> BTreeSet<String> {
        let headings = self.prose().into_iter().filter(|l| l.starts_with('#'));
        let anchor = |line: &str| -> String {
            let title = line.trim_start_matches('#').trim().to_lowercase();
            let kept = title.chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c));
            kept.map(|c| if c == ' ' { '-' } else { c }).collect()
        };
        headings.map(anchor).collect()
    }
}

impl Block {
    /// In a console, what follows `$ ` is typed, with more lines after `> `; the rest is output. Elsewhere
    /// each line is a command.
    fn steps(&self) -> Vec<Step> {
        let mut steps: Vec<Step> = Vec::new();
        for (at, line) in self.lines.iter().enumerate() {
            let next = self.start + at + 1;
            let typed = if self.language == "console" {
                line.strip_prefix("$ ")
            } else {
                let comment = line.trim().is_empty() || line.trim_start().starts_with('#');
                if comment {
                    continue;
                }
                Some(line.as_str())
            };
            match (typed, steps.last_mut()) {
                (Some(command), _) => {
                    steps.push(Step { command: command.to_owned(), shown: next..next });
                }
                (None, Some(last)) => match line.strip_prefix("> ").or(line.strip_prefix('>')) {
                    Some(more) if last.shown.is_empty() => {
                        last.command += &format!("\n{more}");
                        last.shown = next..next;
                    }
                    _ => last.shown.end = next,
                },
                (None, None) => panic!("line {}: output before any command: {line}", next),
            }
        }
        steps
    }
}
