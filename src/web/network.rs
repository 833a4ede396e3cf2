//! Whose an address is, for whatever is counted by address.

use std::net::{IpAddr, Ipv6Addr};

/// The address of one subscriber: an IPv4 address, or the first of an IPv6 network, of which a subscriber has at least one
/// (RFC 6177).
pub(crate) fn subscriber(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) if !address.is_loopback() => Ipv6Addr::from(u128::from(address) >> 64 << 64).into(),
        address => address,
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use super::subscriber;

    #[test]
    fn a_network_of_ipv6_is_one_subscriber_and_an_address_of_ipv4_is_one() {
        let of = |text: &str| subscriber(text.parse().unwrap()).to_string();
        assert_eq!(of("2001:db8:7:9::1"), of("2001:db8:7:9:ffff::2"));
        assert_ne!(of("2001:db8:7:9::1"), of("2001:db8:7:a::1"));
        assert_eq!(of("::ffff:192.0.2.1"), "192.0.2.1");
        assert_ne!(of("192.0.2.1"), of("192.0.2.2"));
        assert!(subscriber(IpAddr::from([0, 0, 0, 0, 0, 0, 0, 1])).is_loopback());
    }
}
