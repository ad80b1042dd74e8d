// SPDX-License-Identifier: Apache-2.0

/// A library in a fixture.
package struct FixtureLibrary {
    /// Its row.
    package let id: Int64
    let binary: Int64
    let base: Int64

    /// Its handle, that is, its link map.
    package var handle: Int64 { base + 0x10 }
}
