//! The steps of the demonstration: a progress bar while one runs, a line when it is finished.

use std::time::Instant;

use indicatif::ProgressBar;

use crate::progress;

/// Runs and counts steps.
pub(super) struct StepRunner {
    done: usize,
    total: usize,
}

impl StepRunner {
    pub(super) const fn new(total: usize) -> Self {
        Self { done: 0, total }
    }

    /// Runs a step that returns a summary.
    pub(super) fn run(
        &mut self,
        name: &'static str,
        step: impl FnOnce(&ProgressBar) -> anyhow::Result<String>,
    ) -> anyhow::Result<()> {
        self.run_with_output(name, |bar| Ok(((), step(bar)?)))
    }

    /// Runs a step that returns a value and a summary.
    pub(super) fn run_with_output<T>(
        &mut self,
        name: &'static str,
        step: impl FnOnce(&ProgressBar) -> anyhow::Result<(T, String)>,
    ) -> anyhow::Result<T> {
        let (bar, start) = (progress::bar(name, 0), Instant::now());
        let (value, text) = step(&bar)?;
        bar.finish_and_clear();
        self.done += 1;
        let (done, all, seconds) = (self.done, self.total, start.elapsed().as_secs_f64());
        println!("[{done}/{all}] {name:<9} {seconds:>5.1} s  {text}");
        Ok(value)
    }
}
