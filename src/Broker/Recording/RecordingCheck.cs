using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;

namespace MoshBroker.Recording;

/// <summary>What an examination of a recording found.</summary>
/// <param name="Fault">Why it does not hold; null when every byte of it is as it was written.</param>
/// <param name="Blocks">Blocks that hold, up to the first that does not.</param>
/// <param name="Bytes">What they cover.</param>
/// <param name="IsComplete">True when the recording was closed: nothing is missing at its end.</param>
internal sealed record RecordingCheck(string? Fault, string? Session, int Blocks, long Bytes, bool IsComplete)
{
    /// <summary>The chain's file lies beside the recording's.</summary>
    public static string ChainOf(string recording) => recording + ".chain";

    /// <exception cref="IOException">A file is not to be read.</exception>
    public static RecordingCheck Of(string file, ECDsa key)
    {
        using FileStream recording = new(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using StreamReader chain = new(new FileStream(ChainOf(file), FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        if (Read(chain.ReadLine(), RecordingJson.Default.RecordingHead) is not { } head) { return Broken("the chain has no head", null, 0, 0); }
        if (head.Version != RecordingHead.CurrentVersion) { return Broken($"its form is version {head.Version}, and this moshbroker knows {RecordingHead.CurrentVersion}", head, 0, 0); }
        string fingerprint = RecordingKey.FingerprintOf(key);
        if (head.Key != fingerprint) { return Broken($"it is signed by {head.Key}, and not by {fingerprint}", head, 0, 0); }

        byte[] previous = RecordingBlock.Genesis(head.Session, head.StartedAtMs);
        int blocks = 0;
        long offset = 0;
        bool isComplete = false;
        while (chain.ReadLine() is { } line)
        {
            string place = string.Create(CultureInfo.InvariantCulture, $"block {blocks + 1}, from byte {offset}");
            if (Read(line, RecordingJson.Default.RecordingBlock) is not { } block) { return Broken($"{place}: the chain's line is damaged", head, blocks, offset); }
            if (isComplete || block.Number != blocks + 1 || block.Offset != offset || block.Length < 0)
            {
                return Broken($"{place}: the chain goes on with block {block.Number} at {block.Offset}", head, blocks, offset);
            }

            using IncrementalHash hash = RecordingBlock.BeginHash(previous, block.Number, block.Offset, block.Length, block.IsLast);
            if (!TryAppend(recording, block.Length, hash)) { return Broken($"{place}: the recording ends in the midst of it", head, blocks, offset); }
            byte[] digest = hash.GetHashAndReset();
            if (!string.Equals(Convert.ToHexStringLower(digest), block.Hash, StringComparison.Ordinal)) { return Broken($"{place}: bytes were changed", head, blocks, offset); }
            if (!IsSigned(key, digest, block.Signature)) { return Broken($"{place}: the signature is not the broker's", head, blocks, offset); }
            previous = digest;
            blocks++;
            offset += block.Length;
            isComplete = block.IsLast;
        }

        // What no block covers was never vouched for. While the broker still writes, it comes to be.
        return isComplete && recording.Length > offset
            ? Broken($"{recording.Length - offset} bytes were added behind the end", head, blocks, offset)
            : new RecordingCheck(null, head.Session, blocks, offset, isComplete);
    }

    private static RecordingCheck Broken(string fault, RecordingHead? head, int blocks, long bytes) => new(fault, head?.Session, blocks, bytes, IsComplete: false);

    private static T? Read<T>(string? line, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return line is null ? null : JsonSerializer.Deserialize(line, type);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static bool TryAppend(FileStream recording, int length, IncrementalHash hash)
    {
        byte[] buffer = new byte[Math.Min(length, 64 * 1024)];
        while (length > 0)
        {
            int count = recording.Read(buffer, 0, Math.Min(length, buffer.Length));
            if (count == 0) { return false; }
            hash.AppendData(buffer, 0, count);
            length -= count;
        }

        return true;
    }

    private static bool IsSigned(ECDsa key, byte[] digest, string signature)
    {
        try
        {
            byte[] bytes = Convert.FromBase64String(signature);
            return Convert.ToBase64String(bytes) == signature && key.VerifyHash(digest, bytes);
        }
        catch (FormatException)
        {
            return false;
        }
    }
}
