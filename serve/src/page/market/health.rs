//! Histogram of health factors, weighted by debt.

use maud::Markup;
use plimsoll_report::{
    Axis, Chart, Colour, Scale, Series, Shape, chart_grid, figure, format_count, format_percent,
    format_percent_hundredths, format_usd, linked_section, table,
};

use crate::error::ServeError;
use crate::state::market_state::MarketState;

/// Start of the first bin, and width of the bins.
const FIRST_BIN_START: f64 = 0.5;
const BIN_WIDTH: f64 = 0.1;
/// Number of bins; the first also contains all lower values, the last all higher ones.
const BIN_COUNT: usize = 26;
/// Fraction of a bin's width that is drawn; the rest separates it from the next.
const BAR_FRACTION: f64 = 0.9;

/// Accounts with similar health factors.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct HealthBin {
    accounts: usize,
    debt_usd: f64,
}

pub(crate) fn section(market: &MarketState) -> Result<Markup, ServeError> {
    let bins = bin_by_health(market.ranked().map(|a| (a.valued.health_factor, a.valued.debt_usd)));
    let total = market.risk().debt_usd;
    let figure = figure(&chart(&bins, total), Some(&numbers_table(&bins, total)))?;
    let lead = "Debt of open accounts by health factor: collateral weighted by liquidation \
                thresholds over debt. Left of the line at 1 an account can be liquidated. The \
                outermost bars include all values beyond them.";
    Ok(linked_section("health", "Health factors", lead, &chart_grid(&[figure])))
}

fn bin_by_health(accounts: impl Iterator<Item = (f64, f64)>) -> [HealthBin; BIN_COUNT] {
    let mut bins = [HealthBin::default(); BIN_COUNT];
    for (health, debt_usd) in accounts {
        // Rounding must not move a health factor on an edge to the bin below.
        let index = ((health - FIRST_BIN_START) / BIN_WIDTH + 1e-9)
            .floor()
            .clamp(0.0, (BIN_COUNT - 1) as f64);
        let bin = &mut bins[index as usize];
        bin.accounts += 1;
        bin.debt_usd += debt_usd;
    }
    bins
}

fn bin_start(index: usize) -> f64 {
    FIRST_BIN_START + BIN_WIDTH * index as f64
}

fn chart(bins: &[HealthBin; BIN_COUNT], total_usd: f64) -> Chart {
    let height = |bin: &HealthBin| if total_usd > 0.0 { bin.debt_usd / total_usd } else { 0.0 };
    let highest = bins.iter().map(height).fold(0.01, f64::max) * 1.05;
    let bars = |keep: fn(f64) -> bool| {
        let own = bins.iter().enumerate().filter(|(index, _)| keep(bin_start(*index)));
        let gap = BIN_WIDTH * (1.0 - BAR_FRACTION) / 2.0;
        let bar = |(index, bin)| (bin_start(index) + gap, bin_start(index + 1) - gap, height(bin));
        Shape::Bars(own.map(bar).collect())
    };
    let threshold = Shape::Line(vec![(1.0, 0.0), (1.0, highest)]);
    Chart {
        id: "chart-health".to_owned(),
        title: "Share of debt by health factor".to_owned(),
        x: Axis {
            name: "health factor".to_owned(),
            scale: Scale::Linear,
            from: FIRST_BIN_START,
            to: bin_start(BIN_COUNT),
            label: |health| if health > 2.99 { "3+".to_owned() } else { format!("{health:.1}") },
        },
        y: Axis {
            name: "share of debt".to_owned(),
            scale: Scale::Linear,
            from: 0.0,
            to: highest,
            label: format_percent_hundredths,
        },
        series: vec![
            Series {
                name: "can be liquidated",
                colour: Colour::FirstPassage,
                shape: bars(|from| from < 1.0 - 1e-9),
            },
            Series {
                name: "healthy",
                colour: Colour::Model,
                shape: bars(|from| from > 1.0 - 1e-9),
            },
            Series { name: "threshold", colour: Colour::Observed, shape: threshold },
        ],
    }
}

fn numbers_table(bins: &[HealthBin; BIN_COUNT], total_usd: f64) -> Markup {
    let row = |(index, bin): (usize, &HealthBin)| {
        let name = match index {
            0 => format!("below {:.1}", bin_start(1)),
            last if last == BIN_COUNT - 1 => format!("from {:.1}", bin_start(last)),
            index => format!("{:.1} to {:.1}", bin_start(index), bin_start(index + 1)),
        };
        let part = if total_usd > 0.0 { bin.debt_usd / total_usd } else { 0.0 };
        vec![name, format_count(bin.accounts), format_usd(bin.debt_usd), format_percent(part)]
    };
    let non_empty = bins.iter().enumerate().filter(|(_, bin)| bin.accounts > 0);
    let rows: Vec<_> = non_empty.map(row).collect();
    let head = ["health factor", "accounts", "debt", "share of debt"];
    table("Open accounts by health factor", &head, &rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_account_is_in_one_bin_and_one_is_a_bin_edge() {
        let accounts = [(0.2, 1.0), (0.99, 2.0), (1.0, 4.0), (1.1, 8.0), (9.0, 16.0)];
        let bins = bin_by_health(accounts.into_iter());
        assert_eq!(bins.iter().map(|bin| bin.accounts).sum::<usize>(), 5);
        let index = |from: f64| ((from - FIRST_BIN_START) / BIN_WIDTH).round() as usize;
        assert_eq!(bins[0].debt_usd, 1.0);
        assert_eq!(bins[index(0.9)].debt_usd, 2.0);
        assert_eq!([bins[index(1.0)].debt_usd, bins[index(1.1)].debt_usd], [4.0, 8.0]);
        assert_eq!(bins[BIN_COUNT - 1].debt_usd, 16.0);
    }
}
