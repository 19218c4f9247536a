//! Training rows of a node as runs of steps.

use crate::bins::BinnedColumn;
use crate::grow::NodeRows;
use crate::histogram::{GradientSums, Histogram};

/// Binned groups with the derivatives of the loss.
#[derive(Clone, Copy)]
pub(crate) struct BinnedGroups<'a> {
    /// The rising inputs, which have a bin for each row; then the others, with a bin for each group.
    pub(crate) columns: &'a [BinnedColumn],
    /// Number of rising inputs.
    pub(crate) rising: usize,
    /// Steps of each group.
    pub(crate) steps: usize,
    /// The derivatives of each row; a group's rows are adjacent.
    pub(crate) derivatives: &'a [[f32; 2]],
}

/// A run of steps of one group, with its sums.
#[derive(Clone, Copy)]
pub(crate) struct Segment {
    pub(crate) group: u32,
    pub(crate) from: u16,
    pub(crate) to: u16,
    sums: GradientSums,
}

/// Rows of a node. A split by a rising input divides a group's steps at one point, and any other
/// split keeps them together, so a group is one run of steps in every node.
pub(crate) struct SegmentRows<'a> {
    groups: BinnedGroups<'a>,
    pub(crate) segments: Vec<Segment>,
}

impl<'a> SegmentRows<'a> {
    /// All steps of some groups.
    pub(crate) fn new(groups: BinnedGroups<'a>, drawn: &[u32]) -> Self {
        let segment = |&group: &u32| groups.segment(group, 0, groups.steps);
        Self { groups, segments: drawn.iter().map(segment).collect() }
    }
}

impl BinnedGroups<'_> {
    fn segment(&self, group: u32, from: usize, to: usize) -> Segment {
        let mut sums = GradientSums::default();
        self.rows(group, from, to).iter().for_each(|&pair| sums.add(pair));
        Segment { group, from: from as u16, to: to as u16, sums }
    }

    /// Derivatives of some steps of a group.
    fn rows(&self, group: u32, from: usize, to: usize) -> &[[f32; 2]] {
        let first = group as usize * self.steps;
        &self.derivatives[first + from..first + to]
    }

    /// Sums by bin of one input.
    fn sums_by_bin(&self, input: usize, segments: &[Segment]) -> Vec<GradientSums> {
        let column = &self.columns[input];
        let mut bins = vec![GradientSums::default(); column.unknown_bin() + 1];
        if input >= self.rising {
            for segment in segments {
                let bin = &mut bins[usize::from(column.bins[segment.group as usize])];
                *bin = bin.plus(segment.sums);
            }
            return bins;
        }
        for &Segment { group, from, to, .. } in segments {
            let (from, to) = (usize::from(from), usize::from(to));
            let first = group as usize * self.steps;
            let rows = &column.bins[first + from..first + to];
            for (bin, &pair) in rows.iter().zip(self.rows(group, from, to)) {
                bins[usize::from(*bin)].add(pair);
            }
        }
        bins
    }

    /// The parts of a segment below a cut of a rising input and above it.
    fn cut(&self, input: usize, segment: Segment, cut: usize) -> [Option<Segment>; 2] {
        let (from, to) = (usize::from(segment.from), usize::from(segment.to));
        let first = segment.group as usize * self.steps;
        let bins = &self.columns[input].bins[first + from..first + to];
        let middle = from + bins.iter().take_while(|&&bin| usize::from(bin) <= cut).count();
        if middle == from {
            return [None, Some(segment)];
        }
        if middle == to {
            return [Some(segment), None];
        }
        let left = self.segment(segment.group, from, middle);
        let right = Segment { from: left.to, sums: segment.sums.minus(left.sums), ..segment };
        [Some(left), Some(right)]
    }
}

impl NodeRows for SegmentRows<'_> {
    fn len(&self) -> usize {
        self.segments.len()
    }

    fn sums(&self) -> GradientSums {
        let sums = self.segments.iter().map(|segment| segment.sums);
        sums.fold(GradientSums::default(), GradientSums::plus)
    }

    fn histogram(&self, used: &[usize]) -> Histogram {
        let sums = |&input: &usize| self.groups.sums_by_bin(input, &self.segments);
        Histogram::by_input(used, self.segments.len(), sums)
    }

    fn split(self, input: usize, cut: usize, unknown_right: bool) -> [Self; 2] {
        let Self { groups, segments } = self;
        let [mut left, mut right] = [const { Vec::new() }; 2];
        if input < groups.rising {
            for segment in segments {
                let [below, above] = groups.cut(input, segment, cut);
                left.extend(below);
                right.extend(above);
            }
        } else {
            let column = &groups.columns[input];
            for segment in segments {
                let goes_right = column.goes_right(segment.group as usize, cut, unknown_right);
                if goes_right { right.push(segment) } else { left.push(segment) }
            }
        }
        [left, right].map(|segments| Self { groups, segments })
    }
}
