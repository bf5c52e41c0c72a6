// swift-tools-version: 6.0

import PackageDescription

let package = Package(
  name: "devin-v2-conformance",
  platforms: [.macOS(.v13)],
  dependencies: [.package(name: "devin-v2", path: "../../../../../bindings/swift")],
  targets: [
    .executableTarget(
      name: "Agent",
      dependencies: [
        .product(name: "DevinV2", package: "devin-v2"), .product(name: "DevinV2Testing", package: "devin-v2"),
      ])
  ]
)
