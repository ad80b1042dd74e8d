// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Glibc

/// Where the command starts, and the only place where it ends.
@main
enum Entry {
    /// No command is asynchronous: the main thread runs it, with the signal mask it was started with.
    static func main() {
        exit(status())
    }

    /// Runs the command; returns its exit status.
    private static func status() -> Int32 {
        do {
            var command = try DLTrace.parseAsRoot()
            try command.run()
            guard fflush(nil) == 0 else { throw OutputError(errno: errno) }
            return 0
        } catch {
            return Failure(error).report()
        }
    }
}
