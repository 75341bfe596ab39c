//! What arrives and what each request needs: traces, seeded patterns, the streaming request model.

pub mod arrivals;
mod assumption;
mod budgets;
mod column;
mod distribution;
mod distribution_spec;
mod draws;
pub mod fit;
pub mod import;
pub mod inspect;
mod labels;
mod memory_curve;
mod model;
mod model_spec;
pub mod pack;
pub mod parse;
mod prefix;
pub mod prefix_cache;
pub mod random;
mod rates;
mod read_at;
mod recording;
mod request;
mod scenario;
mod schedule_spec;
mod stage_spec;
pub mod stages;
mod token_cap;
mod trace;
mod trace_column;

pub use assumption::{Assumption, Origin};
pub use budgets::{Budget, BudgetsFile, LimitFile};
pub use distribution::{Distribution, Unit};
pub use distribution_spec::{DistributionSpec, Family, ShapeSpec};
pub use draws::RequestDraws;
pub use memory_curve::{ComputeScale, CurvePoint, MemoryCurve, MemoryCurveFile};
pub use model::{RequestModel, prompt_bytes};
pub use model_spec::{Known, Measured, RequestSpec};
pub use prefix::{PrefixBlock, Prefixes};
pub use rates::{CommitmentFile, DiscountFile, PrivatePriceFile, RatesFile};
pub use read_at::ReadAt;
pub use recording::Recording;
pub use request::{Request, Row, Status};
pub use scenario::{
    LlmSpec, ObjectivesFile, OverflowFile, PathFile, ScenarioFile, TextOr, UsageFile, WorkloadFile,
};
pub use schedule_spec::{Schedule, ScheduleSpec, WindowSpec};
pub use stage_spec::{CascadeFile, GateFile, Placement, PostFile};
pub use token_cap::{TokenCap, TokenCapFile};
pub use trace::Trace;
pub use trace_column::{TimeBase, TraceColumn};
