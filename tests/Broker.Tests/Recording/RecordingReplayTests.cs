using System.Text;
using System.Text.Json;
using MoshBroker.Protocol.Terminal;
using MoshBroker.Recording;
using Xunit;

namespace MoshBroker.Broker.Tests.Recording;

public sealed class RecordingReplayTests
{
    private const string Head = """{"version":2,"width":20,"height":4,"timestamp":1782907200,"title":"t"}""";

    private static async Task<JsonElement[]> PlayAsync(params string[] lines)
    {
        using MemoryStream played = new();
        using RecordingReplay replay = new();
        await replay.PlayAsync(new MemoryStream(Encoding.UTF8.GetBytes(string.Join('\n', lines))), played, CancellationToken.None);
        return [.. Encoding.UTF8.GetString(played.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];
    }

    private static string OutputOf(JsonElement[] events) => string.Concat(events.Skip(1).Where(happened => happened[1].GetString() == "o").Select(happened => happened[2].GetString()));

    [Fact]
    public async Task What_is_played_draws_the_same_screen()
    {
        JsonElement[] events = await PlayAsync(Head, """[0.1,"o","one\r\n\u001b[31mtwo"]""", """[0.5,"o","\u001b[2;2Hx"]""");
        Emulator player = new(20, 4, scrollbackRows: 0);
        player.Write(Encoding.UTF8.GetBytes(OutputOf(events)));
        Emulator direct = new(20, 4, scrollbackRows: 0);
        direct.Write("one\r\n\e[31mtwo\e[2;2Hx"u8);

        Assert.True(player.Frame.ContentEquals(direct.Frame));
    }

    [Theory]
    [InlineData("""\u001b]52;c;c2VjcmV0\u0007""", "]52")]
    [InlineData("""\u001b[c""", "\e[c")]
    [InlineData("""\u001b[6n""", "\e[6n")]
    [InlineData("""\u001bP+q544e\u001b\\""", "+q")]
    public async Task What_could_make_a_viewers_terminal_answer_or_remember_does_not_pass(string hostile, string trace)
    {
        JsonElement[] events = await PlayAsync(Head, $"[0.1,\"o\",\"{hostile}text\"]");

        Assert.DoesNotContain(trace, OutputOf(events), StringComparison.Ordinal);
        Assert.Contains("text", OutputOf(events), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Markers_and_sizes_keep_their_moments()
    {
        JsonElement[] events = await PlayAsync(Head, """[0.1,"o","a"]""", """[1.25,"m","client roamed"]""", """[2.5,"r","30x8"]""");

        Assert.Equal(["1.25 m client roamed", "2.5 r 30x8"], events.Skip(1).Where(happened => happened[1].GetString() is "m" or "r").Select(happened => $"{happened[0]} {happened[1]} {happened[2]}"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("""{"version":2,"width":100000,"height":100000,"timestamp":1,"title":""}""")]
    public async Task What_is_no_recording_plays_nothing(string head)
    {
        Assert.Empty(await PlayAsync(head, """[0.1,"o","a"]"""));
    }

    [Theory]
    [InlineData("[0.2")]
    [InlineData("""["x","o","b"]""")]
    [InlineData("""[0.2]""")]
    public async Task A_damaged_recording_is_played_up_to_the_damage(string damaged)
    {
        JsonElement[] events = await PlayAsync(Head, """[0.1,"o","before"]""", damaged, """[0.3,"o","after"]""");

        Assert.Contains("before", OutputOf(events), StringComparison.Ordinal);
        Assert.DoesNotContain("after", OutputOf(events), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_flood_becomes_as_many_frames_as_an_eye_can_see()
    {
        string[] flood = [.. Enumerable.Range(0, 5000).Select(i => FormattableString.Invariant($"[{i / 1000.0:0.000},\"o\",\"{i}\\r\\n\"]"))];
        JsonElement[] events = await PlayAsync([Head, .. flood]);

        Assert.InRange(events.Length, 50, 150);
    }
}
