use candle_core::{DType, Device};
use candle_nn::{VarBuilder, VarMap};
use ndarray::Array2;
use plimsoll_features::Outcome;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::*;
use crate::input::grid::INTERVALS;
use crate::net::autograd::AutogradNet;
use crate::net::candle_net::CandleNet;
use crate::net::variables::net_parameters;

/// Widths that need padding, and a number of rows that is no multiple of a tile or a block.
const ODD: NetConfig =
    NetConfig { inputs: 7, liquidation_inputs: 4, monotone_inputs: 2, hidden: 19, members: 3 };
const USUAL: NetConfig =
    NetConfig { inputs: 41, liquidation_inputs: 25, monotone_inputs: 11, hidden: 32, members: 8 };
const ROWS: usize = 173;

/// A net of candle operations, and its variables.
fn autograd_net(config: &NetConfig) -> (AutogradNet, FlatParameters) {
    let variables = VarMap::new();
    let vb = VarBuilder::from_varmap(&variables, DType::F32, &Device::Cpu);
    let net = CandleNet::new(config, &vb).unwrap();
    let parameters = net_parameters(&variables);
    (AutogradNet::new(net, parameters.clone(), Device::Cpu), parameters)
}

/// Random weights, so that no gradient is zero because of the initialisation.
fn random_weights(count: usize) -> Vec<f32> {
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    (0..count).map(|_| rng.random_range(-0.5..0.5)).collect()
}

fn random_rows(config: &NetConfig) -> Dataset {
    let mut rng = ChaCha8Rng::seed_from_u64(2);
    let outcome = |rng: &mut ChaCha8Rng| Outcome {
        duration_days: 10.0_f64.powf(rng.random_range(-2.0..1.6)),
        event: rng.random_range(0..3),
        follow_up_days: 40.0,
    };
    let outcomes: Vec<Outcome> = (0..ROWS).map(|_| outcome(&mut rng)).collect();
    let weights: Vec<f32> = (0..ROWS).map(|row| if row % 3 == 0 { 3.0 } else { 1.0 }).collect();
    let mut uniform = |columns: usize, min: f32, max: f32| {
        Array2::from_shape_fn((ROWS, columns), |_| rng.random_range(min..max))
    };
    let (scaled, anchor) = (uniform(config.inputs, -2.0, 2.0), uniform(INTERVALS, -8.0, 3.0));
    Dataset::new(scaled.view(), anchor.view(), &outcomes, &weights).unwrap()
}

/// Some rows, in shuffled order.
fn shuffled_rows() -> Vec<u32> {
    (0..ROWS as u32).rev().filter(|row| row % 7 != 0).collect()
}

fn gradient_on_threads(threads: usize, config: &NetConfig) -> (f64, Vec<f32>) {
    let parameters = autograd_net(config).1;
    let mut gradient = CpuGradient::new(config, &parameters).unwrap();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    let weights = random_weights(parameters.value_count());
    pool.install(|| {
        gradient.loss_and_gradient(&weights, &random_rows(config), &shuffled_rows()).unwrap()
    })
}

#[test]
fn gradient_matches_autograd() {
    for config in [ODD, USUAL] {
        let (graph, parameters) = autograd_net(&config);
        let (weights, data) = (random_weights(parameters.value_count()), random_rows(&config));
        let (loss, gradient) = gradient_on_threads(2, &config);
        let (expected_loss, expected) =
            graph.loss_and_gradient(&weights, &data, &shuffled_rows()).unwrap();
        assert!((loss / expected_loss - 1.0).abs() < 1e-5, "{loss} is not {expected_loss}");
        for (name, _) in parameters.sizes() {
            let range = parameters.range(name).unwrap();
            let (value, graph) = (&gradient[range.clone()], &expected[range]);
            let max = graph.iter().fold(0.0_f32, |a, b| a.max(b.abs()));
            assert!(max > 0.0, "{name}");
            let is_near = |(a, b): (&f32, &f32)| (a - b).abs() < 1e-4 * max;
            assert!(value.iter().zip(graph).all(is_near), "{name}: {value:?} is not {graph:?}");
        }
    }
}

#[test]
fn gradient_matches_finite_differences() {
    let parameters = autograd_net(&ODD).1;
    let (start, data) = (random_weights(parameters.value_count()), random_rows(&ODD));
    let mut gradient = CpuGradient::new(&ODD, &parameters).unwrap();
    let mut at =
        |weights: &[f32]| gradient.loss_and_gradient(weights, &data, &shuffled_rows()).unwrap();
    let slope = at(&start).1;
    for (name, size) in parameters.sizes() {
        let range = parameters.range(name).unwrap().start + size / 2;
        let mut moved = |step: f32| {
            let mut weights = start.clone();
            weights[range] += step;
            at(&weights).0
        };
        let difference = (moved(4e-3) - moved(-4e-3)) / 8e-3;
        let value = f64::from(slope[range]);
        assert!(
            (value - difference).abs() < 2e-3 + 0.01 * value.abs(),
            "{name}: {value}, {difference}"
        );
    }
}

#[test]
fn bits_do_not_depend_on_threads_or_reused_buffers() {
    let once = gradient_on_threads(1, &USUAL);
    assert!(once == gradient_on_threads(2, &USUAL));
    assert!(once == gradient_on_threads(5, &USUAL));
    let parameters = autograd_net(&USUAL).1;
    let (weights, data) = (random_weights(parameters.value_count()), random_rows(&USUAL));
    let mut gradient = CpuGradient::new(&USUAL, &parameters).unwrap();
    let all: Vec<u32> = (0..ROWS as u32).collect();
    gradient.loss_and_gradient(&weights, &data, &all).unwrap();
    assert!(once == gradient.loss_and_gradient(&weights, &data, &shuffled_rows()).unwrap());
}

#[test]
fn extreme_log_odds_stay_finite_and_nan_propagates() {
    let parameters = autograd_net(&ODD).1;
    let mut weights = random_weights(parameters.value_count());
    let mut gradient = CpuGradient::new(&ODD, &parameters).unwrap();
    let levels = parameters.range(crate::net::config::ALPHA).unwrap();
    weights[levels.start] = 300.0;
    weights[levels.start + 1] = -300.0;
    let (loss, slope) =
        gradient.loss_and_gradient(&weights, &random_rows(&ODD), &shuffled_rows()).unwrap();
    assert!(loss.is_finite() && slope.iter().all(|value| value.is_finite()));
    weights[levels.start] = f32::NAN;
    assert!(
        !gradient
            .loss_and_gradient(&weights, &random_rows(&ODD), &shuffled_rows())
            .unwrap()
            .0
            .is_finite()
    );
}
