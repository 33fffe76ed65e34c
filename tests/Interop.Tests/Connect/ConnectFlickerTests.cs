using System.Globalization;
using System.Text.RegularExpressions;
using MoshBroker.Interop.Tests.Harness;
using MoshBroker.Protocol.Terminal;

namespace MoshBroker.Interop.Tests.Connect;

/// <summary>What the terminal is sent, write by write, as the kernel saw it.</summary>
[Collection(InteropGroup.Name)]
public sealed partial class ConnectFlickerTests(InteropFixture fixture) : IDisposable
{
    private const int Pages = 40;

    private readonly SessionHome _home = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task Each_update_is_one_write_that_leads_from_one_page_to_the_next_without_a_blank_between()
    {
        // Whole pages, each of its own letter, one for each key.
        string script = _home.Write(
            "pages.py",
            $$"""
            import sys, termios, tty
            tty.setcbreak(0)
            sys.stdout.write('\x1b[?1049h')
            for page in range({{Pages}}):
                letter = chr(ord('A') + page % 26)
                sys.stdout.write('\x1b[H\x1b[2J' + '\r\n'.join('\x1b[3%dm%s' % (row % 8, letter * 79) for row in range(23)) + '\x1b[m\r\npage %d.' % page)
                sys.stdout.flush()
                sys.stdin.read(1)
            """);
        OpenedSession session = await fixture.Server.OpenAsync(_home.Environment, ["/usr/bin/python3", script]);
        string trace = _home.File("trace");
        string connect = Command.Quote([RunningBroker.Launcher, "connect", "--predict=never", "--direct", "127.0.0.1", $"{session.Port}"]);
        await using TmuxTerminal terminal = await TmuxTerminal.StartAsync(
            ["/bin/sh", "-c", $"exec strace -f -e trace=write -e signal=none -s 1000000 -xx -o {trace} {connect}"], _home.With(("MOSH_KEY", session.Key)));
        for (int page = 0; page < Pages; page++)
        {
            await terminal.WaitForTextAsync($"page {page}.", TimeSpan.FromSeconds(60));
            await terminal.TypeAsync(" ");
        }

        await terminal.WaitForEndAsync(TimeSpan.FromSeconds(60));
        Emulator screen = new(80, 24, 0);
        int updates = 0;
        foreach (byte[] write in Writes(trace))
        {
            screen.Write(write);
            string[] rows = [.. Enumerable.Range(0, 24).Select(screen.Frame.RowText)];
            if (!rows[23].StartsWith("page ", StringComparison.Ordinal)) { continue; }
            updates++;
            int page = int.Parse(rows[23]["page ".Length..^1], CultureInfo.InvariantCulture);
            Assert.All(rows[..23], row => Assert.Equal(new string((char)('A' + (page % 26)), 79), row));
        }

        Assert.InRange(updates, Pages, Pages + 4);
    }

    /// <summary>What went to the terminal in one system call each; all of them took everything they were given.</summary>
    private static IEnumerable<byte[]> Writes(string trace)
    {
        foreach (string line in File.ReadLines(trace))
        {
            Match write = WriteCall().Match(line);
            if (!write.Success) { continue; }
            byte[] bytes = Convert.FromHexString(write.Groups[1].Value.Replace("\\x", "", StringComparison.Ordinal));
            Assert.Equal(bytes.Length, int.Parse(write.Groups[2].Value, CultureInfo.InvariantCulture));
            yield return bytes;
        }
    }

    [GeneratedRegex("""write\(1, "((?:\\x[0-9a-f]{2})*)", \d+\)\s+= (\d+)$""")]
    private static partial Regex WriteCall();
}
