//! `print!` and `println!` that end quietly once nobody reads on.

use std::fmt::Arguments;
use std::io::{ErrorKind, Write, stdout};
use std::process::exit;

/// In the place of the standard one, which panics where `plimsoll status | head` has seen enough.
macro_rules! print {
    ($($text:tt)*) => { $crate::out::write(format_args!($($text)*)) };
}

/// Likewise, with the end of the line.
macro_rules! println {
    () => { print!("\n") };
    ($($text:tt)*) => { print!("{}\n", format_args!($($text)*)) };
}

/// Writes to stdout; a reader that is gone had what it wanted.
pub(crate) fn write(text: Arguments<'_>) {
    match stdout().write_fmt(text) {
        Ok(()) => {}
        Err(error) if error.kind() == ErrorKind::BrokenPipe => exit(0),
        Err(error) => {
            eprintln!("plimsoll: cannot write to stdout: {error}");
            exit(1);
        }
    }
}
