//! Who a key belongs to.

/// The owner of the key that a request was made with.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    pub(crate) key_id: String,
    pub(crate) org_id: String,
    pub(crate) user_id: String,
}
