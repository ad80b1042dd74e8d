// SPDX-License-Identifier: Apache-2.0

/// A call and the library that made it, 0 where that is unknown.
struct DigestCallName {
    let seq: Int64
    let caller: Int64
}
