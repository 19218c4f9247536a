//! Steps down a gradient: AdamW with the whole gradient's length bounded.

use candle_core::backprop::GradStore;
use candle_core::{Result, Tensor, Var};

/// How long steps are.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Steps {
    pub(crate) learning_rate: f64,
    /// Share of a weight that a step of learning rate 1 would take off.
    pub(crate) weight_decay: f64,
    /// Gradients longer than this are shortened to it.
    pub(crate) longest_gradient: f64,
}

/// AdamW (Loshchilov and Hutter 2019, arXiv 1711.05101), a variable at a time in one pass.
///
/// Done with tensors, a step takes some fifteen of them for each variable, and most variables are
/// so small that making a tensor costs more than filling it.
#[derive(Debug)]
pub(crate) struct AdamW {
    moments: Vec<Moments>,
    steps: i32,
}

#[derive(Debug)]
struct Moments {
    variable: Var,
    /// Whether it decays.
    weight: bool,
    first: Vec<f32>,
    second: Vec<f32>,
}

const FIRST_DECAY: f64 = 0.9;
const SECOND_DECAY: f64 = 0.999;
const EPSILON: f64 = 1e-8;

impl AdamW {
    /// Starts at rest; `weight` says of each variable whether it decays towards zero.
    pub(crate) fn new(variables: impl IntoIterator<Item = (Var, bool)>) -> Self {
        let moments = variables.into_iter().map(|(variable, weight)| {
            let zeros = vec![0.0; variable.elem_count()];
            Moments { variable, weight, first: zeros.clone(), second: zeros }
        });
        Self { moments: moments.collect(), steps: 0 }
    }

    /// Takes one step.
    pub(crate) fn step(&mut self, gradients: &GradStore, steps: &Steps) -> Result<()> {
        let values: Vec<Option<Vec<f32>>> = self
            .moments
            .iter()
            .map(|moments| gradients.get(&moments.variable).map(values).transpose())
            .collect::<Result<_>>()?;
        let squares = |of: &Vec<f32>| of.iter().map(|&g| f64::from(g).powi(2)).sum::<f64>();
        let length = values.iter().flatten().map(squares).sum::<f64>().sqrt();
        let shorter = (steps.longest_gradient / length).min(1.0);
        self.steps += 1;
        for (moments, gradient) in self.moments.iter_mut().zip(values) {
            if let Some(gradient) = gradient {
                moments.step(&gradient, shorter as f32, self.steps, steps)?;
            }
        }
        Ok(())
    }
}

impl Moments {
    fn step(&mut self, gradient: &[f32], shorter: f32, step: i32, steps: &Steps) -> Result<()> {
        let correction = (1.0 - SECOND_DECAY.powi(step)).sqrt();
        let rate = (steps.learning_rate * correction / (1.0 - FIRST_DECAY.powi(step))) as f32;
        let epsilon = (EPSILON * correction) as f32;
        let decay = if self.weight { steps.learning_rate * steps.weight_decay } else { 0.0 };
        let kept = (1.0 - decay) as f32;
        let (b1, b2) = (FIRST_DECAY as f32, SECOND_DECAY as f32);
        let mut weights = values(&self.variable)?;
        let moments = self.first.iter_mut().zip(&mut self.second);
        for ((weight, gradient), (first, second)) in weights.iter_mut().zip(gradient).zip(moments) {
            let gradient = gradient * shorter;
            *first = b1 * *first + (1.0 - b1) * gradient;
            *second = b2 * *second + (1.0 - b2) * gradient * gradient;
            *weight = *weight * kept - rate * *first / (second.sqrt() + epsilon);
        }
        let shape = self.variable.shape();
        self.variable.set(&Tensor::from_vec(weights, shape, self.variable.device())?)
    }
}

fn values(tensor: &Tensor) -> Result<Vec<f32>> {
    tensor.flatten_all()?.to_vec1()
}

#[cfg(test)]
mod tests {
    use candle_core::Device;
    use candle_nn::{AdamW as Reference, Optimizer, ParamsAdamW};

    use super::*;

    fn variable() -> Var {
        Var::new(&[1.5_f32, -0.5, 0.25], &Device::Cpu).unwrap()
    }

    fn gradients(variable: &Var) -> GradStore {
        (variable.powf(2.0).unwrap() * 3.0).unwrap().sum_all().unwrap().backward().unwrap()
    }

    #[test]
    fn steps_are_those_of_candle() {
        let (own, other) = (variable(), variable());
        let parameters = ParamsAdamW { lr: 0.01, weight_decay: 0.1, ..Default::default() };
        let mut reference = Reference::new(vec![other.clone()], parameters).unwrap();
        let mut adam = AdamW::new([(own.clone(), true)]);
        let steps = Steps { learning_rate: 0.01, weight_decay: 0.1, longest_gradient: 1e9 };
        for _ in 0..20 {
            adam.step(&gradients(&own), &steps).unwrap();
            reference.step(&gradients(&other)).unwrap();
        }
        let pairs = values(&own).unwrap().into_iter().zip(values(&other).unwrap());
        pairs.for_each(|(a, b)| assert!((a - b).abs() < 1e-5, "{a} is not {b}"));
    }

    #[test]
    fn a_long_gradient_is_shortened_as_a_whole() {
        let variable = variable();
        let mut adam = AdamW::new([(variable.clone(), false)]);
        let steps = Steps { learning_rate: 0.01, weight_decay: 0.0, longest_gradient: 0.5 };
        adam.step(&gradients(&variable), &steps).unwrap();
        let length: f32 = adam.moments[0].first.iter().map(|m| (m / 0.1).powi(2)).sum();
        assert!((length.sqrt() - 0.5).abs() < 1e-4);
    }
}
