namespace MoshBroker.Dashboard.Feed;

/// <summary>What somebody may do on the dashboard and the API.</summary>
internal enum DashboardRole
{
    Viewer,
    Operator,
    Auditor,
    Admin,
}
