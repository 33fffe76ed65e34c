using System.Buffers.Text;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace MoshBroker.Protocol.Crypto;

/// <summary>The 16 bytes that a session's two ends share, zeroed when disposed.</summary>
/// <remarks>Printed as base64 without its padding: 22 characters, of which the last carries two bits and so is one of A, Q, g, w.</remarks>
[DebuggerDisplay(nameof(SessionKey))]
public sealed class SessionKey : IDisposable
{
    /// <summary>Length in bytes.</summary>
    public const int Length = 16;

    /// <summary>Length of the printed form.</summary>
    public const int PrintedLength = 22;

    private const int PaddedLength = 24;

    // Pinned, so that the collector never leaves a copy behind when it moves things.
    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private readonly byte[] _bytes = GC.AllocateArray<byte>(Length, pinned: true);
    private bool _isDisposed;

    /// <summary>A key of the given <see cref="Length"/> bytes, which are copied.</summary>
    public SessionKey(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Length)
            throw new ArgumentException("A session key has 16 bytes.", nameof(bytes));
        bytes.CopyTo(_bytes);
    }

    private SessionKey()
    {
    }

    /// <summary>A fresh key; <paramref name="random"/> must be fit for cryptography.</summary>
    public static SessionKey Generate(IRandomSource random)
    {
        SessionKey key = new();
        random.Fill(key._bytes);
        return key;
    }

    /// <summary>Reads the printed form; false when it is not one, its last character being one of the four included.</summary>
    public static bool TryParse(ReadOnlySpan<char> printed, [NotNullWhen(true)] out SessionKey? key)
    {
        key = null;
        if (printed.Length != PrintedLength || !Ascii.IsValid(printed))
            return false;

        Span<byte> padded = stackalloc byte[PaddedLength];
        Span<byte> canonical = stackalloc byte[PaddedLength];
        Encoding.ASCII.GetBytes(printed, padded);
        padded[PrintedLength..].Fill((byte)'=');
        SessionKey parsed = new();
        bool isKey = Base64.DecodeFromUtf8(padded, parsed._bytes, out int consumed, out int written) == System.Buffers.OperationStatus.Done
            && consumed == PaddedLength && written == Length;
        parsed.WritePadded(canonical);
        isKey &= CryptographicOperations.FixedTimeEquals(padded, canonical);
        CryptographicOperations.ZeroMemory(padded);
        CryptographicOperations.ZeroMemory(canonical);
        if (!isKey)
        {
            parsed.Dispose();
            return false;
        }

        key = parsed;
        return true;
    }

    /// <summary>The key itself, for the cipher and for sealing; borrowed until <see cref="Dispose"/>.</summary>
    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    public ReadOnlySpan<byte> Bytes
    {
        get
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            return _bytes;
        }
    }

    /// <summary>Writes the printed form to the first <see cref="PrintedLength"/> bytes of <paramref name="destination"/>.</summary>
    public void WritePrinted(Span<byte> destination)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        Span<byte> padded = stackalloc byte[PaddedLength];
        WritePadded(padded);
        padded[..PrintedLength].CopyTo(destination);
        CryptographicOperations.ZeroMemory(padded);
    }

    /// <summary>The printed form as a string, which stays in memory until it is collected: for the connect line and tests only.</summary>
    public string ToPrintedForm()
    {
        Span<byte> printed = stackalloc byte[PrintedLength];
        WritePrinted(printed);
        string text = Encoding.ASCII.GetString(printed);
        CryptographicOperations.ZeroMemory(printed);
        return text;
    }

    /// <summary>The type's name: a key that is logged by accident must not show.</summary>
    public override string ToString() => nameof(SessionKey);

    /// <summary>Overwrites the key with zeros.</summary>
    public void Dispose()
    {
        _isDisposed = true;
        CryptographicOperations.ZeroMemory(_bytes);
    }

    private void WritePadded(Span<byte> padded) => Base64.EncodeToUtf8(_bytes, padded, out _, out _);
}
