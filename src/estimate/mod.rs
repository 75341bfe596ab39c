//! The pure composition: scenario × price book → estimate. Everything else calls this.
//!
//! No file is opened here: traces come through a [`TraceLoader`], prices through a
//! [`crate::pricing::Book`].

mod assumed;
mod comparison;
mod context;
mod copies;
mod counters;
mod day_costs;
mod deployment;
mod finish;
mod hours;
mod models;
mod opened;
mod overflow;
mod parts;
mod path;
mod place;
mod play;
mod prepared;
mod range;
mod rates;
mod resolve;
mod run;
mod schedule;
mod side;
mod slices;
mod source;
mod stage_place;
mod stages;
mod student;
mod sweep;
mod timeline;
mod traces;
mod traffic;
mod unit_price;
mod usage;
mod usages;
mod window;
mod workload;

pub use comparison::{Alternative, Comparison, Figures, Service, Standing};
pub use day_costs::{DAY, DayCosts, FEWEST_DAYS, NoRange};
pub use prepared::Stream;
pub use range::{Range, day_means, widening};
pub use run::{Estimator, Variant, estimate, estimates, sides};
pub use side::Side;
pub use sweep::{BreakEven, Cheapest, Point, Trial, at_traffic, break_evens, sweep};
pub use timeline::{Costs, Days, Timeline};
pub use traffic::Spike;
pub use unit_price::ClockPrice;
pub use usages::{Consumption, Floor, Played, Terms};

use crate::billing::{Span, Statement};
use crate::diagnostic::{Diagnostic, Result, Source};
use crate::metering::PathLimits;
use crate::replay::Facts;
use crate::units::SimDuration;
use crate::workload::import::ReadOptions;
use crate::workload::stages::Stage;
use crate::workload::{Assumption, Recording};
use chrono::NaiveDate;
use rust_decimal::Decimal;
use std::collections::BTreeMap;

/// Opens the traces a scenario names.
pub trait TraceLoader {
    /// Reads the trace at `path`, as written in the scenario.
    ///
    /// # Errors
    /// When it cannot be opened or read.
    fn load(&mut self, path: &str, options: &ReadOptions) -> Result<Recording>;

    /// Reads a small text file that a scenario names.
    ///
    /// # Errors
    /// When it cannot be opened or read, or this loader knows only traces.
    fn text(&mut self, path: &str) -> Result<Source> {
        Err(Box::new(Diagnostic::input(format!("`{path}` cannot be read here"))))
    }
}

/// What the caller decides, over and above the scenario.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Prices of this day; the scenario's `pricing_date` otherwise, and `today` if it has none.
    pub pricing_date: Option<NaiveDate>,
    /// The day to use when nobody says one.
    pub today: NaiveDate,
    /// Every workload on this platform.
    pub platform: Option<String>,
    /// Deployment settings of every workload, over those of the scenario.
    pub settings: Vec<(String, String)>,
    /// Every workload in this region.
    pub region: Option<String>,
    /// Every workload with this model.
    pub llm: Option<String>,
    /// The seed instead of the scenario's.
    pub seed: Option<u64>,
    /// Leave free tiers and credits out.
    pub no_free_tier: bool,
    /// Keep the prices of the pricing date for the whole period.
    pub fixed_prices: bool,
    /// A file of negotiated rates, instead of the scenario's.
    pub rates: Option<Source>,
    /// How many times the arrivals come, at most [`MOST_TRAFFIC`]; once if nobody says.
    pub traffic: Option<Decimal>,
    /// More arrivals for a while.
    pub spike: Option<Spike>,
    /// Tell spans of time of this width apart.
    pub timeline: Option<SimDuration>,
    /// A first look: a trace once, or a day of a pattern, scaled to the period.
    pub first_look: bool,
}

/// The largest factor of arrivals.
pub const MOST_TRAFFIC: Decimal = Decimal::from_parts(10_000, 0, 0, false, 0);

/// How a window of requests became the billed period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Projection {
    /// The window is the period.
    Whole,
    /// The window's requests are replayed again and again until the period is full.
    Repeated(SimDuration),
    /// One window is replayed and its usage scaled.
    Scaled(SimDuration),
    /// The window itself is billed.
    None(SimDuration),
}

/// Streams that something in a path would not have carried; they are billed as if it had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathBreak {
    /// Id of what is in the path.
    pub path: String,
    /// Its name for people.
    pub name: String,
    /// What it was asked to carry, and what of that it counted.
    pub limits: PathLimits,
}

/// One workload's part of an estimate.
#[derive(Clone, Debug)]
pub struct WorkloadEstimate {
    /// Its name.
    pub name: String,
    /// Platform id.
    pub platform: String,
    /// Platform name for people.
    pub platform_name: String,
    /// Region id.
    pub region: String,
    /// Settings of its deployment as they hold, defaults included; those that follow a schedule are not here.
    pub settings: BTreeMap<String, String>,
    /// Which requests it is: all of a workload, or those of a stage of the one with the name before `/`.
    pub stage: Stage,
    /// Its models, `provider/model`.
    pub models: Vec<String>,
    /// What the replay saw.
    pub facts: Facts,
    /// Sizes of its memory curve, in MiB; none without a curve.
    pub memory_measured: Vec<u64>,
    /// Limits of its path that streams break.
    pub path_breaks: Vec<PathBreak>,
    /// How its requests fill the period.
    pub projection: Projection,
    /// Requests of the billed period.
    pub requests: u64,
    /// What happened when, if asked for.
    pub timeline: Option<Timeline>,
}

/// The whole answer.
#[derive(Clone, Debug)]
pub struct Estimate {
    /// The scenario's name.
    pub name: String,
    /// The day whose prices hold.
    pub pricing_date: NaiveDate,
    /// The billed period.
    pub period: SimDuration,
    /// FOCUS `BillingPeriodStart` and `BillingPeriodEnd`: the period from the start of the pricing date.
    pub billing_period: Span,
    /// Whether free tiers and credits were applied.
    pub allowances: bool,
    /// The workloads in scenario order, then stages of theirs that have a platform of their own, as
    /// `NAME/gate` and `NAME/post`, then what takes the overflow of some, as `NAME/overflow`.
    pub workloads: Vec<WorkloadEstimate>,
    /// What is owed.
    pub statement: Statement,
    /// What it rests on; with several workloads subjects start with the workload's name.
    pub assumptions: Vec<Assumption>,
    /// What the reader should know: stale prices, skipped rows, modelled durations, limits broken.
    pub warnings: Vec<String>,
}
