// SPDX-License-Identifier: Apache-2.0

import GRDB
import GRDBSQLite

/// What a digest needs of a row of event. Absent numbers are 0: none of these columns has a 0 that counts.
struct EventRow {
    /// The kinds that a digest tells apart.
    enum Kind {
        case open, close, load, present, unload, end
        case initialization, destructor, forkHandler, exit
        case left, stayed, stale, loss, fork, registration, other
    }

    let seq: Int64
    let kind: Kind
    let timeNs: Int64
    let parent: Int64
    let hasPhase: Bool
    let library: Int64
    let stack: Int64
    let address: Int64
    let value: Int64
    let detail: Int64
    let hasText: Bool
    private let hasAddress: Bool

    /// Whether its address is a function, or something else that may have a name.
    var isFunction: Bool {
        switch kind {
        case .destructor, .forkHandler, .registration: hasAddress
        default: false
        }
    }

    /// The SELECT that `init` reads rows of: all of one process, in order.
    static let select = """
        SELECT
            seq, kind, time_ns, parent_seq, phase IS NOT NULL, library_id, stack_id, address, value, detail,
            text_id IS NOT NULL, address IS NOT NULL
        FROM event
        WHERE process_id = ?
        ORDER BY seq
        """

    /// The row that a statement stands at.
    init(_ statement: SQLiteStatement) {
        seq = sqlite3_column_int64(statement, 0)
        kind = Self.kind(statement, column: 1)
        timeNs = sqlite3_column_int64(statement, 2)
        parent = sqlite3_column_int64(statement, 3)
        hasPhase = sqlite3_column_int64(statement, 4) != 0
        library = sqlite3_column_int64(statement, 5)
        stack = sqlite3_column_int64(statement, 6)
        address = sqlite3_column_int64(statement, 7)
        value = sqlite3_column_int64(statement, 8)
        detail = sqlite3_column_int64(statement, 9)
        hasText = sqlite3_column_int64(statement, 10) != 0
        hasAddress = sqlite3_column_int64(statement, 11) != 0
    }

    /// By the first eight bytes, which differ, without making a string of each.
    private static func kind(_ statement: SQLiteStatement, column: Int32) -> Kind {
        guard let text = sqlite3_column_text(statement, column) else { return .other }
        let count = min(Int(sqlite3_column_bytes(statement, column)), 8)
        var word: UInt64 = 0
        for index in 0..<count { word |= UInt64(text[index]) << UInt64(8 * index) }
        return switch word {
        case endWord: .end
        case loadWord: .load
        case unloadWord: .unload
        case dlopenWord, dlmopenWord: .open
        case dlcloseWord: .close
        case initWord: .initialization
        case finiWord, functionWord, handlerWord, destructorWord: .destructor
        case presentWord: .present
        case forkHandlerWord: .forkHandler
        case exitWord: .exit
        case leftWord: .left
        case stayedWord: .stayed
        case dlsymWord, dlvsymWord, dlinfoWord: .stale
        case lostWord: .loss
        case forkWord: .fork
        case keyWord, signalWord, atexitWord, onExitWord, putenvWord, atforkWord, threadWord,
            threadStartWord, threadLocalWord:
            .registration
        default: .other
        }
    }

    private static let endWord = word("end")
    private static let loadWord = word("load")
    private static let unloadWord = word("unload")
    private static let dlopenWord = word("dlopen")
    private static let dlmopenWord = word("dlmopen")
    private static let dlcloseWord = word("dlclose")
    private static let initWord = word("init")
    private static let finiWord = word("fini")
    private static let functionWord = word("fini_function")
    private static let handlerWord = word("exit_handler")
    private static let destructorWord = word("thread_destructor")
    private static let presentWord = word("present")
    private static let forkHandlerWord = word("fork_handler")
    private static let exitWord = word("exit")
    private static let leftWord = word("left")
    private static let stayedWord = word("stayed")
    private static let dlsymWord = word("dlsym")
    private static let dlvsymWord = word("dlvsym")
    private static let dlinfoWord = word("dlinfo")
    private static let lostWord = word("lost")
    private static let forkWord = word("fork")

    private static let keyWord = word("tls_key_create")
    private static let signalWord = word("signal_handler")
    private static let atexitWord = word("cxa_atexit")
    private static let onExitWord = word("on_exit")
    private static let putenvWord = word("putenv")
    private static let atforkWord = word("atfork")
    private static let threadWord = word("thread")
    private static let threadStartWord = word("thread_start")
    private static let threadLocalWord = word("thread_local")

    private static func word(_ text: StaticString) -> UInt64 {
        var word: UInt64 = 0
        for index in 0..<min(text.utf8CodeUnitCount, 8) {
            word |= UInt64(text.utf8Start[index]) << UInt64(8 * index)
        }
        return word
    }
}
