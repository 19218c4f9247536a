//! Units of fixed-point numbers.

use ruint::aliases::U256;

use super::checked::uint;

/// One with 18 decimals.
pub(crate) const WAD: U256 = uint(1_000_000_000_000_000_000);
/// One with 27 decimals.
pub(crate) const RAY: U256 = uint(1_000_000_000_000_000_000_000_000_000);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wad_and_ray_are_powers_of_ten() {
        assert_eq!(WAD, uint(10).pow(uint(18)));
        assert_eq!(RAY, uint(10).pow(uint(27)));
    }
}
