// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import Glibc

/// Answers requests through a process of its own, so that a hostile or broken file costs its own
/// names and nothing else.
///
/// The process is started with the first request, serves all that follow, and is started anew
/// after one that it did not survive. Used by one owner; not safe for threads.
final class SymbolizerProcess: SymbolReader {
    private let program: String
    private let arguments: [String]
    private let limits: SymbolizerLimits
    private var connection: SymbolizerConnection?

    /// Creates a reader; nothing is started yet.
    init(program: String, arguments: [String], limits: SymbolizerLimits) {
        self.program = program
        self.arguments = arguments
        self.limits = limits
    }

    deinit { connection?.end() }

    // MARK: - Requests

    func reply(to request: SymbolRequest) throws(SymbolError) -> SymbolReply {
        let failure: SymbolError
        do throws(SymbolError) {
            return try answer(request)
        } catch {
            failure = error
        }
        guard failure.code != .readerUnavailable else { throw failure }
        guard request.readsLines else { return SymbolReply(failure: failure) }
        // Symbol tables alone are much simpler than debug information: names at least.
        var simpler = request
        simpler.readsLines = false
        guard var reply = try? answer(simpler) else { return SymbolReply(failure: failure) }
        if reply.failure == nil { reply.failure = failure }
        return reply
    }

    func report(for request: CoreRequest) throws(SymbolError) -> CoreReport {
        let reply = try ask(
            SymbolizerQuestion(core: request), for: CoreReply.self, about: request.path)
        guard let report = reply.report else {
            throw reply.failure ?? SymbolError(.readerCrashed, path: request.path)
        }
        return report
    }

    private func answer(_ request: SymbolRequest) throws(SymbolError) -> SymbolReply {
        let reply = try ask(
            SymbolizerQuestion(names: request), for: SymbolReply.self, about: request.path)
        guard reply.failure != nil || reply.places.count == request.addresses.count else {
            connection?.end()
            connection = nil
            throw SymbolError(.readerCrashed, path: request.path)
        }
        return reply
    }

    private func ask<Reply: Decodable>(
        _ question: SymbolizerQuestion, for type: Reply.Type, about path: String
    ) throws(SymbolError) -> Reply {
        let connection: SymbolizerConnection
        if let running = self.connection { connection = running } else { connection = try start() }
        self.connection = connection
        do throws(SymbolError) {
            let deadline = ContinuousClock.now + .seconds(limits.seconds)
            try connection.send(question, by: deadline, about: path)
            return try connection.receive(type, by: deadline, about: path)
        } catch {
            // Whatever it was: what comes next must not be taken for the next answer.
            self.connection = nil
            guard connection.end() == SIGXCPU else { throw error }
            throw SymbolError(.readerTooSlow, path: path)
        }
    }

    // MARK: - Starting

    private func start() throws(SymbolError) -> SymbolizerConnection {
        let connection = try SymbolizerConnection(program: program, arguments: arguments)
        do throws(SymbolError) {
            let deadline = ContinuousClock.now + .seconds(10)
            try connection.send(limits, by: deadline, about: program)
            _ = try connection.receive([String: String].self, by: deadline, about: program)
            return connection
        } catch {
            connection.end()
            throw SymbolError(.readerUnavailable, path: program, detail: "it does not answer")
        }
    }
}
