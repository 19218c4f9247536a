//! One account with its score.

use crate::state::probabilities::Probabilities;
use crate::state::valued_position::ValuedPosition;

/// An account and its score.
#[derive(Debug)]
pub(crate) struct ScoredAccount {
    /// Its id, as in the lake.
    pub(crate) id: String,
    /// The account at its market's prices.
    pub(crate) valued: ValuedPosition,
    /// Its probabilities; `None` unless the account is open.
    pub(crate) probabilities: Option<Probabilities>,
}
