//! Tests of the store with real files, processes and kills.

mod processes;
mod reading;
mod support;
mod writing;
