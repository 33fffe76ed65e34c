namespace MoshBroker.Configuration;

/// <summary>One <c>--ports</c>: where channels get their UDP ports from.</summary>
internal abstract record PortSource
{
    /// <summary>A random port of the range per channel, both ends included.</summary>
    internal sealed record Range(int Low, int High) : PortSource
    {
        public override string ToString() => $"{Low}:{High}";
    }

    /// <summary>One port for all channels.</summary>
    internal sealed record Shared(int Port) : PortSource
    {
        public override string ToString() => $"shared:{Port}";
    }
}
