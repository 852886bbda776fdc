// swift-tools-version: 6.2
import PackageDescription

/// Another package that uses our library products, as anyone may.
let package = Package(
    name: "consumer",
    dependencies: [.package(name: "authres", path: "../..")],
    targets: [
        .executableTarget(
            name: "consumer",
            dependencies: [
                .product(name: "AuthResults", package: "authres"), .product(name: "Mail", package: "authres"),
            ]
        )
    ]
)
