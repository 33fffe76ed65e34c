namespace MoshBroker.Telemetry;

/// <summary>A target, as policy calls it.</summary>
internal readonly record struct TargetName(string Tenant, string Target);
