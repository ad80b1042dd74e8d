// SPDX-License-Identifier: Apache-2.0

import Glibc
import Synchronization

/// A piece of blocking work on a thread of its own.
///
/// The collector blocks in poll(2) and in SQLite for as long as it lives, which a task of the
/// concurrency runtime must not do; and a thread that is made after the signals were blocked stays
/// clear of them.
final class OwnThread<Value: Sendable>: Sendable {
    private let result = Mutex<Result<Value, any Error>?>(nil)
    private let body: @Sendable () throws -> Value

    /// Makes a thread that does not run yet.
    init(_ body: @escaping @Sendable () throws -> Value) {
        self.body = body
    }

    /// Starts the work. To be called once.
    ///
    /// - Parameter atEnd: called on the thread once the result is there.
    /// - Returns: what to hand to `join`.
    /// - Throws: `CollectorError` where there is no thread to be had.
    func start(atEnd: @escaping @Sendable () -> Void = {}) throws -> ThreadHandle {
        try ThreadHandle {
            let result = Result(catching: self.body)
            self.result.withLock { $0 = result }
            atEnd()
        }
    }

    /// Whether the work is done, well or not.
    var isFinished: Bool { result.withLock { $0 != nil } }

    /// Waits for the end of the work and hands over its result. To be called once.
    func join(_ handle: ThreadHandle) throws -> Value {
        handle.join()
        guard let result = result.withLock({ $0 }) else {
            preconditionFailure("a thread ended without a result")
        }
        return try result.get()
    }
}
