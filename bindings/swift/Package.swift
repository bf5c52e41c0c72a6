// swift-tools-version: 6.0

import Foundation
import PackageDescription

// Where the native library is: the folder that DEVIN_V2_NATIVE names, else `native` of a package that was packed, else what
// `cargo build --release` leaves in this checkout, else where the linker looks by itself. For Apple's platforms an
// xcframework takes its place, if it was built.
let files = FileManager.default
let here = Context.packageDirectory
let framework = "DevinV2Native.xcframework"
let hasFramework = files.fileExists(atPath: "\(here)/\(framework)")

func nativeFolder() -> String? {
  if let named = Context.environment["DEVIN_V2_NATIVE"], !named.isEmpty { return named }
  let names = ["libdevin_v2_uniffi.so", "libdevin_v2_uniffi.dylib"]
  return ["\(here)/native", "\(here)/../../target/release"].first { folder in
    names.contains { files.fileExists(atPath: "\(folder)/\($0)") }
  }
}

func linking() -> [LinkerSetting] {
  if hasFramework { return [.linkedFramework("Security"), .linkedFramework("SystemConfiguration")] }
  let library = LinkerSetting.linkedLibrary("devin_v2_uniffi")
  guard let folder = nativeFolder() else { return [library] }
  return [library, .unsafeFlags(["-L", folder, "-Xlinker", "-rpath", "-Xlinker", folder])]
}

let package = Package(
  name: "devin-v2",
  platforms: [.macOS(.v13), .iOS(.v16)],
  products: [
    .library(name: "DevinV2", targets: ["DevinV2"]),
    .library(name: "DevinV2Testing", targets: ["DevinV2Testing"]),
  ],
  targets: [
    hasFramework
      ? .binaryTarget(name: "devin_v2_uniffiFFI", path: framework)
      : .systemLibrary(name: "devin_v2_uniffiFFI"),
    .target(name: "DevinV2", dependencies: ["devin_v2_uniffiFFI"], linkerSettings: linking()),
    .target(name: "DevinV2Testing", dependencies: ["DevinV2"]),
    .testTarget(name: "DevinV2Tests", dependencies: ["DevinV2", "DevinV2Testing"]),
  ]
)
