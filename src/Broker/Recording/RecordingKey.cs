using System.Security.Cryptography;
using MoshBroker.Configuration;

namespace MoshBroker.Recording;

/// <summary>The key that signs recordings: ECDSA P-256 (the framework has no Ed25519), made on first start, 0600; its public half lies beside it.</summary>
internal sealed class RecordingKey : IDisposable
{
    public const string FileName = "recording.key";
    public const string PublicFileName = "recording.pub";

    private readonly ECDsa _key;

    private RecordingKey(ECDsa key)
    {
        _key = key;
        Fingerprint = FingerprintOf(key);
    }

    /// <summary><c>SHA256:</c> and the base64 of the hash of the public key (SubjectPublicKeyInfo).</summary>
    public string Fingerprint { get; }

    /// <summary>Reads the data folder's key; makes it when there is none.</summary>
    /// <exception cref="StartRefusedException">Unreadable, or no key.</exception>
    public static RecordingKey Load(string dataDirectory)
    {
        string file = Path.Combine(dataDirectory, FileName);
        try
        {
            if (!File.Exists(file)) { Create(dataDirectory, file); }
            ECDsa key = ECDsa.Create();
            key.ImportFromPem(File.ReadAllText(file));
            return new RecordingKey(key);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            throw new StartRefusedException($"signing key {file}: {OneLine.Of(e)}: restore it from a backup, or remove it to start with a new one", e);
        }
    }

    /// <summary>Reads the public half, for somebody who only verifies.</summary>
    /// <exception cref="StartRefusedException">Unreadable, or no key.</exception>
    public static ECDsa LoadPublic(string file)
    {
        try
        {
            ECDsa key = ECDsa.Create();
            key.ImportFromPem(File.ReadAllText(file));
            return key;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            throw new StartRefusedException($"public key {file}: {OneLine.Of(e)}: name the broker's {PublicFileName} by --key", e);
        }
    }

    public static string FingerprintOf(ECDsa key) => $"SHA256:{Convert.ToBase64String(SHA256.HashData(key.ExportSubjectPublicKeyInfo()))}";

    public string Sign(ReadOnlySpan<byte> hash) => Convert.ToBase64String(_key.SignHash(hash.ToArray()));

    public void Dispose() => _key.Dispose();

    private static void Create(string folder, string file)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Write(Path.Combine(folder, PublicFileName), key.ExportSubjectPublicKeyInfoPem(), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        Write(file, key.ExportPkcs8PrivateKeyPem(), UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    // Written aside and moved into place: a crash leaves a whole key or none.
    private static void Write(string file, string pem, UnixFileMode mode)
    {
        string aside = $"{file}.{Environment.ProcessId}.new";
        File.Delete(aside);
        using (FileStream stream = new(aside, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = mode }))
        {
            stream.Write(System.Text.Encoding.ASCII.GetBytes(pem + "\n"));
            stream.Flush(flushToDisk: true);
        }

        File.Move(aside, file, overwrite: true);
    }
}
