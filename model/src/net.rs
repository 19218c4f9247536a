//! The net: two TabM ensembles of discrete-time hazards, its loss, its gradient and its inference.

pub(crate) mod autograd;
pub(crate) mod candle_net;
pub(crate) mod config;
mod forward;
pub(crate) mod gradient;
pub(crate) mod inference;
pub(crate) mod loss;
pub(crate) mod non_negative;
pub(crate) mod variables;
