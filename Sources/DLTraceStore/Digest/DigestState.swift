// SPDX-License-Identifier: Apache-2.0

/// What there is of a process: a digest of the same state need not be made anew.
struct DigestState {
    /// Where an image was forked from.
    struct Parent {
        let process: Int64
        let seq: Int64
    }

    let process: Int64
    let lastSeq: Int64
    let missing: Int64
    /// Events up to this one were removed.
    let pruned: Int64
    /// The last event before each fork, in order.
    let forks: [Int64]
    let parent: Parent?
}
