//! Files that parsers read, to begin with.

use super::parsers::SCENARIO;
use crate::cli::{LAB, root, ssc};
use crate::trace::parquet::sample;
use flate2::write::GzEncoder;
use parquet::basic::{Compression, GzipLevel, ZstdLevel};
use ssc::workload::import::{ReadOptions, read};
use ssc::workload::pack::Writer;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

/// A file, and for a trace what belongs to it.
pub(crate) struct Seed {
    pub(crate) name: String,
    /// The format it is read as when nobody says.
    pub(crate) format: Option<&'static str>,
    pub(crate) bytes: Vec<u8>,
    pub(crate) beside: Vec<(String, Vec<u8>)>,
}

impl Seed {
    fn new(name: &str, bytes: impl Into<Vec<u8>>) -> Self {
        Self { name: name.to_owned(), format: None, bytes: bytes.into(), beside: Vec::new() }
    }
}

/// Every file below a folder, sorted.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let each = paths.into_iter();
    each.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap().to_str().unwrap().to_owned()
}

fn of(path: &Path) -> Seed {
    Seed::new(&file_name(path), fs::read(path).unwrap())
}

/// The folders of fixtures that hold several files of one trace, and what its own file ends in.
const FAMILIES: [(&str, &str); 3] = [
    ("azure-functions-2019", ".invocations.csv"),
    ("ragpulse", "_trace.jsonl"),
    ("servegen", "-trace.csv"),
];

fn fixtures() -> Vec<PathBuf> {
    files(&root().join("tests/fixtures/traces"))
}

/// The other files of a trace's folder, where they belong to it.
fn beside(path: &Path) -> Vec<(String, Vec<u8>)> {
    let folder = path.parent().unwrap();
    let family = FAMILIES.iter().any(|(name, _)| folder.ends_with(name));
    let others = || files(folder).into_iter().filter(|other| other != path);
    let read = |other: PathBuf| (file_name(&other), fs::read(&other).unwrap());
    if family { others().map(read).collect() } else { Vec::new() }
}

/// Whether a file is read for itself.
fn is_trace(path: &Path) -> bool {
    let own = |(family, ending): &(&str, &str)| {
        !path.parent().unwrap().ends_with(family) || file_name(path).ends_with(ending)
    };
    FAMILIES.iter().all(own)
}

/// A trace of each format, and some more.
pub(crate) fn traces() -> Vec<Seed> {
    let fixtures = fixtures().into_iter().filter(|path| is_trace(path));
    let fixtures = fixtures.map(|path| Seed { beside: beside(&path), ..of(&path) });
    fixtures.chain([Seed::new("rich.csv", RICH), Seed::new("quoted.csv", QUOTED)]).collect()
}

/// What lies beside traces, each with its trace.
pub(crate) fn companions() -> Vec<Seed> {
    let lone = |path: &PathBuf| !is_trace(path);
    let with_trace = |path: PathBuf| {
        let trace = files(path.parent().unwrap()).into_iter().find(|other| is_trace(other));
        let trace = trace.unwrap();
        let read = (file_name(&trace), fs::read(&trace).unwrap());
        Seed { beside: vec![read], ..of(&path) }
    };
    fixtures().into_iter().filter(lone).map(with_trace).collect()
}

/// Every column there is.
const RICH: &str = "\
timestamp,duration_ms,time_to_first_token_ms,input_tokens,cached_tokens,cache_write_tokens,output_tokens,cpu_ms,\
response_bytes,request_bytes,status,disconnect_after_ms,workload,model
2024-05-10T00:00:00Z,1200.5,300,900,100,0,250,12,4096,512,ok,,chat,large
2024-05-10T00:00:01.25Z,80,,10,0,0,0,1,0,128,aborted,40,chat,small
2024-05-10 00:00:01,5000,700,2000,1500,200,800,90,65536,9000,ok,,agent,large
";

const QUOTED: &str =
    "timestamp;output_tokens;model\r\n\"1.5\";10;\"a \"\"b\"\"\r\nc\"\r\n2;20;d\r\n\r\n3;;\r\n";

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// Enough rows for several blocks of whatever has blocks.
fn many_rows() -> String {
    let row = |i: u64| format!("{i}.25,{},{}\n", i % 977, i.wrapping_mul(2_654_435_761) % 10_007);
    std::iter::once("timestamp_s,duration_ms,output_tokens\n".to_owned())
        .chain((0..3_000).map(row))
        .collect()
}

