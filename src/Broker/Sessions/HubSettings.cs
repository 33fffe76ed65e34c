using System.Net;
using MoshBroker.Configuration;
using MoshBroker.Endpoint;
using MoshBroker.Native;
using MoshBroker.Protocol.States;
using MoshBroker.Recording;
using MoshBroker.Survival;
using MoshBroker.Tenants;

namespace MoshBroker.Sessions;

/// <summary>What the hub is told at start.</summary>
/// <param name="Node">This node's name, in the store's rows.</param>
/// <param name="ListenHost">The only address to bind; null for all.</param>
/// <param name="Ports">Where channels get their ports, the first choice first.</param>
/// <param name="Workers">Loops, each a thread.</param>
internal sealed record HubSettings(string Node, IPAddress? ListenHost, IReadOnlyList<PortSource> Ports, int Workers, Capacity Capacity)
{
    /// <summary>Where shared ports report what they dropped; null for nowhere.</summary>
    public EndpointLog? EndpointLog { get; init; }

    /// <summary>Of this node, where nodes hold leases; 0 where they do not.</summary>
    public long Incarnation { get; init; }

    /// <summary>What holds at the moment of asking.</summary>
    public Func<Policy> Policy { get; init; } = static () => Tenants.Policy.None;

    /// <summary>Makes the recordings' writer, on the hub's clock; null where nothing is recorded.</summary>
    public Func<MonoClock, RecordingService>? Recordings { get; init; }

    /// <summary>What clients of ours are offered.</summary>
    public ExtensionOffer Offer { get; init; } = ExtensionOffer.Everything;

    /// <summary>Where descriptors outlive this process; null for nowhere.</summary>
    public IDescriptorStore? FdStore { get; init; }

    /// <summary>Makes the way back into sessions of the front door; null where there is none.</summary>
    public Func<SessionHub, IReentry>? Reentry { get; init; }

    /// <summary>What a process before this one left there; the hub's from here on.</summary>
    public Dictionary<string, FileDescriptor> Left { get; init; } = [];

    /// <summary>Where it is told what became of that.</summary>
    public SurvivalLog? SurvivalLog { get; init; }
}
