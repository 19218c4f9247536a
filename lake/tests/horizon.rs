//! Horizons and the columns of the forecasts table.

use plimsoll_lake::Horizon;
use plimsoll_lake::tables::{Forecast, Row};

fn forecast_columns() -> Vec<&'static str> {
    (Forecast::TABLE.columns)().iter().map(|column| column.name).collect()
}

#[test]
fn each_horizon_has_its_columns_in_the_forecasts_table() {
    let columns = forecast_columns();
    for horizon in Horizon::ALL {
        let liquidated = horizon.column("p_liquidated");
        let interval = ["lower", "upper"].map(|end| format!("{liquidated}_{end}"));
        for name in [liquidated, horizon.column("p_closed")].iter().chain(&interval) {
            assert!(columns.contains(&name.as_str()), "{name}");
        }
    }
}

#[test]
fn interval_columns_are_in_the_order_of_the_horizons() {
    for end in ["lower", "upper"] {
        let found = forecast_columns().into_iter().filter(|name| name.ends_with(end));
        let expected = Horizon::ALL.map(|h| format!("{}_{end}", h.column("p_liquidated")));
        assert!(found.eq(expected.iter().map(String::as_str)));
    }
}
