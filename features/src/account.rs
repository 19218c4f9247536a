//! An account: its balances, the behaviour of its owner and its history of health factors.

pub(crate) mod advance;
pub(crate) mod behaviour;
pub(crate) mod health_history;
pub(crate) mod new_position;
pub(crate) mod open_health;
pub(crate) mod owner_action;
pub(crate) mod state;
pub(crate) mod update;
