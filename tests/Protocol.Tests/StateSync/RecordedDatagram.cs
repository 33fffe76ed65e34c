using System.Text.Json;
using MoshBroker.Protocol.Crypto;

namespace MoshBroker.Protocol.Tests.StateSync;

/// <summary>One line of a recorded session.</summary>
public sealed record RecordedDatagram(
    Direction Direction,
    byte[] Bytes,
    IReadOnlyList<double> DeliveredMs,
    bool IsForged,
    ulong Sequence,
    int Timestamp,
    int TimestampReply,
    ulong FragmentId,
    int FragmentNum,
    bool IsFinal,
    RecordedInstruction? Instruction,
    IReadOnlyList<string> Decoded)
{
    public static RecordedDatagram Parse(string line)
    {
        using JsonDocument document = JsonDocument.Parse(line);
        JsonElement root = document.RootElement;
        bool isForged = root.TryGetProperty("forged", out _);
        JsonElement instruction = default;
        bool hasInstruction = !isForged && root.TryGetProperty("instruction", out instruction) && instruction.ValueKind == JsonValueKind.Object;
        return new RecordedDatagram(
            root.GetProperty("dir").GetString() == "c2s" ? Direction.ClientToServer : Direction.ServerToClient,
            Convert.FromHexString(root.GetProperty("hex").GetString()!),
            [.. root.GetProperty("delivered_ms").EnumerateArray().Select(e => e.GetDouble())],
            isForged,
            isForged ? 0 : root.GetProperty("nonce_seq").GetUInt64(),
            isForged ? 0 : root.GetProperty("timestamp").GetInt32(),
            isForged ? 0 : root.GetProperty("timestamp_reply").GetInt32(),
            isForged ? 0 : root.GetProperty("fragment_id").GetUInt64(),
            isForged ? 0 : root.GetProperty("fragment_num").GetInt32(),
            !isForged && root.GetProperty("final").GetBoolean(),
            hasInstruction ? RecordedInstruction.Parse(instruction) : null,
            hasInstruction ? [.. root.GetProperty("decoded").EnumerateArray().Select(e => JsonSerializer.Serialize(e))] : []);
    }
}
