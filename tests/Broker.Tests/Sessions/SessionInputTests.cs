using MoshBroker.Dashboard.Feed;
using MoshBroker.Protocol.Crypto;
using MoshBroker.Protocol.Datagrams;
using MoshBroker.Sessions;
using Xunit;

namespace MoshBroker.Broker.Tests.Sessions;

/// <summary>What goes from a client to the program, and what is dropped on the way.</summary>
public sealed class SessionInputTests : IDisposable
{
    private readonly StagedSession _session = StagedSession.Started();
    private readonly ScriptedClient _client;

    public SessionInputTests()
    {
        _client = _session.Join();
        _session.RunUntil(() => _session.Backend.IsReleased, "the client is there");
        _session.Run(500);
    }

    public void Dispose() => _session.Dispose();

    [Fact]
    public void An_echo_is_acknowledged_50_ms_after_the_key_went_to_the_program()
    {
        ulong before = _client.EchoAck;
        _client.Type("k");
        _session.RunUntil(() => _session.Backend.Input == "k", "the key");
        _session.Run(45);
        Assert.Equal(before, _client.EchoAck);
        _session.Run(60);
        Assert.Equal(_client.Transport.AcknowledgedNumber, _client.EchoAck);
        Assert.True(_client.EchoAck > before);
    }

    [Fact]
    public void Arrow_keys_have_the_form_that_the_program_asked_for()
    {
        _client.Type("\x1bOA");
        _session.RunUntil(() => _session.Backend.Input == "\x1b[A", "the normal form");
        _session.Backend.Print(_session.Now, "\x1b[?1h");
        _client.Type("\x1bOB");
        _session.RunUntil(() => _session.Backend.Input == "\x1b[A\x1bOB", "the application form");
    }

    [Fact]
    public void What_the_terminal_answers_goes_to_the_program()
    {
        _session.Backend.Print(_session.Now, "\x1b[6n");
        Assert.Equal("\x1b[1;1R", _session.Backend.Input);
    }

    [Fact]
    public void Beyond_4_MB_of_waiting_input_states_are_refused_and_come_again_when_there_is_room()
    {
        _session.Backend.PendingInput = 4 * 1024 * 1024;
        _client.Type("later");
        _session.Run(3_000);
        Assert.Equal("", _session.Backend.Input);
        _session.Backend.Print(_session.Now, "output goes on");
        _session.RunUntil(() => _client.Row(0) == "output goes on", "output");
        _session.Backend.PendingInput = 0;
        _session.RunUntil(() => _session.Backend.Input == "later", "the input, once");
        _session.Run(3_000);
        Assert.Equal("later", _session.Backend.Input);
    }

    [Fact]
    public void Every_drop_that_a_channel_can_tell_has_its_own_count()
    {
        using AuthenticPeer peer = new(_session.Key());
        using SessionKey foreign = new(new byte[16]);
        using AuthenticPeer stranger = new(foreign);
        Receive(DropReason.Short, new byte[10]);
        Receive(DropReason.Short, peer.Packet(new byte[5]));
        Receive(DropReason.AuthFailed, stranger.Instruction(0, 1, []));
        Receive(DropReason.Direction, peer.Packet(new byte[30], Direction.ServerToClient));
        Receive(DropReason.BadInstruction, peer.Contents([1, 2, 3]));
        byte[][] bomb = [.. peer.Fragments(Bomb())];
        foreach (byte[] piece in bomb[..^1]) { _session.Endpoint().Receive(_session.Now, _client.Path, piece); }
        Receive(DropReason.InflateLimit, bomb[^1]);
        Receive(DropReason.ProtocolVersion, peer.Instruction(1, 99, [], version: 3));
        _session.Endpoint().ReceiveOversize(_session.Now);

        ChannelView view = SessionViews.Of(_session.Actor, _session.Now).Channels[0];
        Assert.Equal(
            ["auth_failed=1", "bad_instruction=1", "direction=1", "inflate_limit=1", "oversize=1", "protocol_version=1", "short=2"],
            view.Drops.Select(drop => $"{drop.Key}={drop.Value}").Order(StringComparer.Ordinal));
        _client.Type("unharmed");
        _session.RunUntil(() => _session.Backend.Input == "unharmed", "the client goes on");
    }

    [Fact]
    public void A_datagram_for_a_channel_that_is_over_is_counted_or_ignored_but_never_harmful()
    {
        byte[] late = _session.Endpoint().AllSent[0];
        _session.Backend.Exit(_session.Now);
        _session.Run(30_000);
        Assert.True(_session.HasStopped);
        _session.Endpoint().Receive(_session.Now, _client.Path, late);
        Assert.Empty(_session.Failures);
    }

    [Fact]
    public void A_roam_is_followed_and_counted_and_a_flapping_client_is_not_logged_each_time()
    {
        for (int i = 0; i < 40; i++)
        {
            _client.Path = MemoryEndpoint.From("192.0.2.1", 5000 + (i % 2));
            _client.Type("x");
            _session.Run(60);
        }

        _session.RunUntil(() => _session.Backend.Input.Length == 40, "every key");
        ChannelView view = SessionViews.Of(_session.Actor, _session.Now).Channels[0];
        Assert.InRange(view.Roams, 10, 45); // The client sends several keys at once now and then.
        Assert.StartsWith("192.0.2.1:500", view.Peer, StringComparison.Ordinal);
        Assert.InRange(_session.Log.Lines.Count(line => line.Contains("roamed", StringComparison.Ordinal)), 1, 8);
    }

    [Fact]
    public void An_old_datagram_replayed_from_elsewhere_moves_nobody()
    {
        using AuthenticPeer old = new(_session.Key(), firstSequence: 0);
        _session.Endpoint().Receive(_session.Now, MemoryEndpoint.From("203.0.113.66", 666), old.Instruction(0, 1, []));
        _session.Backend.Print(_session.Now, "secret");
        _session.Run(1_000);
        Assert.DoesNotContain(_session.Endpoint().Sent, sent => sent.Path.Peer.Port == 666);
        Assert.Equal("secret", _client.Row(0));
    }

    private static byte[] Bomb()
    {
        using MemoryStream bomb = new();
        using (System.IO.Compression.ZLibStream zlib = new(bomb, System.IO.Compression.CompressionLevel.SmallestSize, leaveOpen: true))
        {
            zlib.Write(new byte[ZlibCodec.MaxLength + (1 << 20)]);
        }

        return bomb.ToArray();
    }

    private void Receive(DropReason reason, byte[] datagram)
    {
        long before = Count(reason);
        _session.Endpoint().Receive(_session.Now, _client.Path, datagram);
        Assert.Equal(before + 1, Count(reason));
    }

    private long Count(DropReason reason) => SessionViews.Of(_session.Actor, _session.Now).Channels[0].Drops.GetValueOrDefault(reason.WireName());
}
