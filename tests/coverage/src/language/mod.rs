//! Reads what each language ships: what its users compile or check their code against.

mod kotlin;
mod node;
mod python;
mod rust;
mod swift;

use std::collections::BTreeMap;

use crate::shown::{Method, Shown, Ty};
use crate::sources::Sources;

/// All languages; Python with both of its clients, Kotlin also as Java sees it.
pub(crate) fn all(sources: &Sources) -> Result<Vec<Shown>, String> {
    let (kotlin, java) = kotlin::read(sources)?;
    Ok(vec![
        rust::read(sources)?,
        python::read(sources, "")?,
        python::read(sources, "Async")?,
        node::read(sources)?,
        kotlin,
        java,
        swift::read(sources)?,
    ])
}

/// Methods of resources that the client leads to.
fn led_to(
    client: &BTreeMap<String, Ty>,
    mut classes: BTreeMap<String, BTreeMap<String, Method>>,
) -> BTreeMap<(String, String), Method> {
    let mut methods = BTreeMap::new();
    for (resource, ty) in client {
        let class = match ty {
            Ty::Named(name) => classes.remove(name).unwrap_or_default(),
            _ => continue,
        };
        methods.extend(class.into_iter().map(|(name, method)| ((resource.clone(), name), method)));
    }
    methods
}
