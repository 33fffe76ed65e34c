using MoshBroker.Protocol.Terminal;
using MoshBroker.Sessions;

namespace MoshBroker.Survival;

/// <summary>What a session goes on from.</summary>
/// <param name="Lifeline">Its own, opened.</param>
/// <param name="Terminal">As the program left it.</param>
/// <param name="Channels">The numbers of its clients.</param>
/// <param name="Seeds">Each client's key, new epoch and socket, by channel.</param>
/// <param name="Replies">Answers of the terminal that the program has not got.</param>
/// <param name="IsLive">False while the program waits for its first client.</param>
/// <param name="HasProgram">False when its terminal is gone: then the session ends, and says so.</param>
/// <param name="IsLocked">Its screen was locked, and stays so.</param>
/// <param name="ResumedAt">Now: leases and limits go by the age that the session has.</param>
internal sealed record RestoredSession(
    Lifeline Lifeline, Emulator Terminal, ReadOnlyMemory<byte> Channels, IReadOnlyDictionary<int, ChannelSeed> Seeds, byte[] Replies, bool IsLive, bool HasProgram, bool IsLocked, DateTimeOffset ResumedAt) : IDisposable
{
    /// <summary>Completes once it goes on, and has spoken; with the reason when it does not.</summary>
    public TaskCompletionSource<string?> Began { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Dispose()
    {
        foreach (ChannelSeed seed in Seeds.Values) { seed.Dispose(); }
        Lifeline.Dispose();
    }
}
