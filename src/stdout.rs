//! `print!` and `println!` that end the program quietly once the reader has closed the pipe.

use std::fmt::Arguments;
use std::io::{ErrorKind, Write, stdout};
use std::process::exit;

/// Replaces the standard macro, which panics where `plimsoll status | head` has read enough.
macro_rules! print {
    ($($text:tt)*) => { $crate::stdout::write(format_args!($($text)*)) };
}

/// Likewise, with the end of the line.
macro_rules! println {
    () => { print!("\n") };
    ($($text:tt)*) => { print!("{}\n", format_args!($($text)*)) };
}

/// Writes to stdout; exits with 0 if the pipe is closed.
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
