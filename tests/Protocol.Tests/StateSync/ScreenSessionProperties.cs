using System.Buffers;
using MoshBroker.Protocol.Crypto;
using MoshBroker.Protocol.Snapshots;
using MoshBroker.Protocol.States;
using MoshBroker.Protocol.StateSync;
using MoshBroker.Protocol.Terminal;
using MoshBroker.Protocol.Tests.Terminal;
using MoshBroker.Testing;
using Xunit;

namespace MoshBroker.Protocol.Tests.StateSync;

/// <summary>Terminals shown over bad networks, by the states that the product uses; the pair itself fails on a repeated nonce.</summary>
public sealed class ScreenSessionProperties
{
    [Fact]
    public void After_any_loss_delay_repetition_and_reordering_the_client_shows_the_terminal()
    {
        for (int seed = 0; seed < 60; seed++)
        {
            using RealPair pair = new(seed);
            for (int i = 0; i < 25; i++)
            {
                pair.Disturb();
                pair.Run(pair.Random.Next(150));
            }

            pair.AssertConverges();
        }
    }

    [Fact]
    public void A_server_restored_under_a_new_epoch_goes_on_and_the_client_cannot_tell()
    {
        for (int seed = 0; seed < 60; seed++)
        {
            using RealPair pair = new(seed);
            for (int i = 0; i < 25; i++)
            {
                pair.Disturb();
                pair.Run(pair.Random.Next(250));
                if (pair.Random.Next(4) == 0)
                    pair.RestartServer();
            }

            pair.AssertConverges();
            Assert.DoesNotContain(pair.ClientEvents, e => e.Kind is TransportEventKind.Ended or TransportEventKind.PeerShutdown);
        }
    }

    [Fact]
    public void A_damaged_snapshot_is_refused_and_never_throws()
    {
        using RealPair pair = new(5);
        for (int i = 0; i < 10; i++)
        {
            pair.Disturb();
            pair.Run(100);
        }

        byte[] snapshot = pair.SnapshotOfServer();
        Assert.Null(pair.TryRestore([.. snapshot.Select((b, i) => i == 0 ? (byte)2 : b)], epoch: 99));
        Assert.Null(pair.TryRestore(snapshot, epoch: 1));
        for (int length = 0; length < snapshot.Length; length++)
            Assert.Null(pair.TryRestore(snapshot[..length], epoch: 99));
        for (int i = 0; i < 5000; i++)
        {
            byte[] changed = Fuzz.Mutation.Of(snapshot, pair.Random);
            Assert.Equal(changed.AsSpan().SequenceEqual(snapshot), pair.TryRestore(changed, epoch: 99) is not null);
        }

        Transport<ScreenState, UserInputState>? whole = pair.TryRestore(snapshot, epoch: 99);
        Assert.NotNull(whole);
        Assert.Equal((99ul << 32, pair.Server.RemoteNumber), (whole.NextSequence, whole.RemoteNumber));
        whole.Dispose();
    }

    [Fact]
    public void A_damaged_session_is_refused_and_one_forged_with_the_right_checksum_never_throws()
    {
        using RealPair pair = new(6);
        for (int i = 0; i < 10; i++)
        {
            pair.Disturb();
            pair.Run(100);
        }

        byte[] snapshot = pair.SnapshotOfSession();
        Assert.Null(pair.TryRestoreSession(snapshot, epoch: 1));
        for (int length = 0; length < snapshot.Length; length++)
            Assert.Null(pair.TryRestoreSession(snapshot[..length], epoch: 99));
        for (int at = 0; at < snapshot.Length; at++)
        {
            snapshot[at] ^= 0x10;
            Assert.Null(pair.TryRestoreSession(snapshot, epoch: 99));
            snapshot[at] ^= 0x10;
        }

        for (int i = 0; i < Fuzz.FuzzScale.Of(500_000, 5000); i++)
        {
            if (pair.TryRestoreSession(Fuzz.SnapshotMutation.Of(snapshot, pair.Random), epoch: 99) is not { } session)
                continue;
            ArrayBufferWriter<byte> datagram = new();
            foreach (ChannelEnd channel in session.Channels)
            {
                channel.Transport.TryTransmit(pair.Clock.Now, datagram);
                channel.Transport.Dispose();
            }
        }
    }

    private sealed class RealPair : SessionPair<ScreenState, RemoteScreenState>
    {
        private Emulator _terminal;
        private readonly KeySink _typed = new();
        private readonly List<byte> _keys = [];
        private EchoAckClock _echo = new();
        private ulong _epoch = 1;

