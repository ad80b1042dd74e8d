// SPDX-License-Identifier: Apache-2.0

/// Which process came of which: by fork where that was traced, else by pid, parent's pid and time.
struct ProcessTree {
    private let parents: [Int64: Int64]
    private let processes: [ProcessImage]

    /// Builds the tree of processes in the order in which they started.
    init(_ processes: [ProcessImage]) {
        self.processes = processes
        var byPid: [Int64: [ProcessImage]] = [:]
        var parents: [Int64: Int64] = [:]
        for process in processes {
            if let parent = process.parent {
                parents[process.id] = parent
            } else if let image = byPid[process.pid]?.last, Self.canExec(image, into: process) {
                parents[process.id] = image.id
            } else if let ppid = process.ppid,
                let parent = byPid[ppid]?.last(where: { Self.wasThere($0, for: process) })
            {
                parents[process.id] = parent.id
            }
            byPid[process.pid, default: []].append(process)
        }
        self.parents = parents
    }

    /// How many programs there are that came of no other one.
    var programs: Int { roots.count }

    /// A program that came of no other one, counted back from the newest, and all that came of it; empty if
    /// there are not so many.
    func program(back: Int) -> [ProcessImage] {
        let roots = roots
        guard back >= 0, back < roots.count else { return [] }
        return tree(roots[roots.count - 1 - back].id)
    }

    /// The process of a number and all that came of it; empty if there is none.
    func tree(_ id: Int64) -> [ProcessImage] {
        var members: Set<Int64> = [id]
        for process in processes {
            if let parent = parents[process.id], members.contains(parent) {
                members.insert(process.id)
            }
        }
        return processes.filter { members.contains($0.id) }
    }

    private var roots: [ProcessImage] {
        processes.filter { parents[$0.id] == nil }
    }

    /// Whether a process may be the next image of the same pid.
    private static func canExec(_ image: ProcessImage, into process: ProcessImage) -> Bool {
        switch image.ending {
        case .exec: true
        case .running, .gone: image.ppid == process.ppid
        case .exited, .killed: false
        }
    }

    /// Whether a parent had not ended when its child started.
    private static func wasThere(_ parent: ProcessImage, for child: ProcessImage) -> Bool {
        guard let ended = parent.endedUnixNs, let started = child.startedUnixNs else { return true }
        return ended >= started
    }
}
