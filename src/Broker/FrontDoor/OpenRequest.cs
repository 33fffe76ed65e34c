using System.Net;
using MoshBroker.Endpoint;
using MoshBroker.Native;
using MoshBroker.Tenants;

namespace MoshBroker.FrontDoor;

/// <summary>What <c>open</c> asks for on behalf of the user who ran it. Only the uid is known; the rest is his claim.</summary>
internal sealed class OpenRequest : IDisposable
{
    public required uint Uid { get; init; }

    /// <summary>The PTY master; whoever serves the request takes it over.</summary>
    public required FileDescriptor Master { get; init; }

    /// <summary>The write end of the pipe that the waiting child reads.</summary>
    public required FileDescriptor Release { get; init; }

    /// <summary>What policy granted; null for a session that an account of this machine opens.</summary>
    public Admission? Admission { get; init; }

    public int Pid { get; init; }

    public IPAddress? Bind { get; init; }

    public UdpPortRange? Ports { get; init; }

    public int Columns { get; init; } = 80;

    public int Rows { get; init; } = 24;

    public string Command { get; init; } = "";

    /// <summary>End the session after so long without a new state of the client; zero for never.</summary>
    public TimeSpan NetworkTimeout { get; init; }

    public string? ClaimedClient { get; init; }

    public void Dispose()
    {
        Master.Dispose();
        Release.Dispose();
    }
}
