//! Requests × platform behaviour → instances.
//!
//! A [`Replay`] plays arrivals in time order against a [`Behavior`] and tells an [`Observer`] what
//! happened: which instance served which request when, how long instances were active and alive.
//! Metering and the replay's own facts are observers, so nothing is stored per request.
//!
//! Order at one instant: departures in the order in which their requests arrived, then schedule and
//! controller steps, then arrivals, then idle expiry. A departure at the instant of an arrival therefore
//! frees its slot for it, and an idle gap of exactly the keep-alive is still warm. A request's own
//! departure never comes before its arrival, even if it takes no time. The room knows no price.

mod activity;
mod behavior;
mod bits;
mod block;
mod capacity;
mod clock;
mod controller;
mod curve;
mod departures;
mod engine;
mod facts;
mod instances;
mod levels;
mod lists;
mod observer;
mod open;
mod run;
mod runs;
mod stack;
mod steps;

pub use activity::{Activity, Moment};
pub use behavior::{AtLimit, Behavior, Disconnect, Dispatch, Scaling};
pub use block::{BLOCK, Block};
pub use curve::{Clairvoyant, Curve, Point};
pub use facts::{Facts, Percentiles};
pub use levels::Levels;
pub use observer::{Active, Life, Observer, Outcome, Placement, Rejection, Summary};
pub use run::{Replay, replay};
pub use steps::Steps;
