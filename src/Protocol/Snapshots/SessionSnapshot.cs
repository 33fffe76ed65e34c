using System.Buffers;
using MoshBroker.Protocol.States;
using MoshBroker.Protocol.StateSync;
using MoshBroker.Protocol.Terminal;

namespace MoshBroker.Protocol.Snapshots;

/// <summary>A whole session as one value: its terminal and the ends of its channels, to be written before the process goes and read by the next.</summary>
/// <param name="Terminal">The terminal that all channels show.</param>
/// <param name="Channels">At most <see cref="MostChannels"/>.</param>
/// <param name="Owner">What else the owner keeps of the session; at most <see cref="MostOwnerBytes"/>.</param>
/// <remarks>
/// <para>No key is in it, but screens are: the caller seals the blob as a whole (AEAD under a subkey of the session's, with session, epoch and kind as associated
/// data) before it leaves the process's memory, and keeps the channels' keys sealed apart from it. The checksum in it finds accidents, not forgers.</para>
/// <code>'B' | version: u8 = 1 | terminal | owner: length, bytes | channels: count, then owner, view, keys, echo-ack, transport each | CRC-32C: u32</code>
/// </remarks>
public sealed record SessionSnapshot(Emulator Terminal, IReadOnlyList<ChannelEnd> Channels, ReadOnlyMemory<byte> Owner)
{
    /// <summary>Version of the format; what another version wrote is refused, not guessed. It changes with those of its parts.</summary>
    public const byte Version = 1;

    /// <summary>More clients than one terminal ever has.</summary>
    public const int MostChannels = 256;

    /// <summary>As much as a client may paste before the program takes any of it.</summary>
    public const int MostOwnerBytes = 4 * 1024 * 1024;

    private const byte Kind = (byte)'B';
    private const byte ChannelsKind = (byte)'C';

    /// <summary>Appends all of it; nothing is allocated but by the destination.</summary>
    /// <param name="destination">Gets some kB, of which most is scrollback.</param>
    /// <param name="withScrollback">As for <see cref="Emulator.WriteSnapshot"/>.</param>
    /// <exception cref="InvalidOperationException">There is too much of something, or a channel has input that was not drained: take it, and put into <see cref="Owner"/> what the program did not.</exception>
    public void Write(IBufferWriter<byte> destination, bool withScrollback = true)
    {
        if (Channels.Count > MostChannels)
            throw new InvalidOperationException("A session has no more than 256 channels.");
        SnapshotWriter to = new(destination, Kind, Version);
        Terminal.WriteContent(ref to, withScrollback);
        WriteOwner(ref to, Owner.Span);
        to.Int(Channels.Count);
        foreach (ChannelEnd channel in Channels)
            WriteChannel(ref to, channel, asStub: false);
        to.End();
    }

    /// <summary>Goes on from what <see cref="Write"/> wrote; null when it is damaged, of another version, or a channel's setup is missing or not newer.</summary>
    /// <param name="now">The present.</param>
    /// <param name="snapshot">The blob, unsealed.</param>
    /// <param name="setupOf">Asked once for each channel, in order.</param>
    /// <remarks>
    /// Channels speak first where their client was known: from the very frame that it acknowledged, and, of input, on from what was drained. Use the blob once:
    /// a second restore under the same epochs would use sequence numbers twice.
    /// </remarks>
    public static SessionSnapshot? TryRestore(MonoTime now, ReadOnlySpan<byte> snapshot, ChannelSetup setupOf)
    {
        ArgumentNullException.ThrowIfNull(setupOf);
        if (!SnapshotReader.TryOpen(snapshot, Kind, Version, out SnapshotReader from))
            return null;
        Emulator? terminal = Emulator.ReadContent(ref from);
        if (terminal is null)
            return null;

        byte[] owner = from.Block(MostOwnerBytes).ToArray();
        return ReadChannels(ref from, now, terminal, setupOf) is { } channels ? new SessionSnapshot(terminal, channels, owner) : null;
    }

