//! Dates as the Azure portal writes them into CSV: `7/20/2023, 8:05:13.123 AM`.

/// The date in ISO 8601, in UTC; none if it is not such a date.
pub(super) fn portal_date(text: &[u8]) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(text).ok()?;
    let (date, time) = text.split_once(", ")?;
    let mut parts = date.split('/').map(|part| part.parse::<u32>().ok());
    let (month, day, year) = (parts.next()??, parts.next()??, parts.next()??);
    let (clock, half) = time.rsplit_once(['\u{202f}', ' '])?;
    let (hour, rest) = clock.split_once(':')?;
    let hour = match (hour.parse::<u32>().ok()?, half) {
        (12, "AM") => 0,
        (12, "PM") => 12,
        (hour @ 1..=11, "AM") => hour,
        (hour @ 1..=11, "PM") => hour + 12,
        _ => return None,
    };
    Some(format!("{year:04}-{month:02}-{day:02}T{hour:02}:{rest}Z").into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_of_the_portal_become_iso_dates() {
        let iso = |text: &str| portal_date(text.as_bytes()).map(|b| String::from_utf8(b).unwrap());
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(iso("7/20/2023, 8:05:13.123 AM"), some("2023-07-20T08:05:13.123Z"));
        assert_eq!(iso("12/1/2024, 12:00:00.000 AM"), some("2024-12-01T00:00:00.000Z"));
        assert_eq!(iso("1/31/2024, 12:59:59.999\u{202f}PM"), some("2024-01-31T12:59:59.999Z"));
        assert_eq!(iso("1/31/2024, 11:59:59.999 PM"), some("2024-01-31T23:59:59.999Z"));
        for other in ["2024-01-31T11:59:59Z", "1/31/2024", "1/31/2024, 13:00:00 PM", ", "] {
            assert_eq!(iso(other), None, "{other}");
        }
    }
}
