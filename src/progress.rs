//! Progress on stderr; none where stderr is not a terminal.

use std::io::IsTerminal;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

/// A bar that counts to `length`; hidden where stderr is no terminal.
pub(crate) fn bar(what: &'static str, length: u64) -> ProgressBar {
    styled(what, length, "{prefix:>9} [{bar:30}] {pos}/{len} {msg} {elapsed} (left {eta})")
}

/// A bar that counts bytes; hidden where stderr is no terminal.
pub(crate) fn byte_bar(what: &'static str) -> ProgressBar {
    styled(what, 0, "{prefix:>9} [{bar:30}] {bytes}/{total_bytes} {msg} {elapsed} (left {eta})")
}

/// A bar that counts blocks; hidden where stderr is no terminal.
pub(crate) fn block_bar(what: &'static str) -> ProgressBar {
    let template =
        "{prefix:>9} [{bar:30}] {pos}/{len} blocks, {per_sec} {msg} {elapsed} (left {eta})";
    let bar = styled(what, 0, template);
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}

/// A spinner for work of unknown length; hidden where stderr is no terminal.
pub(crate) fn spinner(what: &'static str) -> ProgressBar {
    let spinner = styled(what, 0, "{prefix:>9} {spinner} {msg} {elapsed}");
    spinner.enable_steady_tick(Duration::from_millis(100));
    spinner
}

fn styled(what: &'static str, length: u64, template: &str) -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template(template).expect("the template is a constant");
    ProgressBar::new(length).with_style(style).with_prefix(what)
}
