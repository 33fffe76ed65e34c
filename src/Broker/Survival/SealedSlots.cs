using System.Buffers.Binary;
using System.Security.Cryptography;

namespace MoshBroker.Survival;

/// <summary>Two places for one value in shared memory, written in turn and sealed, so that a process that dies while it writes leaves the value before.</summary>
/// <remarks><code>generation: u64, 0 while it is written | epoch of the writer: i64 | length: u32 | ciphertext | tag: 16</code></remarks>
internal sealed unsafe class SealedSlots
{
    private const int HeaderLength = 20;
    private const int TagLength = 16;
    private const int NonceLength = 12;

    private readonly byte* _at;
    private readonly int _length;
    private readonly byte _kind;

    /// <param name="at">Twice <paramref name="length"/> bytes.</param>
    /// <param name="length">Of one place.</param>
    /// <param name="kind">What the value is: goes into the nonce and into what is authenticated.</param>
    public SealedSlots(byte* at, int length, byte kind)
    {
        _at = at;
        _length = length;
        _kind = kind;
    }

    /// <summary>The longest value.</summary>
    public int Capacity => _length - HeaderLength - TagLength;

    /// <summary>Of the value last written or read; 0 for none.</summary>
    public ulong Generation { get; private set; }

    /// <summary>Writes the next generation; it is there once this returns. Allocates nothing.</summary>
    public void Write(AesGcm aes, long epoch, ReadOnlySpan<byte> binding, ReadOnlySpan<byte> value)
    {
        ulong generation = Generation + 1;
        byte* slot = _at + ((generation & 1) * (ulong)_length);
        Span<byte> header = new(slot, HeaderLength);
        // The value before stands in the other place; a half-written one must not be taken for a whole one.
        Volatile.Write(ref *(ulong*)slot, 0);
        BinaryPrimitives.WriteInt64LittleEndian(header[8..], epoch);
        BinaryPrimitives.WriteInt32LittleEndian(header[16..], value.Length);
        Fault.At(FaultPoint.HalfSaved);
        Span<byte> nonce = stackalloc byte[NonceLength];
        WriteNonce(nonce, generation);
        aes.Encrypt(nonce, value, new Span<byte>(slot + HeaderLength, value.Length), new Span<byte>(slot + HeaderLength + value.Length, TagLength), binding);
        Volatile.Write(ref *(ulong*)slot, generation);
        Generation = generation;
    }

    /// <summary>The newest value that opens; null when neither does. The next one written comes after both.</summary>
    /// <param name="keyOf">The key and the binding of an epoch.</param>
    public byte[]? Read(Func<long, (AesGcm Aes, byte[] Binding)> keyOf)
    {
        ulong first = *(ulong*)_at;
        ulong second = *(ulong*)(_at + _length);
        ulong newest = Math.Max(first, second);
        byte[]? value = TryOpen(newest, keyOf) ?? TryOpen(Math.Min(first, second), keyOf);
        return value;
    }

    private byte[]? TryOpen(ulong generation, Func<long, (AesGcm Aes, byte[] Binding)> keyOf)
    {
        if (generation == 0) { return null; }
        byte* slot = _at + ((generation & 1) * (ulong)_length);
        ReadOnlySpan<byte> header = new(slot, HeaderLength);
        int length = BinaryPrimitives.ReadInt32LittleEndian(header[16..]);
        if (*(ulong*)slot != generation || length < 0 || length > Capacity) { return null; }
        (AesGcm aes, byte[] binding) = keyOf(BinaryPrimitives.ReadInt64LittleEndian(header[8..]));
        using AesGcm key = aes;
        byte[] value = new byte[length];
        Span<byte> nonce = stackalloc byte[NonceLength];
        WriteNonce(nonce, generation);
        try
        {
            key.Decrypt(nonce, new ReadOnlySpan<byte>(slot + HeaderLength, length), new ReadOnlySpan<byte>(slot + HeaderLength + length, TagLength), value, binding);
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }

        Generation = generation;
        return value;
    }

    private void WriteNonce(Span<byte> nonce, ulong generation)
    {
        nonce.Clear();
        nonce[0] = _kind;
        BinaryPrimitives.WriteUInt64BigEndian(nonce[4..], generation);
    }
}
