//! Axes and their ticks.

use std::ops::Range;

use chrono::{DateTime, Datelike};
use plotters::coord::ranged1d::{DefaultFormatting, KeyPointHint, Ranged};

/// Maximum number of ticks of an axis.
const MAX_TICKS: usize = 6;
const SECONDS_PER_DAY: i64 = 86_400;

/// One axis.
#[derive(Debug)]
pub struct Axis {
    /// What it shows.
    pub name: String,
    /// Its scale.
    pub scale: Scale,
    /// Lower end.
    pub from: f64,
    /// Upper end.
    pub to: f64,
    /// Formats a value.
    pub label: fn(f64) -> String,
}

/// The scale of an axis.
#[derive(Debug, Clone, PartialEq)]
pub enum Scale {
    /// Linear.
    Linear,
    /// Logarithmic with ticks at powers of ten; values below the lower end are drawn at it.
    Log,
    /// Logarithmic with ticks at these values only.
    LogAt(Vec<f64>),
    /// Days since 1970, with ticks at the starts of months.
    Months,
}

impl Axis {
    /// Position of a value along the axis.
    pub(super) fn position(&self, value: f64) -> f64 {
        match self.scale {
            Scale::Linear | Scale::Months => value,
            Scale::Log | Scale::LogAt(_) => value.max(self.from).log10(),
        }
    }

    /// The axis as a range of the drawing library.
    pub(super) fn to_range(&self) -> AxisRange {
        let ticks = self.ticks().into_iter().map(|tick| self.position(tick)).collect();
        AxisRange { from: self.position(self.from), to: self.position(self.to), ticks }
    }

    /// Label at a position.
    pub(super) fn label_at(&self, position: f64) -> String {
        (self.label)(match self.scale {
            Scale::Linear | Scale::Months => position,
            Scale::Log | Scale::LogAt(_) => 10.0_f64.powf(position),
        })
    }

    fn ticks(&self) -> Vec<f64> {
        match &self.scale {
            Scale::Linear => nice_ticks(self.from..self.to),
            Scale::LogAt(ticks) => ticks.clone(),
            Scale::Log => {
                let decades = self.from.log10().ceil() as i32..=self.to.log10().floor() as i32;
                thin_ticks(decades.map(|decade| 10.0_f64.powi(decade)).collect())
            }
            Scale::Months => thin_ticks(month_starts(self.from..self.to)),
        }
    }
}

/// A range of positions and the ticks within.
#[derive(Debug, Clone)]
pub(super) struct AxisRange {
    from: f64,
    to: f64,
    ticks: Vec<f64>,
}

impl Ranged for AxisRange {
    type FormatOption = DefaultFormatting;
    type ValueType = f64;

    fn map(&self, position: &f64, (first, last): (i32, i32)) -> i32 {
        let share = (position - self.from) / (self.to - self.from);
        first + (f64::from(last - first) * share).round() as i32
    }

    fn key_points<Hint: KeyPointHint>(&self, _: Hint) -> Vec<f64> {
        self.ticks.clone()
    }

    fn range(&self) -> Range<f64> {
        self.from..self.to
    }
}

/// Round values, 1, 2 or 5 times a power of ten apart.
fn nice_ticks(range: Range<f64>) -> Vec<f64> {
    let rough = (range.end - range.start) / MAX_TICKS as f64;
    let power = 10.0_f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0].map(|digit| digit * power);
    let step = step.into_iter().find(|step| *step >= rough).unwrap_or(rough);
    let first = (range.start / step).ceil() as i64;
    let last = (range.end / step + 1e-9).floor() as i64;
    (first..=last).map(|tick| tick as f64 * step).collect()
}

fn month_starts(range: Range<f64>) -> Vec<f64> {
    let starts = range.start.ceil() as i64..=range.end as i64;
    let is_first = |day: &i64| {
        DateTime::from_timestamp(day * SECONDS_PER_DAY, 0).is_some_and(|time| time.day() == 1)
    };
    starts.filter(is_first).map(|day| day as f64).collect()
}

fn thin_ticks(ticks: Vec<f64>) -> Vec<f64> {
    let every = ticks.len().div_ceil(MAX_TICKS).max(1);
    ticks.into_iter().step_by(every).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn linear_axis_has_round_ticks() {
        assert_eq!(nice_ticks(0.0..1.0), [0.0, 0.2, 0.4, 0.6000000000000001, 0.8, 1.0]);
        assert_eq!(nice_ticks(0.0..37.0), [0.0, 10.0, 20.0, 30.0]);
    }

    #[test]
    fn log_axis_has_ticks_at_powers_of_ten() {
        let axis = Axis {
            name: String::new(),
            scale: Scale::Log,
            from: 2e-5,
            to: 0.5,
            label: |value| value.to_string(),
        };
        let ticks: Vec<f64> = axis.ticks().iter().map(|tick| tick.log10().round()).collect();
        assert_eq!(ticks, [-4.0, -3.0, -2.0, -1.0]);
        assert_eq!(axis.position(0.0), axis.position(2e-5));
    }

    #[test]
    fn month_ticks_are_first_days() {
        assert_eq!(month_starts(0.0..60.0), [0.0, 31.0, 59.0]);
    }
}
