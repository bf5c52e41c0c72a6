#!/bin/sh
# Builds DevinV2Native.xcframework for macOS, iOS and the iOS simulator. Package.swift takes it in place of a library of
# the system as soon as it is there.
#
# This script has not been run on Apple hardware: it is written by the documentation of its tools. Xcode, Rust and these
# targets have to be on the machine:
#
#   rustup target add aarch64-apple-darwin x86_64-apple-darwin aarch64-apple-ios aarch64-apple-ios-sim x86_64-apple-ios
set -eu

package=$(cd "$(dirname "$0")/.." && pwd)
root=$(cd "$package/../.." && pwd)
target=${CARGO_TARGET_DIR:-$root/target}
work=$target/xcframework
library=libdevin_v2_uniffi.a

if [ "$(uname)" != Darwin ]; then
  echo "An xcframework can be built on macOS only." >&2
  exit 1
fi

# As in Package.swift.
export MACOSX_DEPLOYMENT_TARGET=13.0 IPHONEOS_DEPLOYMENT_TARGET=16.0

build() {
  cargo build --manifest-path "$root/Cargo.toml" --package devin-v2-uniffi --release --locked --target "$1"
}

# One library of several architectures: lipo_into NAME TARGET…
lipo_into() {
  name=$1
  shift
  mkdir -p "$work/$name"
  inputs=
  for triple in "$@"; do
    build "$triple"
    inputs="$inputs $target/$triple/release/$library"
  done
  # shellcheck disable=SC2086 # Paths of targets have no spaces; that of the checkout must not have any either.
  lipo -create $inputs -output "$work/$name/$library"
}

rm -rf "$work" "$package/DevinV2Native.xcframework"
lipo_into macos aarch64-apple-darwin x86_64-apple-darwin
lipo_into ios aarch64-apple-ios
lipo_into ios-simulator aarch64-apple-ios-sim x86_64-apple-ios

# In a folder of its own: Xcode puts the headers of all frameworks into one.
headers=$work/headers
mkdir -p "$headers/devin_v2_uniffiFFI"
cp "$package"/Sources/devin_v2_uniffiFFI/* "$headers/devin_v2_uniffiFFI/"

xcodebuild -create-xcframework \
  -library "$work/macos/$library" -headers "$headers" \
  -library "$work/ios/$library" -headers "$headers" \
  -library "$work/ios-simulator/$library" -headers "$headers" \
  -output "$package/DevinV2Native.xcframework"
