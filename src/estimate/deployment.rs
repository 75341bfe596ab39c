//! A deployment: the platform's settings with the scenario's values over them.

use super::schedule::Capacity;
use crate::diagnostic::{Diagnostic, Located, Result, Source, suggest};
use crate::metering::{Metered, PathLimits};
use crate::pricing::{
    Clock, Conditions, Load, PlatformRef, Scaling as ScalingKind, SettingSpec, Sku, Transport,
    WarmCapacity, Weight, satisfied,
};
use crate::replay::{AtLimit, Behavior, Disconnect, Dispatch, Scaling};
use crate::units::parse::{self, ParseError};
use crate::units::{Dimension, SimDuration, SimTime};
use crate::workload::{Assumption, Origin, ScheduleSpec, TextOr};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use std::collections::BTreeMap;

/// A setting as it is written.
type Value = Located<TextOr<ScheduleSpec>>;

/// A platform with every setting decided.
#[derive(Clone, Debug)]
pub(super) struct Deployment<'a> {
    pub(super) place: PlatformRef<'a>,
    pub(super) region: String,
    pub(super) values: BTreeMap<String, String>,
    schedules: BTreeMap<String, Capacity>,
    pub(super) assumptions: Vec<Assumption>,
    /// Settings of another platform, left out because the platform was chosen on the command line.
    pub(super) ignored: Vec<String>,
}

/// The error for a setting that a platform does not have, and where it is written.
fn unknown(
    id: &str,
    name: &str,
    settings: &BTreeMap<String, SettingSpec>,
    at: Option<(&Source, &Value)>,
) -> Box<Diagnostic> {
    let names = || settings.keys().map(String::as_str);
    let message = format!("`{name}` is not a setting of {id}");
    let d = match at {
        Some((source, value)) => source.error(value, message, "set here"),
        None => Diagnostic::input(message),
    };
    Box::new(
        d.note(format!("settings of {id}: {}", suggest::list(names())))
            .maybe_hint(suggest::did_you_mean(name, names())),
    )
}

/// Settings that may follow a schedule.
const SCHEDULED: [&str; 2] = ["min_instances", "provisioned_concurrency"];

