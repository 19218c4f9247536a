use candle_core::{DType, Device};
use candle_nn::VarMap;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::*;
use crate::initialisation::initialise;
use crate::ops::activation::BiasReluDropout;
use crate::parameters::named_variables;

const CONFIG: TabmConfig = TabmConfig {
    inputs: 3,
    hidden: 8,
    layers: 2,
    members: 4,
    outputs: 2,
    dropout: 0.0,
    skip: SkipConnection::Linear,
};

fn tabm(config: TabmConfig) -> (Tabm, VarMap) {
    let variables = VarMap::new();
    let vb = VarBuilder::from_varmap(&variables, DType::F32, &Device::Cpu);
    let block = Tabm::new(&config, &vb).unwrap();
    initialise(&variables, &mut ChaCha8Rng::seed_from_u64(1)).unwrap();
    (block, variables)
}

/// Every variable at random, so that no gradient is zero because of the initial values.
fn randomized(config: TabmConfig) -> (Tabm, VarMap) {
    let (block, variables) = tabm(config);
    let mut rng = ChaCha8Rng::seed_from_u64(2);
    for (_, variable) in named_variables(&variables) {
        let values: Vec<f32> =
            (0..variable.elem_count()).map(|_| rng.random_range(-1.0..1.0)).collect();
        variable.set(&Tensor::from_vec(values, variable.shape(), &Device::Cpu).unwrap()).unwrap();
    }
    (block, variables)
}

fn rows(count: usize) -> Tensor {
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    let values: Vec<f32> = (0..count * 3).map(|_| rng.random_range(-2.0..2.0)).collect();
    Tensor::from_vec(values, (count, 3), &Device::Cpu).unwrap()
}

fn values(tensor: &Tensor) -> Vec<f32> {
    tensor.flatten_all().unwrap().to_vec1().unwrap()
}

/// Layer by layer as in the paper: `((x * r) W) * s + b`.
fn reference_forward(variables: &VarMap, x: &Tensor, member: usize) -> Tensor {
    let named = named_variables(variables);
    let get = |name: &str| -> Tensor {
        named.iter().find(|(n, _)| n == name).unwrap().1.as_tensor().clone()
    };
    let mut hidden = x.clone();
    for layer in 0..2 {
        let part = |name: &str| get(&format!("layer_{layer}.{name}"));
        let own = |name: &str| part(name).get(member).unwrap();
        hidden = hidden.broadcast_mul(&own("input_scale")).unwrap();
        hidden = hidden.matmul(&part("shared_weight")).unwrap();
        hidden = hidden.broadcast_mul(&own("output_scale")).unwrap();
        hidden = hidden.broadcast_add(&own("member_bias")).unwrap().relu().unwrap();
    }
    let out = hidden.matmul(&get("member_heads").get(member).unwrap()).unwrap();
    let out = out.broadcast_add(&get("member_offsets").get(member).unwrap()).unwrap();
    (out + x.matmul(&get("shared_skip")).unwrap()).unwrap()
}

#[test]
fn each_member_is_an_mlp_with_scaled_inputs_and_outputs() {
    let (block, variables) = randomized(CONFIG);
    let x = rows(5);
    let out = block.forward(&x, ForwardMode::Inference).unwrap();
    assert_eq!(out.dims(), [5, 4, 2]);
    for member in 0..4 {
        let own = values(&out.narrow(1, member, 1).unwrap().contiguous().unwrap());
        let expected = values(&reference_forward(&variables, &x, member));
        assert!(own.iter().zip(&expected).all(|(a, b)| (a - b).abs() < 1e-5), "member {member}");
    }
}

#[test]
fn composed_operations_agree_with_the_fused_ones() {
    let (block, _) = randomized(CONFIG);
    let own = block.forward(&rows(5), ForwardMode::Inference).unwrap().transpose(0, 1).unwrap();
    let composed = values(&block.forward_composed(&rows(5)).unwrap());
    assert!(values(&own).iter().zip(&composed).all(|(a, b)| (a - b).abs() < 1e-5));
}

#[test]
fn a_block_with_the_identity_as_activation_is_linear() {
    let (block, _) = randomized(CONFIG);
    let at = |x: &Tensor| values(&block.forward_composed_with(x, |h| Ok(h.clone())).unwrap());
    let (x, y) = (rows(5), (rows(5) * 0.5).unwrap());
    let middle = at(&((&x + &y).unwrap() * 0.5).unwrap());
    for ((middle, x), y) in middle.iter().zip(at(&x)).zip(at(&y)) {
        assert!((middle - (x + y) / 2.0).abs() < 1e-4, "{middle}, {x}, {y}");
    }
}

#[test]
fn members_differ_at_initialisation() {
    let out = tabm(CONFIG).0.forward(&rows(5), ForwardMode::Inference).unwrap();
    let member = |m| values(&out.narrow(1, m, 1).unwrap().contiguous().unwrap());
    assert!((1..4).all(|other| member(0) != member(other)));
}

#[test]
fn gradients_of_every_variable_are_finite_differences() {
    let (block, variables) = randomized(CONFIG);
    let x = rows(6);
    let loss =
        || block.forward(&x, ForwardMode::Inference).unwrap().tanh().unwrap().sum_all().unwrap();
    let gradients = loss().backward().unwrap();
    for (name, variable) in named_variables(&variables) {
        let gradient = values(gradients.get(&variable).expect("a gradient"));
        let index = variable.elem_count() / 2;
        let start = values(&variable);
        let at = |step: f32| {
            let mut moved = start.clone();
            moved[index] += step;
            let moved = Tensor::from_vec(moved, variable.shape(), &Device::Cpu).unwrap();
            variable.set(&moved).unwrap();
            loss().to_scalar::<f32>().unwrap()
        };
        let difference = (at(2e-3) - at(-2e-3)) / 4e-3;
        at(0.0);
        assert!((gradient[index] - difference).abs() < 0.02, "{name}: {difference}");
        assert!(gradient.iter().any(|&value| value != 0.0), "{name}");
    }
}

#[test]
fn dropout_keeps_the_mean_and_stops_gradients() {
    let x = Tensor::ones((2, 500, 40), DType::F32, &Device::Cpu).unwrap();
    let x = candle_core::Var::from_tensor(&x).unwrap();
    let bias = Tensor::zeros((2, 40), DType::F32, &Device::Cpu).unwrap();
    let mut rng = ChaCha8Rng::seed_from_u64(4);
    let out = x.apply_op2(&bias, BiasReluDropout::with_dropout(0.25, 40_000, &mut rng)).unwrap();
    let mean = out.mean_all().unwrap().to_scalar::<f32>().unwrap();
    assert!((mean - 1.0).abs() < 0.02, "{mean}");
    let gradients = out.sum_all().unwrap().backward().unwrap();
    assert_eq!(values(gradients.get(&x).unwrap()), values(&out));
}

#[test]
fn equal_seeds_drop_the_same_values() {
    let (block, _) = tabm(TabmConfig { dropout: 0.5, ..CONFIG });
    let out = |seed| {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        values(&block.forward(&rows(9), ForwardMode::Training(&mut rng)).unwrap())
    };
    assert_eq!(out(1), out(1));
    assert_ne!(out(1), out(2));
}
