// swift-tools-version: 6.2
import PackageDescription

/// All targets follow the same rules; a warning is an error, so that none is ever left in the code.
let settings: [SwiftSetting] = [
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

func module(_ name: String, _ dependencies: [Target.Dependency] = [], resources: [Resource] = []) -> Target {
    .target(name: name, dependencies: dependencies, resources: resources, swiftSettings: settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency] = [], resources: [Resource] = []) -> Target {
    .testTarget(name: name, dependencies: dependencies, resources: resources, swiftSettings: settings)
}

extension Target.Dependency {
    static let crypto = product(name: "Crypto", package: "swift-crypto")
    static let cryptoExtras = product(name: "CryptoExtras", package: "swift-crypto")
    static let asn1 = product(name: "SwiftASN1", package: "swift-asn1")
    static let nioCore = product(name: "NIOCore", package: "swift-nio")
    static let nioHTTP1 = product(name: "NIOHTTP1", package: "swift-nio")
    static let nioPosix = product(name: "NIOPosix", package: "swift-nio")
    static let nioEmbedded = product(name: "NIOEmbedded", package: "swift-nio")
    static let nioTestUtils = product(name: "NIOTestUtils", package: "swift-nio")
    static let argumentParser = product(name: "ArgumentParser", package: "swift-argument-parser")
    static let logging = product(name: "Logging", package: "swift-log")
    static let unixSignals = product(name: "UnixSignals", package: "swift-service-lifecycle")
    static let histogram = product(name: "Histogram", package: "hdrhistogram-swift")
    static let grdb = product(name: "GRDB", package: "GRDB.swift")
    static let mustache = product(name: "Mustache", package: "swift-mustache")
    static let yams = product(name: "Yams", package: "Yams")
}

/// What is built, for `authres --version`: the commit, marked if the tree was changed. A tree without git may give it by the variable.
let commit =
    Context.environment["BUILD_COMMIT"]
    ?? Context.gitInformation.map { $0.currentCommit.prefix(12) + ($0.hasUncommittedChanges ? "-changed" : "") }
    ?? "unknown"

let package = Package(
    name: "authres",
    products: [
        .executable(name: "authres", targets: ["authres"]),
        .library(name: "AuthResults", targets: ["AuthResults", "AuthResultsLint", "FieldClaims", "FieldProvenance"]),
        .library(name: "Mail", targets: ["Mail", "MailAddresses", "Trace", "Mailboxes"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-asn1", from: "1.7.4"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        .systemLibrary(name: "CSPF2", providers: [.apt(["libspf2-dev"])]),
        .systemLibrary(name: "COpenDKIM", pkgConfig: "opendkim", providers: [.apt(["libopendkim-dev"])]),
        .systemLibrary(name: "CAres", pkgConfig: "libcares", providers: [.apt(["libc-ares-dev"])]),
        .systemLibrary(name: "CArchive", pkgConfig: "libarchive", providers: [.apt(["libarchive-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CIDN2", pkgConfig: "libidn2", providers: [.apt(["libidn2-dev"])]),
        .systemLibrary(name: "CMalloc"),

        .target(name: "CCurl", cSettings: [.treatAllWarnings(as: .error)]),
        .target(
            name: "CBuild",
            cSettings: [.define("AUTHRES_COMMIT", to: "\"\(commit)\""), .treatAllWarnings(as: .error)]
        ),

        // Octets, names, mail.
        module("Octets"),
        module("DNS", ["Octets", "CIDN2"]),
        module("StubDNS", ["DNS", "Octets", "CAres"]),
        module("Mail", ["Octets"]),
        module("MailAddresses", ["DNS", "Octets"]),
        module("Trace", ["Mail", "DNS", "Octets"]),
        module("Mailboxes", ["Mail", "Octets"]),

        // The field.
        module("AuthResults", ["Octets"]),
        module("AuthResultsLint", ["AuthResults", "Octets"]),
        module("FieldClaims", ["AuthResults", "Mail", "DNS", "Octets"]),
        module("FieldProvenance", ["FieldClaims", "AuthResults", "Trace", "Mail", "DNS", "Octets"]),

        // Servers that announce whose fields they remove.
        module("AuthServ", ["DNS"]),
        module("ServerQuery", ["AuthServ", "DNS", "CCurl"]),

        // The methods. None imports another.
        module("MailSignature", ["Mail", "DNS", "Octets", .crypto, .cryptoExtras, .asn1]),
        module("SPF", ["MailAddresses", "DNS", "Octets", "CSPF2"]),
        module("DKIM", ["MailSignature", "Mail", "DNS", "COpenDKIM"]),
        module("ARC", ["MailSignature", "Mail", "DNS", "Octets"]),
        module("DMARC", ["MailAddresses", "Mail", "DNS", "Octets"]),
        module("ARCSealing", ["ARC", "MailSignature", "AuthResults", "Mail", "DNS"]),

        // The engine.
        module("FieldSealing", ["DKIM", "MailSignature", "Mail", "DNS"]),
        module(
            "Authentication",
            [
                "FieldProvenance", "FieldSealing", "FieldClaims", "SPF", "DKIM", "ARC", "ARCSealing", "DMARC",
                "MailSignature", "AuthResults", "Trace", "MailAddresses", "Mail", "DNS", "Octets",
            ]
        ),

        // Actions on messages, and reports.
        module("StatusCodes", ["Octets"]),
        module(
            "MailPolicy",
            [
                "StatusCodes", "Authentication", "SPF", "DKIM", "ARC", "DMARC", "AuthResults", "MailAddresses",
                "Mail", "DNS",
            ]
        ),

        module(
            "AggregateReports",
            [
                "Authentication", "SPF", "DKIM", "DMARC", "MailAddresses", "Mail", "DNS", "CZlib", .crypto,
            ]
        ),
        module("ReportStore", ["AggregateReports", "DNS", .grdb]),

        // The drivers.
        module("Files", ["CArchive", .unixSignals]),
        module("Metrics"),
        module("Milter", ["Mail", "Octets", .nioCore]),
        module("MilterService", ["Milter", "Octets", "CMalloc", .nioCore, .nioPosix]),
        module("MilterClient", ["Milter", "Files", "Mail", .nioCore, .nioPosix, .histogram]),
        module(
            "Configuration",
            [
                "Authentication", "AuthServ", "ARCSealing", "AggregateReports", "ReportStore", "FieldSealing",
                "DKIM", "MailSignature", "Trace", "MailPolicy", "StatusCodes", "Milter", "StubDNS", "DNS",
                "Files", "Observability", .logging, .yams,
            ]
        ),
        module(
            "Observability",
            [
                "Authentication", "ARCSealing", "DKIM", "DMARC", "MailSignature", "FieldClaims", "AuthResults",
                "MailAddresses", "DNS", "Octets", "Metrics", .logging,
            ]
        ),
        module(
            "Monitoring",
            [
                "Configuration", "Observability", "Metrics", "MilterService", "Milter", "DNS", .nioCore,
                .nioHTTP1, .nioPosix,
            ]
        ),
        module(
            "MilterFilter",
            [
                "Milter", "Configuration", "Observability", "Metrics", "MailPolicy", "StatusCodes",
                "AggregateReports", "ReportStore", "Authentication", "ARC", "DMARC", "AuthResults",
                "MailAddresses", "Mail", "DNS", "Octets", .nioCore, .logging,
            ]
        ),
        module("Summaries", ["Files", "DNS"]),
        module(
            "SummaryHTML",
            ["Summaries", "Files", "Mail", .crypto, .mustache],
            resources: [
                .embedInCode("Page/page.mustache"), .embedInCode("Page/table.mustache"), .embedInCode("Page/page.css"),
                .embedInCode("Page/page.js"),
            ]
        ),
        module(
            "StoredMail",
            [
                "Files", "Mailboxes", "Configuration", "MailPolicy", "Authentication", "FieldProvenance",
                "FieldSealing", "FieldClaims", "SPF", "DKIM", "ARC", "DMARC", "MailSignature", "AuthResults",
                "Trace", "Mail", "DNS", "Summaries",
            ]
        ),
        module(
            "Archive",
            [
                "StoredMail", "AggregateReports", "ReportStore", "Files", "Mailboxes", "Authentication",
                "DKIM", "Trace", "Mail", "DNS", "Summaries", "Octets",
            ]
        ),
        module(
            "Discovery",
            [
                "ServerQuery", "AuthServ", "StoredMail", "Configuration", "Files", "Authentication",
                "FieldProvenance", "FieldClaims", "AuthResults", "Trace", "Mail", "DNS", .logging,
            ]
        ),
        module(
            "Daemon",
            [
                "MilterFilter", "MilterService", "Milter", "Discovery", "Configuration", "Authentication",
                "ARCSealing", "ReportStore", "Monitoring", "Metrics", "Observability", "DNS", "Octets",
                "Files", .logging, .nioCore, .nioPosix, .unixSignals,
            ]
        ),
        module(
            "FileLint",
            [
                "AuthResultsLint", "FieldProvenance", "AuthResults", "Configuration", "Authentication",
                "Mailboxes", "Trace", "Mail", "Octets",
            ]
        ),
        module(
            "CommandOptions",
            [
                "Configuration", "AuthServ", "Authentication", "DNS", "Files", "Mail", "MailAddresses",
                "ServerQuery", "StoredMail", "StubDNS", "Trace", .argumentParser,
            ]
        ),
        module(
            "ReportDelivery",
            [
                "ReportStore", "AggregateReports", "AuthServ", "Configuration", "DNS", "Files", "ServerQuery",
                "StoredMail", "CommandOptions", .argumentParser,
            ]
        ),
        .executableTarget(
            name: "authres",
            dependencies: [
                "CBuild", "Daemon", "Monitoring", "Metrics", "MilterClient", "Milter", "Archive", "SPF",
                "DKIM", "Discovery", "StoredMail", "FileLint", "Configuration", "Files", "AuthServ",
                "ServerQuery", "Authentication", "FieldSealing", "AggregateReports", "ReportStore",
                "MailPolicy", "StatusCodes", "AuthResultsLint", "AuthResults", "FieldClaims", "Mailboxes",
                "Trace", "Mail", "StubDNS", "DNS", "Summaries", "SummaryHTML", "CommandOptions",
                "ReportDelivery", .argumentParser, .nioCore, .nioPosix,
            ],
            swiftSettings: settings
        ),

        .target(name: "TestSupport", dependencies: ["DNS"], path: "Tests/TestSupport", swiftSettings: settings),
        .target(
            name: "SigningSupport",
            dependencies: ["DKIM", "MailSignature", "Mail", "DNS"],
            path: "Tests/SigningSupport",
            swiftSettings: settings
        ),
        // What strangers write, and the readers that it is written for: for tests, callgrind and the fuzzer.
        .target(
            name: "HostileInput",
            dependencies: [
                "Authentication", "AuthResultsLint", "AuthResults", "AuthServ", "Configuration", "DMARC", "DNS",
                "FieldClaims", "Mail", "MailAddresses", "MailSignature", "Mailboxes", "Milter", "SPF", "Trace",
                .nioCore,
            ],
            path: "Tests/HostileInput",
            swiftSettings: settings
        ),
        .executableTarget(
            name: "cost-sweep",
            dependencies: ["HostileInput"],
            path: "Tests/CostSweep",
            swiftSettings: settings
        ),
        tests("HostileInputTests", ["HostileInput", "TestSupport"]),
        tests("ArchitectureTests"),
        tests("DNSTests", ["DNS", "TestSupport"]),
        tests("MetricsTests", ["Metrics"]),
        tests("ObservabilityTests", ["Observability", "Authentication", "Mail", "DNS"]),
        tests("StubDNSTests", ["StubDNS", "DNS", "TestSupport"]),
        tests("MailTests", ["Mail", "DNS", "TestSupport"]),
        tests("MailAddressesTests", ["MailAddresses", "Mail", "DNS"]),
        tests("TraceTests", ["Trace", "Mailboxes", "MailAddresses", "Mail", "DNS", "TestSupport"]),
        tests("MailboxesTests", ["Mailboxes", "Mail", "TestSupport"]),
        tests("AuthResultsTests", ["AuthResults", "Mail", "TestSupport"]),
        tests("AuthResultsLintTests", ["AuthResultsLint", "AuthResults", "FieldClaims", "TestSupport"]),
        tests("FieldClaimsTests", ["FieldClaims", "AuthResultsLint", "AuthResults", "Mail", "TestSupport"]),
        tests("MailSignatureTests", ["MailSignature", "Mail", "DNS", "TestSupport", .crypto]),
        tests("SPFTests", ["SPF", "Mail", "DNS", "TestSupport"]),
        tests(
            "DKIMTests",
            ["DKIM", "MailSignature", "Mail", "DNS", "SigningSupport", "TestSupport"],
            resources: [.copy("Corpus")]
        ),
        tests(
            "ARCTests",
            ["ARC", "MailSignature", "Mail", "DNS", "TestSupport", .crypto, .cryptoExtras],
            resources: [.copy("Chains")]
        ),
        tests(
            "ARCSealingTests",
            ["ARCSealing", "ARC", "MailSignature", "AuthResults", "Mail", "DNS", "TestSupport"],
            resources: [.copy("Seals")]
        ),
        tests("DMARCTests", ["DMARC", "MailAddresses", "Mail", "DNS", "TestSupport"]),
        tests(
            "FieldSealingTests",
            [
                "FieldSealing", "FieldProvenance", "FieldClaims", "Trace", "DKIM", "MailSignature", "Mail", "DNS",
                "SigningSupport",
            ],
            resources: [.copy("SealKeys")]
        ),
        tests("FieldProvenanceTests", ["FieldProvenance", "FieldClaims", "Trace", "Mail", "DNS"]),
        tests(
            "AuthenticationTests",
            [
                "Authentication", "ARC", "ARCSealing", "FieldClaims", "Trace", "StubDNS", "SPF", "DKIM", "DMARC",
                "AuthResults", "Mail", "DNS", "TestSupport", .yams,
            ],
            resources: [.copy("arc.pem")]
        ),
        tests("AuthServTests", ["AuthServ", "DNS"]),
        tests("ServerQueryTests", ["ServerQuery", "AuthServ", "DNS"]),
        tests("StatusCodesTests", ["StatusCodes"]),
        tests("MailPolicyTests", ["MailPolicy", "StatusCodes", "Authentication", "AuthResults", "Mail", "DNS"]),
        tests(
            "AggregateReportsTests",
            ["AggregateReports", "Authentication", "DMARC", "Mail", "DNS", "TestSupport"],
            resources: [.copy("Schema")]
        ),
        tests("ReportStoreTests", ["ReportStore", "AggregateReports", "DMARC", "DNS", "TestSupport"]),
        tests(
            "MilterTests",
            [
                "Milter", "MilterService", "MilterClient", "Mail", "TestSupport", .nioCore, .nioPosix, .nioEmbedded,
                .nioTestUtils,
            ]
        ),
        tests("MilterClientTests", ["MilterClient", "MilterService", "Milter", "Mail", .nioCore, .nioPosix]),
        tests(
            "FileLintTests",
            ["FileLint", "AuthResultsLint", "AuthResults", "Configuration", "Authentication", "Mailboxes", "Mail"]
        ),
        tests(
            "StoredMailTests",
            [
                "StoredMail", "Summaries", "Configuration", "Files", "MailPolicy", "Authentication", "DMARC",
                "AuthResults", "Trace",
                "Mail",
                "DNS",
            ]
        ),
        tests(
            "ArchiveTests",
            [
                "Archive", "StoredMail", "Summaries", "Configuration", "Files", "Authentication", "AuthResults",
                "Mailboxes", "Mail",
                "DNS", "TestSupport",
            ]
        ),
        tests("SummaryHTMLTests", ["SummaryHTML", "Summaries"]),
        tests("FilesTests", ["Files", "TestSupport"]),
        tests(
            "authresTests",
            [
                "authres", "CommandOptions", "MailPolicy", "StatusCodes", "MilterFilter", "MilterService",
                "MilterClient", "Milter",
                "StoredMail",
                "Configuration", "Authentication",
                "AuthResults", "Mail", "DNS", .nioCore, .nioPosix, .argumentParser,
            ]
        ),
    ],
    swiftLanguageModes: [.v6]
)

// The fuzzer (Tests/fuzz/README.md) is there only for those who ask for it, and so is the code that libFuzzer adds.
if Context.environment["AUTHRES_FUZZ"] != nil {
    for target in package.targets where target.type == .regular && target.name != "CCurl" {
        target.swiftSettings?.append(.unsafeFlags(["-sanitize=fuzzer"]))
    }
    package.targets += [
        .target(name: "CFuzzer", path: "Tests/fuzz/CFuzzer"),
        .executableTarget(
            name: "authres-fuzz",
            dependencies: ["CFuzzer", "HostileInput"],
            path: "Tests/fuzz/Sources",
            linkerSettings: [.unsafeFlags(["-sanitize=fuzzer"])]
        ),
    ]
}
