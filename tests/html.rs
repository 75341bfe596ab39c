//! The web report, as a browser shows it. Needs Chromium (Debian: `chromium`); says so when it is absent.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Chromium, if it is installed.
#[expect(clippy::print_stderr, reason = "what is skipped belongs in the test's output")]
fn chromium() -> Option<PathBuf> {
    let named = std::env::var_os("CHROMIUM").map(PathBuf::from);
    let known = ["chromium", "chromium-browser", "google-chrome"];
    let paths = std::env::var_os("PATH").unwrap_or_default();
    let on_path = || {
        let folders: Vec<PathBuf> = std::env::split_paths(&paths).collect();
        known.iter().find_map(|name| folders.iter().map(|f| f.join(name)).find(|p| p.is_file()))
    };
    let found = named.or_else(on_path);
    if found.is_none() {
        eprintln!("SKIPPED: no Chromium here; install Debian's `chromium` or set CHROMIUM");
    }
    found
}

/// What a page is like in a window of this width.
#[derive(Debug)]
struct Seen {
    /// The width that its content needs.
    needs: f64,
    background: String,
    /// Messages on the console, of the page without the probe.
    console: Vec<String>,
}

/// Opens a page twice: as it is, for its console, and with a probe that measures it.
fn open(chromium: &Path, page: &Path, width: u32, dark: bool) -> Seen {
    let run = |page: &Path, more: &[&str]| {
        let folder = tempfile::tempdir().unwrap();
        let output = Command::new(chromium)
            .args(["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"])
            .args(["--enable-logging=stderr", "--no-first-run", "--disable-background-networking"])
            .arg(format!("--user-data-dir={}", folder.path().display()))
            .arg(format!("--window-size={width},900"))
            .arg(format!("--blink-settings=preferredColorScheme={}", u8::from(!dark)))
            .args(more)
            .arg(format!("file://{}", page.display()))
            .output()
            .unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (text(&output.stdout), text(&output.stderr))
    };
    let text = std::fs::read_to_string(page).unwrap();
    let policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";
    assert!(text.contains(policy), "the page forbids everything from elsewhere");
    // Chromium's windows are not narrower than 500; the page itself can be made to.
    let probe = format!(
        "<script>addEventListener('load', () => {{
            document.documentElement.style.width = '{width}px';
            const inside = [...document.querySelectorAll('body *')].filter(e => !e.parentElement.closest('.scroll'));
            const needs = Math.max(...inside.map(e => e.getBoundingClientRect().right));
            document.title = 'PROBE ' + needs + ' ' + getComputedStyle(document.body).backgroundColor;
        }})</script></body>"
    );
    let probed = text.replace(policy, "default-src 'unsafe-inline'").replace("</body>", &probe);
    let copy = page.with_extension(format!("{width}-{dark}.html"));
    std::fs::write(&copy, probed).unwrap();
    let (dom, _) = run(&copy, &["--dump-dom"]);
    let title = dom.split("<title>PROBE ").nth(1).and_then(|t| t.split("</title>").next()).unwrap();
    let (needs, background) = title.split_once(' ').unwrap();
    let (_, log) = run(page, &["--dump-dom"]);
    let console = log.lines().filter(|l| l.contains("CONSOLE")).map(str::to_owned).collect();
    Seen { needs: needs.parse().unwrap(), background: background.to_owned(), console }
}

/// Writes a report with the binary.
fn report(folder: &Path, name: &str, arguments: &[&str]) -> PathBuf {
    let page = folder.join(name);
    let status = Command::new(env!("CARGO_BIN_EXE_ssc"))
        .args(arguments)
        .args(["--format", "html", "--quiet", "--pricing-date", "2026-11-23", "-o"])
        .arg(&page)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .status()
        .unwrap();
    assert!(status.success(), "{arguments:?}");
    page
}

#[test]
fn a_report_needs_nothing_from_elsewhere() {
    let folder = tempfile::tempdir().unwrap();
    let page = report(folder.path(), "a.html", &["estimate", "scenarios/voice-mixed.yaml"]);
    let text = std::fs::read_to_string(page).unwrap();
    assert!(!text.contains("<script") && !text.contains("@import") && !text.contains("src="));
    assert!(text.len() < 2_000_000);
}

#[test]
fn a_report_stays_small_however_much_there_is_to_show() {
    let folder = tempfile::tempdir().unwrap();
    let workload = |i: usize| {
        format!(
            "  - name: chat-{i}\n    platform: aws-lambda\n    \
             arrivals: {{ pattern: diurnal, rate: 20k/month }}\n    llm: openai/gpt-6-luna\n"
        )
    };
    let scenario = |period: &str, workloads: usize| {
        let each: String = (0..workloads).map(workload).collect();
        let path = folder.path().join(format!("{period}.yaml"));
        std::fs::write(&path, format!("period: {period}\nworkloads:\n{each}")).unwrap();
        path
    };
    for (period, workloads) in [("730h", 8), ("365d", 1)] {
        let path = scenario(period, workloads);
        let page = report(folder.path(), period, &["estimate", path.to_str().unwrap()]);
        let size = std::fs::metadata(&page).unwrap().len();
        assert!(size < 2_000_000, "{period}: {size}");
        assert!(std::fs::read_to_string(page).unwrap().contains("Over time"));
    }
}

#[test]
fn reports_fit_every_window_in_light_and_dark() {
    let Some(chromium) = chromium() else { return };
    let folder = tempfile::tempdir().unwrap();
    let chat = "scenarios/voice-mixed.yaml";
    let pages = [
        report(folder.path(), "estimate.html", &["estimate", chat]),
        report(folder.path(), "compare.html", &["compare", chat, "--spike", "10x/1h"]),
        report(folder.path(), "sweep.html", &["compare", chat, "--sweep", "traffic=0.5x..2x"]),
        report(folder.path(), "recommend.html", &["recommend", chat, "--only", "settings"]),
    ];
    for page in &pages {
        let mut backgrounds = Vec::new();
        for (width, dark) in [(400, false), (800, true), (1600, false)] {
            let seen = open(&chromium, page, width, dark);
            assert!(seen.needs <= f64::from(width), "{}: {seen:?}", page.display());
            assert_eq!(seen.console, Vec::<String>::new(), "{}", page.display());
            backgrounds.push(seen.background);
        }
        assert_eq!(backgrounds[0], backgrounds[2]);
        assert_ne!(backgrounds[0], backgrounds[1], "light and dark differ");
    }
}
