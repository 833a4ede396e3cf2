//! Tests of the whole: what no single crate can see. A real Asterisk, real phones and a real browser are in `tests/lab`.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops where it is")]

mod architecture;
mod commands;
mod replay;
