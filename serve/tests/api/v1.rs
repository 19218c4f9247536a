mod accounts;
mod openapi;
mod score;
