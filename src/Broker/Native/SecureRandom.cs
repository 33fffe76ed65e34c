using System.Security.Cryptography;
using MoshBroker.Protocol;

namespace MoshBroker.Native;

/// <summary>Randomness fit for keys, from the system.</summary>
internal sealed class SecureRandom : IRandomSource, IDisposable
{
    private readonly RandomNumberGenerator _source = RandomNumberGenerator.Create();

    public void Fill(Span<byte> destination) => _source.GetBytes(destination);

    public void Dispose() => _source.Dispose();
}
