//! Other places and settings that a workload could run with, as changes of the scenario.

use super::Session;
use super::change::Change;
use super::load::Load;
use crate::estimate::WorkloadEstimate;
use crate::pricing::{Book, PlatformRef, Scaling, SettingSpec};
use crate::units::parse::{self, memory_mib};
use crate::workload::{TextOr, WorkloadFile};
use rust_decimal::Decimal;
use std::collections::BTreeMap;

/// A way to run one workload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// How the scenario changes; nothing for the workload as it is.
    pub change: Change,
    /// Platform id.
    pub platform: String,
    /// Region id.
    pub region: String,
    /// Its settings, defaults included.
    pub settings: BTreeMap<String, String>,
    /// Settings that were chosen for it, in words such as `architecture arm64`.
    pub chosen: Vec<String>,
}

impl Candidate {
    /// Processors that one instance may use all the time, where that is known: of shared ones a part.
    #[must_use]
    pub fn vcpu(&self) -> Option<Decimal> {
        let vcpu = self.settings.get("sustained_vcpu").or_else(|| self.settings.get("vcpu"));
        vcpu.and_then(|v| parse::plain(v).ok())
    }

    /// Memory of one instance in MiB, where that is known.
    #[must_use]
    pub fn memory(&self) -> Option<u64> {
        self.settings.get("memory").and_then(|m| memory_mib(m).ok())
    }

    /// The same with another setting.
    #[must_use]
    pub fn with(&self, workload: usize, name: &str, value: &str, spec: &SettingSpec) -> Self {
        let mut other = self.clone();
        other.change = other.change.set(workload, &format!("deployment.{name}"), value);
        other.settings.insert(name.to_owned(), value.to_owned());
        other.settings.extend(spec.choice(value).into_iter().flat_map(|c| c.fixes.clone()));
        other.chosen.push(format!("{name} {value}"));
        other
    }
}

/// What stays true of a workload wherever it runs.
const CARRIED: [&str; 7] = [
    "memory",
    "vcpu",
    "gpu",
    "startup_time",
    "timeout",
    "min_instances",
    "provisioned_concurrency",
];

/// The platforms worth considering for a workload: those of the objectives, or those that comparisons
/// show and those of the same service.
#[must_use]
pub fn platforms<'a>(session: &Session<'a>, workload: usize) -> Vec<PlatformRef<'a>> {
    let book: &'a Book = session.book();
    let Some(now) = session.now().estimate.workloads.get(workload) else { return Vec::new() };
    let service = book.platform(&now.platform).map(|p| p.service.id.as_str());
    let objectives = session.objectives();
    let all = book.platforms().filter(|p| p.platform.scaling != Scaling::None);
    all.filter(|p| {
        let id = &p.platform.id;
        let named = objectives
            .platforms
            .iter()
            .any(|name| book.platform(name).is_some_and(|named| named.platform.id == *id));
        let same = service == Some(p.service.id.as_str());
        let open = objectives.platforms.is_empty() && p.platform.recommended;
        *id == now.platform || named || (open && (p.platform.featured || same))
    })
    .filter(|p| reaches(session, workload, p))
    .collect()
}

/// Whether what is tied to the present service or vendor lets a workload go there.
fn reaches(session: &Session<'_>, workload: usize, place: &PlatformRef<'_>) -> bool {
    let book = session.book();
    let Some(now) = session.now().estimate.workloads.get(workload) else { return false };
    let Some(here) = book.platform(&now.platform) else { return false };
    let Some(file) = session.file().workloads.get(workload) else { return false };
    if here.service.id == place.service.id {
        return true;
    }
    let own = |sku: &str| here.service.sku(sku).is_some();
    let path = |p: &str| {
        book.platform(p).is_none_or(|p| {
            p.service.id == here.service.id
                || (p.service.provider_name == here.service.provider_name
                    && here.service.provider_name != place.service.provider_name)
        })
    };
    !file.usage.iter().any(|u| own(&u.sku.value))
        && !file.path.iter().any(|p| match &p.value {
            TextOr::Text(id) => path(id),
            TextOr::More(more) => path(&more.via.value),
        })
}

/// Regions of a service for a workload, the likeliest first: those of the objectives; where they name
/// none, the same region, or the default and then the others of the same part of the world.
#[must_use]
pub fn regions(session: &Session<'_>, workload: usize, place: &PlatformRef<'_>) -> Vec<String> {
    let book = session.book();
    let Some(now) = session.now().estimate.workloads.get(workload) else { return Vec::new() };
    let service = place.service;
    let named = &session.objectives().regions;
    if !named.is_empty() {
        let known = |r: &&String| service.regions.contains_key(*r);
        let here = named.iter().filter(known).cloned();
        // A price that holds everywhere is in the allowed regions too.
        let everywhere = service.regions.iter().filter(|r| r.1.area.is_none()).map(|r| r.0.clone());
        return here.chain(everywhere).collect();
    }
    if service.regions.contains_key(&now.region) {
        return vec![now.region.clone()];
    }
    let here = book.platform(&now.platform).and_then(|p| p.service.regions.get(&now.region));
    let area = here.and_then(|r| r.area);
    let fits = |id: &String| {
        let there = service.regions.get(id).and_then(|r| r.area);
        area.is_none() || there.is_none() || area == there
    };
    let default = Some(&service.default_region).into_iter();
    let others = service.regions.keys().filter(|id| **id != service.default_region);
    default.chain(others).filter(|id| fits(id)).take(1).cloned().collect()
}

