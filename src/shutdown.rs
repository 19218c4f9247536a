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
    if let Err(error) = listen_on_own_thread() {
        tracing::warn!("signals are not handled: {error}");
    }
}

fn listen_on_own_thread() -> std::io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build()?;
    // The handlers are there when this returns, not once the thread has started.
    let signals = {
        let _context = runtime.enter();
        Signals::new()?
    };
    let thread = std::thread::Builder::new().name("signals".to_owned());
    thread.spawn(move || runtime.block_on(signals.listen())).map(drop)
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

/// SIGINT and SIGTERM.
#[cfg(unix)]
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    /// Installs the handlers.
    fn new() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        let interrupt = signal(SignalKind::interrupt())?;
        Ok(Self { interrupt, terminate: signal(SignalKind::terminate())? })
    }

    async fn listen(mut self) {
        loop {
            tokio::select! {
                _ = self.interrupt.recv() => on_signal("SIGINT", 2),
                _ = self.terminate.recv() => on_signal("SIGTERM", 15),
            }
        }
    }
}

/// Ctrl-C.
#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    #[expect(clippy::unnecessary_wraps, reason = "handlers of Unix may fail")]
    fn new() -> std::io::Result<Self> {
        Ok(Self)
    }

    async fn listen(self) {
        while tokio::signal::ctrl_c().await.is_ok() {
            on_signal("Ctrl-C", 2);
        }
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
