using MoshBroker.Protocol;

namespace MoshBroker.Client.Native;

/// <summary>The kernel's random bytes.</summary>
internal sealed class SystemRandom : IRandomSource
{
    public unsafe void Fill(Span<byte> destination)
    {
        fixed (byte* at = destination)
        {
            for (nuint done = 0; done < (nuint)destination.Length;)
            {
                nint got = FileNative.GetRandom(at + done, (nuint)destination.Length - done, 0);
                if (got > 0) { done += (nuint)got; }
            }
        }
    }
}
