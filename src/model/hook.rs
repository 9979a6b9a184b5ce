//! What the unit tests do before each operation on a file: nothing, let it fail, or stop as in a crash.

use std::cell::{Cell, RefCell};
use std::fs::File;
use std::io::{self, ErrorKind};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::rc::Rc;

type Hook = Box<dyn FnMut() -> io::Result<()>>;

thread_local! {
    /// What happens before each operation on a file.
    static HOOK: RefCell<Option<Hook>> = const { RefCell::new(None) };
}

/// Runs the hook of this thread, if it has one. The hook itself runs without a hook.
pub(super) fn step() -> io::Result<()> {
    let Some(mut hook) = HOOK.take() else { return Ok(()) };
    let result = hook();
    HOOK.set(Some(hook));
    result
}

/// Stands for the wait until a file is on the disk, which would take most of the time of these tests.
pub(super) fn sync(_: &File) -> io::Result<()> {
    step()
}

/// Runs `operation` with a hook. Returns `None` if the hook ends it like a crash.
pub(super) fn with_hook<T>(hook: impl FnMut() -> io::Result<()> + 'static, operation: impl FnOnce() -> T) -> Option<T> {
    HOOK.set(Some(Box::new(hook)));
    let result = catch_unwind(AssertUnwindSafe(operation));
    HOOK.take();
    match result {
        Ok(result) => Some(result),
        Err(payload) if payload.is::<Crash>() => None,
        Err(payload) => resume_unwind(payload),
    }
}

/// The payload of a panic that stands for the end of the process.
pub(super) struct Crash;

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Stop {
    /// The process ends before this operation.
    Crash,
    /// This operation fails.
    FailOnce,
    /// This operation and all later ones fail.
    Fail,
}

pub(super) const STOPS: [Stop; 3] = [Stop::Crash, Stop::FailOnce, Stop::Fail];

/// Runs `operation`, stopped before its `n`-th operation on a file. Returns its result, `None` after a crash, and whether
/// it came to this point.
pub(super) fn stopped<T>(n: usize, stop: Stop, operation: impl FnOnce() -> T) -> (Option<T>, bool) {
    let count = Rc::new(Cell::new(0));
    let counted = count.clone();
    let hook = move || {
        counted.set(counted.get() + 1);
        match stop {
            Stop::Crash if counted.get() == n => resume_unwind(Box::new(Crash)), // prints nothing
            Stop::FailOnce if counted.get() == n => Err(ErrorKind::StorageFull.into()),
            Stop::Fail if counted.get() >= n => Err(ErrorKind::StorageFull.into()),
            _ => Ok(()),
        }
    };
    let result = with_hook(hook, operation);
    (result, count.get() >= n)
}
