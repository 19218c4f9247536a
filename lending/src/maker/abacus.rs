//! Price decrease of an auction. Source: `abaci.sol`.

use ruint::aliases::U256;

use crate::fixed_point::ArithmeticError;
use crate::fixed_point::maker::{r_mul, r_pow, ray_fraction};

/// A price decrease function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Abacus {
    /// `LinearDecrease`: `top (tau - t) / tau`, and 0 from `tau` on.
    Linear {
        /// Seconds until the price is 0.
        tau_s: u64,
    },
    /// `StairstepExponentialDecrease`: `top cut^floor(t / step)`.
    Stairstep {
        /// Seconds per step.
        step_s: u64,
        /// Price factor per step, ray (.99 is a fall of 1 %).
        cut_ray: U256,
    },
    /// `ExponentialDecrease`: `top cut^t`.
    Exponential {
        /// Price factor per second, ray.
        cut_ray: U256,
    },
}

impl Abacus {
    /// The price `elapsed_s` seconds after the start, in the unit of `top`.
    ///
    /// # Errors
    /// [`ArithmeticError`] on overflow, or for a step of 0 s.
    pub fn price(&self, top: U256, elapsed_s: u64) -> Result<U256, ArithmeticError> {
        match *self {
            Self::Linear { tau_s } if elapsed_s >= tau_s => Ok(U256::ZERO),
            Self::Linear { tau_s } => r_mul(top, ray_fraction(tau_s - elapsed_s, tau_s)?),
            Self::Stairstep { step_s, cut_ray } => {
                let falls = elapsed_s.checked_div(step_s).ok_or(ArithmeticError::DivisionByZero)?;
                r_mul(top, r_pow(cut_ray, falls)?)
            }
            Self::Exponential { cut_ray } => r_mul(top, r_pow(cut_ray, elapsed_s)?),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixed_point::maker::RAY;
    use crate::fixed_point::uint;

    fn top() -> U256 {
        uint(3_900) * RAY
    }

    // RAY = 10**27
    // def rpow(x, n):
    //     z = x if n % 2 else RAY
    //     n //= 2
    //     while n:
    //         x = (x * x + RAY // 2) // RAY
    //         if n % 2: z = (z * x + RAY // 2) // RAY
    //         n //= 2
    //     return z
    // for t in (0, 59, 60, 1560, 8400): print(3900 * RAY * rpow(99 * RAY // 100, t // 60) // RAY)
    #[test]
    fn stairstep_prices_match_the_contract() {
        let stairs = Abacus::Stairstep { step_s: 60, cut_ray: uint(99) * RAY / uint(100) };
        let known = [
            (0, "3900000000000000000000000000000"),
            (59, "3900000000000000000000000000000"),
            (60, "3861000000000000000000000000000"),
            (1_560, "3003168268640105686725743178300"),
            (8_400, "954974666236226190927413351700"),
        ];
        for (elapsed_s, expected) in known {
            let price = stairs.price(top(), elapsed_s).unwrap();
            assert_eq!(price.to_string(), expected, "{elapsed_s}");
        }
    }

    // for t in (1, 1560): print(3900 * RAY * rpow(999833000000000000000000000, t) // RAY)
    #[test]
    fn exponential_prices_match_the_contract() {
        let cut_ray = uint(999_833_000_000_000_000_000_000_000);
        let known =
            [(1, "3899348700000000000000000000000"), (1_560, "3005472511210599833382846102600")];
        for (elapsed_s, expected) in known {
            let price = Abacus::Exponential { cut_ray }.price(top(), elapsed_s).unwrap();
            assert_eq!(price.to_string(), expected, "{elapsed_s}");
        }
    }

    // for t in (1, 7200): print(3900 * RAY * ((21600 - t) * RAY // 21600) // RAY)
    #[test]
    fn linear_price_ends_at_zero() {
        let line = Abacus::Linear { tau_s: 21_600 };
        let known =
            [(1, "3899819444444444444444444441700"), (7_200, "2599999999999999999999999997400")];
        for (elapsed_s, expected) in known {
            let price = line.price(top(), elapsed_s).unwrap();
            assert_eq!(price.to_string(), expected, "{elapsed_s}");
        }
        assert_eq!(line.price(top(), 21_600), Ok(U256::ZERO));
        assert_eq!(line.price(top(), 0), Ok(top()));
    }

    #[test]
    fn zero_step_is_rejected() {
        let stairs = Abacus::Stairstep { step_s: 0, cut_ray: RAY };
        assert_eq!(stairs.price(top(), 1), Err(ArithmeticError::DivisionByZero));
    }
}
