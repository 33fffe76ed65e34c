using System.Buffers;
using System.Text;
using MoshBroker.Endpoint;
using MoshBroker.Protocol;
using MoshBroker.Protocol.Crypto;
using MoshBroker.Protocol.States;
using MoshBroker.Protocol.StateSync;
using MoshBroker.Protocol.Terminal;
using MoshBroker.Testing;

namespace MoshBroker.Broker.Tests.Sessions;

/// <summary>A client that the test plays: a real transport, a screen, and an address.</summary>
internal sealed class ScriptedClient : IDisposable
{
    private readonly MemoryEndpoint _endpoint;
    private readonly TransportScratch _scratch = new();
    private readonly ArrayBufferWriter<byte> _datagram = new(2048);
    private readonly SessionKey _key;
    private readonly HashSet<UdpAddress> _left = [];

    public ScriptedClient(MonoTime now, MemoryEndpoint endpoint, SessionKey key, int lastAddressByte = 1, int columns = 80, int rows = 24)
    {
        _endpoint = endpoint;
        _key = new SessionKey(key.Bytes);
        Path = MemoryEndpoint.From($"198.51.100.{lastAddressByte}", 40_000 + lastAddressByte);
        TransportSetup setup = new() { Sends = Direction.ClientToServer, Key = _key, Epoch = 0, Random = new SeededRandom(7), Scratch = _scratch };
        Transport = new Transport<UserInputState, RemoteScreenState>(now, setup, Input, new RemoteScreenState(columns, rows));
        Resize(columns, rows);
    }

    public UserInputState Input { get; } = new();

    public Transport<UserInputState, RemoteScreenState> Transport { get; }

    public UdpPath Path
    {
        get;
        set
        {
            _left.Add(field.Peer);
            _left.Remove(value.Peer);
            field = value;
        }
    }

    /// <summary>True while the client hears and says nothing.</summary>
    public bool IsAway { get; set; }

    /// <summary>True while it does nothing at all; what is sent to it is lost.</summary>
    public bool IsAsleep { get; set; }

    /// <summary>Says of a datagram whether it is lost on the way: true in the first argument for one from the client.</summary>
    public Func<bool, bool> Loses { get; set; } = _ => false;

    /// <summary>Set to keep what the client sends, for the test to deliver as it likes.</summary>
    public List<byte[]>? Kept { get; set; }

    public EndReason EndReason => Transport.EndReason;

    public Framebuffer Frame => Transport.Remote.Frame;

    public ulong EchoAck => Transport.Remote.EchoAck;

    public void Type(string keys) => Input.Append(Encoding.UTF8.GetBytes(keys));

    public void Resize(int columns, int rows) => Input.Resize(columns, rows);

    /// <summary>A row of the screen, without trailing blanks.</summary>
    public string Row(int row) => Frame.RowText(row).TrimEnd();

    /// <summary>Takes what has arrived and sends what is due.</summary>
    public void Step(MonoTime now)
    {
        while (_endpoint.Sent.TryPeek(out (UdpPath Path, byte[] Bytes) next))
        {
            if (next.Path.Peer != Path.Peer && !_left.Contains(next.Path.Peer) && !IsAway && !IsAsleep) { return; }
            _endpoint.Sent.Dequeue();
            if (next.Path.Peer == Path.Peer && !IsAway && !IsAsleep && !Loses(false)) { Transport.OnDatagram(now, next.Bytes, congestionExperienced: false); }
        }

        if (IsAsleep) { return; }
        Transport.OnTimeout(now);
        while (Transport.TryTransmit(now, _datagram))
        {
            byte[] bytes = _datagram.WrittenSpan.ToArray();
            _datagram.ResetWrittenCount();
            if (Kept is not null) { Kept.Add(bytes); }
            else if (!IsAway && !Loses(true)) { _endpoint.Receive(now, Path, bytes); }
        }
    }

    /// <summary>A datagram of this client arrives.</summary>
    public void Deliver(MonoTime now, byte[] datagram) => _endpoint.Receive(now, Path, datagram);

    public void Dispose()
    {
        Transport.Dispose();
        _scratch.Dispose();
        _key.Dispose();
    }
}
