//! What arrives and what each request needs: traces, seeded patterns, the streaming request model.

pub mod arrivals;
mod assumption;
mod distribution;
mod distribution_spec;
mod model;
mod model_spec;
pub mod parse;
pub mod random;
mod request;

pub use assumption::{Assumption, Origin};
pub use distribution::{Distribution, Unit};
pub use distribution_spec::{DistributionSpec, Family, ShapeSpec};
pub use model::RequestModel;
pub use model_spec::{Known, Measured, RequestSpec};
pub use request::{Request, Row, Status};
