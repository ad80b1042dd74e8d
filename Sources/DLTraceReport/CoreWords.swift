// SPDX-License-Identifier: Apache-2.0

import DLTraceAnalysis

/// Core files in words.
enum CoreWords {
    /// The signal with what its code and address say.
    static func signal(_ image: CoreImage) -> String {
        guard let signal = image.signal, image.isOfCrash else {
            return "of a process that went on, made by gcore or a debugger"
        }
        var text = Words.signal(signal)
        if let code = image.code { text += ", " + reason(signal, code) }
        if let address = image.faultAddress { text += ", address \(Words.hex(address))" }
        return text
    }

    /// Whose the core file is, and why.
    static func certainty(_ match: CoreMatch) -> String {
        let sure =
            switch match.certainty {
            case .certain: "this is its process for certain"
            case .likely: "this is likely its process"
            case .given: "this process was asked for"
            case .doubtful:
                "this process was asked for, but the core file seems to be of another one"
            }
        let number = match.librariesInPlace
        let libraries =
            number == 1 ? "1 library lies" : "\(number) libraries lie"
        let elsewhere =
            match.librariesElsewhere == 0 ? "" : ", \(match.librariesElsewhere) elsewhere"
        return "\(sure): \(match.isSamePid ? "the same pid" : "another pid"), \(libraries)"
            + " where the trace has them\(elsewhere)"
    }

    /// How the library comes in.
    static func part(_ cause: CoreCause) -> String {
        switch cause.part {
        case .pc: "it runs at"
        case .address: "it touches"
        case .frame: "it would return to"
        }
    }

    /// si_code, sigaction(2).
    private static func reason(_ signal: Int64, _ code: Int64) -> String {
        switch (signal, code) {
        case (_, 0), (_, -6): "sent by a process"
        case (_, ..<0): "sent, code \(code)"
        case (11, 128):
            "from the kernel, which knows no address (a non-canonical one, or a full stack)"
        case (11, 1): "nothing is mapped there"
        case (11, 2): "that is not permitted there"
        case (7, 1): "a misaligned address"
        case (7, 2): "behind the end of a file"
        case (4, _): "code \(code)"
        default: "code \(code)"
        }
    }
}
