//! The course of a borrower: checks, discretionary actions, closings and liquidations, ordered by
//! time.

use rand::RngExt;

use crate::events::{EventSink, ExitCause};
use crate::clock::{TICKS_PER_DAY, TICKS_PER_HOUR};
use crate::environment::MarketPath;
use crate::random::{Rng, exponential};
use super::owner::OwnerProfile;
use super::state::{Borrower, LoanStage, SimContext};

/// The reason for which an owner visits the position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Visit {
    CheckHealth,
    DiscretionaryAction,
    CloseLoan,
}

impl Borrower {
    /// Simulates the borrower from the start of a path to a tick, or until the sink is complete.
    ///
    /// Visits are a Poisson process, so a simulation may resume at any tick: the time to the next
    /// visit does not depend on the last one. A run to an earlier tick is the beginning of a run to
    /// a later tick.
    pub(crate) fn run_until(
        &mut self,
        path: &MarketPath,
        until: usize,
        rng: &mut Rng,
        chronicle: &mut impl EventSink,
    ) {
        let mut scene =
            SimContext { path, end_tick: until, rng, events: chronicle, tick: path.start_tick() };
        let mut clock = scene.tick as f64;
        while clock < until as f64 && !scene.events.is_complete() {
            match self.stage {
                LoanStage::Exited => return,
                LoanStage::Away { until_tick: until } if until > scene.end_tick => return,
                LoanStage::Away { until_tick: until } => {
                    scene.tick = until;
                    clock = scene.tick as f64;
                    self.open_loan(&mut scene);
                }
                LoanStage::Borrowing => self.advance_to_next_visit(&mut scene, &mut clock),
            }
        }
    }

    fn advance_to_next_visit<C: EventSink>(
        &mut self,
        scene: &mut SimContext<'_, C>,
        clock: &mut f64,
    ) {
        let visit = self.next_visit(scene, clock);
        let until = if visit.is_some() { clock.ceil() as usize } else { scene.end_tick };
        self.process_liquidations(scene, until);
        if self.stage != LoanStage::Borrowing {
            *clock = scene.tick as f64;
            return;
        }
        scene.tick = until;
        if let Some(visit) = visit.filter(|_| !scene.events.is_complete()) {
            match visit {
                Visit::CheckHealth => self.check_health(scene),
                Visit::DiscretionaryAction => self.take_discretionary_action(scene),
                Visit::CloseLoan => self.close_loan(scene),
            }
        }
    }

    /// Advances the clock, in ticks, to the next visit; `None` if the run ends before.
    ///
    /// The visit rate is constant within an hour; the next visit is where the integrated rate
    /// reaches an exponential random number.
    fn next_visit<C>(&self, scene: &mut SimContext<'_, C>, clock: &mut f64) -> Option<Visit> {
        let (until, from) = (scene.end_tick as f64, scene.path.start_tick());
        // Both are drawn now, so that a run that ends before the visit draws the same numbers as a
        // longer one.
        let (mut left, what) = (exponential(scene.rng), scene.rng.random::<f64>());
        while *clock < until {
            let hour = (*clock as usize - from) / TICKS_PER_HOUR;
            let rates = self.visit_rates(scene.path.hours[hour].alarm_factor);
            let rate = rates.iter().sum::<f64>() / TICKS_PER_DAY as f64;
            let end = ((from + (hour + 1) * TICKS_PER_HOUR) as f64).min(until);
            if left <= rate * (end - *clock) {
                *clock += left / rate;
                return Some(choose_visit(rates, what));
            }
            left -= rate * (end - *clock);
            *clock = end;
        }
        None
    }

    /// Closings, discretionary actions and checks per day. Alarm multiplies the rate of checks and
    /// actions, and its square root that of closings.
    fn visit_rates(&self, alarm: f64) -> [f64; 3] {
        let OwnerProfile {
            closings_per_day: closings,
            discretionary_actions_per_day: errands,
            checks_per_day: looks,
            ..
        } = self.profile;
        [closings * alarm.sqrt(), errands * alarm, looks * alarm]
    }

    /// Ends the loan and samples whether and when the owner borrows again.
    pub(super) fn end_loan<C: EventSink>(&mut self, scene: &mut SimContext<'_, C>, end: ExitCause) {
        scene.events.record_exit(scene.tick, end);
        self.stage = if scene.rng.random::<f64>() < self.profile.return_probability {
            let days = 1.0 + 30.0 * exponential(scene.rng);
            LoanStage::Away { until_tick: scene.tick + (days * TICKS_PER_DAY as f64) as usize }
        } else {
            LoanStage::Exited
        };
    }
}

/// The kind of a visit, from a uniform number in 0 to 1.
fn choose_visit([close, errand, look]: [f64; 3], u: f64) -> Visit {
    let u = u * (close + errand + look);
    if u < close {
        Visit::CloseLoan
    } else if u < close + errand {
        Visit::DiscretionaryAction
    } else {
        Visit::CheckHealth
    }
}

#[cfg(test)]
mod tests {
    use crate::events::{Event, EventLog};
    use crate::environment::Environment;
    use crate::simulation::Scenario;
    use crate::random::RandomStream;
    use super::*;

    const DAYS: usize = 12;

    fn path() -> MarketPath {
        let (mut path, mut rng) = (MarketPath::default(), RandomStream::Environment.rng(11));
        Environment::new(Scenario::Crash).advance(24 * DAYS, &mut rng, &mut path);
        path
    }

    fn events(number: u32, path: &MarketPath, until: usize) -> Vec<Event> {
        let (mut rng, mut annals) = (RandomStream::Borrower(number).rng(11), EventLog::default());
        let mut borrower = Borrower::sample(number, DAYS * TICKS_PER_DAY, &mut rng);
        borrower.run_until(path, until, &mut rng, &mut annals);
        annals.0
    }

    #[test]
    fn a_life_to_an_earlier_tick_is_the_beginning_of_one_to_a_later_tick() {
        let path = path();
        let mut at_the_end = 0;
        for number in 0..150 {
            let whole = events(number, &path, path.end_tick());
            for until in (TICKS_PER_HOUR..path.end_tick()).step_by(4 * TICKS_PER_HOUR) {
                let known = whole.partition_point(|event| event.tick as usize <= until);
                assert_eq!(events(number, &path, until), whole[..known], "{number} to {until}");
                let last = whole[..known].last();
                at_the_end += usize::from(last.is_some_and(|event| event.tick as usize == until));
            }
        }
        assert!(at_the_end > 10, "only {at_the_end} lives end with a deed");
    }
}
