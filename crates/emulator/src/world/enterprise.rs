//! Which function answers which operation: the generated trait, implemented by the resources' files.

use super::{
    Visit, api_keys, audit_logs, consumption, groups, hypervisors, members, metrics, org_group_limits,
    organizations, playbooks, repositories, roles, sessions, snapshots, user_usage,
};
use crate::{answer::Answer, generated::*};

macro_rules! operations {
    ($($method:ident($arguments:ident) => $module:ident::$function:ident;)*) => {
        impl Enterprise for Visit<'_> {
            $(fn $method(&mut self, args: $arguments) -> Answer {
                $module::$function(self, args).unwrap_or_else(|refusal| refusal)
            })*
        }
    };
}

operations! {
    api_keys_provision(ApiKeysProvision) => api_keys::provision;
    api_keys_list(ApiKeysList) => api_keys::list;
    api_keys_revoke(ApiKeysRevoke) => api_keys::revoke;
    api_keys_revoke_all(ApiKeysRevokeAll) => api_keys::revoke_all;
    audit_logs_list(AuditLogsList) => audit_logs::list;
    consumption_cycles(ConsumptionCycles) => consumption::cycles;
    consumption_daily(ConsumptionDaily) => consumption::daily;
    consumption_user_daily(ConsumptionUserDaily) => consumption::user_daily;
    groups_list(GroupsList) => groups::list;
    groups_add(GroupsAdd) => groups::add;
    groups_get(GroupsGet) => groups::get;
    members_list(MembersList) => members::list;
    members_get(MembersGet) => members::get;
    members_invite(MembersInvite) => members::invite;
    members_update_roles(MembersUpdateRoles) => members::update_roles;
    members_migrate_roles(MembersMigrateRoles) => members::migrate_roles;
    members_delete(MembersDelete) => members::delete;
    members_list_organizations(MembersListOrganizations) => members::list_organizations;
    roles_list(RolesList) => roles::list;
    metrics_prs(MetricsPrs) => metrics::prs;
    metrics_sessions(MetricsSessions) => metrics::sessions;
    metrics_searches(MetricsSearches) => metrics::searches;
    metrics_usage(MetricsUsage) => metrics::usage;
    organizations_list(OrganizationsList) => organizations::list;
    organizations_create(OrganizationsCreate) => organizations::create;
    organizations_get(OrganizationsGet) => organizations::get;
    organizations_update(OrganizationsUpdate) => organizations::update;
    organizations_delete(OrganizationsDelete) => organizations::delete;
    organizations_list_members(OrganizationsListMembers) => organizations::list_members;
    organizations_add_members(OrganizationsAddMembers) => organizations::add_members;
    organizations_remove_member(OrganizationsRemoveMember) => organizations::remove_member;
    organizations_update_member_roles(OrganizationsUpdateMemberRoles) => organizations::update_member_roles;
    organizations_migrate_member_roles(OrganizationsMigrateMemberRoles) => organizations::migrate_member_roles;
    organizations_list_groups(OrganizationsListGroups) => organizations::list_groups;
    organizations_add_group(OrganizationsAddGroup) => organizations::add_group;
    organizations_remove_group(OrganizationsRemoveGroup) => organizations::remove_group;
    organizations_list_git_connections(OrganizationsListGitConnections) => organizations::list_git_connections;
    organizations_list_git_permissions(OrganizationsListGitPermissions) => organizations::list_git_permissions;
    organizations_add_git_permissions(OrganizationsAddGitPermissions) => organizations::add_git_permissions;
    organizations_remove_git_permission(OrganizationsRemoveGitPermission) => organizations::remove_git_permission;
    organizations_list_sessions(OrganizationsListSessions) => sessions::list_in_organization;
    organizations_list_session_insights(OrganizationsListSessionInsights) => sessions::list_insights_in_organization;
    sessions_list(SessionsList) => sessions::list;
    sessions_list_insights(SessionsListInsights) => sessions::list_insights;
    sessions_get(SessionsGet) => sessions::get;
    playbooks_list(PlaybooksList) => playbooks::list;
    playbooks_create(PlaybooksCreate) => playbooks::create;
    playbooks_get(PlaybooksGet) => playbooks::get;
    playbooks_update(PlaybooksUpdate) => playbooks::update;
    playbooks_delete(PlaybooksDelete) => playbooks::delete;
    identity_get(IdentityGet) => api_keys::identity;
    hypervisors_health(HypervisorsHealth) => hypervisors::health;
    org_group_limits_get(OrgGroupLimitsGet) => org_group_limits::get;
    org_group_limits_update(OrgGroupLimitsUpdate) => org_group_limits::update;
    snapshots_get(SnapshotsGet) => snapshots::get;
    repositories_bulk_index(RepositoriesBulkIndex) => repositories::bulk_index;
    repositories_status(RepositoriesStatus) => repositories::status;
    user_usage_list(UserUsageList) => user_usage::list;
}
