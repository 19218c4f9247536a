//! The contracts that the decoders under test know.

use alloy_primitives::Address;

/// Pool, configurator, aggregator, asset, aToken and debt token.
pub(crate) const KNOWN_ADDRESSES: [Address; 6] = [
    Address::repeat_byte(1),
    Address::repeat_byte(2),
    Address::repeat_byte(3),
    Address::repeat_byte(4),
    Address::repeat_byte(5),
    Address::repeat_byte(6),
];
