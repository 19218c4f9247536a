//! The likelihood of piecewise constant hazards, and the exposures and events of rows.

use candle_core::{CpuStorage, CustomOp3, Layout, Result, Shape, Tensor};

use crate::hazard::intervals::HazardIntervals;
use plimsoll_tabm::contiguous_slice;

/// When a row was observed, in moments of operational time, and how it ended.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct ObservedSpan {
    /// The moment from which the row was under observation; 0 without delayed entry.
    pub(crate) entry: f64,
    pub(crate) end: f64,
    /// 0 if the row was censored at its end.
    pub(crate) cause: u8,
}

/// Exposures and events of rows, each row causes by intervals.
#[derive(Debug, Clone)]
pub(crate) struct EventExposure {
    pub(crate) width: usize,
    /// The time at risk in the interval, from entry on.
    pub(crate) exposure: Vec<f32>,
    /// 1 where the row ended.
    pub(crate) events: Vec<f32>,
    /// The time in the interval before entry; empty if no row entered late.
    pub(crate) before_entry: Vec<f32>,
}

impl EventExposure {
    /// The exposures and events of rows.
    pub(crate) fn new(
        hazard_intervals: &HazardIntervals,
        causes: usize,
        spans: &[ObservedSpan],
    ) -> Self {
        let intervals = hazard_intervals.count();
        let width = causes * intervals;
        let until = |k: usize, moment: f64| hazard_intervals.exposure(k, moment);
        let repeated = |by_interval: &dyn Fn(&ObservedSpan, usize) -> f64| -> Vec<f32> {
            let cells = (0..width).map(|n| n % intervals);
            let row = |span| cells.clone().map(move |k| by_interval(span, k) as f32);
            spans.iter().flat_map(row).collect()
        };
        let exposure = repeated(&|span, k| until(k, span.end) - until(k, span.entry));
        let late = spans.iter().any(|span| span.entry > 0.0);
        let before_entry = if late { repeated(&|s, k| until(k, s.entry)) } else { Vec::new() };
        let events = spans.iter().flat_map(|span| {
            let cause = usize::from(span.cause).checked_sub(1);
            let ended = cause.map(|cause| cause * intervals + hazard_intervals.index(span.end));
            (0..width).map(move |n| f32::from(u8::from(ended == Some(n))))
        });
        Self { width, events: events.collect(), exposure, before_entry }
    }

    /// The log of the survival to a row's entry for log hazards of causes by intervals.
    pub(crate) fn log_survival_at_entry(&self, row: usize, log_hazards: &[f32]) -> f64 {
        let before = self.before_entry.get(row * self.width..(row + 1) * self.width);
        let cells = log_hazards.iter().zip(before.unwrap_or_default());
        cells.map(|(&eta, &t)| -f64::from(eta.exp() * t)).sum()
    }

    /// The log likelihood of a row, given that it survived to its entry, for log hazards of causes by
    /// intervals.
    pub(crate) fn log_likelihood(&self, row: usize, log_hazards: &[f32]) -> f64 {
        let at = row * self.width..(row + 1) * self.width;
        let observed = self.exposure[at.clone()].iter().zip(&self.events[at]);
        log_hazards
            .iter()
            .zip(observed)
            .map(|(&eta, (&t, &d))| f64::from(d * eta - eta.exp() * t))
            .sum()
    }
}

/// The mean of `exp(eta) * exposure - events * eta` summed over causes and intervals.
///
/// `eta` is members by rows by causes and intervals; exposures and events are rows by causes and
/// intervals. Holford (1980), Biometrics 36(2): the likelihood of a piecewise constant hazard is
/// that of Poisson counts. One operation with its gradient: as a sum of products it would
/// take ten passes over the largest tensor of the net.
pub(crate) struct PiecewiseExponentialLoss;

impl PiecewiseExponentialLoss {
    fn row_count(layout: &Layout) -> Result<f64> {
        let (members, rows, _) = layout.shape().dims3()?;
        Ok((members * rows) as f64)
    }
}

impl CustomOp3 for PiecewiseExponentialLoss {
    fn name(&self) -> &'static str {
        "piecewise-exponential-loss"
    }

    fn cpu_fwd(
        &self,
        eta: &CpuStorage,
        eta_layout: &Layout,
        exposure: &CpuStorage,
        exposure_layout: &Layout,
        events: &CpuStorage,
        events_layout: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        let eta = contiguous_slice(eta, eta_layout)?;
        let exposure = contiguous_slice(exposure, exposure_layout)?;
        let events = contiguous_slice(events, events_layout)?;
        let members = eta.chunks_exact(exposure.len().max(1)).map(|eta| {
            let cells = eta.iter().zip(exposure.iter().zip(events));
            cells.map(|(eta, (t, d))| f64::from(eta.exp() * t - d * eta)).sum::<f64>()
        });
        let mean = members.sum::<f64>() / Self::row_count(eta_layout)?;
        Ok((CpuStorage::F32(vec![mean as f32]), Shape::from(())))
    }

    fn bwd(
        &self,
        eta: &Tensor,
        exposure: &Tensor,
        events: &Tensor,
        _loss: &Tensor,
        gradient: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>, Option<Tensor>)> {
        let scale = gradient.to_scalar::<f32>()? / Self::row_count(eta.layout())? as f32;
        let derivative =
            eta.apply_op3_no_bwd(exposure, events, &PiecewiseExponentialGradient { scale })?;
        Ok((Some(derivative), None, None))
    }
}

