//! Warm capacity: how busy each level of concurrency is by the hour of the week, the schedule that is
//! cheapest for it, and how a schedule is written and drawn.

pub mod bound;
pub mod level;
pub mod occupancy;
pub mod prices;
pub mod schedule;
pub mod search;
pub mod timetable;
