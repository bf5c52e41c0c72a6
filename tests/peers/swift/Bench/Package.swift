// swift-tools-version: 6.0

import PackageDescription

let package = Package(
  name: "devin-v2-peers",
  platforms: [.macOS(.v13)],
  dependencies: [.package(name: "devin-v2", path: "../../../../bindings/swift")],
  targets: [
    .executableTarget(name: "Bench", dependencies: [.product(name: "DevinV2", package: "devin-v2")])
  ]
)
