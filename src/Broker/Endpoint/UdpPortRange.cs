namespace MoshBroker.Endpoint;

/// <summary>UDP ports from <paramref name="Low"/> to <paramref name="High"/>, both included.</summary>
internal readonly record struct UdpPortRange(int Low, int High)
{
    public int Count => Math.Max(0, High - Low + 1);

    public UdpPortRange Intersect(UdpPortRange other) => new(Math.Max(Low, other.Low), Math.Min(High, other.High));

    public override string ToString() => Low == High ? $"{Low}" : $"{Low}:{High}";
}
