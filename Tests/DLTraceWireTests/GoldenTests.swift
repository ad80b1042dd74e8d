// SPDX-License-Identifier: Apache-2.0

import CDLTraceWire
import DLTraceWire
import Foundation
import Testing

/// The bytes that both sides of the wire must agree on.
@Suite struct GoldenTests {
    private static let isRecording =
        ProcessInfo.processInfo.environment["DLTRACE_RECORD"] == "1"

    @Test("The header's structs still give the golden bytes", arguments: ["gcc", "clang"])
    func generatorAgrees(compiler: String) throws {
        try GoldenFiles.generate(compiler: compiler) { folder in
            let made = try GoldenFiles.names(in: folder)
            if Self.isRecording {
                for name in made {
                    try Data(GoldenFiles.bytes(name, in: folder))
                        .write(to: GoldenFiles.folder.appending(path: name + ".bin"))
                }
                Issue.record("recorded \(made.count) files; run again without DLTRACE_RECORD")
            }
            #expect(made == (try GoldenFiles.names()))
            for name in made {
                let (new, old) = (
                    try GoldenFiles.bytes(name, in: folder), try GoldenFiles.bytes(name)
                )
                #expect(new == old, "\(name).bin")
            }
        }
    }

    @Test("The golden bytes decode to the texts beside them")
    func textsAgree() throws {
        let names = try GoldenFiles.names()
        #expect(names.count >= 29)
        for name in names {
            let decoded = Decoded(try GoldenFiles.bytes(name))
            #expect(decoded.broken.isEmpty, "\(name)")
            let text = decoded.records.map(RecordText.text).joined()
            let file = GoldenFiles.folder.appending(path: name + ".txt")
            if Self.isRecording {
                try text.write(to: file, atomically: true, encoding: .utf8)
                Issue.record("recorded \(name).txt; run again without DLTRACE_RECORD")
            }
            let expected = try String(contentsOf: file, encoding: .utf8)
            #expect(text == expected, "\(name)")
        }
    }

    @Test("Every kind of record has golden bytes")
    func allKinds() throws {
        let kinds = try GoldenFiles.names().flatMap {
            Decoded(try GoldenFiles.bytes($0)).records.compactMap(\.body.kind)
        }
        #expect(Set(kinds) == Set(RecordKind.allCases))
    }

    @Test("The encoder writes the golden bytes again")
    func encoderAgrees() throws {
        for name in try GoldenFiles.names() {
            let bytes = try GoldenFiles.bytes(name)
            for record in Decoded(bytes).records {
                let room = name == "load-parts" ? 64 : 4096 - 64
                #expect(RecordEncoder.encode(record, bodyMax: room) == bytes, "\(name)")
            }
        }
    }

    @Test("Swift's enumerations have the header's numbers")
    func numbersAgree() {
        let kinds = [
            DLT_WIRE_HELLO, DLT_WIRE_BYE, DLT_WIRE_LOST, DLT_WIRE_LOAD, DLT_WIRE_UNLOAD,
            DLT_WIRE_DLOPEN, DLT_WIRE_DLMOPEN, DLT_WIRE_DLCLOSE, DLT_WIRE_FINI, DLT_WIRE_FUNCTION,
            DLT_WIRE_END, DLT_WIRE_EXIT, DLT_WIRE_FAULT, DLT_WIRE_FORK,
            DLT_WIRE_INIT, DLT_WIRE_REGISTER, DLT_WIRE_THREAD, DLT_WIRE_THREAD_START,
            DLT_WIRE_LEFT, DLT_WIRE_STALE, DLT_WIRE_STAYED,
        ]
        #expect(RecordKind.allCases.map { UInt32($0.rawValue) } == kinds.map(\.rawValue))
        let phases = [
            DLT_WIRE_PHASE_DLCLOSE, DLT_WIRE_PHASE_EXIT_HANDLERS, DLT_WIRE_PHASE_EXIT_FINI,
            DLT_WIRE_PHASE_THREAD_EXIT, DLT_WIRE_PHASE_CONSTRUCTOR,
        ]
        #expect(Phase.allCases.map { UInt32($0.rawValue) } == phases.map(\.rawValue))
        let origins = [
            DLT_WIRE_ORIGIN_FILE, DLT_WIRE_ORIGIN_PROGRAM, DLT_WIRE_ORIGIN_LOADER,
            DLT_WIRE_ORIGIN_VDSO, DLT_WIRE_ORIGIN_TRACER,
        ]
        #expect(LibraryOrigin.allCases.map { UInt32($0.rawValue) } == origins.map(\.rawValue))
        let types = [
            DLT_WIRE_FINI_ARRAY, DLT_WIRE_DT_FINI, DLT_WIRE_CXA_ATEXIT, DLT_WIRE_ON_EXIT,
            DLT_WIRE_QUICK_EXIT, DLT_WIRE_THREAD_LOCAL, DLT_WIRE_TLS_KEY, DLT_WIRE_FORK_HANDLER,
        ]
        #expect(FunctionType.allCases.map { UInt32($0.rawValue) } == types.map(\.rawValue))
        let ways = [
            DLT_WIRE_EXIT_CALL, DLT_WIRE_EXIT_RETURN, DLT_WIRE_EXIT_QUICK, DLT_WIRE_EXIT_NOW,
        ]
        #expect(ExitHow.allCases.map(\.rawValue) == ways.map(\.rawValue))
        let references = [
            DLT_WIRE_REF_TLS_KEY, DLT_WIRE_REF_TLS_KEY_DELETE, DLT_WIRE_REF_SIGNAL,
            DLT_WIRE_REF_EXIT_HANDLER, DLT_WIRE_REF_ON_EXIT, DLT_WIRE_REF_ENVIRON,
            DLT_WIRE_REF_FORK_HANDLER, DLT_WIRE_REF_THREAD_LOCAL, DLT_WIRE_REF_THREAD,
            DLT_WIRE_REF_THREAD_STACK, DLT_WIRE_REF_POINTER,
        ]
        #expect(ReferenceType.allCases.map { UInt32($0.rawValue) } == references.map(\.rawValue))
        let functions = [DLT_WIRE_STALE_DLSYM, DLT_WIRE_STALE_DLVSYM, DLT_WIRE_STALE_DLINFO]
        #expect(StaleFunction.allCases.map { UInt32($0.rawValue) } == functions.map(\.rawValue))
        let reasons = [DLT_WIRE_REASON_UNIQUE, DLT_WIRE_REASON_BINDING]
        #expect(StayReason.allCases.map { UInt32($0.rawValue) } == reasons.map(\.rawValue))
        let properties: [(LibraryProperties, Int32)] = [
            (.hasUnique, DLT_WIRE_HAS_UNIQUE), (.hasTLS, DLT_WIRE_HAS_TLS),
            (.hasInit, DLT_WIRE_HAS_INIT), (.hasFini, DLT_WIRE_HAS_FINI),
            (.atStart, DLT_WIRE_AT_START), (.unseenFini, DLT_WIRE_UNSEEN_FINI),
            (.hasSymbolic, DLT_WIRE_HAS_SYMBOLIC),
        ]
        for (swift, wire) in properties { #expect(Int32(swift.rawValue) == wire) }
        let flags: [(StackFlags, Int32)] = [
            (.truncated, DLT_WIRE_STACK_TRUNCATED), (.exact, DLT_WIRE_STACK_EXACT),
            (.broken, DLT_WIRE_STACK_BROKEN), (.enclosed, DLT_WIRE_STACK_ENCLOSED),
        ]
        for (swift, wire) in flags { #expect(Int32(swift.rawValue) == wire) }
    }
}
