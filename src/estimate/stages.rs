//! The stages of a workload: read, placed, and those with a platform of their own as workloads.

use super::context::Context;
use super::deployment::Deployment;
use super::models::Pieces;
use super::stage_place::on_its_own;
use super::usage::{self, StatedUsage};
use crate::diagnostic::{Diagnostic, Field, Located, Result, suggest};
use crate::pricing::{LlmProvider, Model, Transport};
use crate::workload::parse::share;
use crate::workload::stages::{Cascade, Forwarding, Gate, Post, REJECTION_BYTES, Stages};
use crate::workload::{
    Assumption, CascadeFile, Distribution, DistributionSpec, GateFile, Origin, Placement, PostFile,
    Unit, WorkloadFile,
};
use std::num::NonZeroU16;

/// A stage with a platform of its own.
pub(super) struct Apart<'a> {
    pub(super) deployment: Deployment<'a>,
    pub(super) stated: Vec<StatedUsage<'a>>,
    pub(super) models: Vec<(&'a LlmProvider, &'a Model)>,
}

/// The stages of a workload.
#[derive(Default)]
pub(super) struct Staged<'a> {
    /// As the function sees them; `None` without any.
    pub(super) stages: Option<Stages>,
    pub(super) gate: Option<Apart<'a>>,
    pub(super) post: Option<Apart<'a>>,
    /// What a stage inside the function uses besides.
    pub(super) stated: Vec<StatedUsage<'a>>,
    pub(super) assumptions: Vec<Assumption>,
}

impl Staged<'_> {
    fn list(&mut self, key: &str, value: impl Into<String>, origin: Origin, note: &str) {
        self.assumptions.push(Assumption::new(key, value, origin).note(note));
    }
}

/// Reads the stages of a workload; the models they call are added to the workload's.
pub(super) fn resolve<'a>(
    context: &Context<'a>,
    file: &WorkloadFile,
    pieces: &mut Pieces<'a>,
    (function, transport): (&Deployment<'a>, Transport),
) -> Result<Staged<'a>> {
    let mut staged = Staged::default();
    let mut stages = Stages::default();
    if let Some((first, written)) = pieces.cascade.take() {
        stages.cascade = cascade(context, first, &written, &mut staged)?;
    }
    match &file.gate {
        Some(written) if written.value.planned => {
            let note = "its facts wait for a recommendation; nothing of it is counted";
            staged.list("gate", "planned", Origin::Given, note);
            // A mistake in it is one now.
            let mut other = Pieces::none();
            let mut unused = Staged::default();
            gate(
                context,
                written,
                (&mut other, &Stages::default()),
                function,
                transport,
                &mut unused,
            )?;
        }
        Some(written) => {
            let read = gate(context, written, (pieces, &stages), function, transport, &mut staged)?;
            stages.gate = Some(read);
        }
        None => {}
    }
    if let Some(written) = &file.post {
        stages.post = Some(post(context, written, function, &mut staged)?);
    }
    staged.stages = (stages != Stages::default()).then_some(stages);
    Ok(staged)
}

fn cascade(
    context: &Context<'_>,
    first: u16,
    file: &CascadeFile,
    staged: &mut Staged<'_>,
) -> Result<Option<Cascade>> {
    let source = context.source;
    let escalates = source.parse(&file.escalates, share)?;
    let duration = optional(context, file.duration.as_ref(), Unit::Seconds)?;
    let output_tokens = optional(context, file.output_tokens.as_ref(), Unit::Tokens)?;
    if file.planned {
        let note = "its facts wait for a recommendation; nothing of it is counted";
        staged.list("llm.cascade", "planned", Origin::Given, note);
        return Ok(None);
    }
    let words = format!("{} first, {} escalate", file.first.value, file.escalates.value);
    staged.list("llm.cascade", words, Origin::Given, "the times of answers are the same");
    for (key, value, otherwise) in [
        ("duration", shown(duration, Unit::Seconds), "as long as the answer"),
        ("output_tokens", shown(output_tokens, Unit::Tokens), "as many as the answer"),
    ] {
        let key = format!("llm.cascade.{key}");
        let note = "of a try that escalates";
        match value {
            Some(value) => staged.list(&key, value, Origin::Given, note),
            None => staged.list(&key, otherwise, Origin::Assumed, note),
        }
    }
    Ok(NonZeroU16::new(first).map(|first| Cascade { first, escalates, duration, output_tokens }))
}

