//! A replay as others use it: fed block by block.

use super::engine::Engine;
use super::observer::Observer;
use super::stack::{Stack, is_stack};
use super::{BLOCK, Behavior, Block};
use crate::units::SimTime;
use crate::workload::Request;

/// Plays `requests` (sorted by arrival) against a platform; see [`Replay`].
pub fn replay<O: Observer>(
    behavior: &Behavior,
    requests: impl Iterator<Item = Request>,
    window: (SimTime, SimTime),
    clip: bool,
    observer: O,
) -> O {
    let mut replay = Replay::new(behavior, window, clip, observer);
    let mut requests = requests.peekable();
    while requests.peek().is_some() {
        replay.feed(&Block::new(requests.by_ref().take(BLOCK / 8).collect()));
    }
    replay.finish()
}

/// A replay that is fed block by block.
///
/// Floor and provisioned capacity exist exactly within the window `[from, to)`. With `clip`, idle
/// instances stop at its end, as in the middle of a longer stay whose next part is billed next; without
/// it each idle instance lives out its keep-alive, as after a lone sample. Requests in flight at the end
/// always run to their own end.
///
/// Memory is bounded by the requests in flight and the instances at once, not by how many were fed.
pub struct Replay<'a, O>(How<'a, O>);

enum How<'a, O> {
    Events(Box<Engine<'a, O>>),
    Stack(Box<Stack<'a, O>>),
}

impl<'a, O: Observer> Replay<'a, O> {
    /// A replay of nothing yet; `observer` is told what happens.
    pub fn new(b: &'a Behavior, (from, to): (SimTime, SimTime), clip: bool, observer: O) -> Self {
        Self(if is_stack(b) && !observer.needs_instances() {
            How::Stack(Box::new(Stack::new(b, to, clip, observer)))
        } else {
            How::Events(Box::new(Engine::new(b, from, to, clip, observer)))
        })
    }

    /// Plays the requests of a block; none may arrive before those played already.
    pub fn feed(&mut self, block: &Block) {
        match &mut self.0 {
            How::Events(engine) => engine.feed(block),
            How::Stack(stack) => stack.feed(block),
        }
    }

    /// Lets everything come to its end.
    pub fn finish(self) -> O {
        match self.0 {
            How::Events(engine) => engine.finish(),
            How::Stack(stack) => stack.finish(),
        }
    }
}
