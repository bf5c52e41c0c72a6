//! From a method and a path to an operation.

use std::sync::LazyLock;

use percent_encoding::percent_decode_str;

use crate::generated::OPERATIONS;

/// One path of the document with the operations on it.
struct Route {
    segments: Vec<Segment>,
    /// Method and index into `OPERATIONS`.
    methods: Vec<(&'static str, usize)>,
}

enum Segment {
    Literal(&'static str),
    Parameter(&'static str),
}

static ROUTES: LazyLock<Vec<Route>> = LazyLock::new(|| {
    let mut templates: Vec<(&'static str, Route)> = Vec::new();
    for (index, operation) in OPERATIONS.iter().enumerate() {
        let method = (operation.method, index);
        match templates.iter_mut().find(|(template, _)| *template == operation.template) {
            Some((_, route)) => route.methods.push(method),
            None => {
                let segments = operation.template.split('/').skip(1).map(segment).collect();
                templates.push((operation.template, Route { segments, methods: vec![method] }));
            }
        }
    }
    let mut routes: Vec<_> = templates.into_iter().map(|(_, route)| route).collect();
    // Literal segments win over parameters, the earliest difference first: `…/sessions/insights` before
    // `…/sessions/{session_id}`.
    routes.sort_by_cached_key(|route| {
        route.segments.iter().map(|segment| matches!(segment, Segment::Parameter(_))).collect::<Vec<_>>()
    });
    routes
});

fn segment(text: &'static str) -> Segment {
    match text.strip_prefix('{').and_then(|text| text.strip_suffix('}')) {
        Some(name) => Segment::Parameter(name),
        None => Segment::Literal(text),
    }
}

/// Where a request goes.
#[derive(Debug, PartialEq)]
pub(crate) enum Target {
    /// An operation (an index into `OPERATIONS`) and its decoded path parameters.
    Operation(usize, Vec<(String, String)>),
    /// The path exists, the method on it does not; the methods that do.
    MethodNotAllowed(String),
    /// No such path.
    NotFound,
}

/// Finds the operation. Segments are split first and decoded afterwards, so an encoded slash stays inside its segment;
/// a trailing slash makes another path.
pub(crate) fn route(method: &str, path: &str) -> Target {
    // The service can't tell an empty id from none: `DELETE …/api-keys/` ends at "revoke all keys" there. The emulator
    // repeats that trap on purpose, so that tests which see no key disappear prove that a client never sends it.
    let trap = method == "DELETE" && path == "/v2/enterprise/api-keys/";
    let path = if trap { path.trim_end_matches('/') } else { path };
    let Some(rest) = path.strip_prefix('/') else { return Target::NotFound };
    let parts: Vec<_> = rest.split('/').map(|part| percent_decode_str(part).decode_utf8_lossy()).collect();
    let matching = ROUTES.iter().find(|route| {
        route.segments.len() == parts.len()
            && route.segments.iter().zip(&parts).all(|(segment, part)| match segment {
                Segment::Literal(text) => text == part,
                Segment::Parameter(_) => !part.is_empty(),
            })
    });
    let Some(route) = matching else { return Target::NotFound };
    let Some((_, operation)) = route.methods.iter().find(|(candidate, _)| *candidate == method) else {
        let mut allowed: Vec<_> = route.methods.iter().map(|(method, _)| *method).collect();
        allowed.sort_unstable();
        return Target::MethodNotAllowed(allowed.join(", "));
    };
    let values = route.segments.iter().zip(parts).filter_map(|(segment, part)| match segment {
        Segment::Parameter(name) => Some(((*name).to_owned(), part.into_owned())),
        Segment::Literal(_) => None,
    });
    Target::Operation(*operation, values.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(method: &str, path: &str) -> String {
        match route(method, path) {
            Target::Operation(index, values) => {
                let values: Vec<_> = values.into_iter().map(|(_, value)| value).collect();
                format!("{} {}", OPERATIONS[index].name, values.join(" ")).trim_end().to_owned()
            }
            Target::MethodNotAllowed(allowed) => format!("405 {allowed}"),
            Target::NotFound => "404".to_owned(),
        }
    }

    #[test]
    fn literals_win_and_segments_are_decoded() {
        assert_eq!(name("GET", "/v2/enterprise/sessions/insights"), "sessions.list_insights");
        assert_eq!(name("GET", "/v2/enterprise/sessions/devin-1"), "sessions.get devin-1");
        assert_eq!(name("GET", "/v2/enterprise/members/email%7C1"), "members.get email|1");
        assert_eq!(name("GET", "/v2/enterprise/members/a%2Fb"), "members.get a/b");
        assert_eq!(name("GET", "/v2/enterprise/members/roles"), "405 PATCH");
    }

    #[test]
    fn other_paths_and_methods() {
        assert_eq!(name("GET", "/v2/enterprise/members/"), "404");
        assert_eq!(name("GET", "/v2/enterprise/members//organizations"), "404");
        assert_eq!(name("GET", "/v3/enterprise/members"), "404");
        assert_eq!(name("PUT", "/v2/enterprise/api-keys"), "405 DELETE, GET, POST");
        assert_eq!(name("GET", "*"), "404");
    }

    #[test]
    fn an_empty_key_id_revokes_every_key() {
        assert_eq!(name("DELETE", "/v2/enterprise/api-keys/"), "api_keys.revoke_all");
        assert_eq!(name("GET", "/v2/enterprise/api-keys/"), "404");
    }
}