/// The workload on another platform: what is true of it wherever it runs is kept, memory and processors
/// are at least what they are now. Nothing where that cannot be had.
#[must_use]
pub fn moved(
    session: &Session<'_>,
    workload: usize,
    place: &PlatformRef<'_>,
    region: &str,
) -> Option<Candidate> {
    let now = session.now().estimate.workloads.get(workload)?;
    let file = session.file().workloads.get(workload)?;
    let settings = &place.platform.settings;
    let mut change = Change::none();
    if now.platform != place.platform.id {
        change = change.set(workload, "platform", place.platform.id.as_str());
    }
    if now.region != region || now.platform != place.platform.id {
        change = change.set(workload, "region", region);
    }
    let mut own: BTreeMap<String, String> = defaults(settings);
    if now.platform == place.platform.id {
        own = now.settings.clone();
    } else {
        let same_service = session.book().platform(&now.platform).map(|p| &p.service.id)
            == Some(&place.service.id);
        for (name, value) in &file.deployment {
            let spec =
                settings.get(name).filter(|_| same_service || CARRIED.contains(&name.as_str()));
            let kept = match (&value.value, spec) {
                (TextOr::Text(text), Some(spec)) => spec.check(text).ok(),
                (TextOr::More(_), Some(_)) => Some(String::new()),
                _ => None,
            };
            match kept {
                Some(text) if text.is_empty() => {}
                Some(text) => {
                    own.insert(name.clone(), text);
                }
                None if name == "gpu" => return None,
                None => change = change.remove(workload, &format!("deployment.{name}")),
            }
        }
        for (name, value) in size(now, file, settings, &own)? {
            change = change.set(workload, &format!("deployment.{name}"), value.as_str());
            own.insert(name, value);
        }
        fix(settings, &mut own);
        if let Some(timeout) = timeout(now, settings, &own) {
            change = change.set(workload, "deployment.timeout", timeout.as_str());
            own.insert("timeout".into(), timeout);
        }
    }
    Some(Candidate {
        change,
        platform: place.platform.id.clone(),
        region: region.to_owned(),
        settings: own,
        chosen: Vec::new(),
    })
}

/// The candidate with the settings that may pay and ask nothing of the code; none where its processors are
/// too slow for one stream. Every other value is tried of what is neither a size nor the number of streams that share an instance, and as many streams on an instance as
/// its processors carry. Without `stated` processor times there are never more than the platform's own.
#[must_use]
pub fn variants(
    base: &Candidate,
    workload: usize,
    place: &PlatformRef<'_>,
    load: &Load,
    stated: bool,
) -> Vec<Candidate> {
    let settings = &place.platform.settings;
    if !base.change.is_none() && base.vcpu().is_some_and(|vcpu| !load.fits(vcpu)) {
        return Vec::new();
    }
    let mut all = vec![carried(base, workload, place, load)];
    for (name, spec) in settings {
        let sharing = SHARING.contains(&name.as_str());
        if spec.tries.is_empty() || is_size(name, spec) || (sharing && !stated) {
            continue;
        }
        let now = base.settings.get(name);
        let values: Vec<String> = if sharing {
            let fits = shared(spec, base.vcpu(), load);
            fits.into_iter().rev().take(1).filter(|v| now.is_none_or(|n| below(n, v))).collect()
        } else {
            spec.tries.iter().filter(|v| now != Some(*v)).cloned().collect()
        };
        let more: Vec<_> = all
            .iter()
            .flat_map(|c| values.iter().map(|v| c.with(workload, name, v, spec)))
            .collect();
        all.extend(more);
    }
    all
}

/// The candidate with no more streams on an instance than its processors carry.
fn carried(base: &Candidate, workload: usize, place: &PlatformRef<'_>, load: &Load) -> Candidate {
    let most = base.vcpu().and_then(|vcpu| load.streams_on(vcpu));
    let spec = place.platform.settings.get("concurrency");
    let now = base.settings.get("concurrency").and_then(|n| parse::count(n).ok());
    match (most, spec, now) {
        (Some(most), Some(spec), Some(now)) if now > u64::from(most) && !base.change.is_none() => {
            match spec.check(&most.to_string()) {
                Ok(value) => base.with(workload, "concurrency", &value, spec),
                Err(_) => base.clone(),
            }
        }
        _ => base.clone(),
    }
}