        public RealPair(int seed)
            : this(seed, new Emulator(30, 8))
        {
        }

        private RealPair(int seed, Emulator terminal)
            : base(seed, new ScreenState(terminal), new RemoteScreenState(17, 9), (shown, wanted) => shown.EchoAck == wanted.EchoAck && string.Equals(ScreenText.Describe(shown.Frame), ScreenText.Describe(wanted.Frame), StringComparison.Ordinal))
        {
            _terminal = terminal;
            foreach (SimulatedLink link in new[] { ToServer, ToClient })
            {
                link.Loss = Random.Next(5) / 10.0;
                link.Duplication = Random.Next(5) / 10.0;
                link.MinDelay = Random.Next(100);
                link.MaxDelay = link.MinDelay + Random.Next(200);
            }

            OnServerInput = OnInput;
        }

        public void Disturb()
        {
            byte[] keys = Random.Bytes(Random.Next(4));
            _keys.AddRange(keys);
            Input.Append(keys);
            for (int count = Random.Next(4); count > 0; count--)
                _terminal.Write(TerminalNoise.Piece(Random.Next(int.MaxValue)));
            if (Random.Next(10) == 0)
                _terminal.Resize(1 + Random.Next(40), 1 + Random.Next(12));
            switch (Random.Next(8))
            {
                case 0 or 1:
                    Screen.PageUp();
                    break;
                case 2:
                    Screen.PageDown();
                    break;
                case 3:
                    Screen.ShowPresent();
                    break;
            }

            _echo.Advance(Clock.Now);
            Screen.SetEchoAck(_echo.EchoAck);
        }

        public byte[] SnapshotOfServer()
        {
            ArrayBufferWriter<byte> snapshot = new();
            Server.WriteSnapshot(snapshot);
            return snapshot.WrittenSpan.ToArray();
        }

        public Transport<ScreenState, UserInputState>? TryRestore(byte[] snapshot, ulong epoch) => Transport<ScreenState, UserInputState>.TryRestore(
            Clock.Now, Setup(Direction.ServerToClient, epoch), Screen, new UserInputState(), snapshot);

        public void RestartServer()
        {
            SessionSnapshot? restored = TryRestoreSession(SnapshotOfSession(), ++_epoch);
            Assert.NotNull(restored);
            ChannelEnd channel = Assert.Single(restored.Channels);
            Assert.Equal((_epoch << 32, Server.RemoteNumber, Server.AcknowledgedNumber, Server.HasPeer), (channel.Transport.NextSequence, channel.Transport.RemoteNumber, channel.Transport.AcknowledgedNumber, channel.Transport.HasPeer));
            Assert.Equal(Server.Statistics.BlocksSealed, channel.Transport.Statistics.BlocksSealed);
            Assert.Equal("channel"u8.ToArray(), channel.Owner.ToArray());
            Server.Dispose();
            (_terminal, Screen, Server, _echo) = (restored.Terminal, channel.Screen, channel.Transport, channel.EchoAck);
        }

        public byte[] SnapshotOfSession()
        {
            ArrayBufferWriter<byte> snapshot = new();
            ChannelEnd channel = new(Screen, Server, new ClientKeys(Screen, _terminal), _echo, "channel"u8.ToArray());
            new SessionSnapshot(_terminal, [channel], "session"u8.ToArray()).Write(snapshot);
            return snapshot.WrittenSpan.ToArray();
        }

        public SessionSnapshot? TryRestoreSession(byte[] snapshot, ulong epoch) =>
            SessionSnapshot.TryRestore(Clock.Now, snapshot, (_, _) => Setup(Direction.ServerToClient, epoch));

        public void AssertConverges()
        {
            bool converged = RunUntil(
                () =>
                {
                    _echo.Advance(Clock.Now);
                    Screen.SetEchoAck(_echo.EchoAck);
                    return _echo.NextTimeout is null && Server.RemoteNumber > 0 && IsConverged;
                },
                90_000);
            Assert.Equal(ScreenText.Describe(Screen.Frame), ScreenText.Describe(Client.Remote.Frame));
            Assert.True(converged, $"seed {Random.Seed}: {Server.Remote.SameAs(Input)} {Client.Remote.EchoAck} of {Screen.EchoAck}");
            Assert.Equal(_keys, _typed.Keys);
            Assert.Equal((EndReason.None, EndReason.None), (Server.EndReason, Client.EndReason));
        }

        private void OnInput()
        {
            Screen.Show();
            if (Server.Remote.Drain(_typed) > 0)
                _echo.Record(Clock.Now, Server.RemoteNumber);
        }
    }
}
