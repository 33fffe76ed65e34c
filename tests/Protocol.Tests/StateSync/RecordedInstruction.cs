using System.Text.Json;

namespace MoshBroker.Protocol.Tests.StateSync;

/// <summary>The instruction that a recorded datagram completes.</summary>
public sealed record RecordedInstruction(uint Version, ulong OldNum, ulong NewNum, ulong AckNum, ulong ThrowawayNum, int ChaffLength, byte[] Diff)
{
    public static RecordedInstruction Parse(JsonElement element) => new(
        element.GetProperty("protocol_version").GetUInt32(),
        element.GetProperty("old_num").GetUInt64(),
        element.GetProperty("new_num").GetUInt64(),
        element.GetProperty("ack_num").GetUInt64(),
        element.GetProperty("throwaway_num").GetUInt64(),
        element.GetProperty("chaff_len").GetInt32(),
        Convert.FromHexString(element.GetProperty("diff_hex").GetString()!));
}
