//! `plimsoll evaluate`.

use clap::Args;
use plimsoll_model::{Evaluation, HorizonScores, Span, evaluate};

use crate::cli::Scored;

/// Hold a model against what happened, beside what first passage and the bare rates would say.
///
/// Scored are landmarks of the grid in the span. For a horizon only landmarks count that were
/// followed up for all of it. Without --from the span begins where training ended; nothing known
/// after --to is used. `brier_constant` is that of the landmarks' own rate, known only
/// afterwards: the best that any constant could do.
#[derive(Debug, Args)]
pub(crate) struct Evaluate {
    #[command(flatten)]
    scored: Scored,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

impl Evaluate {
    pub(crate) fn run(self) -> anyhow::Result<()> {
        let (model, observations) = self.scored.read()?;
        let span = Span { from: self.scored.from, to: self.scored.to };
        let evaluation = evaluate(&model, &observations, &span)?;
        if self.json {
            println!("{}", serde_json::to_string_pretty(&evaluation)?);
        } else {
            print(&evaluation);
        }
        Ok(())
    }
}

fn print(evaluation: &Evaluation) {
    let Evaluation { from, to, rows, accounts, events, .. } = evaluation;
    println!(
        "{rows} landmarks of {accounts} accounts from {from} to {to}, trained until {}",
        evaluation.trained_until
    );
    println!("followed by {} liquidations and {} closings\n", events.liquidated, events.closed);
    println!(
        "{:>7}  {:<14} {:>8} {:>9} {:>7} {:>7} {:>10} {:>10} {:>7}",
        "horizon", "forecast", "rows", "positives", "AUC", "AP", "Brier", "constant", "O/E"
    );
    let others = evaluation.baselines.iter().map(|(name, baseline)| (*name, &baseline.horizons));
    let forecasts: Vec<_> =
        std::iter::once(("model", &evaluation.horizons)).chain(others).collect();
    for (place, (horizon, _)) in evaluation.horizons.iter().enumerate() {
        for (name, horizons) in &forecasts {
            print_scores(horizon, name, &horizons[place].1);
        }
    }
    println!();
    let others = evaluation.baselines.iter().map(|(name, b)| (*name, b.antolini_c, b.ibs));
    for (name, antolini, ibs) in
        std::iter::once(("model", evaluation.antolini_c, evaluation.ibs)).chain(others)
    {
        println!("{name:<14} Antolini C {}  IBS {}", figure(antolini, 4), figure(ibs, 6));
    }
    println!(
        "{:<14} Uno C {}  RCLL {}  D-calibration p {}",
        "model",
        figure(evaluation.uno_c, 4),
        figure(evaluation.rcll, 5),
        figure(evaluation.d_calibration_p, 4)
    );
}

fn print_scores(horizon: &str, name: &str, scores: &HorizonScores) {
    println!(
        "{horizon:>7}  {name:<14} {:>8} {:>9} {:>7} {:>7} {:>10} {:>10} {:>7}",
        scores.rows,
        scores.positives,
        figure(scores.auc, 4),
        figure(scores.average_precision, 4),
        figure(scores.brier, 6),
        figure(scores.brier_constant, 6),
        figure(scores.observed_over_expected, 3)
    );
}

fn figure(value: Option<f64>, decimals: usize) -> String {
    value.map_or_else(|| "-".to_owned(), |value| format!("{value:.decimals$}"))
}
