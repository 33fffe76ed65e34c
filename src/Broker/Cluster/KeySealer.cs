using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace MoshBroker.Cluster;

/// <summary>Seals session keys and stored screens, and opens them again, with AES-256-GCM under subkeys of the master key.</summary>
/// <remarks>
/// A subkey is HKDF-SHA256(master key, salt, "moshbroker" | kind | master key version | session). The salt is drawn once per process and
/// travels in the blob, and the nonce counts in the process: no pair of subkey and nonce can come twice, whatever the store forgets.
/// <code>schema: u8 | master key version: u8 | salt: 16 | counter: u64 | ciphertext | tag: 16</code>
/// </remarks>
internal sealed class KeySealer : IDisposable
{
    private const byte Schema = 1;
    private const int SaltLength = 16;
    private const int NonceLength = 12;
    private const int TagLength = 16;
    private const int HeaderLength = 2 + SaltLength + sizeof(ulong);
    private const int Overhead = HeaderLength + TagLength;

    private const string ChannelKey = "moshbroker channel-key";
    private const string Screen = "moshbroker screen";

    private readonly MasterKeys _master;
    private readonly byte[] _salt = RandomNumberGenerator.GetBytes(SaltLength);
    private long _counter;

    /// <param name="master">Owned from here on: zeroed when this is disposed.</param>
    public KeySealer(MasterKeys master) => _master = master;

    /// <param name="master">The only one there is. Owned from here on: zeroed when this is disposed.</param>
    public KeySealer(MasterKey master)
        : this(MasterKeys.Of(master))
    {
    }

    /// <summary>The versions under which something may have been sealed, the newest first.</summary>
    public IEnumerable<byte> Versions => _master.Versions;

    /// <summary>The version that is sealed under.</summary>
    public byte Version => _master.Current;

    /// <summary>Seals a key for the row that <paramref name="context"/> names. Callable from any thread.</summary>
    public byte[] Seal(SealContext context, ReadOnlySpan<byte> key) => Seal(ChannelKey, context.SessionId, Bind(context), key);

    /// <summary>Opens a sealed key into <paramref name="key"/>, whose owner zeroes it. False: a master key that is not known, another row, or damage.</summary>
    public bool TryOpen(SealContext context, ReadOnlySpan<byte> blob, Span<byte> key) => TryOpen(ChannelKey, context.SessionId, Bind(context), blob, key);

    /// <summary>Seals a stored state of a session, written under <paramref name="epoch"/>.</summary>
    public byte[] SealScreen(string sessionId, long epoch, ReadOnlySpan<byte> state) => Seal(Screen, sessionId, BindScreen(sessionId, epoch), state);

    /// <summary>Opens what <see cref="SealScreen"/> sealed; null: a master key that is not known, another row, or damage.</summary>
    public byte[]? TryOpenScreen(string sessionId, long epoch, ReadOnlySpan<byte> blob)
    {
        if (blob.Length < Overhead) { return null; }
        byte[] state = new byte[blob.Length - Overhead];
        return TryOpen(Screen, sessionId, BindScreen(sessionId, epoch), blob, state) ? state : null;
    }

    /// <summary>The same key sealed under the present version; null when it does not open.</summary>
    public byte[]? TryReseal(SealContext context, ReadOnlySpan<byte> blob)
    {
        if (blob.Length < Overhead) { return null; }
        byte[] key = GC.AllocateUninitializedArray<byte>(blob.Length - Overhead, pinned: true);
        try
        {
            return TryOpen(context, blob, key) ? Seal(context, key) : null;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    /// <summary>The same for a stored state.</summary>
    public byte[]? TryResealScreen(string sessionId, long epoch, ReadOnlySpan<byte> blob) =>
        TryOpenScreen(sessionId, epoch, blob) is { } state ? SealScreen(sessionId, epoch, state) : null;

    /// <summary>The key of one incarnation's checkpoints of a session, which counts its own nonces; and what each of them is bound to.</summary>
    /// <param name="sessionId">Whose.</param>
    /// <param name="epoch">No other process ever draws it for the session.</param>
    /// <param name="version">Of the master key: one of <see cref="Versions"/>.</param>
    public (AesGcm Aes, byte[] Binding) CheckpointKey(string sessionId, long epoch, byte version)
    {
        byte[] binding = Encoding.UTF8.GetBytes($"moshbroker checkpoint|schema {Schema}|key version {version}|session {sessionId}|epoch {epoch}");
        Span<byte> subkey = stackalloc byte[32];
        try
        {
            HKDF.DeriveKey(HashAlgorithmName.SHA256, _master.Bytes(version), subkey, [], binding);
            return (new AesGcm(subkey, TagLength), binding);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(subkey);
        }
    }

    public void Dispose() => _master.Dispose();

    private static void ReadNonce(ReadOnlySpan<byte> blob, Span<byte> nonce)
    {
        nonce.Clear();
        blob.Slice(2 + SaltLength, sizeof(ulong)).CopyTo(nonce[(NonceLength - sizeof(ulong))..]);
    }

    private static byte[] Bind(SealContext context) =>
        Encoding.UTF8.GetBytes($"{ChannelKey}|schema {Schema}|session {context.SessionId}|channel {context.ChannelId}|epoch {context.Epoch}");

    private static byte[] BindScreen(string sessionId, long epoch) => Encoding.UTF8.GetBytes($"{Screen}|schema {Schema}|session {sessionId}|epoch {epoch}");

    private byte[] Seal(string purpose, string sessionId, byte[] binding, ReadOnlySpan<byte> secret)
    {
        byte[] blob = new byte[Overhead + secret.Length];
        blob[0] = Schema;
        blob[1] = _master.Current;
        _salt.CopyTo(blob, 2);
        BinaryPrimitives.WriteInt64BigEndian(blob.AsSpan(2 + SaltLength), Interlocked.Increment(ref _counter));
        Span<byte> nonce = stackalloc byte[NonceLength];
        ReadNonce(blob, nonce);
        using AesGcm aes = Subkey(purpose, sessionId, blob);
        aes.Encrypt(nonce, secret, blob.AsSpan(HeaderLength, secret.Length), blob.AsSpan(HeaderLength + secret.Length), binding);
        return blob;
    }

    private bool TryOpen(string purpose, string sessionId, byte[] binding, ReadOnlySpan<byte> blob, Span<byte> secret)
    {
        if (blob.Length != Overhead + secret.Length || blob[0] != Schema || !_master.Knows(blob[1])) { return false; }
        Span<byte> nonce = stackalloc byte[NonceLength];
        ReadNonce(blob, nonce);
        using AesGcm aes = Subkey(purpose, sessionId, blob);
        try
        {
            aes.Decrypt(nonce, blob.Slice(HeaderLength, secret.Length), blob[^TagLength..], secret, binding);
            return true;
        }
        catch (AuthenticationTagMismatchException)
        {
            secret.Clear();
            return false;
        }
    }

    private AesGcm Subkey(string purpose, string sessionId, ReadOnlySpan<byte> blob)
    {
        byte[] use = Encoding.UTF8.GetBytes($"{purpose}|key version {blob[1]}|session {sessionId}");
        Span<byte> subkey = stackalloc byte[32];
        try
        {
            HKDF.DeriveKey(HashAlgorithmName.SHA256, _master.Bytes(blob[1]), subkey, blob.Slice(2, SaltLength), use);
            return new AesGcm(subkey, TagLength);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(subkey);
        }
    }
}
