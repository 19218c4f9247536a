//! Signals that end the program: SIGINT and SIGTERM.
//!
//! The first process of a container (PID 1) ignores a signal that it has no handler for, so every
//! command has one. A command that is interrupted at any time leaves complete files only; those that
//! run until they are interrupted finish what is in progress first, and exit with 0.

use std::io::Write;
use std::sync::atomic::{AtomicU8, Ordering};

use tokio::sync::watch;

/// What the first signal does.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
enum Response {
    /// Ends the process with 128 and the signal's number, as a shell does.
    Exit,
    /// Ends the process with 0.
    ExitInSuccess,
    /// Notifies the command.
    Notify,
}

static RESPONSE: AtomicU8 = AtomicU8::new(Response::Exit as u8);
static REQUESTED: std::sync::LazyLock<watch::Sender<bool>> =
    std::sync::LazyLock::new(|| watch::Sender::new(false));

/// Handles signals from now on, on a thread of their own: a busy command does not delay them.
pub(crate) fn handle_signals() {
    let spawned = std::thread::Builder::new().name("signals".to_owned()).spawn(|| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build();
        match runtime {
            Ok(runtime) => runtime.block_on(listen()),
            Err(error) => tracing::warn!("signals are not handled: {error}"),
        }
    });
    if let Err(error) = spawned {
        tracing::warn!("signals are not handled: {error}");
    }
}

/// Declares that this command runs until it is interrupted: a signal is no failure of it.
pub(crate) fn expect_signal() {
    RESPONSE.store(Response::ExitInSuccess as u8, Ordering::SeqCst);
}

/// Waits for a signal, which from now on does not end the process; a second one does.
pub(crate) async fn requested() {
    RESPONSE.store(Response::Notify as u8, Ordering::SeqCst);
    // The sender is static, so it is never closed.
    drop(REQUESTED.subscribe().wait_for(|requested| *requested).await);
}

async fn listen() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let signals =
            signal(SignalKind::interrupt()).and_then(|i| Ok((i, signal(SignalKind::terminate())?)));
        let (mut interrupt, mut terminate) = match signals {
            Ok(signals) => signals,
            Err(error) => return tracing::warn!("signals are not handled: {error}"),
        };
        loop {
            tokio::select! {
                _ = interrupt.recv() => on_signal("SIGINT", 2),
                _ = terminate.recv() => on_signal("SIGTERM", 15),
            }
        }
    }
    #[cfg(not(unix))]
    while tokio::signal::ctrl_c().await.is_ok() {
        on_signal("Ctrl-C", 2);
    }
}

fn on_signal(name: &str, number: i32) {
    let is_second = *REQUESTED.borrow();
    let response = RESPONSE.load(Ordering::SeqCst);
    if response == Response::Notify as u8 && !is_second {
        report(&format!("{name}: finishing what is in progress; a second signal ends at once"));
        REQUESTED.send_replace(true);
    } else if response == Response::ExitInSuccess as u8 {
        report(name);
        std::process::exit(0);
    } else {
        report(&format!("{name}: interrupted; nothing is half written, run it again to continue"));
        std::process::exit(128 + number);
    }
}

/// Writes a line to stderr, which may be closed.
fn report(text: &str) {
    drop(writeln!(std::io::stderr(), "plimsoll: {text}"));
}
