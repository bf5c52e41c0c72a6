//! A small operation table and a server that answers by script, so that unit tests hang on nothing generated.

pub(crate) mod server;

use crate::operation::{Check, Kind, Operation, Paging, Rule, Style};

const fn rule(at: &'static str, check: Check) -> Rule {
    Rule { at, check }
}

const PLAIN: Operation = Operation {
    name: "",
    resource: "",
    method_name: "",
    http_method: "GET",
    template: "",
    kind: Kind::Read,
    confirm: None,
    paging: None,
    query: &[],
    body: &[],
    ranges: &[],
    reserved: &[],
    same_as_path: &[],
    summary: "",
    published_id: "",
    v3_twin: None,
    beta: false,
};

/// The operations that unit tests talk about.
pub(crate) static OPERATIONS: &[Operation] = &[
    Operation {
        name: "members.list",
        template: "/v2/enterprise/members",
        paging: Some(Paging { style: Style::Offset, rows: "items", row_id: "user_id", size: 200 }),
        query: &[
            rule("skip", Check::Minimum(0)),
            rule("limit", Check::Minimum(1)),
            rule("limit", Check::Maximum(200)),
        ],
        ..PLAIN
    },
    Operation {
        name: "api_keys.list",
        template: "/v2/enterprise/api-keys",
        paging: Some(Paging { style: Style::PageNumber, rows: "items", row_id: "id", size: 100 }),
        query: &[
            rule("page", Check::Minimum(1)),
            rule("per_page", Check::Minimum(1)),
            rule("per_page", Check::Maximum(100)),
        ],
        ..PLAIN
    },
    Operation {
        name: "audit_logs.list",
        template: "/v2/enterprise/audit-logs",
        paging: Some(Paging {
            style: Style::AuditLog,
            rows: "audit_logs",
            row_id: "audit_log_id",
            size: 100,
        }),
        ..PLAIN
    },
    Operation {
        name: "members.get",
        template: "/v2/enterprise/members/{user_id}",
        reserved: &[("user_id", &["roles", "invite"])],
        ..PLAIN
    },
    Operation {
        name: "members.invite",
        http_method: "POST",
        template: "/v2/enterprise/members/invite",
        kind: Kind::Write,
        body: &[
            rule("/emails", Check::MinItems(1)),
            rule("/emails", Check::MaxItems(100)),
            rule("/emails/*", Check::Email),
        ],
        ..PLAIN
    },
    Operation {
        name: "consumption.daily",
        template: "/v2/enterprise/consumption/daily",
        query: &[rule("start_date", Check::DateTime), rule("end_date", Check::DateTime)],
        ranges: &[("start_date", "end_date")],
        ..PLAIN
    },
    Operation {
        name: "org_group_limits.update",
        http_method: "PUT",
        template: "/v2/enterprise/org-group-limits",
        kind: Kind::Write,
        body: &[rule("/groups/*/org_ids", Check::UniqueItems)],
        ..PLAIN
    },
    Operation {
        name: "organizations.add_git_permissions",
        http_method: "POST",
        template: "/v2/enterprise/organizations/{org_id}/git/permissions",
        kind: Kind::Write,
        body: &[rule("", Check::MinItems(1))],
        ..PLAIN
    },
    Operation {
        name: "organizations.add_members",
        http_method: "POST",
        template: "/v2/enterprise/organizations/{org_id}/members",
        kind: Kind::Write,
        same_as_path: &[("org_ids", "org_id")],
        ..PLAIN
    },
    Operation {
        name: "organizations.delete",
        http_method: "DELETE",
        template: "/v2/enterprise/organizations/{org_id}",
        kind: Kind::BulkDestructive,
        confirm: Some("delete {org_id}"),
        ..PLAIN
    },
    Operation {
        name: "api_keys.revoke",
        http_method: "DELETE",
        template: "/v2/enterprise/api-keys/{api_key_id}",
        kind: Kind::Destructive,
        ..PLAIN
    },
    Operation {
        name: "api_keys.revoke_all",
        http_method: "DELETE",
        template: "/v2/enterprise/api-keys",
        kind: Kind::BulkDestructive,
        confirm: Some("revoke every key"),
        ..PLAIN
    },
];

/// The operation of this name.
pub(crate) fn operation(name: &str) -> &'static Operation {
    OPERATIONS
        .iter()
        .find(|operation| operation.name == name)
        .expect("a test names an operation of its table")
}
