use ndarray::Array2;
use plimsoll_features::Outcome;
use proptest::prelude::*;
use rand::RngExt;

use super::*;
use crate::input::grid::INTERVALS;
use crate::net::inference::InputRows;

const SHAPE: NetConfig =
    NetConfig { inputs: 9, liquidation_inputs: 7, monotone_inputs: 4, hidden: 20, members: 3 };
const ROWS: usize = 700;

fn uniform(rng: &mut ChaCha8Rng, shape: (usize, usize), min: f32, max: f32) -> Array2<f32> {
    Array2::from_shape_fn(shape, |_| rng.random_range(min..max))
}

/// Random rows; liquidations and closings are frequent.
fn random_rows(rng: &mut ChaCha8Rng) -> Dataset {
    let outcome = |rng: &mut ChaCha8Rng| Outcome {
        duration_days: 10.0_f64.powf(rng.random_range(-2.0..1.6)),
        event: rng.random_range(0..3),
        follow_up_days: 40.0,
    };
    let outcomes: Vec<Outcome> = (0..ROWS).map(|_| outcome(rng)).collect();
    let scaled = uniform(rng, (ROWS, SHAPE.inputs), -3.0, 3.0);
    let anchor = uniform(rng, (ROWS, INTERVALS), -12.0, -1.0);
    Dataset::new(scaled.view(), anchor.view(), &outcomes, &[1.0; ROWS]).expect("rows")
}

/// A trainer whose steps are large, so that many weights meet their bound.
fn trainer(seed: u64, rows: &Dataset) -> Trainer {
    let options =
        TrainOptions { seed, batch: 64, learning_rate: 0.02, epochs: 3, ..TrainOptions::default() };
    Trainer::new(&SHAPE, rows, &options).expect("a trainer")
}

/// Replaces all weights by random ones, projected.
fn randomize(trainer: &mut Trainer, rng: &mut ChaCha8Rng) {
    let count = trainer.parameters.value_count();
    let mut weights: Vec<f32> = (0..count).map(|_| rng.random_range(-0.5..1.0)).collect();
    trainer.constraints.project(&mut weights);
    trainer.parameters.set(&weights).expect("weights");
}

/// Log odds of liquidation of each member and interval.
fn liquidation_log_odds(net: &InferenceNet, scaled: &[f32], anchor: &[f32]) -> Vec<f32> {
    let mut rows = InputRows::default();
    rows.push(scaled, anchor);
    net.log_odds(&rows).row(0).flat_map(|[liquidated, _]| liquidated.to_vec()).collect()
}

/// Raises each monotone input and each interval's anchor of some rows by random amounts; returns
/// whether some log odds rose.
///
/// # Panics
/// If a log odds fell.
fn assert_monotone(net: &InferenceNet, rng: &mut ChaCha8Rng) -> bool {
    let mut some_rose = false;
    for _ in 0..20 {
        let scaled = uniform(rng, (1, SHAPE.inputs), -3.2, 3.2).into_raw_vec_and_offset().0;
        let anchor = uniform(rng, (1, INTERVALS), -12.0, -1.0).into_raw_vec_and_offset().0;
        let before = liquidation_log_odds(net, &scaled, &anchor);
        let mut compare = |scaled: &[f32], anchor: &[f32], what: usize| {
            let after = liquidation_log_odds(net, scaled, anchor);
            for (n, (before, after)) in before.iter().zip(&after).enumerate() {
                assert!(before <= after, "input {what}, cell {n}: {before} fell to {after}");
            }
            some_rose |= before != after;
        };
        for input in 0..SHAPE.monotone_inputs {
            let mut raised = scaled.clone();
            raised[input] += 10.0_f32.powf(rng.random_range(-7.0..0.5));
            compare(&raised, &anchor, input);
        }
        let rise = 10.0_f32.powf(rng.random_range(-6.0..0.5));
        let raised: Vec<f32> = anchor.iter().map(|log_odds| log_odds + rise).collect();
        compare(&scaled, &raised, SHAPE.inputs);
    }
    some_rose
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn log_odds_of_liquidation_never_fall_in_monotone_inputs_or_the_anchor(seed in any::<u64>()) {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let rows = random_rows(&mut rng);
        let mut trainer = trainer(seed, &rows);
        prop_assert!(assert_monotone(&trainer.inference_net().unwrap(), &mut rng), "initial");
        randomize(&mut trainer, &mut rng);
        prop_assert!(assert_monotone(&trainer.inference_net().unwrap(), &mut rng), "random");
        trainer.run_epoch(&rows, 0).unwrap();
        prop_assert!(assert_monotone(&trainer.inference_net().unwrap(), &mut rng), "trained");
    }
}

#[test]
fn trained_weights_are_feasible_and_some_meet_their_bound() {
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let rows = random_rows(&mut rng);
    let mut trainer = trainer(1, &rows);
    trainer.run_epoch(&rows, 0).unwrap();
    let weights = trainer.parameters.values().unwrap();
    let mut projected = weights.clone();
    trainer.constraints.project(&mut projected);
    assert_eq!(weights, projected);
    let heads = trainer.parameters.range("liquidated.member_heads").unwrap();
    let positive = weights[heads].iter().filter(|head| **head > 0.0).count();
    let count = SHAPE.members * SHAPE.hidden * 3;
    assert!((1..count).contains(&positive), "{positive} of {count} heads are positive");
}

#[test]
fn hidden_layers_start_feasible_with_unit_variance_and_zero_heads() {
    let mut rng = ChaCha8Rng::seed_from_u64(2);
    let rows = random_rows(&mut rng);
    let trainer = trainer(2, &rows);
    let weights = trainer.parameters.values().unwrap();
    let mut projected = weights.clone();
    trainer.constraints.project(&mut projected);
    assert_eq!(weights, projected);
    let named = trainer.weights().unwrap();
    let part = |name: &str| &named[&format!("liquidated.layer_0.{name}")];
    let scales = part("input_scale").unsqueeze(2).unwrap();
    let scales = scales.broadcast_mul(&part("output_scale").unsqueeze(1).unwrap()).unwrap();
    let by_member = scales.broadcast_mul(part("shared_weight")).unwrap();
    let inputs = rows.scaled.narrow(1, 0, SHAPE.liquidation_inputs).unwrap().contiguous().unwrap();
    let sums = inputs.broadcast_matmul(&by_member).unwrap();
    let variance = sums.var(1).unwrap().mean_all().unwrap().to_scalar::<f32>().unwrap();
    assert!((variance - 1.0).abs() < 1e-3, "{variance}");
    let heads = named["liquidated.member_heads"].flatten_all().unwrap().to_vec1::<f32>().unwrap();
    assert!(heads.iter().all(|head| *head == 0.0));
}
