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

/// Widths of windows that a page has to fit.
const WIDTHS: [u32; 3] = [400, 800, 1_600];

/// Runs the browser on a page: what it prints, and its log.
fn browse(chromium: &Path, page: &Path, dark: bool) -> (String, String) {
    let folder = tempfile::tempdir().unwrap();
    let output = Command::new(chromium)
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"])
        .args(["--enable-logging=stderr", "--no-first-run", "--disable-background-networking"])
        .arg(format!("--user-data-dir={}", folder.path().display()))
        .arg("--window-size=1600,900")
        .arg(format!("--blink-settings=preferredColorScheme={}", u8::from(!dark)))
        .arg("--dump-dom")
        .arg(format!("file://{}", page.display()))
        .output()
        .unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (text(&output.stdout), text(&output.stderr))
}

/// What the browser says on its console of a page as it is.
fn console(chromium: &Path, page: &Path) -> Vec<String> {
    let (_, log) = browse(chromium, page, false);
    log.lines().filter(|l| l.contains("CONSOLE")).map(str::to_owned).collect()
}

/// The width that a page's content needs at each of the [`WIDTHS`], and its background.
fn measure(chromium: &Path, page: &Path, dark: bool) -> (Vec<f64>, String) {
    let text = std::fs::read_to_string(page).unwrap();
    let policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";
    assert!(text.contains(policy), "the page forbids everything from elsewhere");
    // Chromium's windows are not narrower than 500; the page itself can be made to.
    let probe = format!(
        "<script>addEventListener('load', () => {{
            const inside = [...document.querySelectorAll('body *')].filter(e => !e.parentElement.closest('.scroll'));
            const needs = {WIDTHS:?}.map(width => {{
                document.documentElement.style.width = width + 'px';
                return Math.max(...inside.map(e => e.getBoundingClientRect().right));
            }});
            document.title = 'PROBE ' + needs + ' ' + getComputedStyle(document.body).backgroundColor;
        }})</script></body>"
    );
    let probed = text.replace(policy, "default-src 'unsafe-inline'").replace("</body>", &probe);
    let copy = page.with_extension(format!("{dark}.html"));
    std::fs::write(&copy, probed).unwrap();
    let (dom, _) = browse(chromium, &copy, dark);
    let title = dom.split("<title>PROBE ").nth(1).and_then(|t| t.split("</title>").next()).unwrap();
    let (needs, background) = title.split_once(' ').unwrap();
    (needs.split(',').map(|n| n.parse().unwrap()).collect(), background.to_owned())
}

/// Fails unless a page fits every window, in light and dark, without a message.
fn assert_fits(chromium: &Path, page: &Path) {
    assert_eq!(console(chromium, page), Vec::<String>::new(), "{}", page.display());
    let [light, dark] = [false, true].map(|dark| measure(chromium, page, dark));
    for (needs, width) in light.0.iter().chain(&dark.0).zip(WIDTHS.iter().cycle()) {
        assert!(*needs <= f64::from(*width), "{}: {needs} of {width}", page.display());
    }
    assert_ne!(light.1, dark.1, "light and dark differ");
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
        assert_fits(&chromium, page);
    }
}

/// A scenario for every drawing: warm hours, keep-alives and caps that pay.
const DRAWN: &str = "\
name: everything
objectives: { truncated: 2%, cold_starts: 40% }
workloads:
  - name: agents
    platform: aws-lambda
    deployment: { memory: 1024MiB, provisioned_concurrency: 4 }
    arrivals: { pattern: weekly, rate: 600/month, peak_to_trough: 12 }
    requests: { output_tokens: { mean: 700, cv: 1 } }
    llm: openai/gpt-6-luna
  - name: writer
    platform: runpod-serverless
    deployment: { idle_timeout: 20min, startup_time: 12s }
    arrivals: { pattern: diurnal, rate: 400/month }
    requests: { time_to_first_token: 700ms, tokens_per_second: 45, output_tokens: { p50: 350, p95: 1200 } }
";

/// Writes the one page with everything.
fn everything(folder: &Path, name: &str, scenario: &str, more: &[&str]) -> PathBuf {
    let (input, page) = (folder.join(format!("{name}.yaml")), folder.join(format!("{name}.html")));
    std::fs::write(&input, scenario).unwrap();
    let status = Command::new(env!("CARGO_BIN_EXE_ssc"))
        .args(["report", "--quiet", "--pricing-date", "2026-11-23", "-o"])
        .args([&page, &input])
        .args(more)
        .status()
        .unwrap();
    assert!(status.success(), "{name}");
    page
}

