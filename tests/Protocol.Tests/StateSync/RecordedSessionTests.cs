using System.Buffers;
using System.Text.Json;
using MoshBroker.Protocol.Crypto;
using MoshBroker.Protocol.Datagrams;
using MoshBroker.Protocol.States;
using MoshBroker.Protocol.StateSync;
using MoshBroker.Protocol.Wire;
using MoshBroker.Testing;
using Xunit;

namespace MoshBroker.Protocol.Tests.StateSync;

/// <summary>What the stock programs sent to each other is read as they meant it, and our ends take their part.</summary>
public sealed class RecordedSessionTests
{
    public static TheoryData<string> Names => [.. RecordedSession.Names()];

    [Fact]
    public void There_are_sessions() => Assert.True(RecordedSession.Names().Count() >= 12);

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_field_of_every_datagram_is_read(string name)
    {
        RecordedSession session = RecordedSession.Read(name);
        using SessionKey key = session.Key;
        using AesOcb cipher = new(key);
        using ZlibCodec zlib = new();
        using FragmentAssembly toServer = new();
        using FragmentAssembly toClient = new();
        foreach (RecordedDatagram datagram in session.Datagrams)
        {
            byte[] plaintext = new byte[DatagramLimits.MaxReceived];
            if (datagram.IsForged)
            {
                Assert.False(TryOpen(cipher, datagram, plaintext, out _));
                continue;
            }

            Assert.True(TryOpen(cipher, datagram, plaintext, out int length));
            Nonce nonce = Nonce.Read(datagram.Bytes);
            Assert.Equal((datagram.Direction, datagram.Sequence), (nonce.Direction, nonce.Sequence));
            Assert.True(PacketView.TryParse(plaintext.AsSpan(0, length), out PacketView packet));
            Assert.Equal((datagram.Timestamp, datagram.TimestampReply), (packet.TimestampMs16, packet.TimestampReplyMs16));
            Assert.True(FragmentView.TryParse(packet.Payload, out FragmentView fragment));
            Assert.Equal((datagram.FragmentId, datagram.FragmentNum, datagram.IsFinal), (fragment.Id, fragment.Number, fragment.IsFinal));

            FragmentAssembly assembly = datagram.Direction == Direction.ClientToServer ? toServer : toClient;
            FragmentOutcome outcome = assembly.Add(fragment, out ReadOnlySpan<byte> compressed);
            Assert.Equal(datagram.Instruction is null ? FragmentOutcome.Incomplete : FragmentOutcome.Complete, outcome);
            if (datagram.Instruction is null)
                continue;

            Assert.True(zlib.TryInflate(compressed, out ReadOnlySpan<byte> message, out _));
            assembly.Clear();
            AssertInstruction(datagram, message);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Our_server_takes_the_place_of_the_stock_server(string name)
    {
        RecordedSession session = RecordedSession.Read(name);
        using TransportScratch scratch = new();
        TextState screen = new();
        using Transport<TextState, UserInputState> server = new(new MonoTime(0), Setup(session, Direction.ServerToClient, scratch), screen, new UserInputState());
        EventModel model = new();
        ListSink sink = new();
        Model expected = new(model.Apply);
        ArrayBufferWriter<byte> sent = new();
        ulong highest = 0;
        foreach ((double at, RecordedDatagram datagram) in session.Deliveries(Direction.ClientToServer))
        {
            MonoTime now = new((long)at);
            DatagramVerdict verdict = server.OnDatagram(now, datagram.Bytes, congestionExperienced: false);
            Assert.Equal(!datagram.IsForged, verdict.IsAccepted);
            Assert.Equal(!datagram.IsForged, verdict.IsAuthentic);
            Assert.Equal(!datagram.IsForged && datagram.Sequence >= highest, verdict.IsFresh);
            if (datagram.IsForged)
                continue;

            highest = Math.Max(highest, datagram.Sequence + 1);
            expected.OnDatagram(datagram, session);
            server.Remote.Drain(sink);
            Assert.Equal(expected.Newest, server.RemoteNumber);
            Assert.Equal(model.Text(expected.NewestContent), sink.Text);
            Assert.Equal(EndReason.None, server.EndReason);

            sent.ResetWrittenCount();
            while (server.TryTransmit(now, sent))
            {
                Assert.Equal(expected.Newest, ReadInstruction(session, sent.WrittenSpan).Ack);
                sent.ResetWrittenCount();
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Our_client_takes_the_place_of_the_stock_client(string name)
    {
        RecordedSession session = RecordedSession.Read(name);
        using TransportScratch scratch = new();
        DiffChainState initial = new();
        using Transport<UserInputState, DiffChainState> client = new(
            new MonoTime(0), Setup(session, Direction.ClientToServer, scratch), new UserInputState(), initial);
        Model expected = new((source, diff) => DiffChainState.Chain(source, diff));
        ArrayBufferWriter<byte> sent = new();
        foreach ((double at, RecordedDatagram datagram) in session.Deliveries(Direction.ServerToClient))
        {
            MonoTime now = new((long)at);
            DatagramVerdict verdict = client.OnDatagram(now, datagram.Bytes, congestionExperienced: false);
            Assert.Equal(!datagram.IsForged, verdict.IsAccepted);
            if (datagram.IsForged)
                continue;

            expected.OnDatagram(datagram, session);
            Assert.Equal(expected.Newest, client.RemoteNumber);
            Assert.Equal(expected.NewestContent, client.Remote.Content);
            Assert.Equal(EndReason.None, client.EndReason == EndReason.PeerShutdown ? EndReason.None : client.EndReason);

            sent.ResetWrittenCount();
            while (client.TryTransmit(now, sent))
            {
                Assert.Equal(expected.Newest, ReadInstruction(session, sent.WrittenSpan).Ack);
                sent.ResetWrittenCount();
            }
        }
    }

    private static TransportSetup Setup(RecordedSession session, Direction sends, TransportScratch scratch) =>
        new() { Sends = sends, Key = session.Key, Random = new SeededRandom(1), Scratch = scratch };

    private static bool TryOpen(AesOcb cipher, RecordedDatagram datagram, byte[] plaintext, out int length)
    {
        length = datagram.Bytes.Length - DatagramLimits.MinReceived;
        return length >= 0
            && Nonce.Read(datagram.Bytes).Direction == datagram.Direction
            && cipher.TryOpen(Nonce.Read(datagram.Bytes), datagram.Bytes.AsSpan(Nonce.WireLength), plaintext);
    }

    private static (ulong New, ulong Ack) ReadInstruction(RecordedSession session, ReadOnlySpan<byte> datagram)
    {
        using SessionKey key = session.Key;
        using AesOcb cipher = new(key);
        using ZlibCodec zlib = new();
        byte[] plaintext = new byte[datagram.Length - DatagramLimits.MinReceived];
        Assert.True(cipher.TryOpen(Nonce.Read(datagram), datagram[Nonce.WireLength..], plaintext));
        Assert.True(PacketView.TryParse(plaintext, out PacketView packet));
        Assert.True(FragmentView.TryParse(packet.Payload, out FragmentView fragment));
        Assert.True(zlib.TryInflate(fragment.Contents, out ReadOnlySpan<byte> message, out _));
        Assert.True(InstructionCodec.TryParse(message, out InstructionView instruction));
        return (instruction.NewNum, instruction.AckNum);
    }

    private static void AssertInstruction(RecordedDatagram datagram, ReadOnlySpan<byte> message)
    {
        RecordedInstruction expected = datagram.Instruction!;
        Assert.True(InstructionCodec.TryParse(message, out InstructionView instruction));
        Assert.Equal(expected.Version, instruction.ProtocolVersion);
        Assert.Equal(expected.OldNum, instruction.OldNum);
        Assert.Equal(expected.NewNum, instruction.NewNum);
        Assert.Equal(expected.AckNum, instruction.AckNum);
        Assert.Equal(expected.ThrowawayNum, instruction.ThrowawayNum);
        Assert.Equal(expected.ChaffLength, instruction.Chaff.Length);
        Assert.Equal(expected.Diff, instruction.Diff.ToArray());

        ArrayBufferWriter<byte> again = new();
        InstructionCodec.Write(in instruction, again);
        Assert.Equal(message.ToArray(), again.WrittenSpan.ToArray());

        bool isUser = datagram.Direction == Direction.ClientToServer;
        again.ResetWrittenCount();
        Assert.Equal(datagram.Decoded, isUser ? DecodeUser(instruction.Diff, again) : DecodeHost(instruction.Diff, again));
        Assert.Equal(expected.Diff, again.WrittenSpan.ToArray());
    }

    private static List<string> DecodeUser(ReadOnlySpan<byte> diff, ArrayBufferWriter<byte> again)
    {
        List<string> decoded = [];
        UserMessageReader message = new(diff);
        while (message.TryNext())
        {
            if (message.Kind == UserInstructionKind.Keystroke)
            {
                decoded.Add(JsonSerializer.Serialize(new { keystroke_hex = Convert.ToHexStringLower(message.Keys) }));
                UserMessageCodec.WriteKeys(again, message.Keys);
            }
            else
            {
                Assert.Equal(UserInstructionKind.Resize, message.Kind);
                decoded.Add(JsonSerializer.Serialize(new { resize = new[] { message.Columns, message.Rows } }));
                UserMessageCodec.WriteResize(again, message.Columns, message.Rows);
            }
        }

        Assert.False(message.IsMalformed);
        return decoded;
    }

    private static List<string> DecodeHost(ReadOnlySpan<byte> diff, ArrayBufferWriter<byte> again)
    {
        List<string> decoded = [];
        HostMessageReader message = new(diff);
        while (message.TryNext())
        {
            switch (message.Kind)
            {
                case HostInstructionKind.HostBytes:
                    decoded.Add(JsonSerializer.Serialize(new { hostbytes_hex = Convert.ToHexStringLower(message.HostBytes) }));
                    HostMessageCodec.WriteHostBytes(again, message.HostBytes);
                    break;
                case HostInstructionKind.Resize:
                    decoded.Add(JsonSerializer.Serialize(new { resize = new[] { message.Columns, message.Rows } }));
                    HostMessageCodec.WriteResize(again, message.Columns, message.Rows);
                    break;
                default:
                    Assert.Equal(HostInstructionKind.EchoAck, message.Kind);
                    decoded.Add(JsonSerializer.Serialize(new { echo_ack = message.EchoAck }));
                    HostMessageCodec.WriteEchoAck(again, message.EchoAck);
                    break;
            }
        }

        Assert.False(message.IsMalformed);
        return decoded;
    }

    /// <summary>The receiver's rules once more, as plainly as can be: numbers to contents, in a sorted map.</summary>
    private sealed class Model(Func<ulong, byte[], ulong> apply)
    {
        private readonly SortedDictionary<ulong, ulong> _held = new() { [0] = 0 };
        private readonly HashSet<int> _parts = [];
        private ulong _id;
        private int _total = int.MaxValue;

        public ulong Newest => _held.Keys.Last();

        public ulong NewestContent => _held[Newest];

        public void OnDatagram(RecordedDatagram datagram, RecordedSession session)
        {
            if (datagram.FragmentId != _id)
            {
                _id = datagram.FragmentId;
                _parts.Clear();
                _total = int.MaxValue;
            }

            _parts.Add(datagram.FragmentNum);
            if (datagram.IsFinal)
                _total = datagram.FragmentNum + 1;
            if (_parts.Count != _total)
                return;

            _parts.Clear();
            _total = int.MaxValue;
            RecordedInstruction instruction = session.Datagrams
                .First(d => d.Direction == datagram.Direction && d.FragmentId == datagram.FragmentId && d.Instruction is not null).Instruction!;
            if (_held.ContainsKey(instruction.NewNum) || !_held.TryGetValue(instruction.OldNum, out ulong source))
                return;
            foreach (ulong number in _held.Keys.Where(n => n < instruction.ThrowawayNum).ToList())
                _held.Remove(number);
            _held[instruction.NewNum] = instruction.Diff.Length == 0 ? source : apply(source, instruction.Diff);
        }
    }

    /// <summary>User states as lists of events, found by an index.</summary>
    private sealed class EventModel
    {
        private readonly List<List<string>> _states = [[]];

        public ulong Apply(ulong source, byte[] diff)
        {
            List<string> events = [.. _states[(int)source]];
            UserMessageReader message = new(diff);
            while (message.TryNext())
            {
                if (message.Kind == UserInstructionKind.Resize)
                    events.Add($"<{message.Columns}x{message.Rows}>");
                foreach (byte key in message.Keys)
                    events.Add($"{key:x2}");
            }

            _states.Add(events);
            return (ulong)_states.Count - 1;
        }

        public string Text(ulong state)
        {
            // The sink is told resizes as they come, of which only those in one drain collapse: compare the keys, and the last resize.
            List<string> events = _states[(int)state];
            return string.Concat(events.Where(e => e[0] != '<')) + events.LastOrDefault(e => e[0] == '<');
        }
    }

    private sealed class ListSink : IUserInputSink
    {
        private readonly List<string> _keys = [];
        private string _size = "";

        public string Text => string.Concat(_keys) + _size;

        public void OnKeys(ReadOnlySpan<byte> keys) => _keys.Add(Convert.ToHexStringLower(keys));

        public void OnResize(int columns, int rows) => _size = $"<{columns}x{rows}>";
    }
}
