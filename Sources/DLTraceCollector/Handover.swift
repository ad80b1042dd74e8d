// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Hands a value that belongs to one thread at a time to the next one.
final class Handover<Value>: Sendable {
    private let value: Mutex<Value?>

    init(_ value: sending Value) {
        self.value = Mutex(value)
    }

    /// Takes the value; to be called once.
    func take() -> sending Value {
        guard let taken = value.withLock({ $0.take() }) else {
            preconditionFailure("a value was taken twice")
        }
        return taken
    }
}
