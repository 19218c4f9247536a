//! Means of scores over folds, and their format.

/// The mean of the known values; `None` if none is.
pub(crate) fn mean_known(values: impl Iterator<Item = Option<f64>>) -> Option<f64> {
    let known: Vec<f64> = values.flatten().collect();
    (!known.is_empty()).then(|| known.iter().sum::<f64>() / known.len() as f64)
}

/// For each position of the shortest list, the items of all lists at it.
pub(crate) fn transpose<'a, T>(lists: &[&'a [T]]) -> Vec<Vec<&'a T>> {
    let shortest = lists.iter().map(|list| list.len()).min().unwrap_or(0);
    (0..shortest).map(|n| lists.iter().map(|list| &list[n]).collect()).collect()
}

/// Four digits, or a dash where a score is undefined.
pub(crate) fn format_score(score: Option<f64>) -> String {
    score.map_or("-".to_owned(), |score| format!("{score:.4}"))
}
