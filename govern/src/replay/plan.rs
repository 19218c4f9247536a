//! Times at which a replay updates parameters.

/// Equidistant times.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReplayPlan {
    /// The first time, Unix seconds.
    pub from_s: i64,
    /// End of the replay, Unix seconds; all times are before it.
    pub to_s: i64,
    /// The interval, seconds; above 0.
    pub every_s: i64,
}

impl ReplayPlan {
    pub(super) fn times_s(self) -> impl Iterator<Item = i64> {
        std::iter::successors(Some(self.from_s), move |time_s| Some(time_s + self.every_s))
            .take_while(move |time_s| *time_s < self.to_s)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_end_before_the_replay_end() {
        let times =
            |to_s| ReplayPlan { from_s: 10, to_s, every_s: 5 }.times_s().collect::<Vec<_>>();
        assert_eq!(times(20), [10, 15]);
        assert_eq!(times(21), [10, 15, 20]);
        assert!(times(10).is_empty());
    }
}
