//! Tells the linker that what Node provides is provided by Node.

fn main() {
    napi_build::setup();
}
