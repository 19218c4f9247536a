//! Tests of the store with real files, processes and kills.

mod damage;
mod migration;
mod processes;
mod reading;
mod support;
mod writing;