    /// <summary>Appends the channels alone, as cheaply as a turn can bear: what a client holds of the screen is not written but to be painted anew.</summary>
    /// <param name="destination">Gets about 150 bytes a channel. Nothing is allocated but by it.</param>
    /// <param name="channels">At most <see cref="MostChannels"/>.</param>
    /// <exception cref="InvalidOperationException">As for <see cref="Write"/>.</exception>
    /// <remarks><code>'C' | version: u8 | channels: count, then owner, view, keys, echo-ack, transport each | CRC-32C: u32</code></remarks>
    public static void WriteChannels(IBufferWriter<byte> destination, ReadOnlySpan<ChannelEnd> channels)
    {
        if (channels.Length > MostChannels)
            throw new InvalidOperationException("A session has no more than 256 channels.");
        SnapshotWriter to = new(destination, ChannelsKind, Version);
        to.Int(channels.Length);
        foreach (ChannelEnd channel in channels)
            WriteChannel(ref to, channel, asStub: true);
        to.End();
    }

    /// <summary>Goes on from what <see cref="WriteChannels"/> wrote, with a terminal that was saved apart; null as for <see cref="TryRestore"/>.</summary>
    /// <param name="now">The present.</param>
    /// <param name="snapshot">The blob.</param>
    /// <param name="terminal">The terminal as it is now.</param>
    /// <param name="setupOf">Asked once for each channel, in order.</param>
    public static IReadOnlyList<ChannelEnd>? TryRestoreChannels(MonoTime now, ReadOnlySpan<byte> snapshot, Emulator terminal, ChannelSetup setupOf)
    {
        ArgumentNullException.ThrowIfNull(setupOf);
        return SnapshotReader.TryOpen(snapshot, ChannelsKind, Version, out SnapshotReader from) ? ReadChannels(ref from, now, terminal, setupOf) : null;
    }

    /// <summary>False for what <see cref="TryRestoreChannels"/> refuses at first sight: another kind or version, or damage.</summary>
    public static bool CanReadChannels(ReadOnlySpan<byte> snapshot) => SnapshotReader.TryOpen(snapshot, ChannelsKind, Version, out _);

    private static void WriteChannel(ref SnapshotWriter to, ChannelEnd channel, bool asStub)
    {
        if (channel.Transport.Remote.HasUndrained)
            throw new InvalidOperationException("Input that was received and not drained would be lost.");
        WriteOwner(ref to, channel.Owner.Span);
        channel.Screen.WriteView(ref to);
        channel.Keys.WriteContent(ref to);
        channel.EchoAck.WriteContent(ref to);
        channel.Transport.WriteContent(ref to, asStub);
    }

    private static List<ChannelEnd>? ReadChannels(ref SnapshotReader from, MonoTime now, Emulator terminal, ChannelSetup setupOf)
    {
        int count = from.Int(0, MostChannels);
        List<ChannelEnd> channels = [];
        for (int i = 0; i < count && !from.IsBad; i++)
        {
            if (ReadChannel(ref from, now, terminal, i, setupOf) is { } channel)
                channels.Add(channel);
            else
                from.Refuse();
        }

        if (from.IsWhole)
            return channels;
        foreach (ChannelEnd channel in channels)
            channel.Transport.Dispose();
        return null;
    }

    private static void WriteOwner(ref SnapshotWriter to, ReadOnlySpan<byte> owner)
    {
        if (owner.Length > MostOwnerBytes)
            throw new InvalidOperationException("An owner keeps no more than 4 MiB in a snapshot.");
        to.Block(owner);
    }

    private static ChannelEnd? ReadChannel(ref SnapshotReader from, MonoTime now, Emulator terminal, int index, ChannelSetup setupOf)
    {
        byte[] owner = from.Block(MostOwnerBytes).ToArray();
        ScreenState screen = new(terminal);
        screen.ReadView(ref from);
        ClientKeys keys = new(screen, terminal);
        keys.ReadContent(ref from, now);
        EchoAckClock echoAck = EchoAckClock.ReadContent(ref from, now);
        if (from.IsBad || setupOf(index, owner) is not { } setup)
            return null;
        return Transport<ScreenState, UserInputState>.ReadContent(now, setup, screen, new UserInputState(), ref from) is { } transport
            ? new ChannelEnd(screen, transport, keys, echoAck, owner)
            : null;
    }
}
