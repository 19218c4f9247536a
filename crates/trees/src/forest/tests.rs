use ndarray::Array2;
use proptest::prelude::*;

use super::*;
use crate::options::Monotone;

fn noise(rows: usize, inputs: usize, seed: u64) -> Array2<f32> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    Array2::from_shape_simple_fn((rows, inputs), || rng.random_range(-1.0..1.0))
}

fn exact_options() -> TreeOptions {
    TreeOptions { learning_rate: 1.0, lambda: 0.0, min_child_weight: 0.0, ..Default::default() }
}

fn poisson<'a>(events: &'a [f32], exposure: &'a [f32]) -> Target<'a> {
    Target::Poisson { events, exposure }
}

fn logistic<'a>(labels: &'a [f32], weights: &'a [f32]) -> Target<'a> {
    Target::Logistic { labels, weights, base_margins: None }
}

#[test]
fn constant_inputs_give_the_log_rate() {
    let inputs = Array2::from_elem((4, 2), 7.0);
    let target = poisson(&[1.0, 0.0, 2.0, 0.0], &[1.0, 2.5, 0.5, 2.0]);
    let forest = Forest::fit(inputs.view(), &target, None, &TreeOptions::default());
    assert!((forest.margin(inputs.row(0)) - (3.0_f64 / 6.0).ln()).abs() < 1e-6);
}

#[test]
fn a_step_function_is_recovered() {
    let inputs = noise(2_000, 3, 1).mapv(|x| (10.0 * x).round() / 10.0);
    let rate = |x: f32| if x < 0.25 { 2.0 } else { 5.0 };
    let events: Vec<f32> = inputs.column(1).iter().map(|&x| rate(x)).collect();
    let target = poisson(&events, &[1.0; 2_000]);
    let forest = Forest::fit(inputs.view(), &target, None, &exact_options());
    let margin = |x: f32| forest.margin(ndarray::aview1(&[0.3, x, -0.9]));
    assert!((margin(0.2) - 2.0_f64.ln()).abs() < 1e-3, "{}", margin(0.2).exp());
    assert!((margin(0.3) - 5.0_f64.ln()).abs() < 1e-3, "{}", margin(0.3).exp());
}

#[test]
fn pure_leaves_give_the_log_odds_of_their_rows() {
    let inputs = Array2::from_shape_fn((400, 1), |(row, _)| (row % 2) as f32);
    let labels: Vec<f32> = (0..400).map(|row| f32::from(u8::from(row % 8 < 3))).collect();
    let weights: Vec<f32> = (0..400).map(|row| 1.0 + (row % 4) as f32).collect();
    let forest = Forest::fit(inputs.view(), &logistic(&labels, &weights), None, &exact_options());
    let odds = |level: usize| {
        let sum = |label: f32| -> f32 {
            (0..400).filter(|r| r % 2 == level && labels[*r] == label).map(|r| weights[r]).sum()
        };
        f64::from(sum(1.0) / sum(0.0)).ln()
    };
    for level in [0, 1] {
        let margin = forest.margin(inputs.row(level));
        assert!((margin - odds(level)).abs() < 1e-4, "{margin} is not {}", odds(level));
    }
}

#[test]
fn base_margins_that_are_right_leave_nothing_to_learn() {
    let inputs = noise(1_000, 2, 3);
    let margins: Vec<f32> = inputs.column(0).iter().map(|x| 2.0 * x).collect();
    let labels: Vec<f32> = margins.iter().map(|m| 1.0 / (1.0 + (-m).exp())).collect();
    let target =
        Target::Logistic { labels: &labels, weights: &[1.0; 1_000], base_margins: Some(&margins) };
    let forest = Forest::fit(inputs.view(), &target, None, &TreeOptions::default());
    assert!(forest.margins(inputs.view()).iter().all(|margin| margin.abs() < 1e-4));
}

