// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A running pthread.
struct ThreadHandle: Sendable {
    private final class Work: Sendable {
        let body: @Sendable () -> Void

        init(_ body: @escaping @Sendable () -> Void) {
            self.body = body
        }
    }

    private let thread: pthread_t

    /// Starts a thread, with the signal mask of the calling one.
    init(_ body: @escaping @Sendable () -> Void) throws {
        let context = Unmanaged.passRetained(Work(body)).toOpaque()
        var thread = pthread_t()
        let error = pthread_create(
            &thread, nil,
            { argument in
                if let argument { Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().body() }
                return nil
            }, context)
        guard error == 0 else {
            throw CollectorError(.system, "cannot start a thread", errno: error)
        }
        self.thread = thread
    }

    /// Waits for its end. To be called once.
    func join() {
        pthread_join(thread, nil)
    }
}