/// `(exp(eta) * exposure - events) * scale`.
struct PiecewiseExponentialGradient {
    scale: f32,
}

impl CustomOp3 for PiecewiseExponentialGradient {
    fn name(&self) -> &'static str {
        "piecewise-exponential-gradient"
    }

    fn cpu_fwd(
        &self,
        eta: &CpuStorage,
        eta_layout: &Layout,
        exposure: &CpuStorage,
        exposure_layout: &Layout,
        events: &CpuStorage,
        events_layout: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        let eta = contiguous_slice(eta, eta_layout)?;
        let exposure = contiguous_slice(exposure, exposure_layout)?;
        let events = contiguous_slice(events, events_layout)?;
        let mut derivative = Vec::with_capacity(eta.len());
        for eta in eta.chunks_exact(exposure.len().max(1)) {
            let cells = eta.iter().zip(exposure.iter().zip(events));
            derivative.extend(cells.map(|(eta, (t, d))| (eta.exp() * t - d) * self.scale));
        }
        Ok((CpuStorage::F32(derivative), eta_layout.shape().clone()))
    }
}

#[cfg(test)]
mod tests {
    use candle_core::{Device, Var};

    use super::*;
    use crate::hazard::operational_time::OperationalTime;

    #[test]
    fn the_loss_is_the_likelihood_and_its_gradient_the_finite_difference() {
        let event_exposure = EventExposure {
            width: 2,
            exposure: vec![0.5, 0.0, 1.0, 0.25],
            events: vec![1.0, 0.0, 0.0, 1.0],
            before_entry: Vec::new(),
        };
        let tensor = |values: &[f32]| Tensor::from_slice(values, (2, 2), &Device::Cpu).unwrap();
        let etas = [0.3_f32, -0.2, 0.1, 0.7, -1.0, 0.4, 0.0, 0.2];
        let loss = |etas: &[f32]| {
            let eta = Tensor::from_slice(etas, (2, 2, 2), &Device::Cpu).unwrap();
            let eta = Var::from_tensor(&eta).unwrap();
            let (t, d) = (tensor(&event_exposure.exposure), tensor(&event_exposure.events));
            (eta.apply_op3(&t, &d, PiecewiseExponentialLoss).unwrap(), eta)
        };
        let rows = etas.chunks(2).enumerate();
        let expected: f64 =
            -rows.map(|(n, eta)| event_exposure.log_likelihood(n % 2, eta)).sum::<f64>() / 4.0;
        let (mean, eta) = loss(&etas);
        assert!((f64::from(mean.to_scalar::<f32>().unwrap()) - expected).abs() < 1e-6);
        let gradients = mean.backward().unwrap();
        let gradient: Vec<f32> =
            gradients.get(&eta).unwrap().flatten_all().unwrap().to_vec1().unwrap();
        for (n, gradient) in gradient.iter().enumerate() {
            let at = |step: f32| {
                let mut moved = etas;
                moved[n] += step;
                loss(&moved).0.to_scalar::<f32>().unwrap()
            };
            assert!((gradient - (at(1e-2) - at(-1e-2)) / 2e-2).abs() < 1e-3);
        }
    }

    #[test]
    fn exposures_end_with_the_row_and_the_event_is_in_its_interval() {
        let durations: Vec<f64> = (1..=64).map(f64::from).collect();
        let operational_time = OperationalTime::fit(&durations, &[true; 64], None);
        let hazard_intervals = HazardIntervals::new(&operational_time, 64);
        let event_exposure = EventExposure::new(
            &hazard_intervals,
            2,
            &[
                ObservedSpan { entry: 0.0, end: operational_time.at(20.0), cause: 2 },
                ObservedSpan { entry: 0.0, end: operational_time.at(9.0), cause: 0 },
            ],
        );
        let exposure: f32 = event_exposure.exposure[..hazard_intervals.count()].iter().sum();
        assert!((f64::from(exposure) - operational_time.at(20.0)).abs() < 1e-6);
        let cell = hazard_intervals.count() + hazard_intervals.index(operational_time.at(20.0));
        assert!(event_exposure.events.iter().enumerate().all(|(n, &d)| (d == 1.0) == (n == cell)));
        assert!(event_exposure.exposure[cell] > 0.0);
    }

    #[test]
    fn exposure_starts_at_entry_and_the_likelihood_is_conditional_on_survival_to_it() {
        let durations: Vec<f64> = (1..=64).map(f64::from).collect();
        let operational_time = OperationalTime::fit(&durations, &[true; 64], None);
        let hazard_intervals = HazardIntervals::new(&operational_time, 64);
        let (entry, end) = (operational_time.at(9.0), operational_time.at(20.0));
        let exposure = |entry, cause| {
            EventExposure::new(&hazard_intervals, 1, &[ObservedSpan { entry, end, cause }])
        };
        let logs: Vec<f32> = (0..hazard_intervals.count()).map(|k| k as f32 / 8.0 - 0.3).collect();
        let (late, early) = (exposure(entry, 1), exposure(0.0, 1));
        let given = late.log_likelihood(0, &logs) + late.log_survival_at_entry(0, &logs);
        assert!((given - early.log_likelihood(0, &logs)).abs() < 1e-5);
        assert_eq!(early.log_survival_at_entry(0, &logs), 0.0);
        let at_risk: f32 = late.exposure.iter().sum();
        assert!((f64::from(at_risk) - (end - entry)).abs() < 1e-6);
    }
}
