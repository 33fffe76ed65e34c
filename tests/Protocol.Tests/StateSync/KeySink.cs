using MoshBroker.Protocol.States;

namespace MoshBroker.Protocol.Tests.StateSync;

/// <summary>Notes what a user did.</summary>
internal sealed class KeySink : IUserInputSink
{
    public List<byte> Keys { get; } = [];

    public List<(int Columns, int Rows)> Sizes { get; } = [];

    public void OnKeys(ReadOnlySpan<byte> keys) => Keys.AddRange(keys);

    public void OnResize(int columns, int rows) => Sizes.Add((columns, rows));
}
