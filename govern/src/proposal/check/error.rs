//! Errors of a check.

use alloy_primitives::Address;
use plimsoll_rpc::{DevNodeError, RpcError};

/// A node or a proposal that cannot be used for a check.
#[derive(Debug, thiserror::Error)]
pub enum ProposalCheckError {
    /// The proposal has no contract addresses.
    #[error("the proposal was made without a chain: make it with --rpc to have it checked")]
    NoContracts,
    /// No account has the role.
    #[error("{acl_manager} gave nobody the role RISK_ADMIN: name an account with --as")]
    NoRiskAdmin {
        /// The market's `ACLManager`.
        acl_manager: Address,
    },
    /// A contract of the market lacks a function.
    #[error("{address} has no `{call}`: is the node of the proposal's chain?")]
    NoSuchFunction {
        /// The contract.
        address: Address,
        /// The function.
        call: &'static str,
    },
    /// The node failed.
    #[error(transparent)]
    Node(#[from] DevNodeError),
    /// A request to the node failed.
    #[error(transparent)]
    Rpc(#[from] RpcError),
}
