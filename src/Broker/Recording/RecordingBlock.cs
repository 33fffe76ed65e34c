using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Json.Serialization;

namespace MoshBroker.Recording;

/// <summary>One line of a recording's chain: which bytes it covers, their place in the chain, and the broker's signature.</summary>
/// <param name="Number">From 1.</param>
/// <param name="Offset">Where in the recording the block begins.</param>
/// <param name="Length">In bytes.</param>
/// <param name="IsLast">True on the block that ends the recording: nothing was cut off behind it.</param>
/// <param name="Hash">SHA-256 over the hash before it, number, offset, length, last and the bytes; lower-case hex.</param>
/// <param name="Signature">ECDSA P-256 over <paramref name="Hash"/>, base64.</param>
internal sealed record RecordingBlock(
    [property: JsonPropertyName("block")] int Number,
    [property: JsonPropertyName("offset")] long Offset,
    [property: JsonPropertyName("length")] int Length,
    [property: JsonPropertyName("last")] bool IsLast,
    [property: JsonPropertyName("hash")] string Hash,
    [property: JsonPropertyName("signature")] string Signature)
{
    /// <summary>The hash before the first block: of the session that is recorded and when it began, so that no chain can be put in another's place.</summary>
    public static byte[] Genesis(string session, long startedAtMs) =>
        SHA256.HashData(System.Text.Encoding.UTF8.GetBytes($"moshbroker recording 1\n{session}\n{startedAtMs}\n"));

    /// <summary>Begins the hash of a block; its bytes are appended by the caller.</summary>
    public static IncrementalHash BeginHash(ReadOnlySpan<byte> previous, int number, long offset, int length, bool isLast)
    {
        IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> head = stackalloc byte[17];
        BinaryPrimitives.WriteInt32BigEndian(head, number);
        BinaryPrimitives.WriteInt64BigEndian(head[4..], offset);
        BinaryPrimitives.WriteInt32BigEndian(head[12..], length);
        head[16] = isLast ? (byte)1 : (byte)0;
        hash.AppendData(previous);
        hash.AppendData(head);
        return hash;
    }
}
