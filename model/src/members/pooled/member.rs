//! A pooled member and its curves for accounts.

use plimsoll_numerics::logistic;
use plimsoll_trees::{Forest, SteppedForest, SteppedRow};
use serde::{Deserialize, Serialize};

use super::curve::{CurveKind, LiquidationCurve};
use super::inputs::INPUT_COUNT;
use crate::input::grid::{INTERVALS, LN_EDGES_HOURS};

/// Inputs that rise with the horizon: its logarithm, and the price anchor.
const RISING_INPUTS: usize = 2;

/// Bags of trees, each fitted to most of the accounts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "PooledParameters", into = "PooledParameters")]
pub(crate) struct PooledMember {
    pub(super) parameters: PooledParameters,
    compiled: Vec<SteppedForest>,
}

/// The parameters of a member, as they are stored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PooledParameters {
    pub(super) kind: CurveKind,
    pub(super) bags: Vec<Forest>,
    /// Log odds at each edge, or in each interval, before the trees.
    pub(super) levels: [f64; INTERVALS],
}

/// The inputs of one account.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PooledRow<'a> {
    /// The price anchor's log odds by edge.
    pub(crate) anchor: &'a [f32],
    /// The other inputs.
    pub(crate) inputs: &'a [f32],
}

impl TryFrom<PooledParameters> for PooledMember {
    type Error = &'static str;

    fn try_from(parameters: PooledParameters) -> Result<Self, Self::Error> {
        let inputs = INPUT_COUNT + RISING_INPUTS;
        let compile = |forest: &Forest| {
            let forest = (forest.input_count() == inputs).then_some(forest)?;
            forest.compile_stepped(&LN_EDGES_HOURS, RISING_INPUTS)
        };
        let compiled: Option<Vec<SteppedForest>> = parameters.bags.iter().map(compile).collect();
        match compiled {
            Some(compiled) if !compiled.is_empty() => Ok(Self { parameters, compiled }),
            _ => Err("trees of a pooled member have other inputs or too many leaves"),
        }
    }
}

impl From<PooledMember> for PooledParameters {
    fn from(member: PooledMember) -> Self {
        member.parameters
    }
}

impl PooledMember {
    /// The curve of each bag for each account.
    pub(crate) fn curves(&self, rows: &[PooledRow<'_>]) -> Vec<Vec<LiquidationCurve>> {
        let margins = self.margins(rows);
        margins
            .iter()
            .map(|bags| bags.iter().map(|margins| self.curve(margins)).collect())
            .collect()
    }

    /// The margins of each bag at each edge, without the levels, for each account.
    pub(super) fn margins(&self, rows: &[PooledRow<'_>]) -> Vec<Vec<[f64; INTERVALS]>> {
        let rising: Vec<[&[f32]; RISING_INPUTS]> =
            rows.iter().map(|row| [&LN_EDGES_HOURS[..], row.anchor]).collect();
        let stepped: Vec<SteppedRow<'_>> = rows
            .iter()
            .zip(&rising)
            .map(|(row, rising)| SteppedRow { rising, constant: row.inputs })
            .collect();
        let mut of_rows = vec![Vec::with_capacity(self.compiled.len()); rows.len()];
        for forest in &self.compiled {
            let margins = forest.margins(&stepped);
            let (margins, _) = margins.as_chunks::<INTERVALS>();
            of_rows.iter_mut().zip(margins).for_each(|(bags, margins)| bags.push(*margins));
        }
        of_rows
    }

    fn curve(&self, margins: &[f64; INTERVALS]) -> LiquidationCurve {
        let p = |k: usize| logistic(self.parameters.levels[k] + margins[k]);
        match self.parameters.kind {
            CurveKind::Cumulative => {
                // Margins rise with the horizon; levels, which are fitted, need not.
                let mut before = 0.0_f64;
                std::array::from_fn(|k| {
                    before = before.max(p(k));
                    before
                })
            }
            CurveKind::Hazard => {
                let mut survival = 1.0;
                std::array::from_fn(|k| {
                    survival *= 1.0 - p(k);
                    1.0 - survival
                })
            }
        }
    }
}
