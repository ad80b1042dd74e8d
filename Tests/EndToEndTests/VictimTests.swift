// SPDX-License-Identifier: Apache-2.0

import Testing

/// The victims themselves, without dltrace: what the other tests build on.
@Suite("Victims", .serialized)
struct VictimTests {
    @Test("every program has a scenario that can be read")
    func allAreRead() throws {
        #expect(Victim.all.count >= 50)
        #expect(Set(Victim.all.map(\.name)).isSuperset(of: ["well-behaved", "engine-close"]))
        for victim in Victim.all {
            #expect(!victim.expected.isEmpty, "\(victim.name)")
        }
    }

    @Test("an untraced victim does what it says", .timeLimit(.minutes(15)), arguments: Victim.all)
    func tellsTheTruth(victim: Victim) throws {
        let workspace = try Workspace()
        let outcome = try workspace.plain(victim.path())
        #expect(outcome.words == victim.expected, "\(outcome)")
        #expect(outcome.ending == victim.ending, "\(outcome)")
        #expect(outcome.errors.isEmpty, "\(outcome)")
    }
}
