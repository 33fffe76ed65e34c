using MoshBroker.Configuration;
using MoshBroker.Native;

namespace MoshBroker.Tenants;

/// <summary>What of this machine a policy is checked against.</summary>
/// <param name="Uid">The broker's own.</param>
/// <param name="IsDevelopment">Command targets may run as the broker's own account.</param>
/// <param name="FindAccount">An account's uid; null when there is none of that name.</param>
/// <param name="BrokerPorts">What <c>--ports</c> gives; null when it is not known, as for <c>policy check</c> without a broker.</param>
internal sealed record PolicySurroundings(uint Uid, bool IsDevelopment, Func<string, uint?> FindAccount, IReadOnlyList<PortSource>? BrokerPorts)
{
    /// <summary>Set by <c>eng/run</c> to 1.</summary>
    public const string DevelopmentVariable = "MOSHBROKER_DEVELOPMENT";

    public static PolicySurroundings Of(HostEnvironment host, IReadOnlyList<PortSource>? brokerPorts) => new(
        AccountNative.EffectiveUser(), host.Variable(DevelopmentVariable) == "1", AccountNative.Find, brokerPorts);
}
