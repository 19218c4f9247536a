//! Proposals to governance for a market, with reasons.

use maud::{Markup, html};
use plimsoll_govern::{
    CollateralChange, CollateralParameters, Proposal, ProposedCollateral, StewardStep,
};
use plimsoll_report::{
    Column, format_count, format_day, format_time, linked_section, table_with_columns,
};

use crate::state::market_state::MarketState;
use crate::state::server_snapshot::ServerSnapshot;

const ID: &str = "proposals";
const HEADING: &str = "Proposals";

/// Maximum number of changes shown of the steward's steps.
const MAX_CHANGES: usize = 60;

const COLLATERAL_COLUMNS: [Column<'_>; 5] = [
    Column::Text("asset"),
    Column::Numeric("LTV"),
    Column::Numeric("LT"),
    Column::Numeric("LB"),
    Column::Text("verdict"),
];
const STEP_COLUMNS: [Column<'_>; 5] = [
    Column::Text("not before"),
    Column::Text("asset"),
    Column::Numeric("LTV"),
    Column::Numeric("LT"),
    Column::Numeric("LB"),
];

pub(crate) fn section(snapshot: &ServerSnapshot, market: &MarketState) -> Markup {
    let Some(proposals) = &snapshot.page_data().proposals else {
        let lead = "This server was started without proposals. It shows those of a folder with:";
        let command = "plimsoll serve --lake LAKE --model MODEL --proposals DIR";
        return linked_section(
            ID,
            HEADING,
            lead,
            &html! { pre tabindex="0" { code { (command) } } },
        );
    };
    // Proposals of an older version name their market without its chain.
    let is_own = |name: &str| snapshot.find_market(name).is_ok_and(|m| m.name() == market.name());
    let own: Vec<_> = proposals.iter().filter(|p| is_own(&p.market.name)).collect();
    if own.is_empty() {
        return linked_section(ID, HEADING, "Nothing is proposed for this market.", &html! {});
    }
    let content = html! { @for proposal in own { (proposal_section(proposal)) } };
    let lead = "Parameters of collaterals in basis points, current and recommended: the fraction of \
                the value that can be borrowed against (LTV), the fraction that counts towards \
                health (LT), and the liquidator's bonus (LB).";
    linked_section(ID, HEADING, lead, &content)
}

fn proposal_section(proposal: &Proposal) -> Markup {
    let Proposal { as_of, collaterals, steps, .. } = proposal;
    let rows: Vec<_> = collaterals.iter().map(collateral_row).collect();
    html! {
        (table_with_columns(&format!("Recommended as of {}", format_time(as_of.time)), &COLLATERAL_COLUMNS, &rows))
        @for collateral in collaterals { (reasons(collateral)) }
        @if !steps.is_empty() { (steward_schedule(steps)) }
    }
}

fn collateral_row(collateral: &ProposedCollateral) -> Vec<Markup> {
    let (from, to) = (&collateral.current, &collateral.recommended);
    let mut row = vec![html! { (collateral.before.asset) }];
    row.extend(parameters_bps(from).into_iter().zip(parameters_bps(to)).map(|(from, to)| html! {
        @if from == to { (format_count(from.into())) } @else { (format_count(from.into())) " → " b { (format_count(to.into())) } }
    }));
    row.push(html! { (collateral.verdict) });
    row
}

fn reasons(collateral: &ProposedCollateral) -> Markup {
    html! {
        h3 { (collateral.before.asset) ": " (collateral.verdict) }
        ul { @for reason in &collateral.reasons { li { (reason) } } }
    }
}

fn steward_schedule(steps: &[StewardStep]) -> Markup {
    let row = |step: &StewardStep, change: &CollateralChange| {
        let after =
            parameters_bps(&change.after.stored).map(|bps| html! { (format_count(bps.into())) });
        let named = [html! { (format_day(step.not_before)) }, html! { (change.after.asset) }];
        named.into_iter().chain(after).collect()
    };
    let changes = steps.iter().flat_map(|step| step.changes.iter().map(move |c| (step, c)));
    let rows: Vec<Vec<Markup>> =
        changes.map(|(step, change)| row(step, change)).take(MAX_CHANGES).collect();
    let all = steps.iter().map(|step| step.changes.len()).sum();
    html! {
        details {
            summary { "Steps of the risk steward: " (format_count(steps.len())) }
            (table_with_columns("The steward's schedule", &STEP_COLUMNS, &rows))
            @if rows.len() < all {
                p.more { (format_count(rows.len())) " of " (format_count(all)) "; proposal.json contains all" }
            }
        }
    }
}

/// Max LTV, liquidation threshold and bonus, basis points.
const fn parameters_bps(parameters: &CollateralParameters) -> [u16; 3] {
    let CollateralParameters { max_ltv_bps, liquidation_threshold_bps, liquidation_bonus_bps } =
        *parameters;
    [max_ltv_bps, liquidation_threshold_bps, liquidation_bonus_bps]
}
