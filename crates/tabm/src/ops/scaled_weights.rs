//! Each member's weights: `weight[i, o] * input_scale[m, i] * output_scale[m, o]`.

use candle_core::{CpuStorage, CustomOp3, Layout, Result, Shape, Tensor};

use super::storage::contiguous_slice;

/// The product as one operation with its gradient. As products of broadcast tensors it would take
/// a dozen passes over strided memory.
pub(crate) struct ScaledWeights;

impl CustomOp3 for ScaledWeights {
    fn name(&self) -> &'static str {
        "scaled-weights"
    }

    fn cpu_fwd(
        &self,
        weight: &CpuStorage,
        weight_layout: &Layout,
        input_scale: &CpuStorage,
        input_layout: &Layout,
        output_scale: &CpuStorage,
        output_layout: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        let weight = contiguous_slice(weight, weight_layout)?;
        let input_scale = contiguous_slice(input_scale, input_layout)?;
        let output_scale = contiguous_slice(output_scale, output_layout)?;
        let (inputs, outputs) = weight_layout.shape().dims2()?;
        let members = input_layout.shape().dims2()?.0;
        let mut product = Vec::with_capacity(members * inputs * outputs);
        for (r, s) in input_scale.chunks_exact(inputs).zip(output_scale.chunks_exact(outputs)) {
            for (r, weight) in r.iter().zip(weight.chunks_exact(outputs)) {
                product.extend(weight.iter().zip(s).map(|(w, s)| w * r * s));
            }
        }
        Ok((CpuStorage::F32(product), Shape::from((members, inputs, outputs))))
    }

    fn bwd(
        &self,
        weight: &Tensor,
        input_scale: &Tensor,
        output_scale: &Tensor,
        _product: &Tensor,
        gradient: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>, Option<Tensor>)> {
        let (inputs, outputs) = weight.dims2()?;
        let [w, r, s, g] = [weight, input_scale, output_scale, gradient].map(values);
        let (w, r, s, g) = (w?, r?, s?, g?);
        let (mut dw, mut dr, mut ds) =
            (vec![0.0; w.len()], Vec::with_capacity(r.len()), vec![0.0; s.len()]);
        let members = g.chunks_exact(inputs * outputs).zip(r.chunks_exact(inputs));
        let scales = s.chunks_exact(outputs).zip(ds.chunks_exact_mut(outputs));
        for ((g, r), (s, ds)) in members.zip(scales) {
            let weights = w.chunks_exact(outputs).zip(dw.chunks_exact_mut(outputs));
            for ((g, r), (w, dw)) in g.chunks_exact(outputs).zip(r).zip(weights) {
                let mut sum = 0.0;
                let scales = s.iter().zip(ds.iter_mut());
                for (((g, w), dw), (s, ds)) in g.iter().zip(w).zip(dw).zip(scales) {
                    *dw += g * r * s;
                    *ds += g * w * r;
                    sum += g * w * s;
                }
                dr.push(sum);
            }
        }
        let like = |values: Vec<f32>, tensor: &Tensor| {
            Tensor::from_vec(values, tensor.shape(), tensor.device())
        };
        Ok((Some(like(dw, weight)?), Some(like(dr, input_scale)?), Some(like(ds, output_scale)?)))
    }
}

fn values(tensor: &Tensor) -> Result<Vec<f32>> {
    tensor.flatten_all()?.to_vec1()
}
