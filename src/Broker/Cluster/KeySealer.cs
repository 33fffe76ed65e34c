using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace MoshBroker.Cluster;

/// <summary>Seals session keys for the store, and opens them again, with AES-256-GCM under subkeys of the master key.</summary>
/// <remarks>
/// A subkey is HKDF-SHA256(master key, salt, "moshbroker" | kind | master key version | session). The salt is drawn once per process and
/// travels in the blob, and the nonce counts in the process: no pair of subkey and nonce can come twice, whatever the store forgets.
/// <code>schema: u8 | master key version: u8 | salt: 16 | counter: u64 | ciphertext | tag: 16</code>
/// </remarks>
internal sealed class KeySealer : IDisposable
{
    private const byte Schema = 1;
    private const byte MasterKeyVersion = 1;
    private const int SaltLength = 16;
    private const int NonceLength = 12;
    private const int TagLength = 16;
    private const int HeaderLength = 2 + SaltLength + sizeof(ulong);
    private const int Overhead = HeaderLength + TagLength;

    private static ReadOnlySpan<byte> Purpose => "moshbroker channel-key"u8;

    private readonly MasterKey _master;
    private readonly byte[] _salt = RandomNumberGenerator.GetBytes(SaltLength);
    private long _counter;

    /// <param name="master">Owned from here on: zeroed when this is disposed.</param>
    public KeySealer(MasterKey master) => _master = master;

    /// <summary>Seals a key for the row that <paramref name="context"/> names. Callable from any thread.</summary>
    public byte[] Seal(SealContext context, ReadOnlySpan<byte> key)
    {
        byte[] blob = new byte[Overhead + key.Length];
        blob[0] = Schema;
        blob[1] = MasterKeyVersion;
        _salt.CopyTo(blob, 2);
        BinaryPrimitives.WriteInt64BigEndian(blob.AsSpan(2 + SaltLength), Interlocked.Increment(ref _counter));
        Span<byte> nonce = stackalloc byte[NonceLength];
        ReadNonce(blob, nonce);
        using AesGcm aes = Subkey(context, blob);
        aes.Encrypt(nonce, key, blob.AsSpan(HeaderLength, key.Length), blob.AsSpan(HeaderLength + key.Length), Bind(context));
        return blob;
    }

    /// <summary>Opens a sealed key into <paramref name="key"/>, whose owner zeroes it. False: another master key, another row, or damage.</summary>
    public bool TryOpen(SealContext context, ReadOnlySpan<byte> blob, Span<byte> key)
    {
        if (blob.Length != Overhead + key.Length || blob[0] != Schema || blob[1] != MasterKeyVersion) { return false; }
        Span<byte> nonce = stackalloc byte[NonceLength];
        ReadNonce(blob, nonce);
        using AesGcm aes = Subkey(context, blob);
        try
        {
            aes.Decrypt(nonce, blob.Slice(HeaderLength, key.Length), blob[^TagLength..], key, Bind(context));
            return true;
        }
        catch (AuthenticationTagMismatchException)
        {
            key.Clear();
            return false;
        }
    }

    /// <summary>The key of one incarnation's checkpoints of a session, which counts its own nonces; and what each of them is bound to.</summary>
    /// <param name="epoch">No other process ever draws it for the session.</param>
    public (AesGcm Aes, byte[] Binding) CheckpointKey(string sessionId, long epoch)
    {
        byte[] binding = Encoding.UTF8.GetBytes($"moshbroker checkpoint|schema {Schema}|key version {MasterKeyVersion}|session {sessionId}|epoch {epoch}");
        Span<byte> subkey = stackalloc byte[32];
        try
        {
            HKDF.DeriveKey(HashAlgorithmName.SHA256, _master.Bytes, subkey, [], binding);
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
        Encoding.UTF8.GetBytes($"{Encoding.UTF8.GetString(Purpose)}|schema {Schema}|session {context.SessionId}|channel {context.ChannelId}|epoch {context.Epoch}");

    private AesGcm Subkey(SealContext context, ReadOnlySpan<byte> blob)
    {
        byte[] info = Encoding.UTF8.GetBytes($"{Encoding.UTF8.GetString(Purpose)}|key version {blob[1]}|session {context.SessionId}");
        Span<byte> subkey = stackalloc byte[32];
        try
        {
            HKDF.DeriveKey(HashAlgorithmName.SHA256, _master.Bytes, subkey, blob.Slice(2, SaltLength), info);
            return new AesGcm(subkey, TagLength);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(subkey);
        }
    }
}
