using System.Buffers;
using MoshBroker.Protocol.Crypto;
using MoshBroker.Protocol.Datagrams;
using MoshBroker.Protocol.States;
using MoshBroker.Protocol.StateSync;
using MoshBroker.Testing;

namespace MoshBroker.Protocol.Tests.StateSync;

/// <summary>A server's transport with a hand-made client before it.</summary>
internal sealed class ServerEnd : IDisposable
{
    public const ulong Shutdown = ulong.MaxValue;

    private readonly ArrayBufferWriter<byte> _datagram = new();
    private readonly TransportScratch _scratch = new();
    private readonly SessionKey _key;

    public ServerEnd(int seed = 1, ulong epoch = 0)
    {
        SeededRandom random = new(seed);
        _key = SessionKey.Generate(random);
        Peer = new HandMadePeer(_key, Direction.ClientToServer);
        TransportSetup setup = new() { Sends = Direction.ServerToClient, Key = _key, Epoch = epoch, Random = random, Scratch = _scratch };
        Transport = new Transport<TextState, UserInputState>(Clock.Now, setup, Screen, new UserInputState());
    }

    public ManualClock Clock { get; } = new();

    public HandMadePeer Peer { get; }

    public TextState Screen { get; } = new();

    public Transport<TextState, UserInputState> Transport { get; }

    public List<TransportEvent> Events { get; } = [];

    public DatagramVerdict Take(byte[] datagram)
    {
        DatagramVerdict verdict = Transport.OnDatagram(Clock.Now, datagram, congestionExperienced: false);
        while (Transport.TryReadEvent(out TransportEvent happened))
            Events.Add(happened);
        return verdict;
    }

    /// <summary>What it says within a time, and when.</summary>
    public List<(long At, HeardInstruction Said)> Hear(long milliseconds)
    {
        List<(long, HeardInstruction)> heard = [];
        MonoTime end = Clock.Now.Plus(milliseconds);
        while (true)
        {
            _datagram.ResetWrittenCount();
            while (Transport.TryTransmit(Clock.Now, _datagram))
            {
                heard.Add((Clock.Now.Milliseconds, Peer.Hear(_datagram.WrittenSpan)));
                _datagram.ResetWrittenCount();
            }

            while (Transport.TryReadEvent(out TransportEvent happened))
                Events.Add(happened);
            if (Transport.NextTimeout is not { } next || next > end)
                break;
            Clock.AdvanceTo(MonoTime.Max(next, Clock.Now));
            Transport.OnTimeout(Clock.Now);
        }

        Clock.AdvanceTo(end);
        return heard;
    }

    public void Dispose()
    {
        Transport.Dispose();
        Peer.Dispose();
        _scratch.Dispose();
        _key.Dispose();
    }
}
