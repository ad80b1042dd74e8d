// SPDX-License-Identifier: Apache-2.0

/// A call, constructor, destructor or handler that has not ended.
struct DigestCall {
    let kind: EventRow.Kind
    let seq: Int64
    let parent: Int64
    let timeNs: Int64
    let hasPhase: Bool
    let library: Int64
    let stack: Int64
    let address: Int64
    let flags: Int64
    /// It runs beneath a destructor or fork handler.
    let isBeneath: Bool
    /// What was loaded and unloaded by it.
    var loaded: [DigestLife] = []
    var unloaded: [DigestLife] = []
    /// A library was loaded of which something was left before.
    var isReload = false
}
