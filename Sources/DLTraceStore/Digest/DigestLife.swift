// SPDX-License-Identifier: Apache-2.0

/// One load of a library, as far as a digest has followed it.
final class DigestLife {
    let id: Int64
    let file: DigestFile
    let handle: Int64
    let namespace: Int64
    let base: Int64
    let isAtStart: Bool
    /// It was loaded by an image that the process was forked from.
    let isInherited: Bool
    /// The event that loaded it.
    let since: Int64
    /// The dlopen that brought it, its caller, and the library that was opened; 0 and nil where unknown.
    var loadedBy: Int64 = 0
    var loadedByCaller: Int64 = 0
    var loadedWith: DigestLife?
    /// Where it was opened by the call that loaded it: for how long that took, and from which stack.
    var isOpenedByLoad = false
    var openNs: Int64 = 0
    var openStack: Int64 = 0

    /// Opens and closes that succeeded.
    var opens = 0
    var closes = 0
    /// Closes that were tried.
    var closeCalls = 0
    var firstOpen: Int64 = 0
    var firstOpenCaller: Int64 = 0
    var firstClose: Int64 = 0
    var firstCloseCaller: Int64 = 0
    /// The first open with RTLD_NODELETE.
    var stickyOpen: Int64 = 0
    /// What each caller has open.
    var users: [DigestUser] = []
    /// Closes whose caller had nothing open.
    var strays: [DigestCallName] = []
    /// The last close that left it loaded.
    var lastClose: Int64 = 0

    /// The event that unloaded it, and the call that did.
    var unloaded: Int64 = 0
    var unloadedBy: Int64 = 0
    var unloadedByCaller: Int64 = 0
    /// The last libraries that needed it and went while it stayed.
    var lastUsers: [DigestLife] = []

    /// It is to be looked at, whatever comes.
    var isHeld = false
    var isWritten = false

    init(_ id: Int64, _ load: DigestFiles.Load, isAtStart: Bool, isInherited: Bool, since: Int64) {
        self.id = id
        file = load.file
        handle = load.handle
        namespace = load.namespace
        base = load.base
        self.isAtStart = isAtStart
        self.isInherited = isInherited
        self.since = since
    }

    /// The place of a caller in `users`, which is made where it is new.
    func user(_ caller: Int64) -> Int {
        if let index = users.firstIndex(where: { $0.caller == caller }) { return index }
        users.append(DigestUser(caller: caller))
        return users.count - 1
    }
}
