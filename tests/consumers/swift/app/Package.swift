// swift-tools-version: 6.0

import PackageDescription

let package = Package(
  name: "Consumer",
  platforms: [.macOS(.v13)],
  dependencies: [.package(name: "devin-v2", path: "../devin-v2")],
  targets: [
    .executableTarget(name: "Consumer", dependencies: [.product(name: "DevinV2", package: "devin-v2")])
  ]
)
