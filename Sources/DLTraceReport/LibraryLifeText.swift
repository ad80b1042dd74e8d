// SPDX-License-Identifier: Apache-2.0

import DLTraceAnalysis

/// A library's life in a few lines.
enum LibraryLifeText {
    /// When it was loaded, finalized and unloaded, and by what.
    static func lines(_ library: PlacedLibrary, in process: ProcessImage) -> [String] {
        var lines = [line("loaded", library.loaded, how: loading(library, in: process))]
        if let finalized = library.finalized {
            let phase = library.finalizingPhase.map { "in phase \($0.printable)" }
            lines.append(
                line("finalized", finalized, how: [phase, cause(finalized)].compactMap(\.self)))
        }
        if let unloaded = library.unloaded {
            let place =
                library.process == process.id
                ? nil : "in process \(library.process), before the fork"
            lines.append(
                line(
                    "unloaded", unloaded,
                    how: [place, cause(unloaded) ?? "by a caller that could not be seen"]
                        .compactMap(\.self)))
        }
        return lines
    }

    private static func loading(_ library: PlacedLibrary, in process: ProcessImage) -> [String] {
        let place = (library.inheritedFrom ?? library.process)
        var words = place == process.id ? [] : ["in process \(place), before the fork"]
        if library.isAtStart {
            words.append("when the program started")
        } else {
            words.append(cause(library.loaded) ?? "by a caller that could not be seen")
        }
        return words
    }

    private static func cause(_ moment: PlacedLibrary.Moment) -> String? {
        guard let event = moment.cause else { return nil }
        return "beneath the \((moment.causeKind ?? "event").printable) of event \(event)"
    }

    private static func line(
        _ what: String, _ moment: PlacedLibrary.Moment, how: [String]
    ) -> String {
        let padded = what + String(repeating: " ", count: 9 - what.count)
        let time = moment.sinceStartNs.map { " at \(Words.seconds($0)) s" } ?? ""
        return "\(padded) \(how.joined(separator: ", "))\(time) (event \(moment.event))"
    }
}
