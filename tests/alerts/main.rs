//! Alerts from the lake to an endpoint, with the program as a process that may be killed.

mod commands;
mod follow;
mod kill;
mod signals;
mod support;
mod verify;
