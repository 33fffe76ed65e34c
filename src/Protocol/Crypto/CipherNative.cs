using System.Runtime.InteropServices;

namespace MoshBroker.Protocol.Crypto;

/// <summary>The few calls of OpenSSL 3 that AES-128-OCB takes. All but the first return 1 for success.</summary>
internal static unsafe partial class CipherNative
{
    public const int SetTag = 0x11;
    public const int GetTag = 0x10;

    private const string Library = "libcrypto.so.3";

    [LibraryImport(Library, EntryPoint = "EVP_CIPHER_CTX_new")]
    public static partial CipherContextHandle New();

    [LibraryImport(Library, EntryPoint = "EVP_CIPHER_CTX_free")]
    public static partial void Free(nint context);

    [LibraryImport(Library, EntryPoint = "EVP_aes_128_ocb")]
    public static partial nint Aes128Ocb();

    /// <summary>Null for <paramref name="cipher"/> or <paramref name="key"/> keeps what the context has.</summary>
    [LibraryImport(Library, EntryPoint = "EVP_CipherInit_ex")]
    public static partial int Init(nint context, nint cipher, nint engine, byte* key, byte* nonce, int encrypt);

    /// <summary>Null for <paramref name="output"/> takes the input as associated data.</summary>
    [LibraryImport(Library, EntryPoint = "EVP_CipherUpdate")]
    public static partial int Update(nint context, byte* output, int* outputLength, byte* input, int inputLength);

    [LibraryImport(Library, EntryPoint = "EVP_CipherFinal_ex")]
    public static partial int Final(nint context, byte* output, int* outputLength);

    [LibraryImport(Library, EntryPoint = "EVP_CIPHER_CTX_ctrl")]
    public static partial int Control(nint context, int command, int length, byte* value);
}
