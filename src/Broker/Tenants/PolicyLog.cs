namespace MoshBroker.Tenants;

/// <summary>What becomes of the policy file.</summary>
internal sealed partial class PolicyLog(ILogger<PolicyFile> logger)
{
    [LoggerMessage(EventId = 400, Level = LogLevel.Information, Message = "policy {Digest} from {File}: {Tenants} tenants, {Users} users")]
    public partial void Taken(string digest, string file, int tenants, int users);

    [LoggerMessage(EventId = 401, Level = LogLevel.Error, Message = "the policy file is refused as a whole, {Digest} stays ({Count} faults): {Fault}")]
    public partial void Refused(string digest, int count, string fault);

    [LoggerMessage(EventId = 402, Level = LogLevel.Warning, Message = "development mode: command targets may run as the broker's own account, which holds every key")]
    public partial void Development();

    [LoggerMessage(EventId = 403, Level = LogLevel.Error, Message = "a change of policy did not reach everybody")]
    public partial void Failed(Exception failure);
}
