//! Through the real router, with a real database and the real loop; only Asterisk is two channels in a test's hand.

mod account;
mod agents;
mod desk;
mod doors;
mod front;
mod health;
mod live;
mod live_orders;
mod metrics;
mod routes;
mod site;
mod tls;
mod waiting;
