namespace MoshBroker.Protocol.Datagrams;

/// <summary>Lengths of UDP payloads, in bytes.</summary>
public static class DatagramLimits
{
    /// <summary>The shortest that can be authentic: nonce word and tag around nothing.</summary>
    public const int MinReceived = Crypto.Nonce.WireLength + Crypto.AesOcb.TagLength;

    /// <summary>The longest that is read; a longer one is dropped.</summary>
    public const int MaxReceived = 2048;

    /// <summary>The longest sent over IPv4: an IP packet of 1280 bytes.</summary>
    public const int IPv4 = 1252;

    /// <summary>The longest sent over IPv6: an IP packet of 1280 bytes, with room for one option header.</summary>
    public const int IPv6 = 1216;

    /// <summary>The longest sent after the kernel has called one too long (EMSGSIZE).</summary>
    public const int AfterTooLong = 500;

    /// <summary>What a payload holds beside the piece of an instruction: nonce word, timestamps, fragment header, tag.</summary>
    public const int Overhead = MinReceived + PacketView.HeaderLength + FragmentView.HeaderLength;
}
