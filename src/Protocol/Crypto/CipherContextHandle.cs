using Microsoft.Win32.SafeHandles;

namespace MoshBroker.Protocol.Crypto;

/// <summary>An <c>EVP_CIPHER_CTX</c>; libcrypto wipes the key schedule when it is freed.</summary>
internal sealed class CipherContextHandle : SafeHandleZeroOrMinusOneIsInvalid
{
    public CipherContextHandle()
        : base(ownsHandle: true)
    {
    }

    protected override bool ReleaseHandle()
    {
        CipherNative.Free(handle);
        return true;
    }
}
