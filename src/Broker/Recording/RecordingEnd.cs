using System.Security.Cryptography;
using System.Text.Json;

namespace MoshBroker.Recording;

/// <summary>Where the chain of a recording that was not closed stands: a next block goes there.</summary>
/// <param name="Blocks">Whole ones.</param>
/// <param name="Offset">What they cover of the recording; bytes behind that were never vouched for.</param>
/// <param name="Hash">Of the last one.</param>
/// <param name="ChainLength">What their lines take of the chain's file; half a line may follow.</param>
internal sealed record RecordingEnd(int Blocks, long Offset, byte[] Hash, long ChainLength)
{
    /// <summary>Null when the recording was closed, is not this session's, is signed by another key, or is damaged: then it stays as it is.</summary>
    /// <remarks>What the blocks cover is not read again: who verifies does that.</remarks>
    /// <exception cref="IOException">A file is not to be read.</exception>
    public static RecordingEnd? Of(string file, string session, RecordingKey key)
    {
        byte[] chain = File.ReadAllBytes(RecordingCheck.ChainOf(file));
        int at = 0;
        if (!TryTakeLine(chain, ref at, out ReadOnlySpan<byte> line) || Read(line, RecordingJson.Default.RecordingHead) is not { } head) { return null; }
        if (head.Version != RecordingHead.CurrentVersion || head.Session != session || head.Key != key.Fingerprint) { return null; }
        RecordingEnd end = new(0, 0, RecordingBlock.Genesis(session, head.StartedAtMs), at);
        while (TryTakeLine(chain, ref at, out line))
        {
            if (Read(line, RecordingJson.Default.RecordingBlock) is not { } block || block.Number != end.Blocks + 1 || block.Offset != end.Offset || block.Length < 0 || block.IsLast) { return null; }
            if (block.Hash.Length != SHA256.HashSizeInBytes * 2) { return null; }
            end = new RecordingEnd(block.Number, block.Offset + block.Length, Convert.FromHexString(block.Hash), at);
        }

        return new FileInfo(file).Length >= end.Offset ? end : null;
    }

    private static bool TryTakeLine(byte[] chain, ref int at, out ReadOnlySpan<byte> line)
    {
        ReadOnlySpan<byte> rest = chain.AsSpan(at);
        int end = rest.IndexOf((byte)'\n');
        line = end < 0 ? default : rest[..end];
        if (end < 0) { return false; }
        at += end + 1;
        return true;
    }

    private static T? Read<T>(ReadOnlySpan<byte> line, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(line, type);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
