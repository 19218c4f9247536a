mod accounts;
mod alerts;
mod changes;
mod halts;
mod horizons;
mod openapi;
mod score;
mod states;
