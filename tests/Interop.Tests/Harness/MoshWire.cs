using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Crypto.Engines;
using Org.BouncyCastle.Crypto.Modes;
using Org.BouncyCastle.Crypto.Parameters;

namespace MoshBroker.Interop.Tests.Harness;

/// <summary>Mosh's datagrams, by other means than the code under test: BouncyCastle's OCB and hand-made messages.</summary>
internal static class MoshWire
{
    private const ulong ToClientBit = 1UL << 63;

    public static byte[] Seal(string key, ulong nonce, ReadOnlySpan<byte> plaintext)
    {
        byte[] datagram = new byte[8 + plaintext.Length + 16];
        BinaryPrimitives.WriteUInt64BigEndian(datagram, nonce);
        OcbBlockCipher cipher = Cipher(key, nonce, forSealing: true);
        int written = cipher.ProcessBytes(plaintext.ToArray(), 0, plaintext.Length, datagram, 8);
        cipher.DoFinal(datagram, 8 + written);
        return datagram;
    }

    /// <summary>The packet's plaintext; null if it is not authentic.</summary>
    public static byte[]? Open(string key, byte[] datagram)
    {
        if (datagram.Length < 24) { return null; }
        OcbBlockCipher cipher = Cipher(key, BinaryPrimitives.ReadUInt64BigEndian(datagram), forSealing: false);
        byte[] plaintext = new byte[datagram.Length - 24];
        try
        {
            int written = cipher.ProcessBytes(datagram, 8, datagram.Length - 8, plaintext, 0);
            cipher.DoFinal(plaintext, written);
            return plaintext;
        }
        catch (InvalidCipherTextException)
        {
            return null;
        }
    }

    /// <summary>One client datagram that holds a whole instruction: no timestamp reply, one final fragment.</summary>
    public static byte[] ClientDatagram(string key, ulong sequence, WireInstruction instruction) =>
        Seal(key, sequence, Packet(sequence + 1, 0x8000, Deflate(instruction.ToBytes())));

    /// <summary>Timestamps, fragment header, contents.</summary>
    public static byte[] Packet(ulong fragmentId, ushort fragmentWord, ReadOnlySpan<byte> contents)
    {
        byte[] packet = new byte[14 + contents.Length];
        BinaryPrimitives.WriteUInt16BigEndian(packet, (ushort)(Environment.TickCount64 % 65535));
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), 0xFFFF);
        BinaryPrimitives.WriteUInt64BigEndian(packet.AsSpan(4), fragmentId);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(12), fragmentWord);
        contents.CopyTo(packet.AsSpan(14));
        return packet;
    }

    public static byte[] Deflate(ReadOnlySpan<byte> bytes)
    {
        using var target = new MemoryStream();
        using (var zlib = new ZLibStream(target, CompressionLevel.Fastest)) { zlib.Write(bytes); }
        return target.ToArray();
    }

    /// <summary>The instructions that the server sent, whole ones only, in the order in which they were completed.</summary>
    public static IEnumerable<WireInstruction> ServerInstructions(string key, IEnumerable<RelayedDatagram> captured)
    {
        ulong id = 0;
        var parts = new SortedDictionary<int, byte[]>();
        int total = 0;
        foreach (RelayedDatagram datagram in captured.Where(d => !d.ToServer && (d.Nonce & ToClientBit) != 0))
        {
            if (Open(key, datagram.Bytes) is not { Length: >= 14 } packet) { continue; }
            ulong fragmentId = BinaryPrimitives.ReadUInt64BigEndian(packet.AsSpan(4));
            ushort word = BinaryPrimitives.ReadUInt16BigEndian(packet.AsSpan(12));
            if (fragmentId != id)
            {
                (id, total) = (fragmentId, 0);
                parts.Clear();
            }

            parts[word & 0x7FFF] = packet[14..];
            if ((word & 0x8000) != 0) { total = (word & 0x7FFF) + 1; }
            if (parts.Count == total) { yield return WireInstruction.Parse(Inflate([.. parts.Values.SelectMany(p => p)])); }
        }
    }

    /// <summary>Everything the server drew, as the escape sequences that it sent.</summary>
    public static string HostBytes(string key, IEnumerable<RelayedDatagram> captured)
    {
        var text = new StringBuilder();
        foreach (WireInstruction instruction in ServerInstructions(key, captured))
        {
            foreach ((_, _, byte[] entry) in ProtobufFields.Read(instruction.Diff))
            {
                foreach ((int field, _, byte[] hostBytes) in ProtobufFields.Read(entry))
                {
                    if (field != 2) { continue; }
                    foreach ((_, _, byte[] bytes) in ProtobufFields.Read(hostBytes)) { text.Append(Encoding.UTF8.GetString(bytes)); }
                }
            }
        }

        return text.ToString();
    }

    private static byte[] Inflate(byte[] bytes)
    {
        using var zlib = new ZLibStream(new MemoryStream(bytes), CompressionMode.Decompress);
        using var target = new MemoryStream();
        zlib.CopyTo(target);
        return target.ToArray();
    }

    private static OcbBlockCipher Cipher(string key, ulong nonce, bool forSealing)
    {
        byte[] nonceBytes = new byte[12];
        BinaryPrimitives.WriteUInt64BigEndian(nonceBytes.AsSpan(4), nonce);
        var cipher = new OcbBlockCipher(new AesEngine(), new AesEngine());
        cipher.Init(forSealing, new AeadParameters(new KeyParameter(Convert.FromBase64String(key + "==")), 128, nonceBytes));
        return cipher;
    }
}
