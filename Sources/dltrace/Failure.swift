// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import DLTraceAnalysis
import DLTraceCollector
import DLTraceReport
import DLTraceStore
import DLTraceSymbols
import Glibc

/// What to say about an error, and the exit status that goes with it.
struct Failure {
    /// What failed, and why.
    let message: String
    private let advice: String?
    private let status: Int32

    /// What to do about an error.
    init(_ error: any Error) {
        switch error {
        case let error as ExitCode:
            self.init("", nil, error.rawValue)
        case let error as StoreError:
            self.init("\(error.path): \(error.reason)", error.advice, Self.status(error.code))
        case let error as AnalysisError:
            self.init("\(error.what): \(error.why)", error.advice, Self.status(error.code))
        case let error as CollectorError:
            self.init("\(error.what): \(error.why)", error.advice, error.exitStatus)
        case let error as SymbolError:
            self.init(error.description, nil, 74)
        case let error as CoreFileError:
            self.init("\(error.path): \(error.why)", error.advice, 74)
        case let error as OutputError:
            self.init(
                "standard output: \(error.why)", "What was written is not the whole answer.", 74)
        default:
            self.init(parsing: error)
        }
    }

    private init(_ message: String, _ advice: String?, _ status: Int32) {
        self.message = message
        self.advice = advice
        self.status = status
    }

    /// An error of the argument parser; an exit status that a command chose; help that was asked for.
    private init(parsing error: any Error) {
        let status = DLTrace.exitCode(for: error).rawValue
        switch status {
        case 0:
            self.init(DLTrace.fullMessage(for: error), nil, 0)
        case EX_USAGE:
            self.init("usage: " + DLTrace.message(for: error), "See: dltrace help", 64)
        default:
            self.init(DLTrace.message(for: error), nil, status)
        }
    }

    /// Prints it, help on stdout and errors on stderr; returns the exit status.
    func report() -> Int32 {
        guard status != 0 else {
            if !message.isEmpty { print(message) }
            return fflush(nil) == 0 ? 0 : 74
        }
        fflush(nil)
        if !message.isEmpty {
            Diagnostics.say("dltrace: " + message.printable)
            if let advice, !advice.isEmpty { Diagnostics.say(advice.printable) }
        }
        return status
    }

    private static func status(_ code: StoreError.Code) -> Int32 {
        switch code {
        case .missing: 72
        case .full: 73
        case .busy: 75
        case .foreign, .newer, .older, .damaged: 76
        case .access: 77
        case .closed, .failed: 74
        }
    }

    private static func status(_ code: AnalysisError.Code) -> Int32 {
        switch code {
        case .noSuchRule, .noSuchProcess, .severalProcesses, .noSuchLibrary, .badQuery: 64
        case .noProcess, .noSuchCore: 72
        case .badRule, .badSuppression: 78
        }
    }
}
