//! The net's trainable variables, by cause.

use candle_nn::VarMap;
use plimsoll_tabm::{FlatParameters, HEADS, WEIGHT, named_variables};

use super::config::{CLOSED, GAMMA};

/// Whether weight decay applies to a variable. It applies to weights; scales, intercepts and slopes
/// stay where the data puts them.
pub(crate) fn is_decayed(name: &str) -> bool {
    name.ends_with(WEIGHT) || name.ends_with(HEADS)
}

/// Whether a variable belongs to the closing cause.
pub(crate) fn is_closing_variable(name: &str) -> bool {
    name.starts_with(CLOSED) || name == GAMMA
}

/// The variables of a net, sorted by name, liquidation before closing.
pub(crate) fn net_parameters(variables: &VarMap) -> FlatParameters {
    let (closing, liquidation): (Vec<_>, Vec<_>) =
        named_variables(variables).into_iter().partition(|(name, _)| is_closing_variable(name));
    FlatParameters::new([liquidation, closing].concat())
}
