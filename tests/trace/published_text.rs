//! Published serverless traces give the figures their description states.

use super::fixtures::{load, try_load};
use super::{format, render};
use crate::shared::shared;
use ssc::units::SimDuration;
use ssc::workload::import::ReadOptions;
use ssc::workload::{Row, TimeBase, Trace};
use std::collections::BTreeMap;

fn open(path: &str) -> Option<Trace> {
    Some(load(&shared(path)?, &ReadOptions::default()))
}

/// The value that so many per cent stay at or below, by nearest rank.
fn quantile(sorted: &[i64], percent: usize) -> i64 {
    let rank = (sorted.len() * percent).div_ceil(100);
    sorted[rank.clamp(1, sorted.len()) - 1]
}

fn seconds(d: SimDuration) -> f64 {
    d.0 as f64 / 1e9
}

#[test]
fn azure_functions_2021_first_rows() {
    let path = "traces/azure-functions-2021/\
                AzureFunctionsInvocationTraceForTwoWeeksJan2021.first998.csv";
    let Some(trace) = open(path) else { return };
    assert_eq!((trace.format, trace.len()), ("azure-functions-2021", 998));
    assert_eq!((trace.time_base, trace.workload_labels().len()), (TimeBase::TraceStart, 49));
    let apps = trace.workload_labels().iter().map(|l| l.split('/').next().unwrap());
    assert_eq!(apps.collect::<std::collections::BTreeSet<_>>().len(), 21);
    let mut lengths: Vec<_> = trace.iter().filter_map(|r| r.duration).map(|d| d.0).collect();
    lengths.sort_unstable();
    assert_eq!(lengths.iter().sum::<i64>() / 10_000_000, 2_478_278);
    assert_eq!(quantile(&lengths, 25), 77_000_000);
    assert_eq!(quantile(&lengths, 50), 250_000_000);
    assert_eq!(quantile(&lengths, 100), 404_987_000_000);
    assert_eq!(lengths.iter().filter(|d| **d == 0).count(), 43);
    let end = |r: &Row| r.arrival + r.duration.unwrap();
    let last = trace.iter().map(|r| end(&r)).max().unwrap();
    assert_eq!((last.0 + 5_000_000) / 10_000_000, 648_547);
    // Sorted by start up to the noise of the file's floats.
    assert!(trace.out_of_order <= 2, "{}", trace.out_of_order);
}

