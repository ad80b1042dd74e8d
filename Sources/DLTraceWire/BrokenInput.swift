// SPDX-License-Identifier: Apache-2.0

/// Bytes that were no record.
package struct BrokenInput: Error, Hashable, Sendable {
    /// Where they begin, counted from the first byte of the source.
    package var offset: UInt64
    /// How many bytes were passed over.
    package var skipped: UInt64
    /// What was wrong with them.
    package var reason: Reason
    /// The stream they claim to be of, where that can be told.
    package var stream: UInt64?
    /// The seq they claim to have, where that can be told.
    package var seq: UInt64?
    /// The process number they claim to be of, where that can be told.
    package var pid: UInt32?

    /// Broken input at this place.
    package init(
        offset: UInt64, skipped: UInt64, reason: Reason, stream: UInt64? = nil, seq: UInt64? = nil,
        pid: UInt32? = nil
    ) {
        self.offset = offset
        self.skipped = skipped
        self.reason = reason
        self.stream = stream
        self.seq = seq
        self.pid = pid
    }

    /// What can be wrong with bytes.
    package enum Reason: Hashable, Sendable {
        /// No record begins there.
        case noMagic
        /// A record of another version of the format.
        case version(UInt16)
        /// A length that no record has.
        case length(UInt32)
        /// Part numbers, padding, stream or seq that no record has.
        case header
        /// A LOST record of another process than the source is of.
        case othersLoss
        /// The header's length and the lengths inside the record do not fit together.
        case body
        /// Another record begins inside it: it was not written to its end.
        case cutShort
        /// The input ended inside it.
        case truncated
        /// Parts of it never came.
        case missingParts
        /// Its parts contradict each other.
        case badParts
    }
}

extension BrokenInput.Reason: CustomStringConvertible {
    package var description: String {
        switch self {
        case .noMagic: "no record begins here"
        case .version(let version): "written in an unknown version of the format, \(version)"
        case .length(let length): "a record can't be \(length) bytes long"
        case .header: "its header contradicts itself"
        case .othersLoss: "it tells of losses of another process than this file's"
        case .body: "the lengths in it contradict each other"
        case .cutShort: "another record begins inside it"
        case .truncated: "the input ends inside it"
        case .missingParts: "parts of it never came"
        case .badParts: "its parts contradict each other"
        }
    }
}

extension BrokenInput: CustomStringConvertible {
    package var description: String {
        var text = "offset \(offset): \(reason) (\(skipped) bytes passed over"
        if let pid { text += ", pid \(pid)" }
        if let stream { text += ", stream " + String(stream, radix: 16) }
        if let seq { text += ", record \(seq)" }
        return text + ")"
    }
}