impl<'a> Deployment<'a> {
    /// Checks what is written; [`Deployment::fill`] is to follow. With `lenient`, settings the platform
    /// does not have are left out instead of refused.
    pub(super) fn resolve<'w>(
        place: PlatformRef<'a>,
        region: String,
        written: impl IntoIterator<Item = (&'w String, &'w Value)>,
        source: &Source,
        lenient: bool,
    ) -> Result<Self> {
        let mut d = Self {
            place,
            region,
            values: BTreeMap::new(),
            schedules: BTreeMap::new(),
            assumptions: Vec::new(),
            ignored: Vec::new(),
        };
        for (name, value) in written {
            d.write(name, value, source, lenient)?;
        }
        Ok(d)
    }

    /// Sets what was chosen on the command line.
    pub(super) fn set(&mut self, name: &str, text: &str) -> Result<()> {
        let (id, settings) = (&self.place.platform.id, &self.place.platform.settings);
        let Some(spec) = settings.get(name) else { return Err(unknown(id, name, settings, None)) };
        let canonical = spec.check(text).map_err(|refusal| {
            Diagnostic::input(format!("`{text}` is not a possible {name} of {id}"))
                .note(format!("allowed: {}", refusal.allowed))
                .maybe_hint(refusal.hint)
        })?;
        self.given(name, &canonical);
        self.values.insert(name.into(), canonical);
        Ok(())
    }

    fn write(&mut self, name: &str, value: &Value, source: &Source, lenient: bool) -> Result<()> {
        let settings = &self.place.platform.settings;
        let Some(spec) = settings.get(name) else {
            if lenient {
                self.ignored.push(name.to_owned());
                return Ok(());
            }
            let at = Some((source, value));
            return Err(unknown(&self.place.platform.id, name, settings, at));
        };
        let text = match &value.value {
            TextOr::Text(text) => text,
            TextOr::More(schedule) if SCHEDULED.contains(&name) => {
                let schedule = schedule.resolve(source)?;
                self.schedules.insert(name.into(), Capacity::Weekly(schedule));
                self.given(name, "weekly schedule");
                return Ok(());
            }
            TextOr::More(_) => {
                return Err(Box::new(source.error(
                    value,
                    format!("`{name}` cannot follow a schedule"),
                    "expected one value",
                )));
            }
        };
        match spec.check(text) {
            Ok(canonical) => {
                self.given(name, &canonical);
                self.values.insert(name.into(), canonical);
                Ok(())
            }
            Err(_) if lenient => {
                self.ignored.push(name.to_owned());
                Ok(())
            }
            Err(refusal) => Err(Box::new(
                source
                    .error(value, format!("`{text}` is not a possible {name}"), refusal.label)
                    .note(format!("allowed: {}", refusal.allowed))
                    .maybe_hint(refusal.hint),
            )),
        }
    }

    fn given(&mut self, name: &str, value: &str) {
        let subject = format!("deployment.{name}");
        self.assumptions.push(Assumption::new(subject, value, Origin::Given));
    }

    /// What choices fix, then defaults; written values stay.
    pub(super) fn fill(&mut self) {
        for (name, spec) in &self.place.platform.settings {
            if self.values.contains_key(name) || self.schedules.contains_key(name) {
                continue;
            }
            if let Some(default) = &spec.default {
                self.values.insert(name.clone(), default.clone());
                let note = spec.evidence.note.clone().unwrap_or_default();
                let subject = format!("deployment.{name}");
                let origin = if spec.evidence.confidence == crate::pricing::Confidence::Low {
                    Origin::Assumed
                } else {
                    Origin::PlatformDefault
                };
                let assumption = Assumption::new(subject, default, origin);
                self.assumptions.push(assumption.note(note));
            }
        }
        let mut fixed = Vec::new();
        for (name, spec) in &self.place.platform.settings {
            let chosen = self.values.get(name).and_then(|value| spec.choice(value));
            fixed.extend(chosen.into_iter().flat_map(|c| c.fixes.clone()));
        }
        for (name, value) in fixed {
            let subject = format!("deployment.{name}");
            let given =
                self.assumptions.iter().any(|a| a.subject == subject && a.origin == Origin::Given);
            if !given {
                self.values.insert(name, value.clone());
                if let Some(a) = self.assumptions.iter_mut().find(|a| a.subject == subject) {
                    (a.value, a.origin) = (value, Origin::PlatformDefault);
                }
            }
        }
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(String::as_str)
    }

    /// Whether settings and account options satisfy a SKU's conditions.
    pub(super) fn satisfies(&self, when: &Conditions, account: &BTreeMap<String, String>) -> bool {
        let option = |name: &str| account.get(name).map(String::as_str);
        satisfied(when, |name| self.get(name).or_else(|| option(name)))
    }

    /// The vendor, as FOCUS names it.
    pub(super) fn vendor(&self) -> &str {
        &self.place.service.provider_name
    }

    /// Turns requests away at its ceiling, whatever it does otherwise: another platform takes them.
    pub(super) fn passes_on(&mut self) {
        let Some(at_limit) = self.values.get_mut("at_limit") else { return };
        "reject".clone_into(at_limit);
        let own = self.assumptions.iter_mut().find(|a| a.subject == "deployment.at_limit");
        if let Some(a) = own {
            (a.value, a.origin) = ("reject".into(), Origin::Assumed);
            a.note = "with an overflow nobody waits for room".into();
        }
    }

    /// Notes the transport, which SKUs may depend on.
    pub(super) fn note_transport(&mut self, transport: Transport) {
        self.values.insert("transport".into(), transport.name().into());
    }

    /// Whether the transport can be carried here.
    ///
    /// # Errors
    /// When it cannot; `refuse` says where that was written.
    pub(super) fn carries(
        &self,
        transport: Transport,
        refuse: impl FnOnce(String) -> Diagnostic,
    ) -> Result<()> {
        let platform = &self.place.platform;
        if platform.transports.is_empty() || platform.transports.contains(&transport) {
            return Ok(());
        }
        let names = platform.transports.iter().map(|t| t.name());
        let message = format!("{} cannot carry `{}`", platform.id, transport.name());
        Err(Box::new(refuse(message).note(format!("it carries {}", suggest::list(names)))))
    }

    /// Whether clients' connections are counted here, so that they end here.
    pub(super) fn holds_connections(&self) -> bool {
        self.counts(
            |clock| matches!(clock, Clock::Connections | Clock::ConnectionTime),
            |load| matches!(load, Load::NewConnections | Load::ActiveConnections),
        )
    }

    /// Whether the time a connection waits between streams is counted here.
    pub(super) fn counts_waiting(&self) -> bool {
        self.counts(|clock| clock == Clock::ConnectionTime, |load| load == Load::ActiveConnections)
    }

    /// Whether a meter counts messages.
    pub(super) fn counts_messages(&self) -> bool {
        self.counts(
            |clock| matches!(clock, Clock::Messages | Clock::MessageBytes),
            |load| matches!(load, Load::Messages | Load::MessageBytes),
        )
    }

    /// Whether some meter has such a clock, or counts such a load.
    fn counts(&self, clock: impl Fn(Clock) -> bool, load: impl Fn(Load) -> bool) -> bool {
        self.skus().any(|(_, sku)| {
            let mut loads = sku.meter.capacity.iter().flat_map(|c| &c.of);
            clock(sku.meter.clock) || loads.any(|l| load(l.load))
        })
    }

    /// The SKUs that its usage is billed by, with their weights.
    pub(super) fn metered(&self, account: &BTreeMap<String, String>) -> Result<Vec<Metered>> {
        let mut metered = Vec::new();
        for (index, sku) in self.skus() {
            if self.satisfies(&sku.when, account) {
                let fixed = sku.meter.capacity.as_ref().and_then(|c| c.units.as_ref());
                let mut meter = sku.meter.clone();
                for load in meter.capacity.iter_mut().flat_map(|c| &mut c.of) {
                    if !load.times.is_empty() {
                        let each = load.times.iter().map(|name| u64::from(self.count(name, 0)));
                        load.multiplier = each.sum();
                    }
                }
                metered.push(Metered {
                    sku: index,
                    meter,
                    weight: self.weight(sku)?,
                    units: fixed
                        .filter(|name| self.get(name).is_some())
                        .map(|name| self.count(name, 0)),
                });
            }
        }
        Ok(metered)
    }

    /// The SKUs of this platform, with their index in the service.
    fn skus(&self) -> impl Iterator<Item = (usize, &Sku)> {
        let id = &self.place.platform.id;
        let all = self.place.service.skus.iter().enumerate();
        all.filter(move |(_, sku)| sku.platforms.is_empty() || sku.platforms.contains(id))
    }

    /// The limits of a path.
    pub(super) fn limits(&self) -> PathLimits {
        let response = self.get("response_limit").and_then(|v| parse::bytes(v).ok());
        PathLimits::new(self.duration("timeout", SimDuration::MAX), response.unwrap_or(u64::MAX))
    }

    fn duration(&self, name: &str, otherwise: SimDuration) -> SimDuration {
        self.get(name).and_then(|v| parse::duration(v).ok()).unwrap_or(otherwise)
    }

    fn count(&self, name: &str, otherwise: u32) -> u32 {
        let number = self.get(name).and_then(|v| parse::count(v).ok());
        number.map_or(otherwise, |n| u32::try_from(n).unwrap_or(u32::MAX))
    }

    pub(super) fn shutdown(&self) -> SimDuration {
        self.duration("shutdown_time", SimDuration::ZERO)
    }

    pub(super) fn machines(&self) -> u32 {
        self.count("max_instances", 0)
    }

    fn capacity(&self, name: &str) -> Capacity {
        self.schedules.get(name).cloned().unwrap_or(Capacity::Constant(self.count(name, 0)))
    }

    /// The provisioned pool over a window.
    pub(super) fn provisioned(&self, from: SimTime, to: SimTime) -> crate::replay::Steps {
        self.capacity("provisioned_concurrency").steps(from, to)
    }

    /// What replay needs to know.
    pub(super) fn behavior(&self, from: SimTime, to: SimTime) -> Behavior {
        let seconds = SimDuration::from_secs;
        let every = |otherwise| self.duration("scale_check_every", otherwise);
        let floor = match self.place.platform.warm_capacity {
            WarmCapacity::Minimum => self.capacity("min_instances").steps(from, to),
            WarmCapacity::Provisioned | WarmCapacity::None => crate::replay::Steps::constant(0),
        };
        Behavior {
            concurrency: self.count("concurrency", 1).max(1),
            startup: self.duration("startup_time", SimDuration::ZERO),
            idle_timeout: self.duration("idle_timeout", SimDuration::MAX),
            floor,
            provisioned: self.provisioned(from, to),
            max_instances: self.count("max_instances", u32::MAX),
            at_limit: match self.get("at_limit") {
                Some("queue") => AtLimit::Queue(self.duration("queue_timeout", SimDuration::MAX)),
                _ => AtLimit::Reject,
            },
            timeout: self.duration("timeout", SimDuration::MAX),
            dispatch: match self.get("dispatch") {
                Some("first_fit") => Dispatch::FirstFit,
                Some("best_fit") => Dispatch::BestFit,
                Some("least_loaded") => Dispatch::LeastLoaded,
                Some("fifo") => Dispatch::Fifo,
                _ => Dispatch::MostRecentlyUsed,
            },
            on_disconnect: match self.get("on_disconnect") {
                Some("stops") => Disconnect::Stops,
                _ => Disconnect::RunsOn,
            },
            scaling: match self.place.platform.scaling {
                ScalingKind::PerRequest => Scaling::PerRequest,
                ScalingKind::Fixed | ScalingKind::None => Scaling::Fixed,
                ScalingKind::ProxyLoop => Scaling::ProxyLoop {
                    soft_limit: self.count("soft_limit", u32::MAX),
                    every: every(seconds(300)),
                },
                ScalingKind::TargetUtilization => Scaling::TargetUtilization {
                    target_percent: self.count("scale_target", 70).clamp(1, 100),
                    every: every(seconds(15)),
                    up_window: self.duration("scale_up_window", seconds(60)),
                    down_window: self.duration("scale_down_window", seconds(300)),
                },
            },
        }
    }

    /// The weight of a SKU's meter in base units of its dimension.
    ///
    /// # Errors
    /// When the price file weighs by a setting that has no value here.
    pub(super) fn weight(&self, sku: &Sku) -> Result<i128> {
        let Some(weight) = &sku.meter.weight else { return Ok(1) };
        self.weigh(weight, sku).ok_or_else(|| {
            Box::new(Diagnostic::input(format!(
                "{} is weighed by `{}`, which {} does not set",
                sku.id, weight.setting, self.place.platform.id
            )))
        })
    }

    fn weigh(&self, weight: &Weight, sku: &Sku) -> Option<i128> {
        let read = |text: &str| base_units(self.get(text).unwrap_or(text), sku);
        let mut value = read(&weight.setting)?;
        if let Some(less) = &weight.less {
            value = (value - read(less)?).max(0);
        }
        if let Some(step) = &weight.round_up_to {
            let step = read(step)?.max(1);
            value = (value + step - 1) / step * step;
        }
        if let Some(minimum) = &weight.minimum {
            value = value.max(read(minimum)?);
        }
        if let Some(maximum) = &weight.maximum {
            value = value.min(read(maximum)?);
        }
        Some(value)
    }
}

