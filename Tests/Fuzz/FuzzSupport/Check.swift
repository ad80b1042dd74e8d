// SPDX-License-Identifier: Apache-2.0

/// Ends the process, so that libFuzzer keeps the input, where something does not hold.
package func check(_ holds: Bool, _ what: @autoclosure () -> String) {
    // A precondition would say nothing in a release build.
    if !holds { fatalError(what()) }
}
