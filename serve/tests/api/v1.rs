mod accounts;
mod alerts;
mod openapi;
mod score;