/// Traces in what files are stored in.
pub(crate) fn containers() -> Vec<Seed> {
    let many = many_rows();
    vec![
        Seed::new("rich.csv.gz", gzip(RICH.as_bytes())),
        Seed::new("many.csv.gz", gzip(many.as_bytes())),
        Seed::new("two.csv.gz", [gzip(many.as_bytes()), gzip(b"1e6,5,5\n")].concat()),
        Seed::new("rich.csv.zst", zstd(RICH.as_bytes())),
        Seed::new("many.csv.zst", zstd(many.as_bytes())),
        Seed::new("snappy.parquet", sample(Compression::SNAPPY)),
        Seed::new("zstd.parquet", sample(Compression::ZSTD(ZstdLevel::default()))),
        Seed::new("gzip.parquet", sample(Compression::GZIP(GzipLevel::default()))),
        Seed::new("plain.parquet", sample(Compression::UNCOMPRESSED)),
    ]
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 3).unwrap()
}

/// Packed traces.
pub(crate) fn packed() -> Vec<Seed> {
    let many = many_rows();
    let prompts = fixtures().into_iter().find(|path| path.ends_with("mooncake.jsonl")).unwrap();
    let texts = [RICH.as_bytes().to_vec(), many.into_bytes(), fs::read(prompts).unwrap()];
    let pack = |text: Vec<u8>| {
        let trace = read("trace", text.as_slice(), &ReadOptions::default()).unwrap();
        let mut writer = Writer::new(Vec::new()).unwrap();
        writer.append(&trace).unwrap();
        Seed::new("trace.ssct", writer.finish(&trace).unwrap())
    };
    texts.into_iter().map(pack).collect()
}

/// Scenarios of the shipped kind, and one that says nearly everything.
pub(crate) fn scenarios() -> Vec<Seed> {
    let shipped = files(&root().join("scenarios")).into_iter();
    shipped.map(|path| of(&path)).chain([Seed::new("all.yaml", SCENARIO)]).collect()
}

pub(crate) fn rates() -> Vec<Seed> {
    let begin = SCENARIO.find("  discounts:").unwrap();
    let end = SCENARIO.find("usage:").unwrap();
    let rates: String =
        SCENARIO[begin..end].lines().map(|line| format!("{}\n", line.get(2..).unwrap())).collect();
    vec![Seed::new("rates.yaml", rates)]
}

pub(crate) fn quantities() -> Vec<Seed> {
    let typed = "1.5h 250ms 12d 3min 10s 1ns|1.5GiB|512MB|1_000k|2026-11-23|0.000001|12M|90%|2/s";
    typed.split(['|', ' ']).map(|text| Seed::new(text, text)).collect()
}

/// Files of services and of models, small ones.
pub(crate) fn prices() -> Vec<Seed> {
    let fixtures = root().join("tests/fixtures");
    let folders = [PathBuf::from(LAB), fixtures.join("books/now")];
    let yaml = folders.iter().flat_map(|folder| files(folder));
    yaml.chain([fixtures.join("example-calls.yaml")]).map(|path| of(&path)).collect()
}

pub(crate) fn price_tables() -> Vec<Seed> {
    files(&root().join("tests/fixtures/price_import")).iter().map(|path| of(path)).collect()
}

const CUR: &str = "\
lineItem/ProductCode,product/sku,lineItem/UsageType,product/region,pricing/unit,lineItem/UsageAmount,\
pricing/publicOnDemandCost,lineItem/UnblendedCost,lineItem/CurrencyCode,lineItem/LineItemType,\
lineItem/UsageStartDate,lineItem/UsageEndDate,lineItem/LineItemDescription,savingsPlan/SavingsPlanEffectiveCost
LabBoxes,,USE1-Request,us-east-1,Requests,1000000,0.2,0.2,USD,Usage,2026-11-23T00:00:00Z,2026-12-23T10:00:00Z,requests,
LabBoxes,,Box-GB-Second,us-east-1,Lambda-GB-Second,500000,8.3,8.3,USD,SavingsPlanCoveredUsage,2026-11-23T00:00:00Z,2026-12-23T10:00:00Z,plan,7
LabBoxes,,,us-east-1,,,,-5,USD,Credit,2026-11-23T00:00:00Z,2026-12-23T10:00:00Z,credit,
";

/// Bills as providers write them.
pub(crate) fn bills() -> Vec<Seed> {
    let folder = tempfile::tempdir().unwrap();
    let exported = |version: &str| {
        fs::write(folder.path().join("all.yaml"), SCENARIO).unwrap();
        let arguments = ["estimate", "all.yaml", "--format", version];
        let output = ssc(&arguments, folder.path());
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        Seed::new(version, output.stdout)
    };
    vec![exported("focus-1.4"), exported("focus-1.2"), Seed::new("cur.csv", CUR)]
}

pub(crate) fn maps() -> Vec<Seed> {
    let map =
        "services: { Boxes: lab-boxes, \"Lab AI\": lab-ai }\nskus: { XYZ-1: lab-box-requests }\n";
    vec![Seed::new("map.yaml", map)]
}
