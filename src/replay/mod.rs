//! Requests × platform behaviour → instances.
//!
//! The engine plays arrivals in time order against a [`Behavior`] and tells an [`Observer`] what
//! happened: which instance served which request when, how long instances were active and alive.
//! Metering and the replay's own facts are observers, so nothing is stored per request.
//!
//! Order at one instant: departures, then schedule and controller steps, then arrivals, then idle
//! expiry. A departure at the instant of an arrival therefore frees its slot for it, and an idle gap
//! of exactly the keep-alive is still warm. The room knows no price.

mod behavior;
mod block;
mod controller;
mod engine;
mod facts;
mod instances;
mod lists;
mod observer;
mod steps;

pub use behavior::{AtLimit, Behavior, Disconnect, Dispatch, Scaling};
pub use block::{BLOCK, Block};
pub use engine::{Replay, replay};
pub use facts::{Facts, Percentiles};
pub use observer::{Active, Life, Observer, Outcome, Placement, Rejection};
pub use steps::Steps;
