//! Properties of market depth.

mod impact_curve;
