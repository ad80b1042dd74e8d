// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A started command; killed with its process group when nobody waits for it.
final class RunningCommand {
    let command: Command
    let pid: pid_t
    let stdout: String
    let stderr: String
    private var isReaped = false

    init(command: Command, pid: pid_t, stdout: String, stderr: String) {
        self.command = command
        self.pid = pid
        self.stdout = stdout
        self.stderr = stderr
    }

    deinit {
        guard !isReaped else { return }
        kill(-pid, SIGKILL)
        waitpid(pid, nil, 0)
    }

    /// Whether it has not ended; it is still to be waited for.
    var isRunning: Bool {
        var info = siginfo_t()
        return waitid(P_PID, id_t(pid), &info, WEXITED | WNOHANG | WNOWAIT) == 0
            && info.si_signo == 0
    }

    func signal(_ number: Int32) {
        kill(pid, number)
    }

    /// Waits for its end, at most until the deadline, then kills its group.
    func wait(_ deadline: Duration) throws -> Outcome {
        var status: Int32 = 0
        var ending = Ending.overdue
        let isOver = poll(deadline) { waitpid(self.pid, &status, WNOHANG) == self.pid }
        if isOver {
            ending = Ending(waitStatus: status)
        } else {
            kill(-pid, SIGKILL)
            waitpid(pid, &status, 0)
        }
        isReaped = true
        return Outcome(
            command: command, pid: pid, ending: ending,
            stdout: try Data(contentsOf: URL(fileURLWithPath: stdout)),
            stderr: try Data(contentsOf: URL(fileURLWithPath: stderr)))
    }
}

/// Asks until the answer is yes or the deadline has passed; the last answer.
func poll(_ deadline: Duration, until isDone: () -> Bool) -> Bool {
    let end = ContinuousClock.now + deadline
    while !isDone() {
        guard ContinuousClock.now < end else { return false }
        usleep(1_000)
    }
    return true
}
