// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Glibc

/// Where the command starts, and the only place where it ends.
@main
enum Entry {
    static func main() async {
        exit(await status())
    }

    /// Runs the command; returns its exit status.
    private static func status() async -> Int32 {
        do {
            var command = try DLTrace.parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
            guard fflush(nil) == 0 else { throw OutputError(errno: errno) }
            return 0
        } catch {
            return Failure(error).report()
        }
    }
}
