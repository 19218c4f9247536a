//! The course of a borrower: checks, discretionary actions, closings and liquidations, ordered by
//! time.

use rand::RngExt;

use super::owner::OwnerProfile;
use super::state::{Borrower, LoanStage, SimContext};
use crate::clock::{TICKS_PER_DAY, TICKS_PER_HOUR};
use crate::environment::MarketPath;
use crate::events::{EventSink, ExitCause};
use crate::random::{Rng, exponential};

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
        events: &mut impl EventSink,
    ) {
        let mut context =
            SimContext { path, end_tick: until, rng, events, tick: path.start_tick() };
        let mut clock = context.tick as f64;
        while clock < until as f64 && !context.events.is_complete() {
            match self.stage {
                LoanStage::Exited => return,
                LoanStage::Away { until_tick: until } if until > context.end_tick => return,
                LoanStage::Away { until_tick: until } => {
                    context.tick = until;
                    clock = context.tick as f64;
                    self.open_loan(&mut context);
                }
                LoanStage::Borrowing => self.advance_to_next_visit(&mut context, &mut clock),
            }
        }
    }

    fn advance_to_next_visit<C: EventSink>(
        &mut self,
        context: &mut SimContext<'_, C>,
        clock: &mut f64,
    ) {
        let visit = self.next_visit(context, clock);
        let until = if visit.is_some() { clock.ceil() as usize } else { context.end_tick };
        self.process_liquidations(context, until);
        if self.stage != LoanStage::Borrowing {
            *clock = context.tick as f64;
            return;
        }
        context.tick = until;
        if let Some(visit) = visit.filter(|_| !context.events.is_complete()) {
            match visit {
                Visit::CheckHealth => self.check_health(context),
                Visit::DiscretionaryAction => self.take_discretionary_action(context),
                Visit::CloseLoan => self.close_loan(context),
            }
        }
    }

    /// Advances the clock, in ticks, to the next visit; `None` if the run ends before.
    ///
    /// The visit rate is constant within an hour; the next visit is where the integrated rate
    /// reaches an exponential random number.
    fn next_visit<C>(&self, context: &mut SimContext<'_, C>, clock: &mut f64) -> Option<Visit> {
        let (until, from) = (context.end_tick as f64, context.path.start_tick());
        // Both are drawn now, so that a run that ends before the visit draws the same numbers as a
        // longer one.
        let (mut left, kind_draw) = (exponential(context.rng), context.rng.random::<f64>());
        while *clock < until {
            let hour = (*clock as usize - from) / TICKS_PER_HOUR;
            let rates = self.visit_rates(context.path.hours[hour].alarm_factor);
            let rate = rates.iter().sum::<f64>() / TICKS_PER_DAY as f64;
            let end = ((from + (hour + 1) * TICKS_PER_HOUR) as f64).min(until);
            if left <= rate * (end - *clock) {
                *clock += left / rate;
                return Some(choose_visit(rates, kind_draw));
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
            discretionary_actions_per_day: actions,
            checks_per_day: checks,
            ..
        } = self.profile;
        [closings * alarm.sqrt(), actions * alarm, checks * alarm]
    }

    /// Ends the loan and samples whether and when the owner borrows again.
    pub(super) fn end_loan<C: EventSink>(
        &mut self,
        context: &mut SimContext<'_, C>,
        cause: ExitCause,
    ) {
        context.events.record_exit(context.tick, cause);
        self.stage = if context.rng.random::<f64>() < self.profile.return_probability {
            let days = 1.0 + 30.0 * exponential(context.rng);
            LoanStage::Away { until_tick: context.tick + (days * TICKS_PER_DAY as f64) as usize }
        } else {
            LoanStage::Exited
        };
    }
}

/// The kind of a visit, from a uniform number in 0 to 1.
fn choose_visit([close, act, check]: [f64; 3], u: f64) -> Visit {
    let u = u * (close + act + check);
    if u < close {
        Visit::CloseLoan
    } else if u < close + act {
        Visit::DiscretionaryAction
    } else {
        Visit::CheckHealth
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::environment::Environment;
    use crate::events::{Event, EventLog};
    use crate::random::RandomStream;
    use crate::simulation::Scenario;

    const DAYS: usize = 12;

    fn path() -> MarketPath {
        let (mut path, mut rng) = (MarketPath::default(), RandomStream::Environment.rng(11));
        Environment::new(Scenario::Crash).advance(24 * DAYS, &mut rng, &mut path);
        path
    }

    fn events(number: u32, path: &MarketPath, until: usize) -> Vec<Event> {
        let (mut rng, mut event_log) =
            (RandomStream::Borrower(number).rng(11), EventLog::default());
        let mut borrower = Borrower::sample(number, DAYS * TICKS_PER_DAY, &mut rng);
        borrower.run_until(path, until, &mut rng, &mut event_log);
        event_log.0
    }

    #[test]
    fn a_run_to_an_earlier_tick_is_the_beginning_of_one_to_a_later_tick() {
        let path = path();
        let mut at_the_end = 0;
        for number in 0..150 {
            let full_run = events(number, &path, path.end_tick());
            for until in (TICKS_PER_HOUR..path.end_tick()).step_by(4 * TICKS_PER_HOUR) {
                let known = full_run.partition_point(|event| event.tick as usize <= until);
                assert_eq!(events(number, &path, until), full_run[..known], "{number} to {until}");
                let last = full_run[..known].last();
                at_the_end += usize::from(last.is_some_and(|event| event.tick as usize == until));
            }
        }
        assert!(at_the_end > 10, "only {at_the_end} runs end with an action");
    }
}
