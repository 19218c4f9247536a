//! All variables of a net as one vector.

use std::ops::Range;

use candle_core::backprop::GradStore;
use candle_core::{Device, Result, Tensor, Var};
use candle_nn::VarMap;

/// Named variables in a fixed order, read and written as one vector.
#[derive(Debug, Clone)]
pub struct FlatParameters {
    variables: Vec<(String, Var)>,
}

impl FlatParameters {
    /// Variables in this order.
    #[must_use]
    pub const fn new(variables: Vec<(String, Var)>) -> Self {
        Self { variables }
    }

    /// Number of values of all variables.
    pub fn value_count(&self) -> usize {
        self.sizes().map(|(_, size)| size).sum()
    }

    /// Each variable's name and number of values.
    pub fn sizes(&self) -> impl Iterator<Item = (&str, usize)> {
        self.variables.iter().map(|(name, variable)| (name.as_str(), variable.elem_count()))
    }

    /// The range of a variable's values in the vector.
    pub fn range(&self, name: &str) -> Option<Range<usize>> {
        let mut start = 0;
        for (own, size) in self.sizes() {
            if own == name {
                return Some(start..start + size);
            }
            start += size;
        }
        None
    }

    /// The values of all variables.
    pub fn values(&self) -> Result<Vec<f32>> {
        let mut values = Vec::with_capacity(self.value_count());
        for (_, variable) in &self.variables {
            values.extend(flat(variable)?);
        }
        Ok(values)
    }

    /// Sets the values of all variables.
    pub fn set(&self, values: &[f32]) -> Result<()> {
        let mut remaining = values;
        for (_, variable) in &self.variables {
            let (own, others) = remaining.split_at(variable.elem_count());
            variable.set(&Tensor::from_slice(own, variable.shape(), variable.device())?)?;
            remaining = others;
        }
        Ok(())
    }

    /// The gradient with respect to all values; zero for variables that the loss does not use.
    pub fn gradient(&self, gradients: &GradStore) -> Result<Vec<f32>> {
        let mut values = Vec::with_capacity(self.value_count());
        for (_, variable) in &self.variables {
            match gradients.get(variable) {
                Some(gradient) => values.extend(flat(gradient)?),
                None => values.resize(values.len() + variable.elem_count(), 0.0),
            }
        }
        Ok(values)
    }

    /// Names and values as tensors on the CPU, detached from the graph.
    pub fn tensors(&self) -> Result<Vec<(String, Tensor)>> {
        let tensor = |(name, variable): &(String, Var)| {
            let values = variable.as_detached_tensor().copy()?;
            Ok((name.clone(), values.to_device(&Device::Cpu)?))
        };
        self.variables.iter().map(tensor).collect()
    }
}

/// The variables of a map with their names, in the order of the names.
///
/// # Panics
/// If a thread panicked while it held the map's lock.
#[must_use]
pub fn named_variables(variables: &VarMap) -> Vec<(String, Var)> {
    let map = variables.data().lock().expect("no thread panics while it holds the lock of the map");
    let mut named: Vec<_> = map.iter().map(|(name, var)| (name.clone(), var.clone())).collect();
    named.sort_by(|a, b| a.0.cmp(&b.0));
    named
}

fn flat(tensor: &Tensor) -> Result<Vec<f32>> {
    tensor.flatten_all()?.to_vec1()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn set_values_are_read_back_at_their_range() {
        let zeros = |count: usize| Var::zeros(count, candle_core::DType::F32, &Device::Cpu);
        let (first, second) = (zeros(2).unwrap(), zeros(3).unwrap());
        let variables = vec![("b".to_owned(), first), ("a".to_owned(), second.clone())];
        let parameters = FlatParameters::new(variables);
        let values = [1.0, 2.0, 3.0, 4.0, 5.0];
        parameters.set(&values).unwrap();
        assert_eq!(parameters.values().unwrap(), values);
        assert_eq!(second.to_vec1::<f32>().unwrap(), values[parameters.range("a").unwrap()]);
        assert_eq!(parameters.range("c"), None);
    }

    #[test]
    fn an_unused_variable_has_zero_gradient() {
        let variable = |value: f32| Var::new(&[value], &Device::Cpu).unwrap();
        let (used, idle) = (variable(3.0), variable(4.0));
        let gradients = used.sqr().unwrap().sum_all().unwrap().backward().unwrap();
        let parameters =
            FlatParameters::new(vec![("idle".to_owned(), idle), ("used".to_owned(), used)]);
        assert_eq!(parameters.gradient(&gradients).unwrap(), [0.0, 6.0]);
    }
}
