//! Runs another program in isolation from the grading: with limits on time, memory and kept output, and without waiting
//! for processes that it leaves behind.

use std::ffi::OsStr;
use std::io::{self, Read, Write};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, mpsc};
use std::thread;
use std::time::{Duration, Instant};

/// How many bytes from the end of a program's output are kept at least.
const KEPT: usize = 256 * 1024;
/// How often to look whether a program has ended.
const PAUSE: Duration = Duration::from_millis(1);
/// How long to wait for a program's pipes after its end. Processes that it left behind may hold them open.
const GRACE: Duration = Duration::from_millis(300);

/// How a program ended.
pub(super) enum End {
    Exited(ExitStatus),
    /// It exceeded its time limit and was killed.
    TooLong,
}

/// The end and the output of a program.
pub(super) struct Finished {
    pub(super) end: End,
    pub(super) stdout: String,
    pub(super) stderr: String,
}

/// The limits of a program.
#[derive(Clone, Copy)]
pub(super) struct Limits {
    pub(super) time: Duration,
    /// The address space in MiB. Only Unix can limit it.
    pub(super) memory: u64,
    /// Whether the program inherits the grader's environment variables.
    pub(super) environment: bool,
}

/// Runs the program in the folder with this standard input, and waits until it ends or exceeds its time.
///
/// # Errors
/// If the system cannot start or watch a process. On Unix a shell starts the program, so if the program cannot be
/// started, the shell's exit code and standard error say so.
pub(super) fn run(
    program: &OsStr,
    arguments: &[&str],
    folder: &Path,
    input: &str,
    limits: Limits,
) -> io::Result<Finished> {
    let mut command = command(program, limits);
    if !limits.environment {
        command.env_clear();
    }
    let mut child = command
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    let watched = watch(&mut child, input, limits.time);
    end_all(&mut child);
    let (end, [stdout, stderr], both_closed) = watched?;
    let deadline = Instant::now() + GRACE;
    for _ in 0..2 {
        let _ = both_closed.recv_timeout(deadline.saturating_duration_since(Instant::now()));
    }
    let text = |kept: &Kept| String::from_utf8_lossy(&kept.lock().expect("no panic holds it")).into_owned();
    Ok(Finished { end, stdout: text(&stdout), stderr: text(&stderr) })
}

/// The end of a program's output.
type Kept = Arc<Mutex<Vec<u8>>>;

/// Passes the input to the program and waits until it ends or exceeds its time. Returns its standard output and error,
/// and a channel with a message for each of the two when it is closed.
fn watch(child: &mut Child, input: &str, time: Duration) -> io::Result<(End, [Kept; 2], mpsc::Receiver<()>)> {
    let started = Instant::now();
    let (closed, both_closed) = mpsc::channel();
    let stdout = keep_last(child.stdout.take().expect("piped"), closed.clone())?;
    let stderr = keep_last(child.stderr.take().expect("piped"), closed)?;
    if let Some(mut stdin) = child.stdin.take() {
        let _ = stdin.write_all(input.as_bytes()); // a check that never reads its input fails
    }
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok((End::Exited(status), [stdout, stderr], both_closed));
        }
        if started.elapsed() > time {
            return Ok((End::TooLong, [stdout, stderr], both_closed));
        }
        thread::sleep(PAUSE);
    }
}

/// Reads a pipe to its end in another thread and keeps between [`KEPT`] and twice as many bytes of its end. Sends a
/// message when the pipe is closed.
fn keep_last(mut pipe: impl Read + Send + 'static, closed: mpsc::Sender<()>) -> io::Result<Kept> {
    let kept = Kept::default();
    let keep = Arc::clone(&kept);
    thread::Builder::new().spawn(move || {
        let mut buffer = [0; 8192];
        while let Ok(read @ 1..) = pipe.read(&mut buffer) {
            let mut kept = keep.lock().expect("no panic holds it");
            kept.extend_from_slice(&buffer[..read]);
            if kept.len() > 2 * KEPT {
                let surplus = kept.len() - KEPT;
                kept.drain(..surplus);
            }
        }
        let _ = closed.send(());
    })?;
    Ok(kept)
}

/// The command that runs the program in its own process group, so that everything it starts can be killed with it. The
/// shell sets the limits that the system enforces: memory, processor time (in case the grader is killed first), and no
/// core dumps.
#[cfg(unix)]
fn command(program: &OsStr, limits: Limits) -> Command {
    use std::os::unix::process::CommandExt;
    let (seconds, memory) = (2 * limits.time.as_secs() + 2, limits.memory * 1024);
    let set = format!("ulimit -c 0; ulimit -t {seconds}; ulimit -v {memory}");
    let mut command = Command::new("/bin/sh");
    command.arg("-c").arg(format!("{{ {set}; }} 2>/dev/null; exec \"$0\" \"$@\"")).arg(program).process_group(0);
    command
}

#[cfg(not(unix))]
fn command(program: &OsStr, _limits: Limits) -> Command {
    Command::new(program)
}

/// Kills the program, if it is still running, and everything that it started.
fn end_all(child: &mut Child) {
    let _ = child.kill();
    #[cfg(unix)]
    {
        let group = format!("kill -KILL -{}", child.id());
        let _ = Command::new("/bin/sh").arg("-c").arg(group).stderr(Stdio::null()).status();
    }
    let _ = child.wait();
}
