//! What is metered and how, in words.

use crate::pricing::{
    ByteKind, Capacity, Clock, Conditions, Direction, Load, Meter, Of, Pool, Scaling, Sku, Take,
    Tiering, UnitLoad, WarmCapacity,
};
use crate::units::SimDuration;

/// Bytes in the largest binary or decimal unit that divides them.
fn size(bytes: u64) -> String {
    const UNITS: [(u64, &str); 6] = [
        (1 << 30, "GiB"),
        (1_000_000_000, "GB"),
        (1 << 20, "MiB"),
        (1_000_000, "MB"),
        (1 << 10, "KiB"),
        (1_000, "kB"),
    ];
    let fits = |(unit, _): &&(u64, &str)| bytes >= *unit && bytes.is_multiple_of(*unit);
    match UNITS.iter().find(fits) {
        Some((unit, name)) => format!("{} {name}", bytes / unit),
        None => format!("{bytes} bytes"),
    }
}

fn listed(items: &[impl AsRef<str>], last: &str) -> String {
    let items: Vec<&str> = items.iter().map(AsRef::as_ref).collect();
    match items.as_slice() {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [most @ .., end] => format!("{} {last} {end}", most.join(", ")),
    }
}

/// `boost is on; plan is hobby or pro`.
pub(super) fn conditions(when: &Conditions) -> String {
    let each = when.iter().map(|(name, allowed)| format!("{name} is {}", listed(allowed, "or")));
    each.collect::<Vec<_>>().join("; ")
}

pub(super) fn pools(pools: &[Pool]) -> String {
    let names = pools.iter().map(|pool| match pool {
        Pool::OnDemand => "on-demand usage",
        Pool::Provisioned => "the provisioned pool",
        Pool::Spillover => "spill-over beside provisioned capacity",
    });
    listed(&names.collect::<Vec<_>>(), "and")
}

fn way(direction: Option<Direction>) -> &'static str {
    match direction {
        Some(Direction::In) => " from clients",
        Some(Direction::Out) => " to clients",
        None => "",
    }
}

fn bytes(kinds: &[ByteKind], default: &str, last: &str) -> String {
    if kinds.is_empty() {
        return default.to_owned();
    }
    let names = kinds.iter().map(|kind| match kind {
        ByteKind::Response => "response",
        ByteKind::Request => "request",
        ByteKind::UpstreamRequest => "upstream request",
    });
    listed(&names.collect::<Vec<_>>(), last)
}

fn clock(meter: &Meter) -> String {
    let text = match meter.clock {
        Clock::RequestDuration => "each request's time from start to last byte",
        Clock::InstanceActive => "per instance, the time with requests in flight",
        Clock::InstanceLifetime => "per instance, the time from start to stop, idle included",
        Clock::InstanceStopped => "the time of machines that exist but are stopped",
        Clock::IdleAtMinimum => {
            "the time of instances that serve nothing while no more than the minimum run"
        }
        Clock::LifetimeLessIdle => {
            "per instance, the time from start to stop, less what is idle at the minimum"
        }
        Clock::Provisioned => "configured provisioned units, busy or not, over time",
        Clock::WarmIdle => "the idle time of the floor of running instances",
        Clock::Deployed => "the time the workload is deployed, once",
        Clock::ActiveCpu => "CPU time burnt by requests",
        Clock::Requests => "requests",
        Clock::Starts => "cold starts",
        Clock::ResponseBytes => "bytes written to clients",
        Clock::Connections => "connections opened by clients",
        Clock::ConnectionTime => "the time connections are open, idle turns included",
        Clock::Stated => "nothing of the replay: what a scenario states under `usage:`",
        Clock::EgressBytes => {
            let kinds = bytes(&meter.bytes, "response", "and");
            return format!("bytes to the internet: {kinds}");
        }
        Clock::RequestSteps => {
            let of = match meter.of {
                Of::Sum => bytes(&meter.bytes, "response", "and"),
                Of::Largest => {
                    format!("the larger of {}", bytes(&meter.bytes, "response", "and"))
                }
            };
            return format!("requests, once per started {} of {of} bytes", size(meter.step));
        }
        Clock::Messages => {
            let step = match meter.step {
                0 => String::new(),
                step => format!(", once per started {}", size(step)),
            };
            return format!("messages{}{step}", way(meter.direction));
        }
        Clock::MessageBytes => {
            let step = match meter.step {
                0 => String::new(),
                step => format!(", each rounded up to {}", size(step)),
            };
            let least = match meter.minimum_bytes {
                0 => String::new(),
                least => format!(", each at least {}", size(least)),
            };
            return format!("bytes of messages{}{step}{least}", way(meter.direction));
        }
        Clock::Capacity => return meter.capacity.as_ref().map_or(String::new(), capacity),
    };
    text.to_owned()
}

