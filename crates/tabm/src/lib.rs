//! Neural networks on tables: TabM blocks on [candle](https://docs.rs/candle-core), an AdamW
//! optimiser, and a quantile transformer for the inputs.
//!
//! [`Tabm`] is a parameter-efficient ensemble of multilayer perceptrons (Gorishniy et al. 2024,
//! arXiv 2410.24210) on BatchEnsemble (Wen et al. 2020, arXiv 2002.06715): a member's weights are
//! the shared weights times a scale for each input and each output. The scales are multiplied into
//! the weights rather than into the activations. That is the same map, and its cost per step depends
//! on the size of the network and not on the number of rows.
//!
//! The block's operations are fused and run on the CPU with the same bits on any number of threads;
//! [`Tabm::forward_composed`] uses candle's own operations, which run on any device and permit
//! other activations.
//!
//! ```
//! use candle_core::{DType, Device, Tensor};
//! use candle_nn::{VarBuilder, VarMap};
//! use plimsoll_tabm::{
//!     AdamW, AdamWOptions, FlatParameters, ForwardMode, SkipConnection, Tabm, TabmConfig,
//!     initialise, named_variables,
//! };
//! use rand::SeedableRng;
//! use rand_chacha::ChaCha8Rng;
//!
//! # fn main() -> candle_core::Result<()> {
//! let config = TabmConfig {
//!     inputs: 2, hidden: 8, layers: 1, members: 4, outputs: 1, dropout: 0.0,
//!     skip: SkipConnection::Linear,
//! };
//! let variables = VarMap::new();
//! let vb = VarBuilder::from_varmap(&variables, DType::F32, &Device::Cpu);
//! let tabm = Tabm::new(&config, &vb)?;
//! initialise(&variables, &mut ChaCha8Rng::seed_from_u64(1))?;
//!
//! // Learns the sum of the two inputs by squared error.
//! let x = Tensor::new(&[[0.0_f32, 1.0], [1.0, 1.0], [-1.0, 0.5]], &Device::Cpu)?;
//! let y = x.sum_keepdim(1)?.unsqueeze(1)?;
//! let loss = || tabm.forward(&x, ForwardMode::Inference)?.broadcast_sub(&y)?.sqr()?.mean_all();
//! let before = loss()?.to_scalar::<f32>()?;
//! let parameters = FlatParameters::new(named_variables(&variables));
//! let mut optimiser = AdamW::new(parameters.sizes().map(|(_, size)| (size, false)));
//! let options = AdamWOptions { learning_rate: 0.01, weight_decay: 0.0, max_gradient_norm: 1.0 };
//! for _ in 0..100 {
//!     let gradient = parameters.gradient(&loss()?.backward()?)?;
//!     let mut weights = parameters.values()?;
//!     optimiser.step(&mut weights, &gradient, &options);
//!     parameters.set(&weights)?;
//! }
//! assert!(loss()?.to_scalar::<f32>()? < 0.1 * before);
//! # Ok(())
//! # }
//! ```

mod adamw;
mod config;
mod initialisation;
mod layer;
mod ops;
mod parameters;
mod quantile_transformer;
mod tabm;
mod variable_names;

pub use adamw::{AdamW, AdamWOptions};
pub use config::{ForwardMode, SkipConnection, TabmConfig};
pub use initialisation::initialise;
pub use ops::storage::contiguous_slice;
pub use parameters::{FlatParameters, named_variables};
pub use quantile_transformer::QuantileTransformer;
pub use tabm::Tabm;
pub use variable_names::{BIAS, HEADS, INPUT_SCALE, OFFSETS, OUTPUT_SCALE, WEIGHT};
