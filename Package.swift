// swift-tools-version: 6.2
import PackageDescription

/// Every target is held to the same rules; a warning is an error, so that none is ever left behind.
let settings: [SwiftSetting] = [
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

func module(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], resources: [Resource] = []) -> Target {
    .testTarget(name: name, dependencies: dependencies, resources: resources, swiftSettings: settings)
}

extension Target.Dependency {
    static let crypto = product(name: "Crypto", package: "swift-crypto")
    static let cryptoExtras = product(name: "CryptoExtras", package: "swift-crypto")
    static let asn1 = product(name: "SwiftASN1", package: "swift-asn1")
    static let nioCore = product(name: "NIOCore", package: "swift-nio")
    static let nioPosix = product(name: "NIOPosix", package: "swift-nio")
    static let nioEmbedded = product(name: "NIOEmbedded", package: "swift-nio")
    static let nioTestUtils = product(name: "NIOTestUtils", package: "swift-nio")
    static let argumentParser = product(name: "ArgumentParser", package: "swift-argument-parser")
    static let logging = product(name: "Logging", package: "swift-log")
    static let unixSignals = product(name: "UnixSignals", package: "swift-service-lifecycle")
    static let yams = product(name: "Yams", package: "Yams")
}

let package = Package(
    name: "authres",
    products: [
        .executable(name: "authres", targets: ["authres"]),
        .library(name: "AuthResults", targets: ["AuthResults"]),
        .library(name: "Mail", targets: ["Mail"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-asn1", from: "1.7.4"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        .systemLibrary(name: "CSPF2", providers: [.apt(["libspf2-dev"])]),
        .systemLibrary(name: "COpenDKIM", pkgConfig: "opendkim", providers: [.apt(["libopendkim-dev"])]),
        .systemLibrary(name: "CAres", pkgConfig: "libcares", providers: [.apt(["libc-ares-dev"])]),
        .systemLibrary(name: "CIDN2", pkgConfig: "libidn2", providers: [.apt(["libidn2-dev"])]),

        module("DNS", ["CIDN2"]),
        module("StubDNS", ["DNS", "CAres"]),
        module("Mail", ["DNS"]),
        module("MailSignature", ["Mail", "DNS", .crypto, .cryptoExtras, .asn1]),
        module("AuthResults", ["Mail"]),
        module("SPF", ["Mail", "DNS", "CSPF2"]),
        module("DKIM", ["MailSignature", "Mail", "DNS", "COpenDKIM"]),
        module("ARC", ["MailSignature", "Mail", "DNS"]),
        module("DMARC", ["DNS", "Mail"]),
        module(
            "Authentication",
            ["SPF", "DKIM", "ARC", "DMARC", "MailSignature", "AuthResults", "Mail", "DNS"]
        ),
        module("StatusCodes"),
        module(
            "MailPolicy",
            ["StatusCodes", "Authentication", "SPF", "DKIM", "ARC", "DMARC", "AuthResults", "Mail", "DNS"]
        ),
        module("Milter", ["Mail", .nioCore, .nioPosix]),
        .executableTarget(
            name: "authres",
            dependencies: [
                "Authentication", "MailPolicy", "StatusCodes", "Milter", "StubDNS", "SPF", "DKIM", "ARC", "DMARC",
                "MailSignature", "AuthResults",
                "Mail", "DNS", .nioCore, .nioPosix, .argumentParser, .logging, .unixSignals, .yams,
            ],
            swiftSettings: settings
        ),

        .target(name: "TestSupport", dependencies: ["DNS"], path: "Tests/TestSupport", swiftSettings: settings),
        tests("DNSTests", ["DNS", "TestSupport"]),
        tests("StubDNSTests", ["StubDNS", "DNS", "TestSupport"]),
        tests("MailTests", ["Mail", "DNS", "TestSupport"]),
        tests("MailSignatureTests", ["MailSignature", "Mail", "DNS", "TestSupport", .crypto]),
        tests("AuthResultsTests", ["AuthResults", "Mail", "TestSupport"]),
        tests("SPFTests", ["SPF", "Mail", "DNS", "TestSupport"]),
        tests(
            "DKIMTests",
            ["DKIM", "MailSignature", "Mail", "DNS", "TestSupport"],
            resources: [.copy("Corpus"), .copy("SealKeys")]
        ),
        tests(
            "ARCTests",
            ["ARC", "MailSignature", "Mail", "DNS", "TestSupport", .crypto, .cryptoExtras],
            resources: [.copy("Chains")]
        ),
        tests("DMARCTests", ["DMARC", "Mail", "DNS", "TestSupport"]),
        tests(
            "AuthenticationTests",
            ["Authentication", "StubDNS", "SPF", "DMARC", "AuthResults", "Mail", "DNS", "TestSupport", .yams]
        ),
        tests("StatusCodesTests", ["StatusCodes"]),
        tests("MailPolicyTests", ["MailPolicy", "StatusCodes", "Authentication", "AuthResults", "Mail", "DNS"]),
        tests("MilterTests", ["Milter", "Mail", "TestSupport", .nioCore, .nioPosix, .nioEmbedded, .nioTestUtils]),
        tests(
            "authresTests",
            [
                "authres", "Authentication", "MailPolicy", "StatusCodes", "Milter", "StubDNS", "AuthResults", "Mail",
                "DNS", .nioCore,
                .nioPosix,
                .argumentParser,
            ]
        ),
    ],
    swiftLanguageModes: [.v6]
)
