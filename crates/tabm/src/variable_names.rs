//! The names of a block's variables in its `VarMap`; layer `n` has the prefix `layer_n.`.

/// A hidden layer's weights, inputs by outputs.
pub const WEIGHT: &str = "shared_weight";
/// A hidden layer's scales of its inputs, members by inputs.
pub const INPUT_SCALE: &str = "input_scale";
/// A hidden layer's scales of its outputs, members by outputs.
pub const OUTPUT_SCALE: &str = "output_scale";
/// A hidden layer's biases, members by outputs.
pub const BIAS: &str = "member_bias";
/// The output weights, members by hidden by outputs.
pub const HEADS: &str = "member_heads";
/// The output biases, members by one by outputs.
pub const OFFSETS: &str = "member_offsets";
/// The linear map from inputs to outputs, shared by all members.
pub(crate) const SKIP: &str = "shared_skip";
