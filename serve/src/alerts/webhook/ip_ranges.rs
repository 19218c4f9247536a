//! Ranges of addresses that are not on the public internet.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Ranges of IPv4 that are not public (IANA's special-purpose registry), multicast, and the one
/// public address from which Azure serves machine credentials.
const NON_PUBLIC_V4: [(Ipv4Addr, u32, &str); 17] = [
    (Ipv4Addr::new(0, 0, 0, 0), 8, "this network"),
    (Ipv4Addr::new(10, 0, 0, 0), 8, "private"),
    (Ipv4Addr::new(100, 64, 0, 0), 10, "carrier-grade NAT"),
    (Ipv4Addr::new(127, 0, 0, 0), 8, "loopback"),
    (Ipv4Addr::new(168, 63, 129, 16), 32, "cloud metadata"),
    (Ipv4Addr::new(169, 254, 0, 0), 16, "link-local"),
    (Ipv4Addr::new(172, 16, 0, 0), 12, "private"),
    (Ipv4Addr::new(192, 0, 0, 0), 24, "protocol assignments"),
    (Ipv4Addr::new(192, 0, 2, 0), 24, "documentation"),
    (Ipv4Addr::new(192, 88, 99, 0), 24, "6to4 relays"),
    (Ipv4Addr::new(192, 168, 0, 0), 16, "private"),
    (Ipv4Addr::new(198, 18, 0, 0), 15, "benchmarking"),
    (Ipv4Addr::new(198, 51, 100, 0), 24, "documentation"),
    (Ipv4Addr::new(203, 0, 113, 0), 24, "documentation"),
    (Ipv4Addr::new(224, 0, 0, 0), 4, "multicast"),
    (Ipv4Addr::new(255, 255, 255, 255), 32, "broadcast"),
    (Ipv4Addr::new(240, 0, 0, 0), 4, "reserved"),
];

/// The one range of IPv6 that is public.
const PUBLIC_V6: (Ipv6Addr, u32) = (Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3);

/// Ranges within it that are not public.
const NON_PUBLIC_V6: [(Ipv6Addr, u32, &str); 4] = [
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23, "protocol assignments"),
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32, "documentation"),
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16, "6to4"),
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20, "documentation"),
];

/// The name of the non-public range of an address; `None` if the address is public.
#[must_use]
pub(crate) fn non_public_range(address: IpAddr) -> Option<&'static str> {
    match address {
        IpAddr::V4(address) => non_public_range_v4(address),
        IpAddr::V6(address) => match address.to_ipv4_mapped() {
            Some(address) => non_public_range_v4(address),
            None => non_public_range_v6(address),
        },
    }
}

fn non_public_range_v4(address: Ipv4Addr) -> Option<&'static str> {
    let within = |&&(network, bits, _): &&(Ipv4Addr, u32, &str)| {
        let mask = u32::MAX << (32 - bits);
        (address.to_bits() ^ network.to_bits()) & mask == 0
    };
    NON_PUBLIC_V4.iter().find(within).map(|(.., name)| *name)
}

fn non_public_range_v6(address: Ipv6Addr) -> Option<&'static str> {
    let within = |network: Ipv6Addr, bits: u32| {
        let mask = u128::MAX << (128 - bits);
        (address.to_bits() ^ network.to_bits()) & mask == 0
    };
    if !within(PUBLIC_V6.0, PUBLIC_V6.1) {
        return Some("not global");
    }
    NON_PUBLIC_V6.iter().find(|(network, bits, _)| within(*network, *bits)).map(|(.., name)| *name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal_range(address: &str) -> Option<&'static str> {
        non_public_range(address.parse().expect("an address"))
    }

    #[test]
    fn ends_of_each_range_are_refused_and_neighbours_allowed() {
        for (first, last, before, after) in [
            ("0.0.0.0", "0.255.255.255", "", "1.0.0.0"),
            ("10.0.0.0", "10.255.255.255", "9.255.255.255", "11.0.0.0"),
            ("100.64.0.0", "100.127.255.255", "100.63.255.255", "100.128.0.0"),
            ("127.0.0.0", "127.255.255.255", "126.255.255.255", "128.0.0.0"),
            ("168.63.129.16", "168.63.129.16", "168.63.129.15", "168.63.129.17"),
            ("169.254.0.0", "169.254.255.255", "169.253.255.255", "169.255.0.0"),
            ("172.16.0.0", "172.31.255.255", "172.15.255.255", "172.32.0.0"),
            ("192.0.0.0", "192.0.0.255", "191.255.255.255", "192.0.1.0"),
            ("192.0.2.0", "192.0.2.255", "192.0.1.255", "192.0.3.0"),
            ("192.88.99.0", "192.88.99.255", "192.88.98.255", "192.88.100.0"),
            ("192.168.0.0", "192.168.255.255", "192.167.255.255", "192.169.0.0"),
            ("198.18.0.0", "198.19.255.255", "198.17.255.255", "198.20.0.0"),
            ("198.51.100.0", "198.51.100.255", "198.51.99.255", "198.51.101.0"),
            ("203.0.113.0", "203.0.113.255", "203.0.112.255", "203.0.114.0"),
            ("224.0.0.0", "255.255.255.255", "223.255.255.255", ""),
            ("2001::", "2001:1ff:ffff::", "2000:ffff::", "2001:200::"),
            ("2001:db8::", "2001:db8:ffff::1", "2001:db7::1", "2001:db9::1"),
            ("2002::", "2002:ffff::1", "2001:ffff::1", "2003::1"),
            ("3fff::", "3fff:fff:ffff::1", "3ffe::1", "3fff:1000::1"),
        ] {
            assert!(refusal_range(first).is_some() && refusal_range(last).is_some(), "{first}");
            for public in [before, after].into_iter().filter(|address| !address.is_empty()) {
                assert_eq!(refusal_range(public), None, "{public}");
            }
        }
    }

    #[test]
    fn non_global_addresses_are_refused() {
        for address in [
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:10.1.2.3",
            "::ffff:169.254.169.254",
            "::127.0.0.1",
            "64:ff9b::10.0.0.1",
            "64:ff9b:1::1",
            "100::1",
            "fc00::1",
            "fd00:ec2::254",
            "fe80::1",
            "fec0::1",
            "ff02::1",
            "169.254.169.254",
            "100.100.100.200",
            "192.0.0.192",
        ] {
            assert!(refusal_range(address).is_some(), "{address}");
        }
        for address in ["1.1.1.1", "::ffff:1.1.1.1", "2606:4700:4700::1111", "2a00:1450::1"] {
            assert_eq!(refusal_range(address), None, "{address}");
        }
    }

    #[test]
    fn addresses_special_in_std_are_refused() {
        // Covers IPv4 in steps that share no factor with the ranges.
        for bits in (0..=u32::MAX).step_by(65_521) {
            let address = Ipv4Addr::from_bits(bits);
            let special = address.is_private()
                || address.is_loopback()
                || address.is_link_local()
                || address.is_multicast()
                || address.is_broadcast()
                || address.is_documentation()
                || address.is_unspecified();
            assert!(!special || non_public_range(address.into()).is_some(), "{address}");
        }
    }
}
