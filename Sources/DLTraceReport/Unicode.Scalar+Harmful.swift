// SPDX-License-Identifier: Apache-2.0

extension Unicode.Scalar {
    /// Whether it must not reach a terminal as it is.
    var isHarmful: Bool {
        switch value {
        case 0...0x1f, 0x7f...0x9f: true
        case 0x200b...0x200f, 0x2028...0x202e, 0x2060...0x206f, 0xfeff: true
        default: false
        }
    }
}
