//! Warnings, from the lake to an endpoint: the program as it runs, killed as it may be.

mod commands;
mod follow;
mod kill;
mod support;
mod verify;
