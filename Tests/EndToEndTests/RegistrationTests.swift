// SPDX-License-Identifier: Apache-2.0

import Testing

/// What programs and libraries give the C library by address, when it runs, and when an unload
/// leaves it behind.
@Suite("Registrations", .serialized)
struct RegistrationTests {
    /// The answer to a query over everything that was recorded, a line a row.
    private func answer(_ workspace: Workspace, _ query: String) throws -> [String] {
        let outcome = try workspace.dltrace(["query", "--format", "csv", query])
        guard outcome.ending == .exited(0) else { throw TestFailure("query: \(outcome)") }
        return outcome.output.split(whereSeparator: \.isNewline).dropFirst().map(String.init)
    }

    /// Runs a victim of this name and then a query.
    private func answer(_ name: String, _ query: String) throws -> [String] {
        let workspace = try Workspace()
        _ = try workspace.trace(Victim.named(name).path())
        return try answer(workspace, query)
    }

    @Test("signal handlers come and go, and only those", .timeLimit(.minutes(15)))
    func signals() throws {
        let rows = try answer(
            "signals-restored",
            """
            SELECT number, label
            FROM registration WHERE kind = 'signal_handler' ORDER BY seq
            """)
        // 12 SIGUSR2, 10 SIGUSR1, 1 SIGHUP, 23 SIGURG, 11 SIGSEGV
        #expect(
            rows == [
                "12,on_signal", "10,on_signal", "1,on_signal", "23,on_signal",
                "12,SIG_IGN", "10,SIG_DFL", "1,SIG_IGN", "11,ours", "11,SIG_DFL",
            ])
    }

    @Test("fork handlers are told, and run as functions of their own", .timeLimit(.minutes(15)))
    func forkHandlers() throws {
        let workspace = try Workspace()
        _ = try workspace.trace(Victim.named("fork-handlers").path())
        let told = try answer(
            workspace,
            "SELECT number, label FROM registration WHERE kind = 'atfork' ORDER BY seq")
        #expect(
            told == [
                "0,first_prepare", "1,first_parent", "2,first_child",
                "0,prepare", "1,in_parent", "2,in_child",
                "0,last_prepare", "1,last_parent", "0,late", "1,late", "2,late",
            ])
        let run = try workspace.events().filter { $0.kind == "fork_handler" }
        #expect(
            run.filter { $0.process == 1 }.map(\.symbol) == [
                "last_prepare", "prepare", "first_prepare",
                "first_parent", "in_parent", "last_parent",
            ])
        #expect(run.filter { $0.process == 2 }.map(\.symbol) == ["first_child", "in_child"])
    }

    @Test(
        "a library that registers and goes thousands of times is still seen",
        .timeLimit(.minutes(15)))
    func often() throws {
        let workspace = try Workspace()
        let traced = try workspace.trace(Victim.named("registers-often").path())
        let rows = try answer(
            workspace, "SELECT kind, count(*) FROM event WHERE kind LIKE 'fork%' GROUP BY kind")
        #expect(rows == ["fork,1", "fork_handler,3"], "\(traced)")
    }

    @Test("the stack of a registration is its caller's", .timeLimit(.minutes(15)))
    func stack() throws {
        for (name, kind, chain) in [
            ("key-dangling", "tls_key_create", ["make_key", "call", "main"]),
            ("signal-dangling-thread", "signal_handler", ["install_by_sigaction", "call", "use"]),
            ("on-exit-dangling", "on_exit", ["register_on_exit", "call", "main"]),
            ("environ-dangling", "putenv", ["put_static_string", "call", "main"]),
            ("stale-symbol", "dlvsym", ["main"]),
            ("stale-info", "dlinfo", ["ask", "main"]),
        ] {
            let frames = try answer(
                name,
                """
                SELECT symbol FROM event_frame JOIN event USING (process_id, seq)
                WHERE kind = '\(kind)' ORDER BY segment, position, inline_depth
                """)
            #expect(Array(frames.prefix(chain.count)) == chain, "\(name): \(frames)")
        }
    }

    @Test("what an unload leaves behind names who made it", .timeLimit(.minutes(15)))
    func left() throws {
        for (name, expected) in [
            ("key-dangling", "tls_key,destroy,,1,tls_key_create"),
            ("signal-dangling", "signal_handler,on_signal,,1,signal_handler"),
            ("signal-dangling-child", "signal_handler,on_signal,,1,signal_handler"),
            ("signal-dangling-vfork", "signal_handler,on_signal,,1,signal_handler"),
            ("on-exit-dangling", "on_exit,when_exiting,,1,on_exit"),
            ("exit-handler-dangling", "cxa_atexit,run_for_others,,1,cxa_atexit"),
            ("exit-handler-no-handle", "cxa_atexit,at_exit,,1,cxa_atexit"),
            ("environ-dangling", "environ,variable,REGISTRAR,1,putenv"),
            ("environ-dangling-read", "environ,variable,REGISTRAR,1,putenv"),
        ] {
            let rows = try answer(
                name,
                """
                SELECT type, label, text, registered_process_id, registered_kind
                FROM left_reference WHERE close_seq IS NOT NULL
                """)
            #expect(rows == [expected], "\(name)")
        }
    }

    @Test(
        "nothing is left behind by those that clean up, or that glibc cleans up after",
        .timeLimit(.minutes(15)),
        arguments: [
            "keys-deleted", "key-closes", "signals-restored", "handlers-dropped", "fork-closes",
            "environ-restored", "thread-local", "reopened",
        ])
    func nothingLeft(name: String) throws {
        #expect(try answer(name, "SELECT type, label FROM left_reference") == [])
    }

    @Test("handles that are closed for good, and no others", .timeLimit(.minutes(15)))
    func stale() throws {
        for (name, expected) in [
            ("stale-symbol", ["dlsym,libbottom.so,work", "dlvsym,libbottom.so,work"]),
            ("stale-info", ["dlinfo,liba.so,"]),
            ("stale-close", ["dlclose,libbottom.so,"]),
            ("reopened", []),
        ] {
            let rows = try answer(
                name, "SELECT kind, name, symbol_name FROM stale_use ORDER BY seq")
            #expect(rows == expected, "\(name)")
        }
    }

    @Test("what keeps a library that nobody has open", .timeLimit(.minutes(15)))
    func stayed() throws {
        for (name, expected) in [
            ("unique-symbol", ["libunique.so,1,libunique.so,count"]),
            ("unique-symbol-shared", ["libunique.so,1,libunique.so,count"]),
            ("bound-lazily", ["liba.so,2,libcaller.so,work"]),
            ("bound-by-data", ["liba.so,2,libpointer.so,work"]),
            ("stale-symbol", []),
            ("thread-local", []),
        ] {
            let rows = try answer(
                name,
                """
                SELECT stays.name, event.value, holder.name, text.value
                FROM event
                JOIN library_life AS stays USING (process_id, library_id)
                JOIN library_life AS holder
                ON holder.process_id = event.process_id AND holder.library_id = event.detail
                JOIN text ON text.id = event.text_id
                WHERE event.kind = 'stayed' ORDER BY event.seq
                """)
            #expect(rows == expected, "\(name)")
        }
    }
}
