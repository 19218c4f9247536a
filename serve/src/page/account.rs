//! An account's page: metrics, probabilities and drivers.

use maud::{Markup, html};
use plimsoll_lake::Horizon;
use plimsoll_report::{
    Axis, Chart, Colour, Column, Scale, Series, Shape, chart_grid, figure, format_axis_percent,
    format_days_or_hours, format_fixed, format_health_factor, format_horizon, format_interval,
    format_percent, format_percent_hundredths, format_price, format_time, format_tokens,
    format_usd, format_usd_short, linked_section, table_with_columns, tile_list,
};

use crate::api::accounts::AccountResponse;
use crate::error::ServeError;
use crate::page::accounts::short_owner;
use crate::page::changes::changes_sentence;
use crate::page::frame::Frame;
use crate::page::state::{obstacles_section, outlook_tile, state_flag, state_sentence};
use crate::page::{drivers, links};
use crate::state::balance::Balance;
use crate::state::changes::ChangesNullReason;
use crate::state::drivers::DriversByHorizon;
use crate::state::probabilities::{HorizonProbability, Probabilities};
use crate::state::server_snapshot::ServerSnapshot;

/// The page of one account, with the data of the JSON API.
///
/// # Errors
/// [`ServeError::Chart`] if the drawing library fails.
pub(crate) fn account_page(
    snapshot: &ServerSnapshot,
    account: &AccountResponse,
) -> Result<Markup, ServeError> {
    let content = html! {
        (title(account))
        (tile_list(&metric_tiles(account)))
        @if let Some(outlook) = &account.liquidation { (obstacles_section(account.state, outlook)) }
        @if let Some(probabilities) = &account.probabilities { (probability_section(probabilities)?) }
        @if let Some(drivers) = &account.drivers { (drivers_section(account, drivers)) }
        (balances_section(account))
        p { "As JSON: " a href=(links::account_json(&account.account)) {
            (links::account_json(&account.account))
        } }
    };
    let frame = Frame { title: &account.account, market: Some(&account.market) };
    Ok(frame.render(snapshot, &content))
}

fn title(account: &AccountResponse) -> Markup {
    html! {
        p.crumb { a href=(links::market(&account.market)) { (account.market) } }
        h1 title=(account.account) { "Account " (short_owner(&account.account)) }
        p.lead {
            code { (account.account) } " on " (account.chain) ", as of "
            time datetime=(account.as_of.to_rfc3339()) { (format_time(account.as_of)) } ". "
            @if account.state.is_below_threshold() {
                (state_flag(account.state)) " " strong { (state_sentence(account.state)) }
            } @else { (state_sentence(account.state)) }
            @if let Some(halt) = account.liquidation.as_ref().and_then(|l| l.halt.as_ref()) {
                " It " (halt.text) "."
            }
            @for departure in &account.oracle_departures {
                " " span.flag { "oracle departs" } " " (sentence(&departure.text)) ": "
                (format_price(departure.oracle_usd)) " against " (format_price(departure.market_usd))
                " of " (departure.reference) "."
            }
            @if account.probabilities.is_some_and(|p| p.out_of_range) {
                " " span.flag { "out of range" }
                " It lies outside the training domain of the model."
            }
            @if account.probabilities.is_some_and(|p| p.cold_start) {
                " " span.flag { "cold start" }
                " The model was not trained on this market: intervals are wider."
            }
        }
    }
}

/// A text with a capital letter.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|letter| letter.to_ascii_uppercase()).unwrap_or_default();
    format!("{first}{}", letters.as_str())
}

fn metric_tiles(account: &AccountResponse) -> Vec<[String; 3]> {
    let standing = &account.metrics;
    let buffer = standing.safety_buffer.map_or_else(|| "-".to_owned(), format_percent);
    let sigmas = standing.safety_buffer_sigmas_1d.map_or_else(String::new, |sigmas| {
        format!("{} daily standard deviations", format_fixed(sigmas, 1))
    });
    let mut all = vec![
        [
            format_health_factor(standing.health_factor),
            "below 1 it can be liquidated".to_owned(),
            "health factor".to_owned(),
        ],
        [format_usd_short(standing.debt_usd), format_usd(standing.debt_usd), "debt".to_owned()],
        [
            format_usd_short(standing.collateral_usd),
            format_usd(standing.collateral_usd),
            "collateral".to_owned(),
        ],
        [buffer, sigmas, "drop of all collateral to liquidation".to_owned()],
    ];
    let within = |p: &Probabilities, horizon: Horizon| {
        let p = p.at_horizon(horizon);
        let name = format!("probability of liquidation within {}", format_horizon(horizon));
        [format_percent(p.liquidated), format_interval(p.lower, p.upper), name]
    };
    if let Some(outlook) = &account.liquidation {
        all.push(outlook_tile(account.state, outlook));
    }
    if let Some(p) = &account.probabilities {
        all.extend([Horizon::Hours24, Horizon::Days7].map(|horizon| within(p, horizon)));
    }
    all
}