/// Headings, captions and heads of tables in order, as a reader hears them.
fn outline(page: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    let mut rest = page;
    while let Some(at) = rest.find('<') {
        rest = &rest[at + 1..];
        let tag = rest.split(['>', ' ']).next().unwrap();
        let indent = match tag {
            "h1" => "",
            "h2" => "  ",
            "h3" => "    ",
            "figcaption" => "      figure: ",
            "thead" => "      table: ",
            _ => continue,
        };
        let inner = rest.split_once('>').unwrap().1.split(&format!("</{tag}>")).next().unwrap();
        let mut words: Vec<&str> = Vec::new();
        let texts = inner.split('<').map(|t| t.split_once('>').map_or(t, |(_, text)| text).trim());
        words.extend(texts.filter(|t| !t.is_empty()));
        let line = format!("{indent}{}", words.join(" | "));
        // The hours of a week, and tables of charts that repeat.
        if lines.last() != Some(&line) {
            lines.push(line);
        }
    }
    lines.join("\n")
}

#[test]
fn everything_is_on_one_page_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let more = ["--only", "pre-warming,keep-alive,token-cap", "--sweep", "traffic=0.5x,2x"];
    let more = [&more[..], &["--platforms", "aws-lambda,cloud-run,fly-machines"]].concat();
    let page = everything(folder.path(), "everything", DRAWN, &more);
    let text = std::fs::read_to_string(&page).unwrap();
    insta::assert_snapshot!(outline(&text));
    assert!(!text.contains("<script") && !text.contains("@import") && !text.contains("src="));
    // Every chart is named, and has its numbers in a table.
    let (drawn, named) =
        (text.matches("<svg").count(), text.matches("role=\"img\" aria-label").count());
    assert!(drawn > 8 && drawn == named, "{drawn} {named}");
    assert_eq!(text.matches("Numbers of this chart").count(), drawn);
    assert!(text.matches("--v:").count() == 168, "a warm week");
    // Anchors are there once, and lead somewhere.
    for href in text.split("href=\"#").skip(1).map(|t| t.split('"').next().unwrap()) {
        assert_eq!(text.matches(&format!("id=\"{href}\"")).count(), 1, "{href}");
    }
    // The single pages say the same.
    let scenario = folder.path().join("everything.yaml");
    let asked = |arguments: &[&str]| -> serde_json::Value {
        let output = Command::new(env!("CARGO_BIN_EXE_ssc"))
            .args(arguments)
            .args(["--format", "json", "--quiet", "--pricing-date", "2026-11-23"])
            .arg(&scenario)
            .output()
            .unwrap();
        serde_json::from_slice(&output.stdout).unwrap()
    };
    let cents = |v: &serde_json::Value| {
        let amount: rust_decimal::Decimal = v.as_str().unwrap().parse().unwrap();
        ssc::report::number::money(ssc::units::Money(amount))
    };
    let plan = asked(&["recommend", "--only", "pre-warming,keep-alive,token-cap"]);
    let plan = &plan["plan"]["effect"];
    let promise = format!(
        "{} instead of {}",
        cents(&plan["after"]["total"]),
        cents(&plan["before"]["total"])
    );
    assert!(text.contains(&promise), "{promise}");
    let compared = asked(&["compare", "--range", "--platforms", "cloud-run"]);
    let range = &compared["alternatives"][0]["range"];
    let range = format!("{}–{}", cents(&range["p10"]), cents(&range["p90"]));
    assert!(text.contains(&format!(">{range}<")), "{range}");
    if let Some(chromium) = chromium() {
        assert_fits(&chromium, &page);
    }
}

#[test]
fn a_page_with_eight_workloads_on_eight_platforms_is_small_and_fits() {
    let folder = tempfile::tempdir().unwrap();
    let each: String = (0..8)
        .map(|i| {
            format!(
                "  - name: chat-{i}\n    platform: aws-lambda\n    \
                 arrivals: {{ pattern: diurnal, rate: 500/month }}\n    llm: openai/gpt-6-luna\n"
            )
        })
        .collect();
    let platforms = "aws-lambda,cloud-run,fly-machines,vercel-fluid,azure-functions-flex,render,\
                     cloudflare-workers,azure-container-apps";
    let more = ["--platforms", platforms, "--sweep", "memory=512MiB,1GiB", "--only", "settings"];
    let scenario = format!("workloads:\n{each}");
    let page = everything(folder.path(), "eight", &scenario, &more);
    let text = std::fs::read_to_string(&page).unwrap();
    assert!(text.len() < 2_000_000, "{}", text.len());
    for platform in platforms.split(',') {
        assert!(text.contains(platform), "{platform}");
    }
    if let Some(chromium) = chromium() {
        assert_fits(&chromium, &page);
    }
}
