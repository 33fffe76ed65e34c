namespace MoshBroker.Protocol;

/// <summary>The only chance there is in Protocol: it comes in as an argument, so that a failing run replays from its seed.</summary>
public interface IRandomSource
{
    /// <summary>Overwrites every byte of <paramref name="destination"/>.</summary>
    void Fill(Span<byte> destination);
}