fn capacity(c: &Capacity) -> String {
    let load = |l: &UnitLoad| {
        let amount = match l.load {
            Load::Bytes => size(l.per_unit),
            Load::MessageBytes => format!("{} of messages{}", size(l.per_unit), way(l.direction)),
            Load::NewConnections => format!("{} new connections", l.per_unit),
            Load::ActiveConnections => format!("{} open connections", l.per_unit),
            Load::Requests => format!("{} requests", l.per_unit),
            Load::Messages => format!("{} messages{}", l.per_unit, way(l.direction)),
        };
        l.every.map_or(amount.clone(), |every| format!("{amount} per {every}"))
    };
    let loads: Vec<String> = c.of.iter().map(load).collect();
    let mut text = format!("capacity units of {}", listed(&loads, "or"));
    if loads.len() > 1 {
        text.push_str(", whichever is fullest");
    }
    text.push_str(&match c.take {
        Take::Each => format!("; every {} pays its own", c.window),
        Take::Peak => format!("; all pay the fullest {}", c.window),
    });
    if c.whole {
        text.push_str(", in whole units");
    }
    if c.minimum > 0 {
        text.push_str(&format!(", at least {}", c.minimum));
    }
    if !c.steps.is_empty() {
        let steps: Vec<String> = c.steps.iter().map(u32::to_string).collect();
        text.push_str(&format!(", in sizes of {}", listed(&steps, "or")));
    }
    if let Some(setting) = &c.units {
        text.push_str(&format!("; `{setting}` fixes the number"));
    }
    text
}

/// What is metered and how: a word for each part, and the part in words.
pub(super) fn meter(sku: &Sku) -> Vec<(&'static str, String)> {
    let meter = &sku.meter;
    let mut lines = vec![("metered", clock(meter))];
    if let Some(w) = &meter.weight {
        let mut text = w.setting.clone();
        for (words, part) in [
            (" less ", &w.less),
            (", rounded up to ", &w.round_up_to),
            (", at least ", &w.minimum),
            (", at most ", &w.maximum),
        ] {
            if let Some(part) = part {
                text.push_str(&format!("{words}{part}"));
            }
        }
        lines.push(("times", text));
    }
    let phases = [(meter.startup, "the cold start"), (meter.shutdown, "the shutdown")];
    let phases: Vec<&str> = phases.iter().filter(|(on, _)| *on).map(|(_, name)| *name).collect();
    if !phases.is_empty() {
        lines.push(("includes", listed(&phases, "and")));
    }
    if meter.round_up > SimDuration::ZERO {
        lines.push(("rounded", format!("each up to {}", meter.round_up)));
    }
    if meter.minimum > SimDuration::ZERO {
        lines.push(("minimum", format!("each at least {}", meter.minimum)));
    }
    if let Some(every) = meter.prepaid_carry {
        lines.push(("prepaid", format!("paid time carries over; published every {every}")));
    }
    if meter.free_per_request > 0 {
        lines.push(("free", format!("{} of each request", size(meter.free_per_request))));
    }
    if !meter.pools.is_empty() {
        lines.push(("only for", pools(&meter.pools)));
    }
    if !sku.when.is_empty() {
        lines.push(("only when", conditions(&sku.when)));
    }
    let mut unit = sku.unit.name.to_owned();
    if sku.measured_as != sku.unit {
        unit.push_str(&format!(", counted in {}", sku.measured_as.name));
    }
    if let Some(month) = sku.month {
        unit.push_str(&format!(", a month being {month}"));
    }
    lines.push(("unit", unit));
    let tiering = match sku.tiering {
        Tiering::Graduated => "graduated: each unit at the price of the tier it falls in",
        Tiering::Cliff => "cliff: all units at the price of the tier the total falls in",
        Tiering::Flat => "flat: one price",
    };
    lines.push(("tiering", tiering.to_owned()));
    lines
}

pub(super) const fn scaling(scaling: Scaling) -> &'static str {
    match scaling {
        Scaling::PerRequest => "an instance is started when a request finds none free",
        Scaling::ProxyLoop => "a proxy starts and stops existing machines",
        Scaling::TargetUtilization => "the number of instances follows a utilisation target",
        Scaling::Fixed => "the number of instances is fixed",
        Scaling::None => "no instances: requests pass through",
    }
}

pub(super) const fn warm_capacity(warm: WarmCapacity) -> &'static str {
    match warm {
        WarmCapacity::Minimum => "a floor under the number of instances",
        WarmCapacity::Provisioned => "a provisioned pool of its own",
        WarmCapacity::None => "none",
    }
}
