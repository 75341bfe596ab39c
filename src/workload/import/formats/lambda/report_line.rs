//! The REPORT line that Lambda writes at the end of an invocation.

use super::figures::Measured;
use crate::units::SimDuration;
use crate::workload::Status;
use crate::workload::import::cell::{Refusal, Unit, nanoseconds, whole};

/// What begins the line.
pub(super) const REPORT: &str = "REPORT RequestId:";

/// What one REPORT line says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Report {
    pub(super) duration: SimDuration,
    pub(super) measured: Measured,
    pub(super) status: Status,
}

impl Report {
    /// The report in a line, if it has one: names that end in a colon and values, separated by tabs or
    /// blanks, after whatever the log puts in front.
    ///
    /// # Errors
    /// When a value is not what its name says, or there is no duration.
    pub(super) fn find(line: &str) -> Result<Option<Self>, Refusal> {
        let Some(at) = line.find(REPORT) else { return Ok(None) };
        let mut report = Self::default();
        let mut duration = None;
        let mut words = line.get(at..).unwrap_or_default().split_ascii_whitespace();
        let mut name = Vec::new();
        while let Some(word) = words.next() {
            let Some(last) = word.strip_suffix(':') else {
                name.push(word);
                continue;
            };
            // Units of the value before stand in front of a name.
            name.retain(|word| !matches!(*word, "ms" | "MB"));
            name.push(last);
            let value = words.next().unwrap_or_default();
            let time =
                || nanoseconds(value.as_bytes(), Unit::Milliseconds).map(|(n, _)| SimDuration(n));
            let megabytes = || whole(value.as_bytes(), "MB");
            match name.join(" ").as_str() {
                "Duration" => duration = Some(time()?),
                "Billed Duration" => report.measured.billed = Some(time()?),
                "Init Duration" => report.measured.init = Some(time()?),
                "Billed Restore Duration" => report.measured.billed_restore = Some(time()?),
                "Restore Duration" => report.measured.restore = Some(time()?),
                "Memory Size" => report.measured.memory_mb = Some(megabytes()?),
                "Max Memory Used" => report.measured.used_mb = Some(megabytes()?),
                "Status" => report.status = status(value),
                "Error Type" => report.status = Status::Failed,
                _ => {}
            }
            name.clear();
        }
        report.duration =
            duration.ok_or_else(|| Refusal::because("the REPORT line has no duration"))?;
        Ok(Some(report))
    }
}

/// `timeout` and `error` are the only words known; others are taken for a failure too.
fn status(word: &str) -> Status {
    if word.eq_ignore_ascii_case("success") { Status::Completed } else { Status::Failed }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(n: i64) -> SimDuration {
        SimDuration::from_millis(n)
    }

    #[test]
    fn tabs_and_blanks_and_tails() {
        let tabs = "REPORT RequestId: 5-1\tDuration: 469.40 ms\tBilled Duration: 500 ms\t\
                    Memory Size: 1024 MB\tMax Memory Used: 21 MB\tInit Duration: 100.99 ms\t";
        let expected = Report {
            duration: SimDuration(469_400_000),
            measured: Measured {
                billed: Some(ms(500)),
                memory_mb: Some(1_024),
                used_mb: Some(21),
                init: Some(SimDuration(100_990_000)),
                ..Measured::default()
            },
            ..Report::default()
        };
        assert_eq!(Report::find(tabs), Ok(Some(expected)));
        assert_eq!(Report::find(&tabs.replace('\t', " ")), Ok(Some(expected)));
        let traced = format!("2024-05-10T00:00:00Z {tabs} XRAY TraceId: 1-2\tSampled: true");
        assert_eq!(Report::find(&traced), Ok(Some(expected)));
        let restored = tabs.replace("Init", "Restore") + "Billed Restore Duration: 75 ms\t";
        let report = Report::find(&restored).unwrap().unwrap();
        let starts = Measured {
            init: None,
            restore: expected.measured.init,
            billed_restore: Some(ms(75)),
            ..expected.measured
        };
        assert_eq!((report.measured, report.duration), (starts, expected.duration));
        for (tail, status) in [
            ("Status: timeout", Status::Failed),
            ("Status: error\tError Type: Runtime.ExitError", Status::Failed),
            ("Status: success", Status::Completed),
        ] {
            let report = Report::find(&format!("{tabs}{tail}")).unwrap().unwrap();
            assert_eq!(report.status, status, "{tail}");
        }
    }

    #[test]
    fn what_is_no_report() {
        assert_eq!(Report::find("START RequestId: 5-1 Version: $LATEST"), Ok(None));
        let refused = |line: &str| Report::find(line).unwrap_err().message;
        assert_eq!(refused("REPORT RequestId: 5-1"), "the REPORT line has no duration");
        let bad = "REPORT RequestId: 5-1 Duration: soon ms";
        assert_eq!(refused(bad), "`soon` is not a number of milliseconds");
    }
}