fn probability_section(probabilities: &Probabilities) -> Result<Markup, ServeError> {
    let row = |horizon: Horizon| {
        let p = probabilities.at_horizon(horizon);
        vec![
            html! { (format_horizon(horizon)) },
            html! { (format_percent(p.liquidated)) },
            html! { (format_interval(p.lower, p.upper)) },
            html! { (format_percent(p.closed)) },
        ]
    };
    let rows = Horizon::ALL.map(row);
    let head = [
        Column::Text("within"),
        Column::Numeric("liquidated"),
        Column::Numeric("interval"),
        Column::Numeric("closed by its owner"),
    ];
    let table = table_with_columns("Probabilities by horizon", &head, &rows);
    let figure = figure(&probability_chart(probabilities), None)?;
    let content = html! { div.pair { (chart_grid(&[figure])) (table) } };
    let lead = "Which of the two comes first, by time from now. The interval contains the \
                probability of liquidation nine times in ten.";
    Ok(linked_section("future", "Probabilities", lead, &content))
}

fn probability_chart(probabilities: &Probabilities) -> Chart {
    let all = probabilities.by_horizon();
    let days = Horizon::ALL.map(Horizon::days);
    let line = |value: fn(&HorizonProbability) -> f64| {
        Shape::DottedLine(days.into_iter().zip(all.iter().map(value)).collect())
    };
    let ends = days.into_iter().zip(&all).map(|(day, p)| (day, p.lower, p.upper));
    let highest = all.iter().flat_map(|p| [p.upper, p.closed]).fold(0.001, f64::max);
    Chart {
        id: "chart-future".to_owned(),
        title: "Probability by horizon".to_owned(),
        x: Axis {
            name: "days from now".to_owned(),
            scale: Scale::LogAt(days.to_vec()),
            from: days[0],
            to: days[days.len() - 1],
            label: format_days_or_hours,
        },
        y: Axis {
            name: "probability".to_owned(),
            scale: Scale::Linear,
            from: 0.0,
            to: highest * 1.05,
            label: |p| {
                if p > 0.0 && p < 0.01 {
                    format_axis_percent(p)
                } else {
                    format_percent_hundredths(p)
                }
            },
        },
        series: vec![
            Series {
                name: "liquidated",
                colour: Colour::FirstPassage,
                shape: Shape::Band(ends.collect()),
            },
            Series {
                name: "closed by its owner",
                colour: Colour::Model,
                shape: line(|p| p.closed),
            },
            Series {
                name: "liquidated",
                colour: Colour::FirstPassage,
                shape: line(|p| p.liquidated),
            },
        ],
    }
}

fn drivers_section(account: &AccountResponse, drivers: &DriversByHorizon) -> Markup {
    let not_open = ChangesNullReason::NotOpenNow;
    let changes = account.changes_24h.as_ref();
    let changes = changes.ok_or(account.changes_24h_null_reason.unwrap_or(not_open));
    let content = html! {
        (changes_sentence(changes))
        (drivers::table(Horizon::Hours24, &drivers.one_day))
        (drivers::table(Horizon::Days7, &drivers.seven_days))
    };
    let lead = "Each driver multiplies the odds of liquidation, compared with the median account of \
                the training data; the product of all is this account's odds.";
    linked_section("why", "What drives it", lead, &content)
}

fn balances_section(account: &AccountResponse) -> Markup {
    let content = html! {
        (balances_table("Collateral", &account.collateral))
        (balances_table("Debt", &account.debt))
    };
    let lead = "At the prices that the protocol uses, debt with interest. At the liquidation price \
                the account becomes liquidatable if all other prices stay the same.";
    linked_section("holdings", "Collateral and debt", lead, &content)
}

fn balances_table(caption: &str, balances: &[Balance]) -> Markup {
    if balances.is_empty() {
        return html! { p { (caption) ": none." } };
    }
    let row = |balance: &Balance| {
        let liquidation =
            balance.liquidation_price_usd.map_or_else(|| "none".to_owned(), format_price);
        vec![
            html! { (balance.asset) },
            html! { (format_tokens(balance.amount)) },
            html! { (format_price(balance.price_usd)) },
            html! { (format_usd(balance.value_usd)) },
            html! { (liquidation) },
        ]
    };
    let rows: Vec<_> = balances.iter().map(row).collect();
    let head = [
        Column::Text("asset"),
        Column::Numeric("tokens"),
        Column::Numeric("price"),
        Column::Numeric("value"),
        Column::Numeric("liquidation price"),
    ];
    table_with_columns(caption, &head, &rows)
}
