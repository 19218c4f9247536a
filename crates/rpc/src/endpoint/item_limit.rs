//! Addresses or topics per request for logs, adapted to an endpoint's limits.

/// Requests that must succeed before a limit of unknown cause is exceeded again.
const SUCCESSES_TO_WIDEN: u32 = 512;

/// The permitted length of a filter's lists.
#[derive(Debug)]
pub(crate) struct ItemLimit {
    items: usize,
    /// Whether the endpoint's message was about the lists.
    is_permanent: bool,
    successes: u32,
}

impl Default for ItemLimit {
    fn default() -> Self {
        Self { items: usize::MAX, is_permanent: false, successes: 0 }
    }
}

impl ItemLimit {
    pub(crate) fn items(&self) -> usize {
        self.items
    }

    /// Adapts to the refusal of lists of `requested` items; whether shorter ones can be tried.
    pub(crate) fn on_exceeded(&mut self, permitted: Option<usize>, requested: usize) -> bool {
        let sent = requested.min(self.items);
        let named = permitted.filter(|items| (1..sent).contains(items));
        self.is_permanent = true;
        self.shorten(named.unwrap_or(sent / 2))
    }

    /// Halves the lists after a refusal of unknown cause; whether shorter ones can be tried.
    pub(crate) fn halve(&mut self, requested: usize) -> bool {
        self.shorten(requested.min(self.items) / 2)
    }

    fn shorten(&mut self, items: usize) -> bool {
        self.successes = 0;
        if items > 0 {
            self.items = self.items.min(items);
        }
        items > 0
    }

    /// Forgets what refusals of unknown cause taught: a single item is refused too.
    pub(crate) fn forget_unknown(&mut self) {
        if !self.is_permanent {
            *self = Self::default();
        }
    }

    pub(crate) fn on_success(&mut self) {
        if self.is_permanent || self.items == usize::MAX {
            return;
        }
        self.successes += 1;
        if self.successes >= SUCCESSES_TO_WIDEN {
            self.successes = 0;
            self.items = self.items.saturating_mul(2);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn named_limit_is_permanent() {
        let mut limit = ItemLimit::default();
        assert!(limit.on_exceeded(Some(100), 300));
        (0..10_000).for_each(|_| limit.on_success());
        limit.forget_unknown();
        assert_eq!(limit.items(), 100);
        assert!(limit.on_exceeded(Some(100), 300), "it permits fewer than it names");
        assert_eq!(limit.items(), 50);
    }

    #[test]
    fn limit_that_is_not_named_is_halved_down_to_one() {
        let mut limit = ItemLimit::default();
        let mut tried = Vec::new();
        while limit.halve(10) {
            tried.push(limit.items());
        }
        assert_eq!(tried, [5, 2, 1]);
        limit.forget_unknown();
        assert_eq!(limit.items(), usize::MAX);
    }

    #[test]
    fn limit_of_unknown_cause_is_tested_again() {
        let mut limit = ItemLimit::default();
        limit.halve(10);
        (0..SUCCESSES_TO_WIDEN).for_each(|_| limit.on_success());
        assert_eq!(limit.items(), 10);
    }
}
