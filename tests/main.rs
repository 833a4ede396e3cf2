//! Tests of the whole: what no single crate can see. A real Asterisk, real phones and a real browser are in `tests/lab`.

mod architecture;
mod commands;
mod simulation;
