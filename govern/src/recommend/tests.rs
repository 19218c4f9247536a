//! Recommendations for markets that are made up.
