// SPDX-License-Identifier: Apache-2.0

import CLibFuzzer

/// Called by libFuzzer in place of its own mutations.
@_cdecl("LLVMFuzzerCustomMutator")
package func mutate(
    _ data: UnsafeMutablePointer<UInt8>, _ size: Int, _ maxSize: Int, _ seed: UInt32
) -> Int {
    var mutator = RecordMutator(seed: UInt64(seed)) { bytes, limit in
        let count = bytes.count
        let room = max(count, limit)
        bytes += repeatElement(0, count: room - count)
        let changed = bytes.withUnsafeMutableBufferPointer {
            LLVMFuzzerMutate($0.baseAddress, count, room)
        }
        bytes.removeLast(room - changed)
    }
    let mutated = mutator.mutate(
        Array(UnsafeBufferPointer(start: data, count: size)), maxSize: maxSize)
    data.update(from: mutated, count: mutated.count)
    return mutated.count
}
