//! `uniffi-bindgen`, as a crate of its own: the native half does without what it needs to be built.
#![forbid(unsafe_code)]

fn main() {
    uniffi::uniffi_bindgen_main();
}
