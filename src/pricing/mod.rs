//! The price book: services, platforms, SKUs and their dated prices, read from `pricing/`.
//!
//! Prices are exact text in the files and exact decimals here. Rows are half-open in time
//! (`from` inclusive, `until` exclusive). This room knows no request, no instance and no bill.

mod book;
mod category;
pub mod diff;
mod embedded;
mod file;
mod float_noise;
pub mod import;
mod llm;
mod llm_file;
mod load;
mod nearest;
mod overview;
pub mod schedule_export;
mod search;
mod service;
mod setting;
mod sku;
mod words;

pub use book::{Book, NoPrice, PlatformRef};
pub use category::CATEGORIES;
pub use embedded::embedded_sources;
pub use file::service_schema;
pub use llm::{CachedTokens, LlmPrice, LlmProvider, LlmRates, LongContext, Model, OnDisconnect};
pub use llm_file::llm_schema;
pub use load::{Problem, Reading, Severity};
pub use nearest::nearest;
pub use overview::Summary;
pub use schedule_export::{ExportKind, ScheduleExport};
pub use search::{Entry, Found, ModelFound, Query, SkuFound, no_region};
pub use service::{
    Allowance, AllowanceSize, Area, Commitment, Confidence, Evidence, Fee, Platform, Region,
    Scaling, Service, Transport, WarmCapacity,
};
pub use setting::{Choice, Conditions, Refusal, SettingSpec, satisfied};
pub use sku::{
    BillableRoundUp, ByteKind, Capacity, Clock, Component, Direction, Load, Meter, Of, Phase, Pool,
    PriceRow, Regions, Sku, Status, Take, Tier, Tiering, UnitLoad, Weight,
};
pub use words::Standing;
