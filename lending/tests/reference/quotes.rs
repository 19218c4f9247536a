//! Curves fitted to the first eleven and a half hours of quotes, evaluated on the rest.

use std::collections::BTreeMap;
use std::path::Path;

use plimsoll_lending::{ImpactCurve, ImpactQuote};

use super::{reference_data, rows};

const TRAINING_S: i64 = 11 * 3_600 + 1_800;

/// Quotes of each pair with their Unix seconds.
type Quotes = BTreeMap<(String, String), Vec<(i64, ImpactQuote)>>;

fn quotes(data: &Path) -> Quotes {
    let columns = ["src", "dst", "in_amount", "price_impact", "timestamp"];
    let mut quotes = Quotes::new();
    for [src, dst, size, impact, time] in rows(&data.join("dex_quotes/quotes.csv.gz"), columns) {
        let quote = ImpactQuote { size: size.parse().unwrap(), impact: impact.parse().unwrap() };
        quotes.entry((src, dst)).or_default().push((time.parse().unwrap(), quote));
    }
    quotes
}

/// Relative errors of the impacts of held-out quotes.
#[derive(Default)]
struct RelativeErrors(Vec<f64>);

impl RelativeErrors {
    fn add(&mut self, curve: &ImpactCurve, quote: &ImpactQuote) {
        self.0.push((curve.impact(quote.size) / quote.impact - 1.0).abs());
    }

    fn quantile(&mut self, share: f64) -> f64 {
        self.0.sort_by(f64::total_cmp);
        self.0[(share * (self.0.len() - 1) as f64).round() as usize]
    }

    fn median_and_p90(&mut self) -> [f64; 2] {
        [self.quantile(0.5), self.quantile(0.9)]
    }
}

#[test]
fn curves_fitted_to_earlier_quotes_predict_later_ones() {
    let Some(data) = reference_data() else { return };
    let (mut all, mut of_liquidations, mut of_constant_product) =
        (RelativeErrors::default(), RelativeErrors::default(), RelativeErrors::default());
    let quotes = quotes(&data);
    for quotes in quotes.values() {
        let until = quotes.iter().map(|(time_s, _)| time_s).min().unwrap() + TRAINING_S;
        let earlier = quotes.iter().filter(|(time_s, _)| *time_s < until);
        let earlier: Vec<ImpactQuote> = earlier.map(|(_, quote)| *quote).collect();
        let curve = ImpactCurve::fit(&earlier).unwrap();
        let plain = ImpactCurve::constant_product(curve.depth()).unwrap();
        for (_, quote) in quotes.iter().filter(|(time_s, _)| *time_s >= until) {
            if quote.impact > 0.001 {
                all.add(&curve, quote);
            }
            if (0.01..0.2).contains(&quote.impact) {
                of_liquidations.add(&curve, quote);
                of_constant_product.add(&plain, quote);
            }
        }
    }
    let (all, some, plain) = (
        all.median_and_p90(),
        of_liquidations.median_and_p90(),
        of_constant_product.median_and_p90(),
    );
    println!("{} pairs, relative error of held-out impacts, median and 90 %", quotes.len());
    println!("above .1 %: {all:.3?}, 1 % to 20 %: {some:.3?}, constant product: {plain:.3?}");
    assert!(all[0] < 0.30 && some[0] < 0.19 && some[1] < 0.75, "{all:?} {some:?}");
    assert!(plain[0] > 2.0 * some[0], "{plain:?}");
}
