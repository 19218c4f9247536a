//! How near to liquidation the debt stands: a histogram of health factors, weighed by debt.

use maud::Markup;

use crate::ServeError;
use crate::chart::{Axis, Chart, Colour, Scale, Series, Shape};
use crate::html::{charts, figure, part, table};
use crate::market_state::MarketState;
use crate::words::{count, share, usd};

/// Where the first bin begins, and how wide bins are.
const FROM: f64 = 0.5;
const WIDTH: f64 = 0.1;
/// Bins; the first also holds what lies below it, the last what lies above.
const BINS: usize = 26;
/// Of a bin that is drawn; the rest parts it from the next.
const DRAWN: f64 = 0.9;

/// Accounts of like health.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Bin {
    accounts: usize,
    debt_usd: f64,
}

pub(super) fn section(market: &MarketState) -> Result<Markup, ServeError> {
    let bins = bins(market.ranked().map(|a| (a.valued.health_factor, a.valued.debt_usd)));
    let total = market.risk().debt_usd;
    let figure = figure(&chart(&bins, total), Some(&numbers(&bins, total)))?;
    let lead = "Debt of open accounts by health factor: collateral weighed by liquidation \
                thresholds over debt. Left of the line at 1 an account can be liquidated. The \
                outermost bars hold all that lies beyond them.";
    Ok(part("health", "Health factors", lead, &charts(&[figure])))
}

fn bins(accounts: impl Iterator<Item = (f64, f64)>) -> [Bin; BINS] {
    let mut bins = [Bin::default(); BINS];
    for (health, debt_usd) in accounts {
        // A health factor on an edge must not fall below it by a rounding.
        let place = ((health - FROM) / WIDTH + 1e-9).floor().clamp(0.0, (BINS - 1) as f64);
        let bin = &mut bins[place as usize];
        bin.accounts += 1;
        bin.debt_usd += debt_usd;
    }
    bins
}

fn start(place: usize) -> f64 {
    FROM + WIDTH * place as f64
}

fn chart(bins: &[Bin; BINS], total_usd: f64) -> Chart {
    let height = |bin: &Bin| if total_usd > 0.0 { bin.debt_usd / total_usd } else { 0.0 };
    let highest = bins.iter().map(height).fold(0.01, f64::max) * 1.05;
    let bars = |keep: fn(f64) -> bool| {
        let own = bins.iter().enumerate().filter(|(place, _)| keep(start(*place)));
        let gap = WIDTH * (1.0 - DRAWN) / 2.0;
        let bar = |(place, bin)| (start(place) + gap, start(place + 1) - gap, height(bin));
        Shape::Bars(own.map(bar).collect())
    };
    let threshold = Shape::Line(vec![(1.0, 0.0), (1.0, highest)]);
    Chart {
        id: "chart-health".to_owned(),
        title: "Share of debt by health factor".to_owned(),
        x: Axis {
            name: "health factor".to_owned(),
            scale: Scale::Linear,
            from: FROM,
            to: start(BINS),
            label: |health| if health > 2.99 { "3+".to_owned() } else { format!("{health:.1}") },
        },
        y: Axis {
            name: "share of debt".to_owned(),
            scale: Scale::Linear,
            from: 0.0,
            to: highest,
            label: |share| format!("{} %", (share * 1e4).round() / 1e2),
        },
        series: vec![
            Series {
                name: "can be liquidated",
                colour: Colour::Passage,
                shape: bars(|from| from < 1.0 - 1e-9),
            },
            Series {
                name: "healthy",
                colour: Colour::Model,
                shape: bars(|from| from > 1.0 - 1e-9),
            },
            Series { name: "threshold", colour: Colour::Seen, shape: threshold },
        ],
    }
}

fn numbers(bins: &[Bin; BINS], total_usd: f64) -> Markup {
    let row = |(place, bin): (usize, &Bin)| {
        let name = match place {
            0 => format!("below {:.1}", start(1)),
            last if last == BINS - 1 => format!("from {:.1}", start(last)),
            place => format!("{:.1} to {:.1}", start(place), start(place + 1)),
        };
        let part = if total_usd > 0.0 { bin.debt_usd / total_usd } else { 0.0 };
        vec![name, count(bin.accounts), usd(bin.debt_usd), share(part)]
    };
    let held = bins.iter().enumerate().filter(|(_, bin)| bin.accounts > 0);
    let rows: Vec<_> = held.map(row).collect();
    let head = ["health factor", "accounts", "debt", "share of debt"];
    table("Open accounts by health factor", &head, &rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_account_is_in_one_bin_and_the_threshold_is_an_edge() {
        let accounts = [(0.2, 1.0), (0.99, 2.0), (1.0, 4.0), (1.1, 8.0), (9.0, 16.0)];
        let bins = bins(accounts.into_iter());
        assert_eq!(bins.iter().map(|bin| bin.accounts).sum::<usize>(), 5);
        let place = |from: f64| ((from - FROM) / WIDTH).round() as usize;
        assert_eq!(bins[0].debt_usd, 1.0);
        assert_eq!(bins[place(0.9)].debt_usd, 2.0);
        assert_eq!([bins[place(1.0)].debt_usd, bins[place(1.1)].debt_usd], [4.0, 8.0]);
        assert_eq!(bins[BINS - 1].debt_usd, 16.0);
    }
}
