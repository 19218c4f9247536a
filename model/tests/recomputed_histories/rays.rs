//! Rays along which a random account gets healthier, with its history computed again at each step.

use plimsoll_features::{AccountFeatures, Snapshot};
use plimsoll_lending::AssetAmount;
use rand::RngExt;
use rand::seq::IndexedRandom;
use rand_chacha::ChaCha8Rng;

use crate::account_rows::Change;
use crate::market::TestMarket;

/// ln HF rises by this times the square of the number of steps.
const STEP: f64 = 0.006;
/// Steps of a ray, the last 2.4 in ln HF from the first.
const STEPS: i32 = 21;

/// The way in which an account gets healthier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ray {
    /// All debts are scaled down.
    LessDebt,
    /// All collateral is scaled up.
    MoreCollateral,
    /// The smallest collateral is scaled up.
    MoreOfOneCollateral,
}

impl Ray {
    /// The change at each step, after debts are scaled by `first_debt`.
    fn changes(self, asset: &str, first_debt: f64) -> Vec<Change> {
        let change = |step: i32| {
            let factor = (STEP * f64::from(step * step)).exp();
            match self {
                Self::LessDebt => Change::both(first_debt / factor, 1.0),
                Self::MoreCollateral => Change::both(first_debt, factor),
                Self::MoreOfOneCollateral => {
                    Change { asset: Some(asset.to_owned()), ..Change::both(first_debt, factor) }
                }
            }
        };
        (0..STEPS).map(change).collect()
    }
}

/// A random account, open at a snapshot.
pub(crate) struct RandomAccount<'a> {
    pub(crate) market: &'a TestMarket,
    pub(crate) snapshot: &'a Snapshot,
    pub(crate) name: &'a str,
    pub(crate) now: AccountFeatures,
}

impl<'a> RandomAccount<'a> {
    pub(crate) fn choose(market: &'a TestMarket, rng: &mut ChaCha8Rng) -> Self {
        let snapshot = market.snapshots.choose(rng).expect("snapshots");
        let states: Vec<_> = snapshot.states().iter().collect();
        loop {
            let (name, state) = states.choose(rng).expect("accounts");
            if let Some(now) = snapshot.compute_features(state) {
                return Self { market, snapshot, name, now };
            }
        }
    }

    /// The account with these changes of its history, where it is open.
    pub(crate) fn recompute(&self, changes: &[Change]) -> Vec<AccountFeatures> {
        let rows = self.market.recompute(self.name, self.snapshot, changes);
        rows.into_iter().flatten().collect()
    }

    /// Asserts that the features of the unchanged history have the same bits, NaN included.
    pub(crate) fn assert_unchanged(&self) {
        let bits = |row: &AccountFeatures| -> Vec<u32> {
            row.features.iter().map(|value| value.to_bits()).collect()
        };
        let rows = self.recompute(&[Change::both(1.0, 1.0)]);
        let rows: Vec<Vec<u32>> = rows.iter().map(bits).collect();
        assert_eq!(rows, [bits(&self.now)], "{}", self.name);
    }

    /// The account along a ray from a random health factor around the threshold.
    pub(crate) fn along(&self, ray: Ray, rng: &mut ChaCha8Rng) -> Vec<AccountFeatures> {
        let first_debt = self.now.health_factor / rng.random_range(0.82..1.4);
        self.recompute(&ray.changes(self.smallest_collateral(), first_debt))
    }

    /// The account with this debt and health factor now, in proportion at all times.
    pub(crate) fn sized(&self, debt_usd: f64, health_factor: f64) -> Change {
        let debt = debt_usd / self.now.debt_usd;
        Change::both(debt, debt * health_factor / self.now.health_factor)
    }

    fn smallest_collateral(&self) -> &'a str {
        let (market, time_s) = (self.snapshot.market(), self.snapshot.as_of().timestamp());
        let usd =
            |held: &AssetAmount| held.amount * market.oracle_price(held.asset.index(), time_s);
        let held = self.now.account.collateral.iter();
        let least = held.min_by(|a, b| usd(a).total_cmp(&usd(b))).expect("collateral");
        &market.assets()[least.asset.index()].asset
    }
}
