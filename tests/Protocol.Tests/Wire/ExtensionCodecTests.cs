using System.Buffers;
using MoshBroker.Protocol.States;
using MoshBroker.Protocol.Terminal;
using MoshBroker.Protocol.Wire;
using Xunit;

namespace MoshBroker.Protocol.Tests.Wire;

/// <summary>Negotiation and notes: what a client of ours and a broker tell each other, and that neither stock peer is concerned.</summary>
public sealed class ExtensionCodecTests
{
    private static readonly ServerNotes Notes = new(PeerExtensions.All)
    {
        Health = new LinkHealth(3, 120, 14, 25, 7, "Fine: the client is heard."),
        Addresses = ["192.0.2.1", "2001:db8::1"],
    };

    [Fact]
    public void Notes_are_read_as_they_were_written()
    {
        ArrayBufferWriter<byte> message = new();
        ServerNotesCodec.Write(message, Notes);
        HostMessageReader reader = new(message.WrittenSpan);
        Assert.True(reader.TryNext());
        Assert.Equal(HostInstructionKind.Notes, reader.Kind);
        ServerNotes read = ServerNotesCodec.TryRead(reader.Notes)!;
        Assert.Equal(Notes.Addresses, read.Addresses);
        Assert.Equal(Notes with { Addresses = read.Addresses }, read);
        Assert.False(reader.TryNext());
        Assert.False(reader.IsMalformed);
    }

    [Fact]
    public void Any_bytes_are_notes_or_refused_and_texts_hold_no_control_characters()
    {
        Random random = new(1);
        ArrayBufferWriter<byte> message = new();
        ServerNotesCodec.Write(message, Notes with { Health = Notes.Health! with { Verdict = "a\e]0;b\ac" } });
        for (int i = 0; i < 20_000; i++)
        {
            byte[] bytes = message.WrittenSpan[5..].ToArray();
            for (int change = random.Next(0, 6); change > 0; change--)
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            ServerNotes? notes = ServerNotesCodec.TryRead(bytes.AsSpan(0, random.Next(bytes.Length + 1)));
            Assert.DoesNotContain(notes?.Health?.Verdict ?? "", char.IsControl);
            Assert.InRange(notes?.Addresses.Count ?? 0, 0, ServerNotes.MostAddresses);
        }
    }

    [Fact]
    public void The_hello_comes_with_every_diff_from_state_0_and_with_no_other_and_is_no_event()
    {
        UserInputState client = new() { Hello = PeerExtensions.All };
        UserInputState first = client.Snapshot();
        client.Resize(80, 24);
        ArrayBufferWriter<byte> diff = new();
        client.WriteDiff(first, diff);
        UserInputState server = new();
        Assert.True(server.TryApply(diff.WrittenSpan));
        Assert.Equal(PeerExtensions.All, server.Hello);
        Assert.Equal(1UL, server.EventCount);

        UserInputState second = client.Snapshot();
        client.Append("x"u8);
        client.Ask(7);
        diff.ResetWrittenCount();
        client.WriteDiff(second, diff);
        UserMessageReader reader = new(diff.WrittenSpan);
        List<UserInstructionKind> kinds = [];
        while (reader.TryNext())
            kinds.Add(reader.Kind);
        Assert.Equal([UserInstructionKind.Keystroke, UserInstructionKind.Question], kinds);

        Assert.True(server.TryApply(diff.WrittenSpan));
        Asked asked = new();
        server.Drain(asked);
        Assert.Equal(["80x24", "x", "?7"], asked.Heard);
    }

    [Fact]
    public void Who_says_no_hello_is_written_as_stock_has_it_and_told_nothing()
    {
        UserInputState client = new();
        UserInputState first = client.Snapshot();
        client.Resize(80, 24);
        ArrayBufferWriter<byte> diff = new();
        client.WriteDiff(first, diff);
        Assert.Equal("0a061a0428503018", Convert.ToHexStringLower(diff.WrittenSpan));

        ScreenState screen = new(new Emulator(10, 2));
        ScreenState blank = screen.Snapshot();
        screen.Show();
        diff.ResetWrittenCount();
        screen.WriteDiff(blank, diff);
        HostMessageReader reader = new(diff.WrittenSpan);
        while (reader.TryNext())
            Assert.NotEqual(HostInstructionKind.Notes, reader.Kind);
    }

    [Fact]
    public void Notes_are_part_of_the_screens_state_and_sent_once()
    {
        ScreenState server = new(new Emulator(10, 2));
        RemoteScreenState client = new(10, 2);
        ScreenState blank = server.Snapshot();
        server.Show();
        server.SetNotes(new ServerNotes(PeerExtensions.Health));
        ArrayBufferWriter<byte> diff = new();
        server.WriteDiff(blank, diff);
        Assert.True(client.TryApply(diff.WrittenSpan));
        Assert.Equal(PeerExtensions.Health, client.Notes!.Granted);

        ScreenState sent = server.Snapshot();
        Assert.True(server.SameAs(sent));
        server.SetNotes(server.Notes! with { Health = Notes.Health });
        Assert.False(server.SameAs(sent));
        diff.ResetWrittenCount();
        server.WriteDiff(sent, diff);
        Assert.True(client.TryApply(diff.WrittenSpan));
        Assert.Equal(Notes.Health, client.Notes.Health);
    }

    private sealed class Asked : IUserInputSink
    {
        public List<string> Heard { get; } = [];

        public void OnKeys(ReadOnlySpan<byte> keys) => Heard.Add(System.Text.Encoding.ASCII.GetString(keys));

        public void OnResize(int columns, int rows) => Heard.Add($"{columns}x{rows}");

        public void OnQuestion(int number) => Heard.Add($"?{number}");
    }
}
