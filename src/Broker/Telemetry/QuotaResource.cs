namespace MoshBroker.Telemetry;

/// <summary>What a tenant has a share of.</summary>
internal enum QuotaResource
{
    Sessions,
    Cpu,
    Bandwidth,
    Recording,
}