#[test]
fn unknown_values_go_where_their_rows_belong() {
    let mut inputs = noise(3_000, 1, 4);
    inputs.iter_mut().step_by(3).for_each(|value| *value = f32::NAN);
    for (unknown, low, high) in [(4.0, 1.0, 4.0), (1.0, 1.0, 4.0), (9.0, 3.0, 3.0)] {
        let rate = |x: f32| {
            if x.is_nan() {
                unknown
            } else if x < 0.0 {
                low
            } else {
                high
            }
        };
        let events: Vec<f32> = inputs.iter().map(|&x| rate(x)).collect();
        let target = poisson(&events, &[1.0; 3_000]);
        let forest = Forest::fit(inputs.view(), &target, None, &exact_options());
        for x in [f32::NAN, -0.5, 0.5] {
            let fitted = forest.margin(ndarray::aview1(&[x])).exp();
            assert!((fitted - f64::from(rate(x))).abs() < 0.01, "{x}: {fitted}");
        }
    }
}

fn options(seed: u64) -> TreeOptions {
    TreeOptions { rounds: 20, subsample: 0.6, colsample: 0.5, seed, ..Default::default() }
}

fn noisy_forest(seed: u64) -> (Forest, Array2<f32>) {
    let inputs = noise(20_000, 8, 5);
    let events: Vec<f32> = inputs.rows().into_iter().map(|x| x[0].max(x[1] * x[2])).collect();
    let events: Vec<f32> = events.iter().map(|e| e.max(0.0)).collect();
    let target = poisson(&events, &[1.0; 20_000]);
    (Forest::fit(inputs.view(), &target, None, &options(seed)), inputs)
}

#[test]
fn bits_are_the_same_on_any_number_of_threads() {
    let on = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let (forest, inputs) = noisy_forest(1);
            let margins = forest.margins(inputs.view());
            (forest, margins)
        })
    };
    assert_eq!(on(1), on(3));
}

#[test]
fn different_seeds_draw_different_rows_and_inputs() {
    assert_eq!(noisy_forest(1).0, noisy_forest(1).0);
    assert_ne!(noisy_forest(1).0, noisy_forest(2).0);
}

#[test]
fn a_forest_survives_json_and_single_rows_equal_batches() {
    let (forest, inputs) = noisy_forest(6);
    let text = serde_json::to_string(&forest).unwrap();
    let back: Forest = serde_json::from_str(&text).unwrap();
    assert_eq!(back, forest);
    let margins = back.margins(inputs.view());
    for row in [0, 7, 511, 512, 19_999] {
        assert_eq!(margins[row], forest.margin(inputs.row(row)));
    }
}

#[test]
fn stepped_margins_equal_the_margins_of_each_step() {
    let (forest, inputs) = noisy_forest(3);
    let steps: Vec<f32> = (0..14).map(|step| step as f32 / 7.0 - 1.0).collect();
    let later: Vec<f32> = steps.iter().map(|step| step.powi(3)).collect();
    for row in inputs.rows().into_iter().take(50) {
        let rest: Vec<f32> = row.iter().skip(2).copied().collect();
        let stepped = SteppedRow { rising: &[&steps, &later], constant: &rest };
        let mut margins = vec![0.0; steps.len()];
        forest.add_stepped_margins(stepped, &mut margins);
        let compiled = forest.compile_stepped(&steps, 2).unwrap();
        let all = compiled.margins(&[stepped; 40]);
        assert_eq!(compiled.margins(&[stepped]), all[39 * steps.len()..]);
        for (k, margin) in margins.iter().enumerate() {
            assert!((all[k] - margin).abs() < 1e-9, "{} is not {margin}", all[k]);
            let mut single = row.to_owned();
            (single[0], single[1]) = (steps[k], later[k]);
            assert!((margin - forest.margin(single.view())).abs() < 1e-9);
        }
    }
}

