using MoshBroker.Protocol.Crypto;
using MoshBroker.Protocol.Datagrams;

namespace MoshBroker.Protocol.StateSync;

/// <summary>Tells whether a datagram was made by a channel's client, on another thread than the one that steps the channel's transport.</summary>
/// <remarks>Has a cipher context of its own (1.5 KiB): those of a transport are not for several threads. Changes and counts nothing.</remarks>
public sealed class DatagramProof : IDisposable
{
    private readonly AesOcb _cipher;

    /// <summary>The proof of a key, which may be disposed afterwards.</summary>
    public DatagramProof(SessionKey key) => _cipher = AesOcb.ForOpening(key);

    /// <summary>True when the datagram travels to the server and its tag is right.</summary>
    /// <param name="datagram">The whole UDP payload.</param>
    /// <param name="scratch">Room for <see cref="DatagramLimits.MaxReceived"/> bytes; holds the plaintext afterwards.</param>
    public bool IsFromClient(ReadOnlySpan<byte> datagram, Span<byte> scratch)
    {
        if (datagram.Length is < DatagramLimits.MinReceived or > DatagramLimits.MaxReceived)
            return false;
        Nonce nonce = Nonce.Read(datagram);
        return nonce.Direction == Direction.ClientToServer && _cipher.TryOpen(nonce, datagram[Nonce.WireLength..], scratch);
    }

    /// <summary>Frees the cipher, which wipes the key.</summary>
    public void Dispose() => _cipher.Dispose();
}
