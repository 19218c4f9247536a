//! The likelihood of hazards that are constant by interval, and what was seen of rows.

use candle_core::{CpuStorage, CustomOp3, Layout, Result, Shape, Tensor};

use crate::hazard::intervals::HazardIntervals;
use plimsoll_tabm::contiguous_slice;

/// What was seen of rows, each row causes by intervals.
#[derive(Debug, Clone)]
pub(crate) struct EventExposure {
    pub(crate) width: usize,
    /// How much of the interval was lived through.
    pub(crate) exposure: Vec<f32>,
    /// 1 where the row was ended.
    pub(crate) events: Vec<f32>,
}

impl EventExposure {
    /// From the moments at which rows ended, and the causes.
    pub(crate) fn new(
        hazard_intervals: &HazardIntervals,
        causes: usize,
        ends: impl Iterator<Item = (f64, u8)>,
    ) -> Self {
        let intervals = hazard_intervals.count();
        let width = causes * intervals;
        let (mut exposure, mut events) = (Vec::new(), Vec::new());
        for (moment, cause) in ends {
            let lived: Vec<f32> =
                (0..intervals).map(|k| hazard_intervals.exposure(k, moment) as f32).collect();
            (0..causes).for_each(|_| exposure.extend_from_slice(&lived));
            let ended = cause
                .checked_sub(1)
                .map(|cause| usize::from(cause) * intervals + hazard_intervals.index(moment));
            events.extend((0..width).map(|n| f32::from(u8::from(ended == Some(n)))));
        }
        Self { width, exposure, events }
    }

    /// The logarithm of a row's likelihood under log hazards of causes by intervals.
    pub(crate) fn log_likelihood(&self, row: usize, log_hazards: &[f32]) -> f64 {
        let at = row * self.width..(row + 1) * self.width;
        let seen = self.exposure[at.clone()].iter().zip(&self.events[at]);
        log_hazards
            .iter()
            .zip(seen)
            .map(|(&eta, (&t, &d))| f64::from(d * eta - eta.exp() * t))
            .sum()
    }
}

/// The mean of `exp(eta) * exposure - events * eta` summed over causes and intervals.
///
/// `eta` is members by rows by causes and intervals; exposures and events are rows by causes and
/// intervals. Holford (1980), Biometrics 36(2): the likelihood of a piecewise constant hazard is
/// that of Poisson counts. One operation with its gradient, since as a sum of products it takes
/// ten passes over the largest tensor of the net.
pub(crate) struct PiecewiseExponentialLoss;

impl PiecewiseExponentialLoss {
    fn row_count(layout: &Layout) -> Result<f64> {
        let (members, rows, _) = layout.shape().dims3()?;
        Ok((members * rows) as f64)
    }
}

impl CustomOp3 for PiecewiseExponentialLoss {
    fn name(&self) -> &'static str {
        "piecewise-exponential-cost"
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
        _cost: &Tensor,
        gradient: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>, Option<Tensor>)> {
        let scale = gradient.to_scalar::<f32>()? / Self::row_count(eta.layout())? as f32;
        let slope =
            eta.apply_op3_no_bwd(exposure, events, &PiecewiseExponentialGradient { scale })?;
        Ok((Some(slope), None, None))
    }
}

/// `(exp(eta) * exposure - events) * scale`.
struct PiecewiseExponentialGradient {
    scale: f32,
}

impl CustomOp3 for PiecewiseExponentialGradient {
    fn name(&self) -> &'static str {
        "piecewise-exponential-slope"
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
        let mut slope = Vec::with_capacity(eta.len());
        for eta in eta.chunks_exact(exposure.len().max(1)) {
            let cells = eta.iter().zip(exposure.iter().zip(events));
            slope.extend(cells.map(|(eta, (t, d))| (eta.exp() * t - d) * self.scale));
        }
        Ok((CpuStorage::F32(slope), eta_layout.shape().clone()))
    }
}

#[cfg(test)]
mod tests {
    use candle_core::{Device, Var};

    use super::*;
    use crate::hazard::operational_time::OperationalTime;

    #[test]
    fn the_loss_is_the_likelihood_and_its_gradient_the_finite_difference() {
        let seen = EventExposure {
            width: 2,
            exposure: vec![0.5, 0.0, 1.0, 0.25],
            events: vec![1.0, 0.0, 0.0, 1.0],
        };
        let tensor = |values: &[f32]| Tensor::from_slice(values, (2, 2), &Device::Cpu).unwrap();
        let etas = [0.3_f32, -0.2, 0.1, 0.7, -1.0, 0.4, 0.0, 0.2];
        let cost = |etas: &[f32]| {
            let eta = Tensor::from_slice(etas, (2, 2, 2), &Device::Cpu).unwrap();
            let eta = Var::from_tensor(&eta).unwrap();
            let (t, d) = (tensor(&seen.exposure), tensor(&seen.events));
            (eta.apply_op3(&t, &d, PiecewiseExponentialLoss).unwrap(), eta)
        };
        let rows = etas.chunks(2).enumerate();
        let expected: f64 =
            -rows.map(|(n, eta)| seen.log_likelihood(n % 2, eta)).sum::<f64>() / 4.0;
        let (mean, eta) = cost(&etas);
        assert!((f64::from(mean.to_scalar::<f32>().unwrap()) - expected).abs() < 1e-6);
        let gradients = mean.backward().unwrap();
        let gradient: Vec<f32> =
            gradients.get(&eta).unwrap().flatten_all().unwrap().to_vec1().unwrap();
        for (n, gradient) in gradient.iter().enumerate() {
            let at = |step: f32| {
                let mut moved = etas;
                moved[n] += step;
                cost(&moved).0.to_scalar::<f32>().unwrap()
            };
            assert!((gradient - (at(1e-2) - at(-1e-2)) / 2e-2).abs() < 1e-3);
        }
    }

    #[test]
    fn exposures_end_with_the_row_and_the_event_is_in_its_interval() {
        let durations: Vec<f64> = (1..=64).map(f64::from).collect();
        let operational_time = OperationalTime::fit(&durations, &[true; 64]);
        let hazard_intervals = HazardIntervals::new(&operational_time, 64);
        let seen = EventExposure::new(
            &hazard_intervals,
            2,
            [(operational_time.at(20.0), 2), (operational_time.at(9.0), 0)].into_iter(),
        );
        let lived: f32 = seen.exposure[..hazard_intervals.count()].iter().sum();
        assert!((f64::from(lived) - operational_time.at(20.0)).abs() < 1e-6);
        let place = hazard_intervals.count() + hazard_intervals.index(operational_time.at(20.0));
        assert!(seen.events.iter().enumerate().all(|(n, &d)| (d == 1.0) == (n == place)));
        assert!(seen.exposure[place] > 0.0);
    }
}
