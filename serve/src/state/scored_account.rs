//! One account with its score.

use std::sync::OnceLock;

use plimsoll_features::Snapshot;
use plimsoll_lake::Horizon;
use plimsoll_model::{Attribution, Model, ModelError};

use crate::state::changes::{Changes, ChangesNullReason};
use crate::state::position_state::PositionState;
use crate::state::probabilities::Probabilities;
use crate::state::score::Score;
use crate::state::valued_position::ValuedPosition;

/// Attributions at each of [`Horizon::ALL`].
pub(crate) type Attributions = [Attribution; Horizon::COUNT];

/// An account and its score.
#[derive(Debug)]
pub(crate) struct ScoredAccount {
    /// Its id, as in the lake.
    pub(crate) id: String,
    /// The account at its market's prices.
    pub(crate) valued: ValuedPosition,
    /// Its forecast; `None` for an account that cannot be liquidated.
    pub(crate) score: Option<Score>,
    /// Computed on first use. An account has its own cell, so the memory is that of the snapshot's
    /// accounts, and is freed with the snapshot.
    attributions: OnceLock<Box<Attributions>>,
    /// The same.
    changes: OnceLock<Box<Result<Changes, ChangesNullReason>>>,
}

impl ScoredAccount {
    /// An account with its score.
    pub(crate) const fn new(id: String, valued: ValuedPosition, score: Option<Score>) -> Self {
        Self { id, valued, score, attributions: OnceLock::new(), changes: OnceLock::new() }
    }

    /// Its state.
    pub(crate) fn state(&self) -> PositionState {
        PositionState::new(&self.valued, self.score.as_ref().map(|score| score.state))
    }

    /// Its probabilities; `None` for an account that cannot be liquidated.
    pub(crate) fn probabilities(&self) -> Option<&Probabilities> {
        self.score.as_ref().map(|score| &score.probabilities)
    }

    /// The attribution of its probabilities to drivers, computed once; `None` for an account that
    /// cannot be liquidated.
    ///
    /// # Errors
    /// [`ModelError`] if the model fails.
    pub(crate) fn attributions(&self, model: &Model) -> Result<Option<&Attributions>, ModelError> {
        if let Some(known) = self.attributions.get() {
            return Ok(Some(known));
        }
        let Some(features) = self.valued.features() else { return Ok(None) };
        let computed = Box::new(model.attribute(features.into())?);
        Ok(Some(self.attributions.get_or_init(|| computed)))
    }

    /// What changed its probabilities within a day, or why that is not defined; computed once.
    ///
    /// `snapshot`: that of its market.
    ///
    /// # Errors
    /// [`ModelError`] if the model fails.
    pub(crate) fn changes(
        &self,
        snapshot: &Snapshot,
        model: &Model,
    ) -> Result<&Result<Changes, ChangesNullReason>, ModelError> {
        if let Some(known) = self.changes.get() {
            return Ok(known);
        }
        let computed = Box::new(Changes::compute(snapshot, model, &self.id)?);
        Ok(self.changes.get_or_init(|| computed))
    }
}