#[test]
fn azure_functions_2019_eight_hours() {
    let path = "traces/azure-functions-2019/500fn-0800-1600.invocations.csv";
    let Some(trace) = open(path) else { return };
    assert_eq!((trace.format, trace.len()), ("azure-functions-2019", 3_037_902));
    assert_eq!(trace.workload_labels().len(), 500);
    assert!(trace.span() <= SimDuration::from_hours(8) && trace.span().0 > 28_790_000_000_000);
    assert_eq!(trace.out_of_order, 0);
    let mut per_function = vec![0_u32; 500];
    let mut per_minute: BTreeMap<i64, i64> = BTreeMap::new();
    let mut sum = 0.0;
    for row in trace.iter() {
        per_function[usize::from(row.workload.unwrap())] += 1;
        *per_minute.entry(row.arrival.0 / 60_000_000_000).or_default() += 1;
        sum += seconds(row.duration.unwrap());
    }
    per_function.sort_unstable();
    assert_eq!((per_function[0], per_function[249], per_function[499]), (1, 48, 1_915_521));
    let mut minutes: Vec<_> = per_minute.into_values().collect();
    minutes.sort_unstable();
    assert_eq!(minutes.len(), 480);
    assert_eq!(minutes[0], 3_013);
    assert_eq!((quantile(&minutes, 50), minutes[240]), (6_463, 6_464));
    assert_eq!(quantile(&minutes, 100), 7_603);
    // The stated mean weighted by calls; straight lines between the percentiles give 612 ms.
    let mean = sum / 3_037_902.0 * 1e3;
    assert!((mean / 504.5 - 1.0).abs() < 0.01, "{mean}");
    insta::assert_snapshot!(trace.notes.join("\n"), @r"
    calls are counted by minute: the 3,037,902 of 500 functions in 480 minutes lie at instants drawn with seed 0, each as likely as the others of its minute
    durations are drawn with the seed from the percentiles and the mean in `500fn-0800-1600.durations.csv`; those are of averages over 30 s, so single calls vary more
    3 functions called more often in these minutes than the durations count in the whole day: the two are from different logs
    13 functions with a mean duration of 0 ms: rounded, so theirs are next to 0
    by `500fn-0800-1600.memory.csv` a call was given 106.4 MB of memory on average; a trace holds no memory, so the platform's is used
    ");
}

#[test]
fn azure_functions_2019_arrival_shapes() {
    let path = "traces/azure-functions-2019/1250series-24h.invocations.csv";
    let Some(trace) = open(path) else { return };
    assert_eq!((trace.format, trace.len()), ("azure-functions-2019", 18_279_781));
    assert!(!trace.has_duration());
    assert_eq!(trace.memory_bytes(), 18_279_781 * 10);
    assert!(trace.notes.iter().any(|n| n.contains("joined to no durations")));
}

#[test]
fn servegen_clients_of_a_day() {
    let Some(path) = shared("traces/servegen/deepseek-r1/chunk-35-trace.csv") else { return };
    let options = ReadOptions { seed: 42, ..format("servegen-all") };
    let trace = load(&path, &options);
    // Clients whose rates stand for less than a request may have none.
    assert_eq!(trace.workload_labels().len(), 73);
    assert!(trace.notes[0].ends_with(
        "requests of 73 clients, where 1,383,669 are expected; the gaps of each window have its \
         pattern and shape"
    ));
    // The shapes of all windows give a standard deviation of 2,965 requests.
    assert!(trace.len().abs_diff(1_383_669) < 4 * 2_965, "{}", trace.len());
    assert!(trace.span() < SimDuration::from_hours(24));

    let one = load(&path, &ReadOptions { seed: 42, ..ReadOptions::default() });
    assert_eq!(one.format, "servegen");
    // The mean over the four windows of each one's mean.
    let mean = |pick: fn(&Row) -> Option<u32>| {
        let window = |w: i64| {
            let here = one.iter().filter(move |r| r.arrival.0 / 21_600_000_000_000 == w);
            let counts: Vec<_> = here.map(|r| f64::from(pick(&r).unwrap())).collect();
            counts.iter().sum::<f64>() / counts.len() as f64
        };
        (0..4).map(window).sum::<f64>() / 4.0
    };
    let (input, output) = (mean(|r| r.input_tokens), mean(|r| r.output_tokens));
    assert!((input / 369.0 - 1.0).abs() < 0.03, "{input}");
    assert!((output / 2_434.0 - 1.0).abs() < 0.03, "{output}");
}

#[test]
fn servegen_clients_of_two_weeks_are_too_many() {
    let Some(path) = shared("traces/servegen/m-small/chunk-12-trace.csv") else { return };
    let error = try_load(&path, &format("servegen-all")).unwrap_err();
    assert_eq!(error.message, "the trace stands for 1,278,154,277 requests");
}

#[test]
fn huawei_display_rows() {
    let Some(trace) = open("traces/huawei-2025/request_table.display10.csv") else { return };
    assert_eq!((trace.format, trace.len()), ("huawei", 10));
    assert_eq!(trace.row(0).arrival.0, 2_592_000_019_069_000);
    assert_eq!(trace.row(0).duration, Some(SimDuration(931_000)));
    assert_eq!(trace.row(2).cpu, Some(SimDuration(5_801_622)));
    let bytes: Vec<_> = trace.iter().filter_map(|r| r.request_bytes).collect();
    // By arrival, which is not the order of the file.
    assert_eq!(bytes, [2, 979, 979, 120, 2]);
    assert!(trace.notes.contains(&"10 rows in pods of 300 millicores and 128 MB".into()));
}

#[test]
fn lambda_text_without_times() {
    let Some(path) = shared("traces/log-samples/aws-lambda-text.log") else { return };
    let error = render(&try_load(&path, &ReadOptions::default()).unwrap_err());
    assert!(error.starts_with("error: 2 REPORT lines without a time"), "{error}");
}
