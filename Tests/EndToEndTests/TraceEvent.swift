// SPDX-License-Identifier: Apache-2.0

/// One line of `dltrace export --format ndjson`.
struct TraceEvent: Decodable {
    let process: Int
    let pid: Int32
    let seq: UInt64
    let timeNs: Int64
    let thread: Int32
    let kind: String
    let path: String?
    let phase: String?
    let parent: UInt64?
    let symbol: String?
    let namespace: Int?
}
