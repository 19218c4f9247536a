//! Time of boosting groups of rows and of evaluating all their steps, each beside the general way.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use ndarray::{Array2, Axis, concatenate};
use plimsoll_trees::{Forest, Monotone, SteppedInputs, SteppedRow, Target, TreeOptions};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

const GROUPS: usize = 10_000;
const STEPS: usize = 14;
const CONSTANT: usize = 24;
const SCORED: usize = 1_000;

struct Data {
    time: Array2<f32>,
    anchor: Array2<f32>,
    constant: Array2<f32>,
    labels: Vec<f32>,
    weights: Vec<f32>,
}

fn data() -> Data {
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let mut noise = |columns| {
        Array2::from_shape_simple_fn((GROUPS, columns), || rng.random_range(-1.0..1.0_f32))
    };
    let (constant, shift, draws) = (noise(CONSTANT), noise(1), noise(STEPS));
    let time = Array2::from_shape_fn((GROUPS, STEPS), |(_, step)| (step as f32 + 1.0).ln());
    let anchor = Array2::from_shape_fn((GROUPS, STEPS), |(group, step)| {
        3.0 * shift[[group, 0]] + time[[group, step]] - 4.0
    });
    let label = |((group, step), draw): ((usize, usize), &f32)| {
        let log_odds = anchor[[group, step]] - constant[[group, 0]] * constant[[group, 1]];
        f32::from(u8::from((draw + 1.0) / 2.0 < 1.0 / (1.0 + (-log_odds).exp())))
    };
    let labels = draws.indexed_iter().map(label).collect();
    Data { time, anchor, constant, labels, weights: vec![1.0; GROUPS * STEPS] }
}

fn stepped(criterion: &mut Criterion) {
    let data = data();
    let target =
        Target::Logistic { labels: &data.labels, weights: &data.weights, base_margins: None };
    let monotone = vec![Monotone::Rising; 2];
    let options = TreeOptions {
        rounds: 50,
        depth: 5,
        bins: 128,
        subsample: 0.6,
        monotone,
        ..Default::default()
    };
    let rising = [data.time.view(), data.anchor.view()];
    let inputs = SteppedInputs { rising: &rising, constant: data.constant.view() };
    let column =
        |input: &Array2<f32>| input.to_shape((GROUPS * STEPS, 1)).expect("rows").to_owned();
    let repeated: Vec<usize> = (0..GROUPS * STEPS).map(|row| row / STEPS).collect();
    let rows = concatenate![
        Axis(1),
        column(&data.time),
        column(&data.anchor),
        data.constant.select(Axis(0), &repeated)
    ];
    let mut group = criterion.benchmark_group("stepped");
    group.sample_size(10);
    group.bench_function("fit_groups", |b| {
        b.iter(|| Forest::fit_stepped(inputs, &target, &options));
    });
    group.bench_function("fit_rows", |b| {
        b.iter(|| Forest::fit(rows.view(), &target, None, &options));
    });
    let forest = Forest::fit_stepped(inputs, &target, &options);
    let times = data.time.row(0).to_vec();
    let compiled = forest.compile_stepped(&times, 2).expect("trees of depth five");
    let anchors: Vec<&[f32]> =
        (0..SCORED).map(|n| data.anchor.row(n).to_slice().expect("contiguous")).collect();
    let rising: Vec<[&[f32]; 2]> = anchors.iter().map(|anchor| [&times[..], *anchor]).collect();
    let scored: Vec<SteppedRow<'_>> = (0..SCORED)
        .map(|n| SteppedRow {
            rising: &rising[n],
            constant: data.constant.row(n).to_slice().expect("contiguous"),
        })
        .collect();
    group.throughput(Throughput::Elements((SCORED * forest.tree_count()) as u64));
    group.bench_function("score_compiled", |b| b.iter(|| compiled.margins(black_box(&scored))));
    group.bench_function("score_walk", |b| {
        b.iter(|| {
            scored.iter().fold(0.0, |sum, row| {
                let mut margins = [0.0; STEPS];
                forest.add_stepped_margins(*row, &mut margins);
                sum + margins[0]
            })
        });
    });
    group.bench_function("score_one_compiled", |b| {
        b.iter(|| compiled.margins(black_box(&scored[..1])));
    });
    group.finish();
}

criterion_group!(benches, stepped);
criterion_main!(benches);
