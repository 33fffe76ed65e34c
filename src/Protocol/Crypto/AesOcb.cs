using System.Security.Cryptography;

namespace MoshBroker.Protocol.Crypto;

/// <summary>AES-128 in OCB mode (RFC 7253) with a tag of 128 bits and nonces of 96, by libcrypto.</summary>
/// <remarks>
/// Two native contexts, 1.5 KiB each, keep the key schedule: setting the key again for each datagram, in a context shared by all sessions, would
/// cost 160 ns more, as much as sealing a keystroke. Not for several threads at once.
/// </remarks>
public sealed unsafe class AesOcb : IDisposable
{
    /// <summary>How much longer the sealed form is.</summary>
    public const int TagLength = 16;

    private readonly CipherContextHandle? _sealing;
    private readonly CipherContextHandle _opening;

    /// <summary>A cipher under a key, which may be disposed afterwards.</summary>
    public AesOcb(SessionKey key)
        : this(key, seals: true)
    {
    }

    private AesOcb(SessionKey key, bool seals)
    {
        _sealing = seals ? NewContext(key, encrypt: 1) : null;
        _opening = NewContext(key, encrypt: 0);
    }

    /// <summary>A cipher that only opens: half the memory, for whoever only asks whether something is authentic.</summary>
    public static AesOcb ForOpening(SessionKey key) => new(key, seals: false);

    /// <summary>Writes ciphertext and tag to <paramref name="destination"/>, which must be <see cref="TagLength"/> longer than the plaintext.</summary>
    public void Seal(Nonce nonce, ReadOnlySpan<byte> plaintext, Span<byte> destination)
    {
        Span<byte> nonceBytes = stackalloc byte[Nonce.CipherLength];
        nonce.WriteCipherForm(nonceBytes);
        Seal(nonceBytes, default, plaintext, destination);
    }

    /// <summary>
    /// Opens ciphertext and tag into <paramref name="plaintext"/>, which must have room for all but the tag; false, and zeros there, when
    /// they are not authentic.
    /// </summary>
    public bool TryOpen(Nonce nonce, ReadOnlySpan<byte> ciphertext, Span<byte> plaintext)
    {
        Span<byte> nonceBytes = stackalloc byte[Nonce.CipherLength];
        nonce.WriteCipherForm(nonceBytes);
        return TryOpen(nonceBytes, default, ciphertext, plaintext);
    }

    /// <inheritdoc cref="Seal(Nonce, ReadOnlySpan{byte}, Span{byte})"/>
    internal void Seal(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> associated, ReadOnlySpan<byte> plaintext, Span<byte> destination)
    {
        if (nonce.Length != Nonce.CipherLength)
            throw new ArgumentException("A nonce has 12 bytes.", nameof(nonce));
        if (destination.Length < plaintext.Length + TagLength)
            throw new ArgumentException("There is no room for ciphertext and tag.", nameof(destination));
        if (_sealing is null)
            throw new InvalidOperationException("This cipher only opens.");
        bool isHeld = false;
        try
        {
            _sealing.DangerousAddRef(ref isHeld);
            nint context = _sealing.DangerousGetHandle();
            fixed (byte* n = nonce, a = associated, p = plaintext, d = destination)
            {
                Check(CipherNative.Init(context, 0, 0, null, n, 1));
                int length = Run(context, a, associated.Length, p, plaintext.Length, d);
                int rest;
                Check(CipherNative.Final(context, d + length, &rest));
                Check(CipherNative.Control(context, CipherNative.GetTag, TagLength, d + plaintext.Length));
            }
        }
        finally
        {
            if (isHeld)
                _sealing.DangerousRelease();
        }
    }

    /// <inheritdoc cref="TryOpen(Nonce, ReadOnlySpan{byte}, Span{byte})"/>
    internal bool TryOpen(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> associated, ReadOnlySpan<byte> ciphertext, Span<byte> plaintext)
    {
        if (nonce.Length != Nonce.CipherLength)
            throw new ArgumentException("A nonce has 12 bytes.", nameof(nonce));
        int length = ciphertext.Length - TagLength;
        if (length < 0)
            return false;
        if (plaintext.Length < length)
            throw new ArgumentException("There is no room for the plaintext.", nameof(plaintext));

        bool isHeld = false;
        try
        {
            _opening.DangerousAddRef(ref isHeld);
            nint context = _opening.DangerousGetHandle();

            // One byte more than nothing, so that the pointers are never null, which libcrypto would take for "associated data".
            byte none;
            fixed (byte* n = nonce, a = associated, c = ciphertext, to = plaintext)
            {
                byte* p = to == null ? &none : to;
                Check(CipherNative.Init(context, 0, 0, null, n, 0));
                Check(CipherNative.Control(context, CipherNative.SetTag, TagLength, c + length));
                int done = Run(context, a, associated.Length, c, length, p);
                int rest;
                if (CipherNative.Final(context, p + done, &rest) == 1)
                    return true;
            }
        }
        finally
        {
            if (isHeld)
                _opening.DangerousRelease();
        }

        // What was deciphered before the tag proved wrong is nobody's message and must not be mistaken for one.
        CryptographicOperations.ZeroMemory(plaintext[..length]);
        return false;
    }

    /// <summary>Frees the contexts, which wipes the key.</summary>
    public void Dispose()
    {
        _sealing?.Dispose();
        _opening.Dispose();
    }

    private static CipherContextHandle NewContext(SessionKey key, int encrypt)
    {
        CipherContextHandle handle = CipherNative.New();
        if (handle.IsInvalid)
            throw new CryptographicException("libcrypto gave no cipher context.");
        byte* nonce = stackalloc byte[Nonce.CipherLength];
        fixed (byte* k = key.Bytes)
        {
            Check(CipherNative.Init(handle.DangerousGetHandle(), CipherNative.Aes128Ocb(), 0, k, nonce, encrypt));
        }

        return handle;
    }

    private static int Run(nint context, byte* associated, int associatedLength, byte* input, int inputLength, byte* output)
    {
        int written = 0;
        if (associatedLength > 0)
            Check(CipherNative.Update(context, null, &written, associated, associatedLength));
        written = 0;
        if (inputLength > 0)
            Check(CipherNative.Update(context, output, &written, input, inputLength));
        return written;
    }

    private static void Check(int result)
    {
        if (result != 1)
            throw new CryptographicException("libcrypto refused an AES-OCB call.");
    }
}
