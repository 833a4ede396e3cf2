//! What an account says is alive.

use super::*;

/// A caller's leg in an account.
pub(super) fn caller_there(leg: &str, mark: impl Into<Option<Mark>>) -> LegAccount {
    LegAccount {
        leg: LegId::Theirs(their(leg)),
        up: true,
        rings: false,
        mark: mark.into(),
        number: None,
        dialled: "700".to_owned(),
        priority: 0,
        came: None,
        endpoint: None,
    }
}

/// A leg of ours in an account, answered or ringing.
pub(super) fn phone_there(leg: OurLeg, up: bool, number: u128) -> LegAccount {
    LegAccount { leg: LegId::Ours(leg), up, rings: !up, endpoint: Some(endpoint(number)), ..caller_there("", None) }
}

/// The way to Asterisk is there, with both phones.
pub(super) fn returns(legs: Vec<LegAccount>, bridges: Vec<BridgeAccount>) -> Event {
    let account = Account { legs, bridges, reachable: vec![endpoint(1001), endpoint(1002)], ..Account::default() };
    Event::SwitchReturned { server: SERVER, account }
}
