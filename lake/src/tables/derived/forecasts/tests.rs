use super::*;
use crate::tables::Row;

#[test]
fn curves_are_stored_in_columns_of_their_names() {
    let curve = |from: f64| std::array::from_fn(|k| from + k as f64);
    let forecast = Forecast::new("a".into(), DateTime::UNIX_EPOCH, curve(0.0), curve(100.0));
    let forecast = forecast.with_state("stuck", 0.25);
    assert_eq!((forecast.state.as_deref(), forecast.p_taken), (Some("stuck"), Some(0.25)));
    assert_eq!((forecast.p_liquidated(), forecast.p_closed()), (curve(0.0), curve(100.0)));
    let columns = Forecast::to_batch(std::slice::from_ref(&forecast)).unwrap();
    let names = Forecast::P_LIQUIDATED_COLUMNS.iter().chain(&Forecast::P_CLOSED_COLUMNS);
    let schema = columns.schema();
    let written = schema.fields().iter().map(|field| field.name().as_str()).skip(4);
    let written = written.take(2 * Forecast::EDGES);
    assert!(names.copied().eq(written));
    assert_eq!(Forecast::from_batch(&columns).unwrap(), [forecast]);
}
