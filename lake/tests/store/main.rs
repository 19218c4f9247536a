//! Tests of the store with real files, processes and kills.

mod damage;
mod processes;
mod reading;
mod support;
mod writing;
