//! A net's variables, laid end to end.

use std::ops::Range;

use candle_core::backprop::GradStore;
use candle_core::{Device, Result, Tensor, Var};
use candle_nn::VarMap;

/// Variables with their names, in an order.
#[derive(Debug, Clone)]
pub struct FlatParameters {
    variables: Vec<(String, Var)>,
}

impl FlatParameters {
    pub const fn new(variables: Vec<(String, Var)>) -> Self {
        Self { variables }
    }

    /// Values in all.
    pub fn value_count(&self) -> usize {
        self.sizes().map(|(_, size)| size).sum()
    }

    /// Each variable's name and how many values it has.
    pub fn sizes(&self) -> impl Iterator<Item = (&str, usize)> {
        self.variables.iter().map(|(name, variable)| (name.as_str(), variable.elem_count()))
    }

    /// Where a variable's values lie.
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

    /// All values.
    pub fn values(&self) -> Result<Vec<f32>> {
        let mut values = Vec::with_capacity(self.value_count());
        for (_, variable) in &self.variables {
            values.extend(flat(variable)?);
        }
        Ok(values)
    }

    /// Sets all values.
    pub fn set(&self, values: &[f32]) -> Result<()> {
        let mut rest = values;
        for (_, variable) in &self.variables {
            let (own, others) = rest.split_at(variable.elem_count());
            variable.set(&Tensor::from_slice(own, variable.shape(), variable.device())?)?;
            rest = others;
        }
        Ok(())
    }

    /// The gradient by all values; zero where nothing flowed back.
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

    /// Names and values in the CPU's memory, which no graph remembers.
    pub fn tensors(&self) -> Result<Vec<(String, Tensor)>> {
        let tensor = |(name, variable): &(String, Var)| {
            let values = variable.as_detached_tensor().copy()?;
            Ok((name.clone(), values.to_device(&Device::Cpu)?))
        };
        self.variables.iter().map(tensor).collect()
    }
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

/// A map's variables with their names, in order.
pub fn named_variables(variables: &VarMap) -> Vec<(String, Var)> {
    let map = variables.data().lock().expect("no thread panics while it holds the map");
    let mut named: Vec<_> = map.iter().map(|(name, var)| (name.clone(), var.clone())).collect();
    named.sort_by(|a, b| a.0.cmp(&b.0));
    named
}
