using MoshBroker.Interop.Tests.Harness;
using MoshBroker.Protocol.Terminal;

namespace MoshBroker.Interop.Tests.Connect;

/// <summary>What `connect` and the broker do for each other beyond stock's protocol, and that stock's peers see nothing of it.</summary>
[Collection(InteropGroup.Name)]
public sealed class ConnectExtensionTests(InteropFixture fixture) : IDisposable
{
    private const string Link = "\e]8;;http://example.org/";

    private readonly SessionHome _home = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task Links_faint_text_and_the_cursors_shape_reach_the_terminal_and_are_taken_back_at_the_end()
    {
        await using ConnectTerminal connect = await PaintAsync(brokers: true, "xterm-256color");
        await Eventually.TrueAsync(() => connect.Output.Contains(Link, StringComparison.Ordinal), "the link is in what the terminal got");
        await Eventually.TrueAsync(() => connect.Replay().Frame.CursorShape == 5, "the cursor is a bar");
        Framebuffer frame = connect.Replay().Frame;
        Assert.Equal(CellFlags.Faint, frame.Row(0)[0].FullRendition.Attributes);
        Assert.Equal(CellFlags.Strikethrough, frame.Row(1)[0].FullRendition.Attributes);
        Assert.DoesNotContain("\e[?2026h", connect.Output, StringComparison.Ordinal);
        await connect.Terminal.TypeAsync("\r");
        await connect.EndRestoredAsync();
        Assert.Equal(0, connect.Replay().Frame.CursorShape);
    }

    [Theory]
    [InlineData(false, "xterm-256color")] // stock's server gets the hello, and goes on
    [InlineData(true, "xterm-256color", "--extensions=off")]
    [InlineData(true, "xterm-256color", "--extensions=health")]
    [InlineData(true, "vt100")]
    public async Task Without_both_ends_consent_the_screen_is_as_stocks(bool brokers, string term, params string[] words)
    {
        await using ConnectTerminal connect = await PaintAsync(brokers, term, words);
        Assert.DoesNotContain(Link, connect.Output, StringComparison.Ordinal);
        Assert.Equal(0, connect.Replay().Frame.CursorShape);
        Assert.Equal(CellFlags.None, connect.Replay().Frame.Row(0)[0].FullRendition.Attributes);
        await connect.Terminal.TypeAsync("\r");
        await connect.EndRestoredAsync();
    }

    [Fact]
    public async Task A_terminal_that_can_hold_updates_gets_each_of_them_in_one_piece()
    {
        OpenedSession session = await fixture.Server.OpenAsync(_home.Environment, SessionHome.Bash);
        await using ConnectTerminal connect = await ConnectTerminal.DirectAsync(_home, session.Port, session.Key, ("TERM", "xterm-256color"), ("VTE_VERSION", "7200"));
        await connect.Terminal.WaitForTextAsync("p1>");
        await connect.Terminal.TypeAsync("seq 30; echo do''ne\r");
        await connect.Terminal.WaitForTextAsync("done");
        string[] updates = connect.Output.Split("\e[?2026h");
        Assert.True(updates.Length > 2, connect.Output);
        Assert.All(updates[1..], update => Assert.Contains("\e[?2026l", update, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_health_of_the_session_is_told_from_both_ends()
    {
        OpenedSession session = await fixture.Server.OpenAsync(_home.Environment, SessionHome.Bash);
        await using ConnectTerminal connect = await ConnectTerminal.StartAsync(_home, ["--direct", "127.0.0.1", $"{session.Port}"], 130, 24, ("MOSH_KEY", session.Key));
        await connect.Terminal.WaitForTextAsync("p1>");
        await connect.Terminal.TypeAsync("\x1es");
        await connect.Terminal.WaitForAsync(
            s => s.Rows[0].Contains("ms here", StringComparison.Ordinal) && s.Rows[0].Contains("lost 0.0 % from there, 0.0 % to there; Fine: the client is heard", StringComparison.Ordinal),
            "both ends' figures and the broker's verdict");
        await connect.Terminal.TypeAsync("echo st''ill\r");
        await connect.Terminal.WaitForAsync(s => s.HasRow("still"), "nobody's keys were mistaken for a question");
    }

    private async Task<ConnectTerminal> PaintAsync(bool brokers, string term, params string[] words)
    {
        string script = _home.Write("paint", """
            printf '\033[2mfaint\033[0m\r\n\033[9mstruck\033[0m\r\n\033]8;;http://example.org/\007link\033]8;;\007\033[5 q\r\nready'; read x
            """);
        MoshServer server = brokers ? fixture.Server : new StockServer();
        OpenedSession session = await server.OpenAsync(_home.Environment, ["/bin/sh", script]);
        ConnectTerminal connect = await ConnectTerminal.StartAsync(_home, [.. words, "--direct", "127.0.0.1", $"{session.Port}"], 80, 24, ("MOSH_KEY", session.Key), ("TERM", term));
        await connect.Terminal.WaitForTextAsync("ready");
        return connect;
    }
}
