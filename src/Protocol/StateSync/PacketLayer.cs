using System.Buffers;
using System.Security.Cryptography;
using MoshBroker.Protocol.Crypto;
using MoshBroker.Protocol.Datagrams;

namespace MoshBroker.Protocol.StateSync;

/// <summary>From datagrams to packets and back: the cipher, the numbers that must never repeat, timestamps and round-trip times.</summary>
internal sealed class PacketLayer : IDisposable
{
    public const int EpochBits = 32;

    /// <summary>The last epoch whose sequence numbers fit into 63 bits.</summary>
    public const ulong MaxEpoch = (1UL << (63 - EpochBits)) - 1;

    /// <summary>Each end may encrypt this many blocks under one key: half of the 2^48 that OCB allows (RFC 7253, section 5).</summary>
    public const ulong BlockLimit = 1UL << 47;

    // A timestamp older than this says nothing about the path any more.
    private const long LongestHeldTimestamp = 1000;

    // What a congestion mark takes off a timestamp, so that the peer sees a longer round trip and slows down.
    private const int CongestionPenalty = 500;

    private const int BlockLength = 16;

    private readonly AesOcb _cipher;
    private readonly Direction _sends;
    private readonly ReplayWindow _window = new();
    private readonly PathClocks _clocks = new();
    private readonly IRandomSource? _random;
    private readonly MonoTime _createdAt;
    private ulong _sequence;
    private ulong _sealed;
    private ulong _sequenceEnd;
    private bool _hasTimestamp;
    private ushort _timestampMs16;
    private MonoTime _timestampArrived;

    /// <summary>Chance draws the clocks' offsets; an end that never changes <see cref="PathMark"/> needs none.</summary>
    public PacketLayer(MonoTime now, Direction sends, SessionKey key, ulong epoch, IRandomSource? random = null)
    {
        _createdAt = now;
        _random = random;
        _sends = sends;
        BeginEpoch(epoch);
        _cipher = new AesOcb(key);
    }

    public RoundTripEstimator RoundTrip { get; } = new();

    public UplinkLoss Uplink { get; } = new();

    public ArrivalJitter Jitter { get; } = new();

    public ulong Epoch { get; private set; }

    /// <summary>How many sequence numbers of this epoch are spent.</summary>
    public ulong SpentInEpoch => _sequence - (Epoch << EpochBits);

    public ulong NextSequence => _sequence;

    public ulong NextExpected => _window.Next;

    public ulong BlocksSealed { get; private set; }

    public bool IsBlockLimitReached => BlocksSealed >= BlockLimit;

    public bool CanSeal => _sequence < _sequenceEnd && !IsBlockLimitReached && !IsNonceSpent;

    /// <summary>True when the next number was used before under this key: a fault of ours, and the end of the channel.</summary>
    public bool IsNonceSpent => _sequence < _sealed;

    /// <summary>False while replies to timestamps may be answers to another incarnation's clock.</summary>
    public bool BelievesReplies { get; set; } = true;

    public MonoTime LastHeard { get; private set; } = MonoTime.Never;

    /// <summary>The path that datagrams leave on from now, by a number of the owner's choice; 0 at first.</summary>
    public ulong PathMark { get; set; }

