//! The trace of the tour: two weeks of an assistant that a company uses in office hours, by a fixed rule.

use crate::cli::root;
use std::fs;

/// Arrivals by hour of the day, relative to the busiest.
const HOURS: [f64; 24] = [
    1.0, 1.0, 1.0, 1.0, 1.0, 2.0, 4.0, 8.0, 14.0, 18.0, 19.0, 17.0, 14.0, 17.0, 18.0, 17.0, 15.0,
    11.0, 7.0, 5.0, 4.0, 3.0, 2.0, 1.0,
];
/// Requests an hour if every hour were the busiest of a weekday.
const BUSIEST: f64 = 21.0;
const WEEKEND: f64 = 0.15;
const DAYS: f64 = 14.0;

/// A linear congruential generator.
struct Draws(u64);

impl Draws {
    /// Above 0 and below 1.
    fn share(&mut self) -> f64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let high = u32::try_from(self.0 >> 33).unwrap();
        (f64::from(high) + 0.5) / 2_147_483_648.0
    }

    fn normal(&mut self) -> f64 {
        let radius = libm::sqrt(-2.0 * libm::log(self.share()));
        radius * libm::cos(2.0 * std::f64::consts::PI * self.share())
    }

    /// Around a median, whole.
    fn lognormal(&mut self, median: f64, sigma: f64) -> f64 {
        libm::round(median * libm::exp(sigma * self.normal())).max(1.0)
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "small whole numbers")]
fn made() -> String {
    let mut draws = Draws(20_261_102);
    let mut text = String::from(
        "timestamp,duration_ms,time_to_first_token_ms,input_tokens,output_tokens,status\n",
    );
    let mut at = 0.0;
    loop {
        at -= libm::log(draws.share()) * 3_600.0 / BUSIEST;
        if at >= DAYS * 86_400.0 {
            return text;
        }
        let (second, day) = (at as u64, at as u64 / 86_400);
        let (hour, minute) = (second / 3_600 % 24, second / 60 % 60);
        let quiet = if day % 7 < 5 { 1.0 } else { WEEKEND };
        if draws.share() > quiet * HOURS[hour as usize] / 19.0 {
            continue;
        }
        let input = draws.lognormal(1_800.0, 0.8);
        let output = draws.lognormal(330.0, 0.75);
        let first = draws.lognormal(620.0, 0.35);
        let speed = 1_000.0 / 62.0 * libm::exp(0.12 * draws.normal());
        let failed = draws.share() < 0.008;
        let (output, status) = if failed { (0.0, "failed") } else { (output, "") };
        let duration = first + libm::round(output * speed);
        // The first day is Monday, 2 November 2026.
        text += &format!(
            "2026-11-{:02}T{hour:02}:{minute:02}:{:02}Z,{duration},{first},{input},{output},{status}\n",
            day + 2,
            second % 60,
        );
    }
}

const PATH: &str = "scenarios/tour/requests.csv";

#[test]
fn the_trace_of_the_tour_is_made_by_this_rule() {
    let committed = fs::read_to_string(root().join(PATH)).unwrap();
    assert!(committed == made() && committed.len() < 100_000, "{}", committed.len());
}

#[test]
#[ignore = "writes the trace after a change of the rule"]
fn write_the_trace_of_the_tour() {
    fs::write(root().join(PATH), made()).unwrap();
}
