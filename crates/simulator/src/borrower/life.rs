//! A life: looks, errands, closings and liquidations in order of time.

use rand::RngExt;

use super::super::chronicle::{Chronicle, End};
use super::super::clock::{DAY, HOUR};
use super::super::environment::Path;
use super::super::random::{Rng, exponential};
use super::owner::Owner;
use super::{Borrower, Scene, Stage};

/// What an owner comes for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Visit {
    Look,
    Errand,
    Close,
}

impl Borrower {
    /// Lives on from the start of a path to a tick, or until the chronicle is complete.
    ///
    /// Visits are a Poisson process, so a life may be taken up anywhere: when the next visit comes
    /// does not depend on when the last one was. A life to an earlier tick is the beginning of one
    /// to a later tick.
    pub(crate) fn live(
        &mut self,
        path: &Path,
        until: usize,
        rng: &mut Rng,
        chronicle: &mut impl Chronicle,
    ) {
        let mut scene = Scene { path, until, rng, chronicle, tick: path.from() };
        let mut clock = scene.tick as f64;
        while clock < until as f64 && !scene.chronicle.is_complete() {
            match self.stage {
                Stage::Gone => return,
                Stage::Away { until } if until > scene.until => return,
                Stage::Away { until } => {
                    scene.tick = until;
                    clock = scene.tick as f64;
                    self.enter(&mut scene);
                }
                Stage::Borrowing => self.until_next_visit(&mut scene, &mut clock),
            }
        }
    }

    fn until_next_visit<C: Chronicle>(&mut self, scene: &mut Scene<'_, C>, clock: &mut f64) {
        let visit = self.next_visit(scene, clock);
        let until = if visit.is_some() { clock.ceil() as usize } else { scene.until };
        self.face_liquidators(scene, until);
        if self.stage != Stage::Borrowing {
            *clock = scene.tick as f64;
            return;
        }
        scene.tick = until;
        if let Some(visit) = visit.filter(|_| !scene.chronicle.is_complete()) {
            match visit {
                Visit::Look => self.look(scene),
                Visit::Errand => self.run_errand(scene),
                Visit::Close => self.close(scene),
            }
        }
    }

    /// Moves the clock, in ticks, to the next visit; `None` if the life ends before.
    ///
    /// Visits come at a rate that is constant within an hour: the time to the next is where the
    /// rate has added up to an exponential number.
    fn next_visit<C>(&self, scene: &mut Scene<'_, C>, clock: &mut f64) -> Option<Visit> {
        let (until, from) = (scene.until as f64, scene.path.from());
        // Both are drawn now, so that a life which ends before the visit draws as one that goes on.
        let (mut left, what) = (exponential(scene.rng), scene.rng.random::<f64>());
        while *clock < until {
            let hour = (*clock as usize - from) / HOUR;
            let rates = self.rates(scene.path.hours[hour].alarm);
            let rate = rates.iter().sum::<f64>() / DAY as f64;
            let end = ((from + (hour + 1) * HOUR) as f64).min(until);
            if left <= rate * (end - *clock) {
                *clock += left / rate;
                return Some(choose(rates, what));
            }
            left -= rate * (end - *clock);
            *clock = end;
        }
        None
    }

    /// Closings, errands and looks a day: whoever is alarmed looks more often, acts more often, and
    /// closes a little more often.
    fn rates(&self, alarm: f64) -> [f64; 3] {
        let Owner { closings, errands, looks, .. } = self.owner;
        [closings * alarm.sqrt(), errands * alarm, looks * alarm]
    }

    /// The loan is over, one way or the other; some come back.
    pub(super) fn leave<C: Chronicle>(&mut self, scene: &mut Scene<'_, C>, end: End) {
        scene.chronicle.end(scene.tick, end);
        self.stage = if scene.rng.random::<f64>() < self.owner.returns {
            let days = 1.0 + 30.0 * exponential(scene.rng);
            Stage::Away { until: scene.tick + (days * DAY as f64) as usize }
        } else {
            Stage::Gone
        };
    }
}

/// The kind of a visit, by a number spread evenly over 0 to 1.
fn choose([close, errand, look]: [f64; 3], u: f64) -> Visit {
    let u = u * (close + errand + look);
    if u < close {
        Visit::Close
    } else if u < close + errand {
        Visit::Errand
    } else {
        Visit::Look
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::chronicle::{Annals, Event};
    use super::super::super::environment::Environment;
    use super::super::super::options::Scenario;
    use super::super::super::random::Stream;
    use super::*;

    const DAYS: usize = 12;

    fn path() -> Path {
        let (mut path, mut rng) = (Path::default(), Stream::Environment.rng(11));
        Environment::new(Scenario::Crash).advance(24 * DAYS, &mut rng, &mut path);
        path
    }

    fn events(number: u32, path: &Path, until: usize) -> Vec<Event> {
        let (mut rng, mut annals) = (Stream::Borrower(number).rng(11), Annals::default());
        let mut borrower = Borrower::draw(number, DAYS * DAY, &mut rng);
        borrower.live(path, until, &mut rng, &mut annals);
        annals.0
    }

    #[test]
    fn a_life_to_an_earlier_tick_is_the_beginning_of_one_to_a_later_tick() {
        let path = path();
        let mut at_the_end = 0;
        for number in 0..150 {
            let whole = events(number, &path, path.until());
            for until in (HOUR..path.until()).step_by(4 * HOUR) {
                let known = whole.partition_point(|event| event.tick as usize <= until);
                assert_eq!(events(number, &path, until), whole[..known], "{number} to {until}");
                let last = whole[..known].last();
                at_the_end += usize::from(last.is_some_and(|event| event.tick as usize == until));
            }
        }
        assert!(at_the_end > 10, "only {at_the_end} lives end with a deed");
    }
}
