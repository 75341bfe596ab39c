//! The words of the closed sets of a price file.

use super::{Clock, Component, Status};
use chrono::NaiveDate;

impl Clock {
    /// Every clock.
    pub const ALL: [Self; 21] = [
        Self::RequestDuration,
        Self::InstanceActive,
        Self::InstanceLifetime,
        Self::InstanceStopped,
        Self::IdleAtMinimum,
        Self::LifetimeLessIdle,
        Self::Provisioned,
        Self::WarmIdle,
        Self::Deployed,
        Self::ActiveCpu,
        Self::Requests,
        Self::Starts,
        Self::ResponseBytes,
        Self::EgressBytes,
        Self::RequestSteps,
        Self::Messages,
        Self::MessageBytes,
        Self::Connections,
        Self::ConnectionTime,
        Self::Capacity,
        Self::Stated,
    ];

    /// The word used in files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::RequestDuration => "request_duration",
            Self::InstanceActive => "instance_active",
            Self::InstanceLifetime => "instance_lifetime",
            Self::InstanceStopped => "instance_stopped",
            Self::IdleAtMinimum => "idle_at_minimum",
            Self::LifetimeLessIdle => "lifetime_less_idle",
            Self::Provisioned => "provisioned",
            Self::WarmIdle => "warm_idle",
            Self::Deployed => "deployed",
            Self::ActiveCpu => "active_cpu",
            Self::Requests => "requests",
            Self::Starts => "starts",
            Self::ResponseBytes => "response_bytes",
            Self::EgressBytes => "egress_bytes",
            Self::RequestSteps => "request_steps",
            Self::Messages => "messages",
            Self::MessageBytes => "message_bytes",
            Self::Connections => "connections",
            Self::ConnectionTime => "connection_time",
            Self::Capacity => "capacity",
            Self::Stated => "stated",
        }
    }
}

impl Component {
    /// Every component.
    pub const ALL: [Self; 7] = [
        Self::Compute,
        Self::Requests,
        Self::Idle,
        Self::Storage,
        Self::Egress,
        Self::Tokens,
        Self::Fees,
    ];
}

/// Where a price stands on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It holds.
    InForce,
    /// It will hold.
    Announced,
    /// It was taken back before it held.
    Withdrawn,
    /// It held once.
    Past,
}

impl Standing {
    /// The word used in output.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::InForce => "in force",
            Self::Announced => "announced",
            Self::Withdrawn => "withdrawn",
            Self::Past => "past",
        }
    }
}

impl Status {
    /// Where a price of this status, valid from `from` until `until` (exclusive), stands on `date`.
    #[must_use]
    pub fn on(self, from: NaiveDate, until: Option<NaiveDate>, date: NaiveDate) -> Standing {
        match self {
            Self::Withdrawn => Standing::Withdrawn,
            _ if self.holds(from, until, date) => Standing::InForce,
            _ if from > date => Standing::Announced,
            _ => Standing::Past,
        }
    }
}
