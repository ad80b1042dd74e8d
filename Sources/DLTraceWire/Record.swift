// SPDX-License-Identifier: Apache-2.0

/// One event as a process wrote it.
package struct Record: Hashable, Sendable {
    /// Who, when and where.
    package var header: RecordHeader
    /// What.
    package var body: Body

    /// A record of this header and body.
    package init(header: RecordHeader, body: Body) {
        self.header = header
        self.body = body
    }

    /// What a record says, one case a kind.
    package enum Body: Hashable, Sendable {
        case hello(Hello)
        case bye(Bye)
        case lost(Lost)
        case load(Load)
        case unload(Unload)
        case dlopen(Open)
        case dlmopen(Open)
        case dlclose(Close)
        case fini(Fini)
        case function(Function)
        case end(End)
        case exit(Exit)
        case fault(Fault)
        case fork(Fork)
        case initialization(Fini)
        case register(Register)
        case thread(Thread)
        case threadStart(ThreadStart)
        case left(Left)
        case stale(Stale)
        case stayed(Stayed)
        /// A kind that came after this version: only the header is understood.
        case unknown(kind: UInt16)
    }
}

extension Record.Body {
    /// The kind; nil for one that this version does not know.
    package var kind: RecordKind? {
        switch self {
        case .hello: .hello
        case .bye: .bye
        case .lost: .lost
        case .load: .load
        case .unload: .unload
        case .dlopen: .dlopen
        case .dlmopen: .dlmopen
        case .dlclose: .dlclose
        case .fini: .fini
        case .function: .function
        case .end: .end
        case .exit: .exit
        case .fault: .fault
        case .fork: .fork
        case .initialization: .initialization
        case .register: .register
        case .thread: .thread
        case .threadStart: .threadStart
        case .left: .left
        case .stale: .stale
        case .stayed: .stayed
        case .unknown: nil
        }
    }
}
