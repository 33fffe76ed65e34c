using BenchmarkDotNet.Attributes;
using MoshBroker.Protocol.Crypto;
using MoshBroker.Testing;

namespace MoshBroker.Protocol.Benchmarks;

/// <summary>The cipher alone: a keystroke's 32 bytes and a full datagram.</summary>
[MemoryDiagnoser]
public class CryptoBenchmarks
{
    private const int KeystrokeLength = 32;
    private const int FullLength = 1280;

    private readonly byte[] _plaintext = new byte[FullLength];
    private readonly byte[] _sealedKeystroke = new byte[KeystrokeLength + AesOcb.TagLength];
    private readonly byte[] _sealedFull = new byte[FullLength + AesOcb.TagLength];
    private readonly byte[] _forged = new byte[KeystrokeLength + AesOcb.TagLength];
    private readonly byte[] _scratch = new byte[FullLength + AesOcb.TagLength];
    private readonly AesOcb _cipher;
    private readonly Nonce _fixed = new(Direction.ClientToServer, 7);
    private ulong _sequence;

    public CryptoBenchmarks()
    {
        SeededRandom random = new(1);
        using SessionKey key = SessionKey.Generate(random);
        _cipher = new AesOcb(key);
        random.Fill(_plaintext);
        _cipher.Seal(_fixed, _plaintext.AsSpan(0, KeystrokeLength), _sealedKeystroke);
        _cipher.Seal(_fixed, _plaintext, _sealedFull);
        _sealedKeystroke.CopyTo(_forged, 0);
        _forged[3] ^= 1;
    }

    [Benchmark]
    public int SealKeystroke() => Seal(KeystrokeLength);

    [Benchmark]
    public int SealFull() => Seal(FullLength);

    [Benchmark]
    public int OpenKeystroke() => Open(_sealedKeystroke, expected: true);

    [Benchmark]
    public int OpenFull() => Open(_sealedFull, expected: true);

    [Benchmark]
    public int RefuseForged() => Open(_forged, expected: false);

    private int Seal(int length)
    {
        _cipher.Seal(new Nonce(Direction.ServerToClient, _sequence++), _plaintext.AsSpan(0, length), _scratch);
        return _scratch[0];
    }

    private int Open(byte[] ciphertext, bool expected)
    {
        if (_cipher.TryOpen(_fixed, ciphertext, _scratch) != expected) { throw new InvalidOperationException("The cipher disagrees."); }
        return _scratch[0];
    }
}
