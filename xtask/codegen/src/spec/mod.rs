//! From files to one document that progenitor and the model can read: read, overlay, lower, shape.

mod cycles;
mod lower;
mod overlay;
mod progenitor;
mod read;
mod shape;

pub use lower::lower;
pub use overlay::overlay;
pub use progenitor::for_progenitor;
pub use read::{parse, read};
pub(crate) use shape::type_name;
pub use shape::{METHODS, Shaped, shape};
