// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

let package = Package(
    name: "dltrace",
    products: [.executable(name: "dltrace", targets: ["dltrace"])],
    dependencies: [
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
    ],
    targets: [
        // The wire format and its readers.
        .target(name: "CDLTraceWire"),
        .target(
            name: "DLTraceWire",
            dependencies: ["CDLTraceWire"],
            swiftSettings: strict),

        // The database.
        .target(
            name: "DLTraceStore",
            dependencies: [
                "DLTraceWire",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ],
            resources: [
                .embedInCode("Schema/schema.sql"), .embedInCode("Schema/pruned.sql"),
                .embedInCode("Schema/indexes.sql"), .embedInCode("Schema/digest.sql"),
                .embedInCode("Schema/views.sql"),
            ],
            swiftSettings: strict),

        // Addresses to names.
        .systemLibrary(
            name: "CElfutils", pkgConfig: "libdw",
            providers: [.apt(["libdw-dev", "libiberty-dev"])]),
        .target(
            name: "DLTraceSymbols",
            dependencies: [
                "CElfutils", "DLTraceStore",
                .product(name: "GRDB", package: "GRDB.swift"),
            ],
            swiftSettings: strict),

        // Pipe and spill files to the store.
        .target(
            name: "DLTraceCollector",
            dependencies: [
                "CDLTraceWire", "DLTraceStore", "DLTraceWire",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: strict),

        // Rules and what they find.
        .target(
            name: "DLTraceAnalysis",
            dependencies: [
                "DLTraceStore",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ],
            resources: [.embedInCode("Rules")],
            swiftSettings: strict),
        .target(
            name: "DLTraceReport",
            dependencies: ["DLTraceAnalysis", "DLTraceStore"],
            swiftSettings: strict),

        .executableTarget(
            name: "dltrace",
            dependencies: [
                "DLTraceAnalysis", "DLTraceCollector", "DLTraceReport", "DLTraceStore",
                "DLTraceSymbols",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),

        .testTarget(
            name: "DLTraceWireTests",
            dependencies: ["CDLTraceWire", "DLTraceWire"],
            swiftSettings: strict),
        .testTarget(
            name: "DLTraceStoreTests",
            dependencies: [
                "DLTraceStore", "DLTraceWire",
                .product(name: "GRDB", package: "GRDB.swift"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "DLTraceCollectorTests",
            dependencies: [
                "CDLTraceWire", "DLTraceCollector", "DLTraceStore", "DLTraceWire", "dltrace",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "DLTraceSymbolsTests",
            dependencies: [
                "DLTraceStore", "DLTraceSymbols", "dltrace",
                .product(name: "GRDB", package: "GRDB.swift"),
            ],
            swiftSettings: strict),

        // Rows as the collector writes them, for tests of what is made of them.
        .target(
            name: "TraceFixtures",
            dependencies: [.product(name: "GRDB", package: "GRDB.swift")],
            path: "Tests/TraceFixtures",
            swiftSettings: strict),
        .testTarget(
            name: "DLTraceAnalysisTests",
            dependencies: [
                "CDLTraceWire", "DLTraceAnalysis", "DLTraceStore", "TraceFixtures",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "DLTraceReportTests",
            dependencies: [
                "DLTraceAnalysis", "DLTraceReport", "DLTraceStore", "TraceFixtures", "dltrace",
            ],
            exclude: ["Snapshots"],
            swiftSettings: strict),

        // The built command, libdltrace.so and the victims, from outside.
        .testTarget(
            name: "EndToEndTests",
            dependencies: ["dltrace"],
            swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6]
)

// libFuzzer brings a main of its own, and every module is built for it: `make fuzz` asks for these.
if Context.environment["DLTRACE_FUZZ"] != nil {
    let fuzzing: [SwiftSetting] = strict + [.unsafeFlags(["-parse-as-library"])]
    package.targets += [
        .systemLibrary(name: "CLibFuzzer", path: "Tests/Fuzz/CLibFuzzer"),
        .target(
            name: "FuzzSupport",
            dependencies: ["CDLTraceWire", "CLibFuzzer"],
            path: "Tests/Fuzz/FuzzSupport",
            swiftSettings: strict),
        .target(
            name: "FuzzTrace",
            dependencies: [
                "DLTraceCollector", "DLTraceStore", "FuzzSupport",
                .product(name: "GRDB", package: "GRDB.swift"),
            ],
            path: "Tests/Fuzz/FuzzTrace",
            swiftSettings: strict),
        .executableTarget(
            name: "FuzzDecoder",
            dependencies: ["CDLTraceWire", "DLTraceWire", "FuzzSupport"],
            path: "Tests/Fuzz/FuzzDecoder",
            swiftSettings: fuzzing),
        .executableTarget(
            name: "FuzzIngest",
            dependencies: [
                "DLTraceCollector", "DLTraceStore", "DLTraceWire", "FuzzSupport", "FuzzTrace",
            ],
            path: "Tests/Fuzz/FuzzIngest",
            swiftSettings: fuzzing),
        .executableTarget(
            name: "FuzzAnswers",
            dependencies: [
                "DLTraceAnalysis", "DLTraceCollector", "DLTraceReport", "DLTraceStore",
                "FuzzSupport", "FuzzTrace",
                .product(name: "GRDB", package: "GRDB.swift"),
            ],
            path: "Tests/Fuzz/FuzzAnswers",
            swiftSettings: fuzzing),
    ]
}
