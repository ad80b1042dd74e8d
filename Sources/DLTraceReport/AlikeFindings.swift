// SPDX-License-Identifier: Apache-2.0

import DLTraceAnalysis

/// Findings that differ in nothing but the library: one place that does the same to each of many.
struct AlikeFindings {
    /// What has to be the same.
    private struct Key: Hashable {
        let rule: String
        let severity: Severity
        let processes: [Int64]
        let texts: [String]
        let roles: [String]
        let stack: [UInt64]
    }

    /// The first one, which is shown.
    let first: FindingGroup
    /// The others, which are named.
    private(set) var others: [FindingGroup] = []

    /// So many of the others are named one by one.
    private static let mostNamed = 64

    private init(_ first: FindingGroup) {
        self.first = first
    }

    /// Puts those together that are alike, in the order of the first ones.
    static func gathered(_ groups: [FindingGroup]) -> [AlikeFindings] {
        var all: [AlikeFindings] = []
        var places: [Key: Int] = [:]
        for group in groups {
            guard let key = key(of: group) else {
                all.append(AlikeFindings(group))
                continue
            }
            if let place = places[key] {
                all[place].others.append(group)
            } else {
                places[key] = all.count
                all.append(AlikeFindings(group))
            }
        }
        return all
    }

    /// The others by their libraries; nil where there are none.
    var more: String? {
        guard !others.isEmpty else { return nil }
        var names = others.prefix(Self.mostNamed).map { group in
            let item = group.first.evidence.first
            let name = item?.library?.lastPathPart.printable ?? "?"
            return item.map { "\(name) (event \($0.event))" } ?? name
        }
        if others.count > names.count { names.append("\(others.count - names.count) more") }
        return "the same, with the same stack, of \(Words.list(names))"
    }

    /// Nil for what is like no other.
    private static func key(of group: FindingGroup) -> Key? {
        let finding = group.first
        guard !finding.isBrief, let item = finding.evidence.first, !item.stack.isEmpty,
            let library = item.library
        else { return nil }
        let name = library.lastPathPart
        return Key(
            rule: finding.rule, severity: finding.severity,
            processes: group.findings.map(\.process),
            texts: ([finding.message] + finding.detail + finding.remedies).map {
                $0.split(separator: library).joined(separator: "/")
                    .split(separator: name).joined(separator: "/")
            },
            roles: finding.evidence.map(\.role), stack: item.stack.map(\.address))
    }
}
