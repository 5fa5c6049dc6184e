//! IP addresses and blocks of them.

use std::net::IpAddr;

/// A block of addresses, such as `203.0.113.0/24` or `2001:db8::/32`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Block {
    address: IpAddr,
    /// How many leading bits count.
    bits: u32,
}

impl Block {
    /// Reads a block, or an address alone: that is /32, and of IPv6, where the documentation is silent, /128. Bits of
    /// the address beyond the prefix do not count.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (address, bits) = match text.split_once('/') {
            None => (text, None),
            Some((address, bits)) => (address, Some(bits)),
        };
        let address: IpAddr = address.parse().ok()?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let bits = match bits {
            None => most,
            Some(bits) if !bits.is_empty() && bits.len() <= 3 && bits.bytes().all(|byte| byte.is_ascii_digit()) => {
                bits.parse().ok().filter(|bits| *bits <= most)?
            }
            Some(_) => return None,
        };
        Some(Self { address, bits })
    }

    /// Whether an address lies in the block. An IPv4 address lies in no IPv6 block, nor the other way round.
    pub(super) fn holds(self, address: IpAddr) -> bool {
        match (self.address, address) {
            (IpAddr::V4(block), IpAddr::V4(address)) => {
                let mask = u32::MAX.checked_shl(32 - self.bits).unwrap_or(0);
                u32::from(block) & mask == u32::from(address) & mask
            }
            (IpAddr::V6(block), IpAddr::V6(address)) => {
                let mask = u128::MAX.checked_shl(128 - self.bits).unwrap_or(0);
                u128::from(block) & mask == u128::from(address) & mask
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_hold_their_addresses() {
        for (block, address, holds) in [
            ("203.0.113.0/24", "203.0.113.255", true),
            ("203.0.113.0/24", "203.0.114.0", false),
            ("203.0.113.7/24", "203.0.113.1", true),
            ("0.0.0.0/0", "8.8.8.8", true),
            ("0.0.0.0/0", "2001:db8::1", false),
            ("::/0", "2001:db8::1", true),
            ("::/0", "8.8.8.8", false),
            ("10.0.0.1", "10.0.0.1", true),
            ("10.0.0.1", "10.0.0.2", false),
            ("2001:DB8::/32", "2001:db8:ffff::1", true),
            ("2001:db8::1", "2001:db8:0::1", true),
            ("2001:db8::1/127", "2001:db8::2", false),
        ] {
            let address = address.parse().expect("an address");
            assert_eq!(Block::parse(block).expect(block).holds(address), holds, "{block} {address}");
        }
    }

    #[test]
    fn other_texts_are_no_blocks() {
        for text in
            ["", "10.0.0", "10.0.0.0/33", "::/129", "10.0.0.0/", "10.0.0.0/+8", "10.0.0.0/0x8", "10.0.0.*", "/8"]
        {
            assert_eq!(Block::parse(text), None, "{text}");
        }
    }
}
