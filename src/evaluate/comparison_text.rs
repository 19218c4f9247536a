//! A comparison with a peer as text or Markdown.

use std::fmt;
use std::path::Path;

use plimsoll_lake::Horizon;
use plimsoll_model::{
    Comparison, ConfidenceInterval, HorizonComparison, Omission, PairedDifference,
};
use plimsoll_report::format_figure;

use super::text::{CALIBRATION, SCORES, calibration_row, score_row};
use crate::table::TableStyle;

/// Name of the peer in the tables.
const PEER: &str = "peer";
/// Header of the table of differences.
const DIFFERENCES: [&str; 6] =
    ["horizon", "score", "difference", "90 % by time", "95 % by time", "95 % by account"];

/// Formats a comparison.
pub(super) struct ComparisonText<'a> {
    /// The name of the evaluated forecasts in the tables.
    pub(super) label: &'static str,
    /// The peer's file.
    pub(super) file: &'a Path,
    pub(super) comparison: &'a Comparison,
    pub(super) style: TableStyle,
}

impl fmt::Display for ComparisonText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write_counts(f)?;
        let both = |(horizon, at): &(Horizon, HorizonComparison)| {
            [score_row(*horizon, self.label, &at.model), score_row(*horizon, PEER, &at.peer)]
        };
        let rows = self.comparison.horizons.iter().flat_map(both);
        writeln!(f, "{}\n", self.style.table(&SCORES, 2, rows))?;
        let both = |(horizon, at): &(Horizon, HorizonComparison)| {
            [
                calibration_row(*horizon, self.label, &at.model, at.model_skill.as_ref()),
                calibration_row(*horizon, PEER, &at.peer, at.peer_skill.as_ref()),
            ]
        };
        let rows = self.comparison.horizons.iter().flat_map(both);
        writeln!(f, "{}\n", self.style.table(&CALIBRATION, 2, rows))?;
        self.write_differences(f)
    }
}

impl ComparisonText<'_> {
    fn write_counts(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Comparison { from, to, rows, accounts, left_out, .. } = self.comparison;
        let file = self.file.display();
        writeln!(f, "\n{} beside the peer {file}", self.label)?;
        writeln!(f, "{rows} landmarks of {accounts} accounts that both have, from {from} to {to}")?;
        for (omission, what) in [
            (&left_out.without_peer, "landmarks that the peer does not forecast"),
            (&left_out.not_evaluated, "forecasts of the peer of landmarks that are not evaluated"),
            (&left_out.off_grid, "forecasts of the peer off the grid"),
            (&left_out.unmatched, "forecasts of the peer of no landmark in the lake"),
        ] {
            write_omission(f, omission, what)?;
        }
        for (horizon, at) in &self.comparison.horizons {
            if at.without_probability > 0 {
                let count = at.without_probability;
                writeln!(f, "left out at {horizon}: {count} landmarks without a probability")?;
            }
        }
        writeln!(f)
    }

    fn write_differences(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows = self.comparison.horizons.iter().flat_map(|(horizon, at)| {
            [
                ("AUC", &at.auc, 4),
                ("AP", &at.average_precision, 4),
                ("Brier", &at.brier, 6),
                ("log score", &at.log_score, 6),
            ]
            .map(|(score, paired, decimals)| difference_row(*horizon, score, paired, decimals))
        });
        writeln!(
            f,
            "{} minus peer; AUC and AP are better above 0, the others below\n",
            self.label
        )?;
        writeln!(f, "{}", self.style.table(&DIFFERENCES, 2, rows))?;
        let blocks = |(horizon, at): &(Horizon, HorizonComparison)| {
            format!("{horizon}: {} blocks of {} days", at.blocks, at.block_days)
        };
        let blocks: Vec<String> = self.comparison.horizons.iter().map(blocks).collect();
        let (replicates, seed) =
            (self.comparison.resampling.replicates, self.comparison.resampling.seed);
        writeln!(f, "\n{replicates} resamples, seed {seed}; {}", blocks.join(", "))
    }
}

fn write_omission(f: &mut fmt::Formatter<'_>, omission: &Omission, what: &str) -> fmt::Result {
    let Omission { count, first } = omission;
    if *count == 0 {
        return Ok(());
    }
    writeln!(f, "left out: {count} {what}, first {}", first.join(", "))
}

fn difference_row(
    horizon: Horizon,
    score: &str,
    paired: &PairedDifference,
    decimals: usize,
) -> Vec<String> {
    let interval = |interval: Option<ConfidenceInterval>| {
        interval.map_or_else(
            || "-".to_owned(),
            |ConfidenceInterval { lower, upper }| {
                format!("[{lower:+.decimals$}, {upper:+.decimals$}]")
            },
        )
    };
    let difference = paired.difference;
    vec![
        horizon.to_string(),
        score.to_owned(),
        difference.map_or_else(|| format_figure(None, 0), |value| format!("{value:+.decimals$}")),
        interval(paired.by_time.interval_90),
        interval(paired.by_time.interval_95),
        interval(paired.by_account.interval_95),
    ]
}
