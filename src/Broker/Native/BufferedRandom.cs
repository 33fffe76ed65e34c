using System.Security.Cryptography;
using MoshBroker.Protocol;

namespace MoshBroker.Native;

/// <summary>Randomness for many small draws on one thread: a system call per 4 KiB instead of one per datagram.</summary>
internal sealed class BufferedRandom : IRandomSource
{
    private readonly byte[] _buffer = new byte[4096];
    private int _used = 4096;

    public void Fill(Span<byte> destination)
    {
        while (!destination.IsEmpty)
        {
            if (_used == _buffer.Length)
            {
                RandomNumberGenerator.Fill(_buffer);
                _used = 0;
            }

            int count = Math.Min(destination.Length, _buffer.Length - _used);
            _buffer.AsSpan(_used, count).CopyTo(destination);
            _used += count;
            destination = destination[count..];
        }
    }
}
