// swift-tools-version: 6.0

import PackageDescription

let package = Package(
  name: "Consumption",
  platforms: [.macOS(.v13)],
  dependencies: [.package(name: "devin-v2", path: "../..")],
  targets: [
    .executableTarget(name: "Consumption", dependencies: [.product(name: "DevinV2", package: "devin-v2")])
  ]
)
