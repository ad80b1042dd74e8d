// SPDX-License-Identifier: Apache-2.0

import GRDB

extension DigestPass {
    // MARK: - What is kept

    func keepAll(before seq: Int64) {
        keptBefore = max(keptBefore, seq)
        keepInherited()
    }

    /// Has a forked child show what it was forked with, too, of which it knows but what it used.
    func keepInherited() {
        if state.parent != nil { isInheriting = true }
    }

    /// A child goes on with what is loaded and open now.
    func keepForChild(before seq: Int64) throws {
        keptBefore = max(keptBefore, seq)
        for life in live.values {
            for index in life.users.indices {
                for open in life.users[index].takeUnwritten() {
                    try write(open.seq, by: life.users[index].caller)
                }
            }
        }
    }

    func keep(library: Int64) throws {
        guard library != 0 else { return }
        if let life = live[library] {
            life.isHeld = true
        } else {
            try tables.add(library: library, of: process)
        }
    }

    func keep(handle: Int64) throws {
        guard handle != 0 else { return }
        if let life = gone.removeValue(forKey: handle) { try write(life) }
        for life in live.values where life.handle == handle {
            life.isHeld = true
            try writeLast(of: life)
        }
    }

    func left(_ event: EventRow) throws {
        try keep(library: event.library)
        if let holder = try Int64.fetchOne(selectLeft, arguments: [process, event.seq]) {
            try keep(library: holder)
        }
        if let life = live[event.library] { leavers.insert(life.file.binary) }
    }

    // MARK: - Writing

    func write(_ call: Int64, by caller: Int64, times: Int = 1) throws {
        guard call != 0 else { return }
        try tables.add(call: call, times: times, of: process)
        guard caller != 0 else { return }
        if let life = live[caller] {
            life.isHeld = true
        } else {
            try tables.add(library: caller, of: process)
        }
    }

    func writeLast(of life: DigestLife) throws {
        for user in life.users {
            guard let last = user.last else { continue }
            try write(last.open, by: user.caller)
            try write(last.close, by: user.caller)
        }
    }

    func write(_ life: DigestLife) throws {
        guard !life.isWritten else { return }
        life.isWritten = true
        life.isHeld = true
        try tables.add(
            library: life.id, opens: life.opens, closes: life.closeCalls, of: process)
        try write(life.loadedBy, by: life.loadedByCaller)
        try write(life.unloadedBy, by: life.unloadedByCaller)
        if life.firstClose != 0 {
            try write(life.firstOpen, by: life.firstOpenCaller)
            try write(life.firstClose, by: life.firstCloseCaller)
        }
        try writeLast(of: life)
        for stray in life.strays { try write(stray.seq, by: stray.caller) }
        try writeLeft(of: life)
        if let opened = life.loadedWith {
            if live[opened.id] === opened { opened.isHeld = true } else { try write(opened) }
        }
        for user in life.lastUsers { try write(user) }
        for name in life.file.needs {
            for needed in byName[name] ?? [] where !needed.isAtStart { needed.isHeld = true }
        }
        guard life.lastClose != 0 else { return }
        // Why it stayed is told by what needs it.
        for other in live.values where other.file.needs.contains(life.file.linkName) {
            other.isHeld = true
        }
    }

    /// Writes its opens that are not closed: as many one by one as there are closes by others, which may be
    /// theirs; of the rest, where they are many, one of each kind.
    func writeLeft(of life: DigestLife) throws {
        var left: [(seq: Int64, stack: Int64, caller: Int64)] = []
        for index in life.users.indices {
            let caller = life.users[index].caller
            left += life.users[index].takeUnwritten().map { ($0.seq, $0.stack, caller) }
        }
        left.sort { $0.seq < $1.seq }
        let single = left.count > Self.mostLeft ? min(life.strays.count, left.count) : left.count
        for open in left.prefix(single) { try write(open.seq, by: open.caller) }
        var kinds: [DigestChurn.Place: (first: Int64, times: Int)] = [:]
        for open in left.dropFirst(single) {
            let place = DigestChurn.Place(
                binary: 0, namespace: 0, caller: open.caller, stack: open.stack)
            kinds[place, default: (open.seq, 0)].times += 1
        }
        for (place, kind) in kinds {
            try write(kind.first, by: place.caller, times: kind.times)
        }
    }
}