    public void BeginEpoch(ulong epoch)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(epoch, MaxEpoch);
        Epoch = epoch;
        _sequence = epoch << EpochBits;
        _sequenceEnd = (epoch + 1) << EpochBits;
    }

    public void Restore(ulong nextExpected, ulong blocksSealed, MonoTime heard)
    {
        _window.Restore(nextExpected);
        BlocksSealed = blocksSealed;
        LastHeard = heard;
    }

    /// <summary>Deciphers a datagram into <paramref name="plaintext"/> and takes from it what is no fragment's: number, timestamps.</summary>
    /// <returns>The fragment, in <paramref name="plaintext"/>; empty when the verdict is a refusal.</returns>
    public ReadOnlySpan<byte> Open(
        MonoTime now, ReadOnlySpan<byte> datagram, bool congestionExperienced, Span<byte> plaintext, out DatagramVerdict verdict)
    {
        if (datagram.Length is < DatagramLimits.MinReceived or > DatagramLimits.MaxReceived)
        {
            verdict = DatagramVerdict.Refused(datagram.Length < DatagramLimits.MinReceived ? DropReason.Short : DropReason.Oversize);
            return default;
        }

        Nonce nonce = Nonce.Read(datagram);
        if (nonce.Direction == _sends)
        {
            verdict = DatagramVerdict.Refused(DropReason.Direction, nonce.Sequence);
            return default;
        }

        plaintext = plaintext[..(datagram.Length - DatagramLimits.MinReceived)];
        if (!_cipher.TryOpen(nonce, datagram[Nonce.WireLength..], plaintext))
        {
            verdict = DatagramVerdict.Refused(DropReason.AuthFailed, nonce.Sequence);
            return default;
        }

        if (!PacketView.TryParse(plaintext, out PacketView packet))
        {
            verdict = DatagramVerdict.Refused(DropReason.Short, nonce.Sequence) with { IsAuthentic = true };
            return default;
        }

        ReplayKind replay = _window.Note(nonce.Sequence, out ulong distance);
        bool isFresh = replay == ReplayKind.None;
        ulong? echoed = null;
        if (isFresh)
        {
            Uplink.OnFresh(distance, now.Since(MonoTime.Max(LastHeard, _createdAt)));
            echoed = TakeTimestamps(now, packet, congestionExperienced);
        }
        else if (replay == ReplayKind.Reordered)
        {
            Uplink.OnLate(distance);
        }

        verdict = new DatagramVerdict(DropReason.None, IsAuthentic: true, isFresh, nonce.Sequence, replay, distance, RemoteAdvanced: false)
        {
            EchoedMark = echoed,
        };
        return packet.Payload;
    }

    /// <summary>True when the datagram was made by the peer; changes nothing.</summary>
    public bool IsAuthentic(ReadOnlySpan<byte> datagram, Span<byte> plaintext)
    {
        if (datagram.Length is < DatagramLimits.MinReceived or > DatagramLimits.MaxReceived)
            return false;
        Nonce nonce = Nonce.Read(datagram);
        return nonce.Direction != _sends && _cipher.TryOpen(nonce, datagram[Nonce.WireLength..], plaintext);
    }

    /// <summary>Appends one datagram; <see cref="CanSeal"/> must be true.</summary>
    public void Seal(MonoTime now, ulong fragmentId, int number, bool isFinal, ReadOnlySpan<byte> piece, IBufferWriter<byte> datagram)
    {
        if (!CanSeal)
            throw new InvalidOperationException("No sequence number is left under this key or in this epoch.");

        int length = PacketWriter.Length(piece.Length);
        Span<byte> plaintext = stackalloc byte[DatagramLimits.MaxReceived];
        plaintext = plaintext[..length];
        PacketWriter.Write(plaintext, Stamp(now), TakeReply(now), fragmentId, number, isFinal, piece);

        // Spent even if sealing or sending fails: the sequence is the nonce, and a repeated nonce breaks OCB for the whole session.
        Nonce nonce = new(_sends, _sequence++);
        _sealed = _sequence;
        BlocksSealed += (ulong)(length + BlockLength - 1) / BlockLength;
        Span<byte> to = datagram.GetSpan(Nonce.WireLength + length + AesOcb.TagLength);
        nonce.Write(to);
        _cipher.Seal(nonce, plaintext, to[Nonce.WireLength..]);
        datagram.Advance(Nonce.WireLength + length + AesOcb.TagLength);
        CryptographicOperations.ZeroMemory(plaintext);
    }

    public void Dispose() => _cipher.Dispose();

    private ushort Stamp(MonoTime now) => _clocks.Stamp(now, PathMark, _random);

    /// <summary>Tells the mark of the path on which the peer heard what it echoes; null when it echoes nothing.</summary>
    private ulong? TakeTimestamps(MonoTime now, PacketView packet, bool congestionExperienced)
    {
        LastHeard = now;
        if (packet.TimestampMs16 != PacketView.NoTimestamp)
        {
            _hasTimestamp = true;
            _timestampMs16 = unchecked((ushort)(packet.TimestampMs16 - (congestionExperienced ? CongestionPenalty : 0)));
            _timestampArrived = now;
            Jitter.Add(now, packet.TimestampMs16);
        }

        if (packet.TimestampReplyMs16 == PacketView.NoTimestamp || !BelievesReplies || !_clocks.TryRead(now, packet.TimestampReplyMs16, out ulong mark, out int age))
            return null;
        RoundTrip.Add(age);
        return mark;
    }

    private ushort TakeReply(MonoTime now)
    {
        long held = now.Since(_timestampArrived);
        bool isUsable = _hasTimestamp && held < LongestHeldTimestamp;
        _hasTimestamp = false;

        // The time that it was held here is none of the path's.
        return isUsable ? unchecked((ushort)(_timestampMs16 + held)) : PacketView.NoTimestamp;
    }
}
