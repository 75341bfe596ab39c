//! The random numbers of requests: the same for a request whatever the ones before it used.

use super::random::{self, Pcg64};

/// One uniform number for each thing that can vary.
pub(super) struct Draws {
    pub(super) input: f64,
    pub(super) output: f64,
    pub(super) ttft: f64,
    pub(super) speed: f64,
    pub(super) duration: f64,
    pub(super) cpu: f64,
    pub(super) token_cpu: f64,
    pub(super) request: f64,
    pub(super) response: f64,
    pub(super) leaves: f64,
    pub(super) leaves_at: f64,
}

impl Draws {
    /// For requests that nothing varies of.
    pub(super) const MIDDLE: Self = Self {
        input: 0.5,
        output: 0.5,
        ttft: 0.5,
        speed: 0.5,
        duration: 0.5,
        cpu: 0.5,
        token_cpu: 0.5,
        request: 0.5,
        response: 0.5,
        leaves: 0.5,
        leaves_at: 0.5,
    };
}

/// Numbers of one request.
const EACH: u128 = 11;

/// The numbers of request after request.
///
/// All are there for every request, so that changing one parameter leaves the other values of every
/// request as they were; and they can be passed over, so that portions are drawn on their own.
#[derive(Clone, Debug)]
pub struct RequestDraws {
    rng: Pcg64,
    /// Requests passed over since the generator stood still.
    behind: u128,
}

impl RequestDraws {
    /// The numbers of a stream from request `first` on, counted from 0.
    #[must_use]
    pub fn new(rng: Pcg64, first: u64) -> Self {
        Self { rng, behind: u128::from(first) }
    }

    /// Passes over a request that needs none.
    pub fn skip(&mut self) {
        self.behind += 1;
    }

    /// The numbers of the next request.
    pub(super) fn next(&mut self) -> Draws {
        if self.behind > 0 {
            self.rng.advance(self.behind * EACH);
            self.behind = 0;
        }
        let mut next = || random::uniform(&mut self.rng);
        Draws {
            input: next(),
            output: next(),
            ttft: next(),
            speed: next(),
            duration: next(),
            cpu: next(),
            token_cpu: next(),
            request: next(),
            response: next(),
            leaves: next(),
            leaves_at: next(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use random::{purpose, stream};

    #[test]
    fn a_request_keeps_its_numbers_when_others_are_passed_over() {
        let draws = |first| RequestDraws::new(stream(1, 2, purpose::REQUESTS), first);
        let (mut all, mut late) = (draws(0), draws(3));
        all.next();
        all.skip();
        all.skip();
        let (a, b) = (all.next(), late.next());
        assert_eq!((a.input, a.leaves_at), (b.input, b.leaves_at));
    }
}