#[test]
fn boosting_groups_equals_boosting_their_rows() {
    let (groups, steps) = (700, 6);
    let constant = noise(groups, 3, 11);
    let shift = noise(groups, 1, 12);
    let time = Array2::from_shape_fn((groups, steps), |(_, step)| step as f32);
    let anchor =
        Array2::from_shape_fn((groups, steps), |(g, step)| shift[[g, 0]] + 0.3 * step as f32);
    let rows = Array2::from_shape_fn((groups * steps, 5), |(row, input)| {
        let (group, step) = (row / steps, row % steps);
        match input {
            0 => time[[group, step]],
            1 => anchor[[group, step]],
            input => constant[[group, input - 2]],
        }
    });
    let margin = |row: usize| 2.0 * rows[[row, 1]] - rows[[row, 2]] + 0.2 * rows[[row, 0]] - 1.5;
    let draws = noise(groups * steps, 1, 13);
    let labels: Vec<f32> = (0..groups * steps)
        .map(|row| f32::from(1.0 / (1.0 + (-margin(row)).exp()) > (draws[[row, 0]] + 1.0) / 2.0))
        .collect();
    let weights: Vec<f32> = (0..groups * steps).map(|row| ((row % 5) as f32).min(1.0)).collect();
    let target = logistic(&labels, &weights);
    let monotone = vec![Monotone::Rising, Monotone::Rising, Monotone::Falling];
    let options =
        TreeOptions { rounds: 30, bins: 100, monotone, colsample: 0.6, ..Default::default() };
    let of_rows = Forest::fit(rows.view(), &target, None, &options);
    let rising = [time.view(), anchor.view()];
    let inputs = crate::SteppedInputs { rising: &rising, constant: constant.view() };
    let of_groups = Forest::fit_stepped(inputs, &target, &options);
    for row in rows.rows() {
        let (of_groups, of_rows) = (of_groups.margin(row), of_rows.margin(row));
        assert!((of_groups - of_rows).abs() < 1e-3, "{of_groups} is not {of_rows}");
    }
}

#[test]
fn growth_stops_when_validation_loss_stops_falling() {
    let inputs = noise(600, 4, 8);
    let labels: Vec<f32> = noise(600, 1, 9).iter().map(|&v| f32::from(v > 0.0)).collect();
    let (validated, trained) = (ndarray::s![..300, ..], ndarray::s![300.., ..]);
    let weights = [1.0; 300];
    let validation = Validation {
        inputs: inputs.slice(validated),
        target: logistic(&labels[..300], &weights),
        patience: 10,
    };
    let target = logistic(&labels[300..], &weights);
    let forest =
        Forest::fit(inputs.slice(trained), &target, Some(&validation), &TreeOptions::default());
    assert!(forest.tree_count() < 50, "noise was fitted with {} trees", forest.tree_count());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn margins_respect_monotone_constraints(seed in 0_u64..1_000, depth in 1_usize..6) {
        let mut inputs = noise(300, 3, seed);
        inputs.iter_mut().skip(2).step_by(7).for_each(|value| *value = f32::NAN);
        let labels: Vec<f32> =
            inputs.rows().into_iter().map(|x| f32::from((5.0 * x[0]).sin() + x[1] > 0.2)).collect();
        let options = TreeOptions {
            rounds: 30,
            depth,
            monotone: vec![Monotone::Rising, Monotone::Falling],
            max_delta_step: Some(1.0),
            ..options(seed)
        };
        let forest = Forest::fit(inputs.view(), &logistic(&labels, &[1.0; 300]), None, &options);
        for base in inputs.rows() {
            for (input, sign) in [(0, 1.0), (1, -1.0)] {
                let margins: Vec<f64> = (-12..=12).map(|step| {
                    let mut row = base.to_owned();
                    row[input] = step as f32 / 10.0;
                    sign * forest.margin(row.view())
                }).collect();
                prop_assert!(margins.is_sorted(), "{margins:?}");
            }
        }
    }
}
