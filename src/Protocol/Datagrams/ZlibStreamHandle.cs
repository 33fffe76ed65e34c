using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace MoshBroker.Protocol.Datagrams;

/// <summary>A <c>z_stream</c> at a fixed address (zlib keeps a pointer back to it) and the state behind it.</summary>
internal sealed unsafe class ZlibStreamHandle : SafeHandleZeroOrMinusOneIsInvalid
{
    private readonly bool _isDeflate;

    private ZlibStreamHandle(bool isDeflate)
        : base(ownsHandle: true)
    {
        _isDeflate = isDeflate;
        SetHandle((nint)NativeMemory.AllocZeroed((nuint)sizeof(ZlibNative.Stream)));
    }

    public ZlibNative.Stream* Stream => (ZlibNative.Stream*)handle;

    public static ZlibStreamHandle NewDeflate(int memoryLevel)
    {
        ZlibStreamHandle stream = new(isDeflate: true);
        fixed (byte* version = "1.2.11\0"u8)
        {
            int result = ZlibNative.DeflateInit(
                stream.Stream,
                ZlibNative.DefaultLevel,
                ZlibNative.Deflated,
                ZlibNative.MaxWindowBits,
                memoryLevel,
                ZlibNative.DefaultStrategy,
                version,
                sizeof(ZlibNative.Stream));
            Check(result);
        }

        return stream;
    }

    public static ZlibStreamHandle NewInflate()
    {
        ZlibStreamHandle stream = new(isDeflate: false);
        fixed (byte* version = "1.2.11\0"u8)
        {
            Check(ZlibNative.InflateInit(stream.Stream, ZlibNative.MaxWindowBits, version, sizeof(ZlibNative.Stream)));
        }

        return stream;
    }

    protected override bool ReleaseHandle()
    {
        _ = _isDeflate ? ZlibNative.DeflateEnd(Stream) : ZlibNative.InflateEnd(Stream);
        NativeMemory.Free(Stream);
        return true;
    }

    private static void Check(int result)
    {
        if (result != ZlibNative.Ok)
            throw new InvalidOperationException($"zlib could not be set up: {result}.");
    }
}
