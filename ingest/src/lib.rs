//! Chains, files and a simulated market into the lake.
