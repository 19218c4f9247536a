mod accounts;
mod alerts;
mod changes;
mod horizons;
mod openapi;
mod score;
mod states;
