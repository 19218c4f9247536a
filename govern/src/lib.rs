//! Mechanics and forecasts into stress figures and proposals.
