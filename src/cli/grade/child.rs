//! Runs another program so that nothing it does can hurt the grading: with limits on its time, its memory and its
//! output, and without waiting for what it leaves behind.

use std::ffi::OsStr;
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, mpsc};
use std::thread;
use std::time::{Duration, Instant};

/// Of what a program writes, so many bytes are kept: the last ones.
const KEPT: usize = 256 * 1024;
/// The address space of a program, in KiB, where the system can limit it: a compiler reserves much and uses little.
const ADDRESS_SPACE: u64 = 8 * 1024 * 1024;
/// How often a program is asked whether it has ended.
const PAUSE: Duration = Duration::from_millis(1);
/// How long its pipes may stay open after it has ended, held by programs that it started.
const GRACE: Duration = Duration::from_millis(300);

/// How a program ended.
pub(super) enum End {
    Exited(ExitStatus),
    /// It ran longer than it may, and was killed.
    TooLong,
}

/// What became of a program.
pub(super) struct Finished {
    pub(super) end: End,
    pub(super) stdout: String,
    pub(super) stderr: String,
}

/// Runs the program in the folder, gives it the input, and waits for its end.
pub(super) fn run(
    program: &OsStr,
    arguments: &[&str],
    folder: &Path,
    input: &str,
    limit: Duration,
) -> std::io::Result<Finished> {
    let mut child = command(program, limit)
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    let started = Instant::now();
    let (closed, both_closed) = mpsc::channel();
    let stdout = keep_last(child.stdout.take().expect("piped"), closed.clone());
    let stderr = keep_last(child.stderr.take().expect("piped"), closed);
    if let Some(mut stdin) = child.stdin.take() {
        let _ = stdin.write_all(input.as_bytes()); // who does not read it fails for that
    }
    let end = loop {
        if let Some(status) = child.try_wait()? {
            break End::Exited(status);
        }
        if started.elapsed() > limit {
            break End::TooLong;
        }
        thread::sleep(PAUSE);
    };
    let deadline = Instant::now() + GRACE;
    let mut open = 2;
    if matches!(end, End::Exited(_)) {
        while open > 0 && both_closed.recv_timeout(deadline.saturating_duration_since(Instant::now())).is_ok() {
            open -= 1;
        }
    }
    if open > 0 {
        kill(&mut child); // with all that it started
    }
    let text = |kept: &Mutex<Vec<u8>>| String::from_utf8_lossy(&kept.lock().expect("no panic holds it")).into_owned();
    Ok(Finished { end, stdout: text(&stdout), stderr: text(&stderr) })
}

/// Reads to the end, at the side, and keeps the last bytes. Says when the end was reached.
fn keep_last(mut pipe: impl Read + Send + 'static, closed: mpsc::Sender<()>) -> Arc<Mutex<Vec<u8>>> {
    let kept = Arc::new(Mutex::new(Vec::new()));
    let keep = Arc::clone(&kept);
    thread::spawn(move || {
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
    });
    kept
}

/// The program, in a process group of its own, so that all that it starts can be ended with it; the shell sets the
/// limits that the system enforces: memory, processor time (should the grader be killed first), no core dumps.
#[cfg(unix)]
fn command(program: &OsStr, limit: Duration) -> Command {
    use std::os::unix::process::CommandExt;
    let seconds = 2 * limit.as_secs() + 2;
    let limits = format!(
        "ulimit -c 0 2>/dev/null; ulimit -t {seconds} 2>/dev/null; ulimit -v {ADDRESS_SPACE} 2>/dev/null; exec \"$0\" \"$@\""
    );
    let mut command = Command::new("sh");
    command.arg("-c").arg(limits).arg(program).process_group(0);
    command
}

#[cfg(not(unix))]
fn command(program: &OsStr, _limit: Duration) -> Command {
    Command::new(program)
}

#[cfg(unix)]
fn kill(child: &mut Child) {
    let group = format!("-{}", child.id());
    let _ = Command::new("kill").args(["-KILL", "--", &group]).stderr(Stdio::null()).status();
    let _ = child.kill();
    let _ = child.wait();
}

#[cfg(not(unix))]
fn kill(child: &mut Child) {
    let _ = child.kill();
    let _ = child.wait();
}
