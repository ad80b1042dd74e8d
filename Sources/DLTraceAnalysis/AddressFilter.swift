// SPDX-License-Identifier: Apache-2.0

/// Finds what lay at addresses that appear in a stream of lines, while the trace may still grow.
///
/// Used by one owner; not safe for threads.
package final class AddressFilter {
    /// What the filter asks.
    package struct Source {
        let analyzer: Analyzer
        let naming: any CodeNaming

        /// A trace and what finds names in its files.
        package init(analyzer: Analyzer, naming: any CodeNaming) {
            self.analyzer = analyzer
            self.naming = naming
        }
    }

    private struct Question: Hashable {
        let address: UInt64
        let isExact: Bool
        let pid: Int64?
        let program: String?
    }

    /// So long an answer counts while the trace may grow.
    private static let freshness = Duration.seconds(1)
    /// A collector has committed what a program did by then.
    private static let commitTime = Duration.milliseconds(300)

    private let selection: ProcessSelection?
    private let open: () throws -> Source
    private let wait: (Duration) -> Void

    private var source: Source?
    private var images: [ProcessImage] = []
    private var chosen: [ProcessImage] = []
    private var answers: [Question: AddressAnswer?] = [:]
    private var opened: ContinuousClock.Instant?
    private var waited: ContinuousClock.Instant?

    /// Why nothing could be asked the last time something was to be asked.
    package private(set) var obstacle: (any Error)?

    /// A filter that has not asked anything yet.
    ///
    /// - Parameters:
    ///   - selection: the processes that addresses belong to whose line names none; nil: the last program,
    ///     and a line that names a process which was not traced gets no answer.
    ///   - wait: lets time pass.
    ///   - open: opens the trace, with what is new in it.
    package init(
        _ selection: ProcessSelection?, wait: @escaping (Duration) -> Void,
        open: @escaping () throws -> Source
    ) {
        self.selection = selection
        self.open = open
        self.wait = wait
    }

    /// What lay at an address; nil where no library ever did, or nothing is known.
    package func answer(_ mention: AddressMention) -> AddressAnswer? {
        let program: String? =
            if case .kernel(_, let program) = mention.form { program } else { nil }
        let question = Question(
            address: mention.address, isExact: mention.isExact, pid: mention.pid, program: program)
        let now = ContinuousClock.now
        if source == nil || opened.map({ now - $0 > Self.freshness }) ?? true { refresh() }
        var answer = answers[question] ?? find(question)
        let isFrame =
            switch mention.form {
            case .frame, .kernel: true
            case .number: false
            }
        if answer == nil, isFrame, waited.map({ now - $0 > Self.freshness }) ?? true {
            // It may just have happened; the frames that follow do without.
            wait(Self.commitTime)
            refresh()
            waited = .now
            answer = find(question)
        }
        answers[question] = .some(answer)
        return answer
    }

    private func refresh() {
        opened = .now
        answers = [:]
        do {
            let source = try open()
            images = try source.analyzer.images(.all)
            chosen = try source.analyzer.images(selection ?? .last)
            self.source = source
            obstacle = nil
        } catch {
            source = nil
            obstacle = error
        }
    }

    private func find(_ question: Question) -> AddressAnswer? {
        guard let source else { return nil }
        for image in candidates(question) {
            let answer = try? source.analyzer.place(
                question.address, isExact: question.isExact, in: image, naming: source.naming)
            if let answer, !answer.places.isEmpty { return answer }
        }
        return nil
    }

    /// The processes that an address may be of, the likeliest first.
    private func candidates(_ question: Question) -> [ProcessImage] {
        guard let pid = question.pid else { return Self.likeliest(chosen) }
        let own = images.filter { $0.pid == pid }
        guard let program = question.program else {
            return own.isEmpty && selection != nil ? Self.likeliest(chosen) : Self.likeliest(own)
        }
        // The kernel names the thread; and in another pid namespace it counts otherwise.
        let faulting = (try? source?.analyzer.processes(faultingIn: pid)) ?? []
        return images.filter { faulting.contains($0.id) }.reversed() + Self.likeliest(own)
            + Self.likeliest(images.filter { Self.isNamed($0, program) })
    }

    /// Those that a signal killed first, else the newest first.
    private static func likeliest(_ images: [ProcessImage]) -> [ProcessImage] {
        func isKilled(_ image: ProcessImage) -> Bool {
            if case .killed = image.ending { true } else { false }
        }
        let newest = images.reversed()
        return newest.filter(isKilled) + newest.filter { !isKilled($0) }
    }

    /// Whether the kernel calls a program by a name, of which it keeps 15 bytes.
    private static func isNamed(_ image: ProcessImage, _ program: String) -> Bool {
        guard let name = image.executable?.split(separator: "/").last else { return false }
        return name.utf8.prefix(15).elementsEqual(program.utf8.prefix(15))
    }
}
