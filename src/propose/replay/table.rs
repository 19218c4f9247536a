//! A replay as CSV and as text tables.

use std::fmt::Write;

use plimsoll_govern::{LiquidationTotals, ParameterRule, Replay, ReplayStep, RuleTotals, Verdict};

const COLUMNS: &str = "known_until,asset,fixed_bps,line_bps,lowest_bps,recommended_bps,line_max_ltv_bps,\
                       line_bonus_bps,verdict,fall,volatility_daily,newly_liquidatable,\
                       newly_liquidatable_debt_usd,smart_ltv_bps,reasons";

/// One row per collateral and time.
pub(super) fn csv(replay: &Replay) -> String {
    let mut csv = format!("{COLUMNS}\n");
    for step in &replay.steps {
        csv.push_str(&row(step));
        csv.push('\n');
    }
    csv
}

fn row(step: &ReplayStep) -> String {
    let recommendation = &step.recommendation;
    let format_figure =
        |figure: Option<f64>| figure.map_or(String::new(), |figure| format!("{figure:.6}"));
    let codes: Vec<_> =
        recommendation.reasons.iter().map(|reason| format!("{:?}", reason.code)).collect();
    [
        recommendation.as_of.format("%Y-%m-%dT%H:%M:%SZ").to_string(),
        recommendation.asset.clone(),
        step.fixed.liquidation_threshold_bps.to_string(),
        recommendation.implied.liquidation_threshold_bps.to_string(),
        step.lowest_bps.to_string(),
        recommendation.recommended.liquidation_threshold_bps.to_string(),
        recommendation.implied.max_ltv_bps.to_string(),
        recommendation.implied.liquidation_bonus_bps.to_string(),
        verdict_name(recommendation.verdict).to_owned(),
        format_figure(recommendation.excursion.as_ref().map(|excursion| excursion.fall)),
        format_figure(
            recommendation.excursion.as_ref().map(|excursion| excursion.volatility_daily),
        ),
        recommendation.borrower_cost.now.accounts.to_string(),
        format!("{:.0}", recommendation.borrower_cost.now.debt_usd),
        recommendation.smart_ltv.as_ref().map_or(String::new(), |smart| smart.ltv_bps.to_string()),
        codes.join(" "),
    ]
    .join(",")
}

const fn verdict_name(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Change => "change",
        Verdict::NoChange => "no_change",
    }
}

/// Thresholds by time, then the liquidations under each rule.
pub(super) fn text(replay: &Replay) -> String {
    let mut text = format!(
        "{:<18}{:<8}{:>8}{:>8}{:>8}{:>13}  {:<10}{:>9}{:>13}\n",
        "known until",
        "asset",
        "fixed",
        "line",
        "lowest",
        "recommended",
        "verdict",
        "newly",
        "debt USD"
    );
    for step in &replay.steps {
        let recommendation = &step.recommendation;
        let percent = |bps: u16| format!("{:.2} %", f64::from(bps) / 100.0);
        let _ = writeln!(
            text,
            "{:<18}{:<8}{:>8}{:>8}{:>8}{:>13}  {:<10}{:>9}{:>13.0}",
            recommendation.as_of.format("%Y-%m-%d %H:%M"),
            recommendation.asset,
            percent(step.fixed.liquidation_threshold_bps),
            percent(recommendation.implied.liquidation_threshold_bps),
            percent(step.lowest_bps),
            percent(recommendation.recommended.liquidation_threshold_bps),
            verdict_name(recommendation.verdict),
            recommendation.borrower_cost.now.accounts,
            recommendation.borrower_cost.now.debt_usd,
        );
    }
    text.push('\n');
    text.push_str(&rule_table(&replay.rule_totals));
    text
}

fn rule_table(rule_totals: &[RuleTotals]) -> String {
    let mut text = format!(
        "{:<24}{:>7}{:>15}{:>14}{:>14}{:>11}\n",
        "rule", "loans", "debt USD", "penalty USD", "shortfall USD", "uncovered"
    );
    let mut line = |name: &str, sum: &LiquidationTotals| {
        let _ = writeln!(
            text,
            "{name:<24}{:>7}{:>15.0}{:>14.0}{:>14.0}{:>11}",
            sum.loans, sum.debt_usd, sum.penalty_usd, sum.shortfall_usd, sum.uncovered
        );
    };
    for totals in rule_totals {
        line(rule_name(totals.rule), &totals.all);
        if totals.rule != ParameterRule::Fixed {
            line("  caused", &totals.caused);
            line("  avoided", &totals.avoided);
        }
    }
    if let Some(fixed) = rule_totals.iter().find(|totals| totals.rule == ParameterRule::Fixed) {
        let _ = writeln!(
            text,
            "the chain liquidated {} of these loans; replayed under the parameters in force, {} of them \
             are",
            fixed.liquidated_on_chain, fixed.of_liquidated_on_chain
        );
    }
    text
}

const fn rule_name(rule: ParameterRule) -> &'static str {
    match rule {
        ParameterRule::Fixed => "in force",
        ParameterRule::Implied => "line",
        ParameterRule::NeverAbove => "lower of both",
        ParameterRule::Recommended => "recommended",
    }
}
