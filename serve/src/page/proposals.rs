//! What was proposed to governance for a market, and why.

use maud::{Markup, html};
use plimsoll_govern::CollateralParameters;

use crate::ServeState;
use crate::exhibits::{Change, Collateral, Proposal, Step};
use crate::html::{Column, part, table_of};
use crate::market_state::MarketState;
use crate::words::{count, day, time};

const ID: &str = "proposals";
const HEADING: &str = "Proposals";

/// Changes of the steward's steps that are shown.
const SHOWN: usize = 60;

const HEAD: [Column<'_>; 5] = [
    Column::Words("asset"),
    Column::Figures("LTV"),
    Column::Figures("LT"),
    Column::Figures("LB"),
    Column::Words("verdict"),
];
const STEPS: [Column<'_>; 5] = [
    Column::Words("not before"),
    Column::Words("asset"),
    Column::Figures("LTV"),
    Column::Figures("LT"),
    Column::Figures("LB"),
];

pub(super) fn section(state: &ServeState, market: &MarketState) -> Markup {
    let Some(proposals) = &state.exhibits().proposals else {
        let lead = "This server was given no proposals to show. It shows those of a folder with:";
        let command = "plimsoll serve --lake LAKE --model MODEL --proposals DIR";
        return part(ID, HEADING, lead, &html! { pre tabindex="0" { code { (command) } } });
    };
    let own: Vec<_> = proposals.iter().filter(|p| p.market.name == market.name()).collect();
    if own.is_empty() {
        return part(ID, HEADING, "Nothing is proposed for this market.", &html! {});
    }
    let content = html! { @for proposal in own { (one(proposal)) } };
    let lead = "Parameters of collaterals in basis points, in force and recommended: the share of \
                its value that may be borrowed against (LTV), the share that counts towards health \
                (LT), and the liquidator's bonus (LB).";
    part(ID, HEADING, lead, &content)
}

fn one(proposal: &Proposal) -> Markup {
    let Proposal { at, collaterals, steps, .. } = proposal;
    let rows: Vec<_> = collaterals.iter().map(row).collect();
    html! {
        (table_of(&format!("Recommended as of {}", time(at.time)), &HEAD, &rows))
        @for collateral in collaterals { (why(collateral)) }
        @if !steps.is_empty() { (ladder(steps)) }
    }
}

fn row(collateral: &Collateral) -> Vec<Markup> {
    let (from, to) = (&collateral.current, &collateral.recommended);
    let mut row = vec![html! { (collateral.before.asset) }];
    row.extend(bps(from).into_iter().zip(bps(to)).map(|(from, to)| html! {
        @if from == to { (count(from.into())) } @else { (count(from.into())) " → " b { (count(to.into())) } }
    }));
    row.push(html! { (collateral.verdict) });
    row
}

fn why(collateral: &Collateral) -> Markup {
    html! {
        h3 { (collateral.before.asset) ": " (collateral.verdict) }
        ul { @for reason in &collateral.reasons { li { (reason) } } }
    }
}

fn ladder(steps: &[Step]) -> Markup {
    let row = |step: &Step, change: &Change| {
        let after = bps(&change.after.stored).map(|bps| html! { (count(bps.into())) });
        let named = [html! { (day(step.not_before)) }, html! { (change.after.asset) }];
        named.into_iter().chain(after).collect()
    };
    let changes = steps.iter().flat_map(|step| step.changes.iter().map(move |c| (step, c)));
    let rows: Vec<Vec<Markup>> =
        changes.map(|(step, change)| row(step, change)).take(SHOWN).collect();
    let all = steps.iter().map(|step| step.changes.len()).sum();
    html! {
        details {
            summary { "Steps of the risk steward: " (count(steps.len())) }
            (table_of("What the steward would set, and when", &STEPS, &rows))
            @if rows.len() < all {
                p.more { (count(rows.len())) " of " (count(all)) "; proposal.json has them all" }
            }
        }
    }
}

/// Max LTV, liquidation threshold and bonus, basis points.
const fn bps(parameters: &CollateralParameters) -> [u16; 3] {
    let CollateralParameters { max_ltv_bps, liquidation_threshold_bps, liquidation_bonus_bps } =
        *parameters;
    [max_ltv_bps, liquidation_threshold_bps, liquidation_bonus_bps]
}
