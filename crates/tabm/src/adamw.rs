//! AdamW with clipping by the norm of the whole gradient.

/// The options of a step.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AdamWOptions {
    /// Learning rate.
    pub learning_rate: f64,
    /// Share of a weight that a step with learning rate 1 would remove.
    pub weight_decay: f64,
    /// Gradients with a larger norm are scaled down to it.
    pub max_gradient_norm: f64,
}

/// AdamW (Loshchilov and Hutter 2019, arXiv 1711.05101), in one pass over all weights.
///
/// With tensors a step would allocate about fifteen for each variable, and most variables are so
/// small that allocating a tensor costs more than computing it.
#[derive(Debug)]
pub struct AdamW {
    moments: Vec<Moments>,
    step_count: i32,
}

/// The running moments of one variable's gradient.
#[derive(Debug)]
struct Moments {
    decays: bool,
    first: Vec<f32>,
    second: Vec<f32>,
}

const BETA_1: f64 = 0.9;
const BETA_2: f64 = 0.999;
const EPSILON: f64 = 1e-8;

impl AdamW {
    /// Zero moments for variables given by their size and whether they decay towards zero.
    pub fn new(variables: impl IntoIterator<Item = (usize, bool)>) -> Self {
        let moments = variables.into_iter().map(|(size, decays)| {
            let zeros = vec![0.0; size];
            Moments { decays, first: zeros.clone(), second: zeros }
        });
        Self { moments: moments.collect(), step_count: 0 }
    }

    /// Number of values of all variables.
    pub fn value_count(&self) -> usize {
        self.moments.iter().map(|moments| moments.first.len()).sum()
    }

    /// Takes one step; weights and gradients are those of all variables, concatenated.
    ///
    /// # Panics
    /// If either is shorter than [`value_count`](Self::value_count).
    pub fn step(&mut self, weights: &mut [f32], gradient: &[f32], options: &AdamWOptions) {
        self.step_count += 1;
        let norm = self.squared_norm(gradient).sqrt();
        let scale = StepScale::new(self.step_count, norm, options);
        let (mut weights, mut gradient) = (weights, gradient);
        for moments in &mut self.moments {
            let size = moments.first.len();
            let (own, others) = weights.split_at_mut(size);
            moments.step(own, &gradient[..size], &scale);
            (weights, gradient) = (others, &gradient[size..]);
        }
    }

    /// The sums run over each variable first.
    fn squared_norm(&self, gradient: &[f32]) -> f64 {
        let mut remaining = gradient;
        let variable = |moments: &Moments| {
            let (own, others) = remaining.split_at(moments.first.len());
            remaining = others;
            own.iter().map(|&g| f64::from(g).powi(2)).sum::<f64>()
        };
        self.moments.iter().map(variable).sum()
    }
}

/// The factors of one step, the same for every variable.
struct StepScale {
    gradient_scale: f32,
    learning_rate: f32,
    epsilon: f32,
    /// The factor of a weight that decays.
    decay_factor: f32,
}

impl StepScale {
    fn new(step: i32, gradient_length: f64, options: &AdamWOptions) -> Self {
        let correction = (1.0 - BETA_2.powi(step)).sqrt();
        Self {
            gradient_scale: (options.max_gradient_norm / gradient_length).min(1.0) as f32,
            learning_rate: (options.learning_rate * correction / (1.0 - BETA_1.powi(step))) as f32,
            epsilon: (EPSILON * correction) as f32,
            decay_factor: (1.0 - options.learning_rate * options.weight_decay) as f32,
        }
    }
}

impl Moments {
    fn step(&mut self, weights: &mut [f32], gradient: &[f32], scale: &StepScale) {
        let &StepScale {
            gradient_scale: shorter,
            learning_rate: rate,
            epsilon,
            decay_factor: kept,
        } = scale;
        let kept = if self.decays { kept } else { 1.0 };
        let (b1, b2) = (BETA_1 as f32, BETA_2 as f32);
        let moments = self.first.iter_mut().zip(&mut self.second);
        for ((weight, gradient), (first, second)) in weights.iter_mut().zip(gradient).zip(moments) {
            let gradient = gradient * shorter;
            *first = b1 * *first + (1.0 - b1) * gradient;
            *second = b2 * *second + (1.0 - b2) * gradient * gradient;
            *weight = *weight * kept - rate * *first / (second.sqrt() + epsilon);
        }
    }
}

#[cfg(test)]
mod tests {
    use candle_core::{Device, Var};
    use candle_nn::{AdamW as Reference, Optimizer, ParamsAdamW};

    use super::*;

    const START: [f32; 3] = [1.5, -0.5, 0.25];

    /// The gradient of three times the sum of squares.
    fn gradient(weights: &[f32]) -> Vec<f32> {
        weights.iter().map(|weight| 6.0 * weight).collect()
    }

    #[test]
    fn steps_agree_with_candle() {
        let variable = Var::new(&START, &Device::Cpu).unwrap();
        let parameters = ParamsAdamW { lr: 0.01, weight_decay: 0.1, ..Default::default() };
        let mut reference = Reference::new(vec![variable.clone()], parameters).unwrap();
        let (mut weights, mut adam) = (START, AdamW::new([(2, true), (1, true)]));
        let steps = AdamWOptions { learning_rate: 0.01, weight_decay: 0.1, max_gradient_norm: 1e9 };
        for _ in 0..20 {
            let from = weights;
            adam.step(&mut weights, &gradient(&from), &steps);
            let loss = (variable.sqr().unwrap() * 3.0).unwrap().sum_all().unwrap();
            reference.step(&loss.backward().unwrap()).unwrap();
        }
        let pairs = weights.into_iter().zip(variable.to_vec1::<f32>().unwrap());
        pairs.for_each(|(a, b)| assert!((a - b).abs() < 1e-5, "{a} is not {b}"));
    }

    #[test]
    fn a_long_gradient_is_clipped_by_its_norm() {
        let (mut weights, mut adam) = (START, AdamW::new([(2, false), (1, false)]));
        let steps = AdamWOptions { learning_rate: 0.01, weight_decay: 0.0, max_gradient_norm: 0.5 };
        adam.step(&mut weights, &gradient(&START), &steps);
        let moments = adam.moments.iter().flat_map(|moments| &moments.first);
        let length: f32 = moments.map(|m| (m / 0.1).powi(2)).sum();
        assert!((length.sqrt() - 0.5).abs() < 1e-4);
    }
}