/// A setting's value in base units of what it weighs.
fn base_units(text: &str, sku: &Sku) -> Option<i128> {
    match sku.unit.dimension {
        Dimension::CpuTime => {
            let milli = parse::plain(text).ok()? * Decimal::from(1_000);
            milli.is_integer().then(|| milli.to_i128()).flatten()
        }
        Dimension::Bytes if sku.meter.clock == Clock::Starts => {
            parse::memory_mib(text).ok().map(|mib| i128::from(mib) << 20)
        }
        Dimension::MemoryTime => parse::memory_mib(text).ok().map(i128::from),
        _ => parse::count(text).ok().map(i128::from),
    }
}

/// Account options of a service: what is written, then defaults.
///
/// # Errors
/// When an option is unknown or its value is not allowed.
pub(super) fn account(
    service: &crate::pricing::Service,
    written: Option<&BTreeMap<String, crate::diagnostic::Field>>,
    source: &Source,
    assumptions: &mut Vec<Assumption>,
) -> Result<BTreeMap<String, String>> {
    let mut account = BTreeMap::new();
    for (name, field) in written.into_iter().flatten() {
        let names = || service.account.keys().map(String::as_str);
        let Some(spec) = service.account.get(name) else {
            return Err(Box::new(
                source
                    .error(
                        field,
                        format!("`{name}` is not an option of {}", service.id),
                        "set here",
                    )
                    .note(format!("options of {}: {}", service.id, suggest::list(names())))
                    .maybe_hint(suggest::did_you_mean(name, names())),
            ));
        };
        let value = spec.check(&field.value).map_err(|refusal| {
            let message = format!("`{}` is not a possible {name}", field.value);
            Box::new(
                source
                    .error(field, message, refusal.label)
                    .note(format!("allowed: {}", refusal.allowed))
                    .maybe_hint(refusal.hint),
            )
        })?;
        let subject = format!("accounts.{}.{name}", service.id);
        assumptions.push(Assumption::new(subject, &value, Origin::Given));
        account.insert(name.clone(), value);
    }
    for (name, spec) in &service.account {
        if let (false, Some(default)) = (account.contains_key(name), &spec.default) {
            let subject = format!("accounts.{}.{name}", service.id);
            assumptions.push(Assumption::new(subject, default, Origin::Assumed));
            account.insert(name.clone(), default.clone());
        }
    }
    Ok(account)
}

/// A whole number that is not negative.
pub(super) fn seed(text: &str) -> std::result::Result<u64, ParseError> {
    text.trim().parse().map_err(|_| ParseError::new(text, "a whole number such as `42`"))
}