fn gate<'a>(
    context: &Context<'a>,
    written: &Located<GateFile>,
    (pieces, others): (&mut Pieces<'a>, &Stages),
    function: &Deployment<'a>,
    transport: Transport,
    staged: &mut Staged<'a>,
) -> Result<Gate> {
    let (source, file) = (context.source, &written.value);
    let duration = DistributionSpec::resolve(&file.duration, source, Unit::Seconds)?;
    let cpu = optional(context, file.cpu.as_ref(), Unit::Seconds)?;
    times("gate", (duration, cpu), staged);
    let rejects = part(context, "gate.rejects", file.rejects.as_ref(), staged)?;
    let answers = part(context, "gate.answers", file.answers.as_ref(), staged)?;
    if rejects + answers > 1.0 {
        let message = "the gate rejects and answers more requests than there are";
        let error = Diagnostic::input(message);
        return Err(Box::new(match &file.answers {
            Some(field) => error.at(source.place(field), "more than the rest"),
            None => error,
        }));
    }
    if rejects > 0.0 {
        let bytes = format!("{REJECTION_BYTES}B");
        staged.list("gate.rejection_bytes", bytes, Origin::Assumed, "a status and a sentence");
    }
    let tries_all = tries(context, file, others, staged)?;
    let mut answer_duration = optional(context, file.answer_duration.as_ref(), Unit::Seconds)?;
    match (answer_duration, &file.llm) {
        (Some(d), _) => {
            let value = d.describe(|v| Unit::Seconds.show(v));
            staged.list("gate.answer_duration", value, Origin::Given, "");
        }
        (None, Some(_)) => {
            staged.list("gate.answer_duration", "the workload's own", Origin::Assumed, "");
        }
        (None, None) => {
            answer_duration = Some(Distribution::Constant(0.0));
            if answers > 0.0 {
                staged.list("gate.answer_duration", "0s", Origin::Assumed, "sent at once");
            }
        }
    }
    let deployment = on_its_own(context, ("gate", written, file), function, transport)?;
    let apart = forwards(context, file, staged)?.filter(|_| deployment.is_some());
    let mut own = Pieces::none();
    let list = if deployment.is_some() { &mut own } else { pieces };
    let model = match &file.llm {
        Some(field) => {
            staged.list("gate.llm", field.value.clone(), Origin::Given, "");
            Some(list.named(context, field)?)
        }
        None => None,
    };
    if tries_all && deployment.is_none() && model == Some(0) {
        let field = file.tries.as_ref().unwrap_or(&file.duration.field("")).clone();
        let message = "`tries: all` needs a model of the workload to escalate to";
        return Err(Box::new(source.error(&field, message, "no `llm:` in this workload")));
    }
    let beside = deployment.as_ref().unwrap_or(function);
    let stated = usage::of_stage(context, file.usage(), beside)?;
    let function_elsewhere = beside.vendor() != function.vendor();
    match deployment {
        Some(deployment) => {
            staged.gate = Some(Apart { deployment, stated, models: own.models });
        }
        None => staged.stated.extend(stated),
    }
    Ok(Gate {
        duration,
        cpu,
        rejects,
        answers,
        answer_duration,
        model,
        tries_all,
        apart,
        function_elsewhere,
    })
}

/// Whether the gate's model is asked for every request.
fn tries(
    context: &Context<'_>,
    file: &GateFile,
    others: &Stages,
    staged: &mut Staged<'_>,
) -> Result<bool> {
    let source = context.source;
    let Some(field) = &file.tries else {
        if file.llm.is_some() {
            let note = "something else tells which these are";
            staged.list("gate.tries", "answered", Origin::Assumed, note);
        }
        return Ok(false);
    };
    let all = one_of(context, field, "way to ask a gate's model", &["answered", "all"])? == 1;
    if file.llm.is_none() {
        let message = "`tries` without a model";
        let label = "nothing is asked";
        return Err(Box::new(
            source.error(field, message, label).hint("add `llm: provider/model`"),
        ));
    }
    if all && others.cascade.is_some() {
        let message = "a cascade behind a gate whose model tries all";
        let label = "two light models would be asked";
        let d = source.error(field, message, label);
        return Err(Box::new(d.hint("leave one of the two out")));
    }
    let note = if all { "what escalates has paid a whole answer in vain" } else { "" };
    staged.list("gate.tries", field.value.clone(), Origin::Given, note);
    Ok(all)
}

