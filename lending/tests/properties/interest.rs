//! Properties of interest.

mod rate_index;
