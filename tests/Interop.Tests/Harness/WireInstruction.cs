namespace MoshBroker.Interop.Tests.Harness;

/// <summary>A transport instruction as it was on the wire.</summary>
internal sealed record WireInstruction(ulong Version, ulong OldNum, ulong NewNum, ulong AckNum, ulong ThrowawayNum, byte[] Diff)
{
    public const ulong Shutdown = ulong.MaxValue;

    public byte[] ToBytes() =>
    [
        .. ProtobufFields.Number(1, Version),
        .. ProtobufFields.Number(2, OldNum),
        .. ProtobufFields.Number(3, NewNum),
        .. ProtobufFields.Number(4, AckNum),
        .. ProtobufFields.Number(5, ThrowawayNum),
        .. ProtobufFields.Bytes(6, Diff),
        .. ProtobufFields.Bytes(7, []),
    ];

    public static WireInstruction Parse(byte[] message)
    {
        ulong[] numbers = new ulong[6];
        byte[] diff = [];
        foreach ((int field, ulong value, byte[] bytes) in ProtobufFields.Read(message))
        {
            if (field is >= 1 and <= 5) { numbers[field] = value; }
            if (field == 6) { diff = bytes; }
        }

        return new WireInstruction(numbers[1], numbers[2], numbers[3], numbers[4], numbers[5], diff);
    }
}
