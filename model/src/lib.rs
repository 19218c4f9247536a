//! From observations to time-to-liquidation forecasts: net, training and evaluation.
