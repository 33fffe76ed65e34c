namespace MoshBroker.Interop.Tests.Harness;

/// <summary>What a path does to datagrams. Delay is one way; up to <see cref="Jitter"/> more is drawn per datagram, which reorders them.</summary>
internal sealed record Impairment
{
    public static readonly Impairment None = new();

    public double LossToServer { get; init; }

    public double LossToClient { get; init; }

    public double Duplication { get; init; }

    public TimeSpan Delay { get; init; }

    public TimeSpan Jitter { get; init; }

    public int Seed { get; init; } = 1;
}
