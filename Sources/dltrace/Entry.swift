// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Glibc

/// Where the command starts, and the only place where it ends.
@main
enum Entry {
    /// No command is asynchronous: the main thread runs it.
    static func main() {
        exit(status())
    }

    /// Runs the command; returns its exit status.
    private static func status() -> Int32 {
        do {
            var command = try DLTrace.parseAsRoot()
            // A limit for the size of files makes writing fail, no more. The program that `dltrace run` starts is to
            // have its mask as it was.
            if !(command is RunCommand) { block(SIGXFSZ) }
            try command.run()
            guard fflush(nil) == 0 else { throw OutputError(errno: errno) }
            return 0
        } catch {
            return Failure(error).report()
        }
    }

    private static func block(_ signal: Int32) {
        var set = sigset_t()
        sigemptyset(&set)
        sigaddset(&set, signal)
        pthread_sigmask(SIG_BLOCK, &set, nil)
    }
}