/// How streams pass the gate.
fn forwards(
    context: &Context<'_>,
    file: &GateFile,
    staged: &mut Staged<'_>,
) -> Result<Option<Forwarding>> {
    let Some(platform) = &file.platform else { return Ok(None) };
    let note = "streams pass the gate, which stays open meanwhile";
    staged.list("gate.platform", platform.value.clone(), Origin::Given, "");
    let Some(field) = &file.forwards else {
        staged.list("gate.forwards", "proxy", Origin::Assumed, note);
        return Ok(Some(Forwarding::Proxy));
    };
    let redirects = one_of(context, field, "way past a gate", &["proxy", "redirect"])? == 1;
    let note = if redirects { "clients are sent on to the function" } else { note };
    staged.list("gate.forwards", field.value.clone(), Origin::Given, note);
    Ok(Some(if redirects { Forwarding::Redirect } else { Forwarding::Proxy }))
}

fn post<'a>(
    context: &Context<'a>,
    written: &Located<PostFile>,
    function: &Deployment<'a>,
    staged: &mut Staged<'a>,
) -> Result<Post> {
    let file = &written.value;
    let duration = DistributionSpec::resolve(&file.duration, context.source, Unit::Seconds)?;
    let cpu = optional(context, file.cpu.as_ref(), Unit::Seconds)?;
    times("post", (duration, cpu), staged);
    let deployment = on_its_own(context, ("post", written, file), function, Transport::Http)?;
    let elsewhere = deployment.as_ref().is_some_and(|d| d.vendor() != function.vendor());
    let apart = deployment.is_some();
    if let Some(deployment) = deployment {
        let name = deployment.place.platform.id.clone();
        let note = "what starts it, such as a queue, is counted only if stated under its `usage:`";
        staged.list("post.platform", name, Origin::Given, note);
        let stated = usage::of_stage(context, file.usage(), &deployment)?;
        staged.post = Some(Apart { deployment, stated, models: Vec::new() });
    } else {
        usage::of_stage(context, file.usage(), function)?;
    }
    Ok(Post { duration, cpu, apart, elsewhere })
}

/// Lists the times of a stage.
fn times(
    name: &str,
    (duration, cpu): (Distribution, Option<Distribution>),
    staged: &mut Staged<'_>,
) {
    let words = duration.describe(|v| Unit::Seconds.show(v));
    staged.list(&format!("{name}.duration"), words, Origin::Given, "");
    let key = format!("{name}.cpu");
    match shown(cpu, Unit::Seconds) {
        Some(words) => staged.list(&key, words, Origin::Given, ""),
        None => staged.list(&key, "as long as it takes", Origin::Assumed, ""),
    }
}

fn part(
    context: &Context<'_>,
    key: &str,
    field: Option<&Field>,
    staged: &mut Staged<'_>,
) -> Result<f64> {
    let Some(field) = field else { return Ok(0.0) };
    let value = context.source.parse(field, share)?;
    staged.list(key, field.value.clone(), Origin::Given, "drawn from each request's number");
    Ok(value)
}

fn optional(
    context: &Context<'_>,
    spec: Option<&Located<DistributionSpec>>,
    unit: Unit,
) -> Result<Option<Distribution>> {
    spec.map(|spec| DistributionSpec::resolve(spec, context.source, unit)).transpose()
}

fn shown(of: Option<Distribution>, unit: Unit) -> Option<String> {
    of.map(|d| d.describe(|v| unit.show(v)))
}

/// Which of these words is written.
fn one_of(context: &Context<'_>, field: &Field, what: &str, words: &[&str]) -> Result<usize> {
    words.iter().position(|word| *word == field.value).ok_or_else(|| {
        let message = format!("unknown {what} `{}`", field.value);
        let d = context.source.error(field, message, "not one of these");
        let hint = suggest::did_you_mean(&field.value, words.iter().copied());
        Box::new(
            d.note(format!("allowed: {}", suggest::list(words.iter().copied()))).maybe_hint(hint),
        )
    })
}
