//! The kinds of refusals.

/// A limit on the logs of one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LogLimit {
    /// A fixed number of blocks.
    Blocks(u64),
    /// Too many blocks; the limit is not named.
    TooWide,
    /// A number of blocks that would fit this time.
    SuggestedRange(u64),
    /// Too many logs, or the search takes too long.
    TooManyLogs,
    /// A failure that may be one of the request: fewer blocks are tried until it succeeds.
    Overloaded,
    /// A refusal without a known text: whatever it is about, fewer blocks are tried.
    Unknown,
}

/// The meaning of an error in response to a request for logs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// The endpoint is busy, limits the rate, or cannot be reached.
    Wait,
    /// The endpoint lacks some of the blocks.
    Behind,
    /// The endpoint refuses such requests always.
    Never,
    /// The request exceeds a limit; fewer blocks may be permitted.
    Limit(LogLimit),
    /// The lists of addresses or topics are too long, with the permitted number if it is named.
    TooManyItems(Option<usize>),
    /// The response is wrong in another way.
    Other,
}