/// The timeout to set so that streams may last as long as they do now; the longest one where some are cut.
fn timeout(
    now: &WorkloadEstimate,
    settings: &BTreeMap<String, SettingSpec>,
    own: &BTreeMap<String, String>,
) -> Option<String> {
    let spec = settings.get("timeout")?;
    let long = |text: &String| parse::duration(text).ok();
    let present = long(own.get("timeout")?)?;
    let wanted = now.settings.get("timeout").filter(|_| now.facts.timed_out == 0);
    let most = spec.maximum.as_ref().and_then(|m| Some((m, long(m)?)));
    let wanted = wanted.and_then(|w| Some((w, long(w)?)));
    let (text, length) = match (wanted, most) {
        (Some(w), Some(m)) => {
            if w.1 <= m.1 {
                w
            } else {
                m
            }
        }
        (w, m) => w.or(m)?,
    };
    (length > present).then(|| text.clone())
}

fn defaults(settings: &BTreeMap<String, SettingSpec>) -> BTreeMap<String, String> {
    let of = |(name, spec): (&String, &SettingSpec)| Some((name.clone(), spec.default.clone()?));
    settings.iter().filter_map(of).collect()
}

/// What choices fix.
fn fix(settings: &BTreeMap<String, SettingSpec>, own: &mut BTreeMap<String, String>) {
    let chosen = settings.iter().filter_map(|(name, spec)| spec.choice(own.get(name)?));
    let fixed: Vec<_> = chosen.flat_map(|c| c.fixes.clone()).collect();
    own.extend(fixed);
}

/// Settings that give at least the memory and processors there are now.
fn size(
    now: &WorkloadEstimate,
    file: &WorkloadFile,
    settings: &BTreeMap<String, SettingSpec>,
    own: &BTreeMap<String, String>,
) -> Option<Vec<(String, String)>> {
    let memory = now.settings.get("memory").and_then(|m| memory_mib(m).ok());
    let vcpu = now.settings.get("vcpu").and_then(|v| parse::plain(v).ok());
    let enough = |fixes: &BTreeMap<String, String>, name: &str| {
        let mib = fixes.get("memory").map_or(name, String::as_str);
        let mib = memory_mib(mib).ok();
        let cpus = fixes.get("vcpu").and_then(|v| parse::plain(v).ok());
        (memory.is_none() || mib.is_none() || mib >= memory)
            && (vcpu.is_none() || cpus.is_none() || cpus >= vcpu)
    };
    let mut set = Vec::new();
    // Sizes that come as one choice.
    let sized = settings.iter().find(|(name, s)| is_size(name, s) && !s.choices.is_empty());
    if let Some((name, spec)) = sized {
        let listed = spec.choices.iter().filter(|c| c.same_as.is_none());
        let worth = listed.filter(|c| spec.tries.is_empty() || spec.tries.contains(&c.name));
        let first = worth.into_iter().find(|c| enough(&c.fixes, &c.name))?;
        if own.get(name) != Some(&first.name) {
            set.push((name.clone(), first.name.clone()));
        }
        return Some(set);
    }
    let needs = [("memory", now.settings.get("memory")), ("vcpu", now.settings.get("vcpu"))];
    for (name, need) in needs {
        let (Some(spec), Some(need)) = (settings.get(name), need) else {
            // Memory that was asked for has to be there.
            let asked = file.deployment.contains_key(name) && name == "memory";
            if asked && !settings.contains_key(name) {
                return None;
            }
            continue;
        };
        match spec.check(need) {
            Ok(value) if own.get(name) == Some(&value) => {}
            Ok(value) => set.push((name.to_owned(), value)),
            Err(_) => {
                let default = spec.default.as_deref()?;
                let larger = match name {
                    "memory" => memory_mib(default).ok()? >= memory_mib(need).ok()?,
                    _ => parse::plain(default).ok()? >= parse::plain(need).ok()?,
                };
                let minimum = spec.minimum.clone().filter(|m| below(need, m));
                match minimum {
                    Some(minimum) => set.push((name.to_owned(), minimum)),
                    None if larger => {}
                    None => return None,
                }
            }
        }
    }
    Some(set)
}

/// Whether a size or number is below another.
fn below(a: &str, b: &str) -> bool {
    match (memory_mib(a), memory_mib(b)) {
        (Ok(a), Ok(b)) => a < b,
        _ => match (parse::plain(a), parse::plain(b)) {
            (Ok(a), Ok(b)) => a < b,
            _ => false,
        },
    }
}

/// How many streams share an instance: the values to try that its processors carry, largest last.
#[must_use]
pub fn shared(spec: &SettingSpec, vcpu: Option<Decimal>, load: &Load) -> Vec<String> {
    let most = vcpu.and_then(|vcpu| load.streams_on(vcpu));
    let fits = |value: &&String| {
        let n = parse::count(value).unwrap_or(0);
        most.is_none_or(|most| n <= u64::from(most))
    };
    spec.tries.iter().filter(fits).cloned().collect()
}

/// Settings that say how many streams share an instance.
pub const SHARING: [&str; 2] = ["concurrency", "soft_limit"];

/// Whether a setting is the size of an instance.
#[must_use]
pub fn is_size(name: &str, spec: &SettingSpec) -> bool {
    let fixes =
        |c: &crate::pricing::Choice| c.fixes.contains_key("memory") || c.fixes.contains_key("vcpu");
    ["memory", "vcpu"].contains(&name) || (name != "gpu" && spec.choices.iter().any(fixes))
}
