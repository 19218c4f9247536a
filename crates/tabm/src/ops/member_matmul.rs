//! Matrix products, one for each member of an ensemble.

use candle_core::{CpuStorage, CustomOp2, Layout, Result, Shape, Tensor, bail};
use ndarray::ArrayView2;
use ndarray::linalg::general_mat_mul;
use rayon::prelude::*;

use super::storage::contiguous_slice;

/// `left[m] * right[m]` for each member `m`; an operand of two dimensions is shared by all members.
///
/// Members run in parallel, one thread each: splitting one small matrix among threads costs more
/// than multiplying it. No gradient is computed for an operand that depends on no variable, such as
/// the training rows.
pub(crate) fn member_matmul(left: &Tensor, right: &Tensor) -> Result<Tensor> {
    let op = MemberMatmul { left: Orientation::AsIs, right: Orientation::AsIs };
    left.contiguous()?.apply_op2(&right.contiguous()?, op)
}

/// Whether a matrix is transposed.
#[derive(Debug, Clone, Copy)]
enum Orientation {
    AsIs,
    Transposed,
}

struct MemberMatmul {
    left: Orientation,
    right: Orientation,
}

impl CustomOp2 for MemberMatmul {
    fn name(&self) -> &'static str {
        "members-product"
    }

    fn cpu_fwd(
        &self,
        left: &CpuStorage,
        left_layout: &Layout,
        right: &CpuStorage,
        right_layout: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        let left = Operand::from_storage(left, left_layout, self.left)?;
        let right = Operand::from_storage(right, right_layout, self.right)?;
        let Some(members) = left.members.or(right.members) else {
            bail!("neither operand of a product by member has a member dimension")
        };
        let (rows, columns) = (left.member(0).nrows(), right.member(0).ncols());
        let mut out = vec![0.0_f32; members * rows * columns];
        let each = out.par_chunks_mut((rows * columns).max(1)).enumerate();
        each.for_each(|(member, out)| {
            let mut out = ndarray::aview_mut1(out)
                .into_shape_with_order((rows, columns))
                .expect("a chunk has the length of one product");
            general_mat_mul(1.0, &left.member(member), &right.member(member), 0.0, &mut out);
        });
        Ok((CpuStorage::F32(out), Shape::from((members, rows, columns))))
    }

    fn bwd(
        &self,
        left: &Tensor,
        right: &Tensor,
        _out: &Tensor,
        gradient: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>)> {
        let gradient = gradient.contiguous()?;
        let by_left = Self { left: Orientation::AsIs, right: Orientation::Transposed };
        let by_right = Self { left: Orientation::Transposed, right: Orientation::AsIs };
        Ok((
            by_left.operand_gradient(left, &gradient, right)?,
            by_right.operand_gradient(right, left, &gradient)?,
        ))
    }
}

impl MemberMatmul {
    /// The gradient of one operand: the product of the other operand and the gradient.
    fn operand_gradient(
        &self,
        to: &Tensor,
        left: &Tensor,
        right: &Tensor,
    ) -> Result<Option<Tensor>> {
        if !to.track_op() {
            return Ok(None);
        }
        let members = left.apply_op2_no_bwd(right, self)?;
        Ok(Some(if to.rank() == 2 { members.sum(0)? } else { members }))
    }
}

/// One operand of a product.
struct Operand<'a> {
    values: &'a [f32],
    /// `None` if all members share it.
    members: Option<usize>,
    shape: (usize, usize),
    orientation: Orientation,
}

impl<'a> Operand<'a> {
    fn from_storage(storage: &'a CpuStorage, layout: &Layout, way: Orientation) -> Result<Self> {
        let values = contiguous_slice(storage, layout)?;
        let (members, shape) = match *layout.dims() {
            [rows, columns] => (None, (rows, columns)),
            [members, rows, columns] => (Some(members), (rows, columns)),
            _ => bail!(
                "an operand of shape {:?} has neither two nor three dimensions",
                layout.shape()
            ),
        };
        Ok(Self { values, members, shape, orientation: way })
    }

    fn member(&self, member: usize) -> ArrayView2<'a, f32> {
        let size = self.shape.0 * self.shape.1;
        let start = if self.members.is_some() { member * size } else { 0 };
        let matrix = ArrayView2::from_shape(self.shape, &self.values[start..start + size])
            .expect("a matrix has as many values as its shape requires");
        match self.orientation {
            Orientation::AsIs => matrix,
            Orientation::Transposed => matrix.reversed_axes(),
        }
    }
}
