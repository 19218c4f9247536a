mod alerts;
mod accounts;
mod openapi;
mod score;
