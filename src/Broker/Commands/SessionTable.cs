using System.Globalization;
using MoshBroker.Configuration;
using MoshBroker.Dashboard.Feed;
using MoshBroker.Http.Access;
using Spectre.Console;

namespace MoshBroker.Commands;

/// <summary>Sessions as text: a table in a terminal, aligned columns without lines, colours or cuts elsewhere.</summary>
internal static class SessionTable
{
    /// <summary>Wide enough that nothing is wrapped where another program reads.</summary>
    private const int UnboundedWidth = 10_000;

    public static IAnsiConsole ConsoleFor(TextWriter output)
    {
        bool isTerminal = ReferenceEquals(output, System.Console.Out) && !System.Console.IsOutputRedirected;
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(output),
            Ansi = isTerminal ? AnsiSupport.Detect : AnsiSupport.No,
            Interactive = InteractionSupport.No,
        });
        if (!isTerminal) { console.Profile.Width = UnboundedWidth; }
        return console;
    }

    public static void PrintList(IAnsiConsole console, IReadOnlyList<SessionView> sessions)
    {
        string[] heads = ["ID", "USER", "STATE", "VERDICT", "COMMAND", "PEER", "RTT", "HEARD", "IDLE", "SIZE", "CREATED"];
        Print(console, heads, sessions.Select(session =>
        {
            ChannelView? channel = Best(session);
            return new[]
            {
                session.Id, session.User, State(session), session.Verdict?.Cause.Replace('_', ' ') ?? "-", session.Command, channel?.Peer ?? "-", Milliseconds(channel?.SrttMs),
                Age(channel?.LastHeardSecondsAgo), Age(session.IdleSeconds), Size(session), Time(session.CreatedAt),
            };
        }));
    }

    public static void PrintTokens(IAnsiConsole console, IReadOnlyList<AccessToken> tokens)
    {
        if (tokens.Count == 0)
        {
            console.WriteLine("No tokens. moshbroker token create --role admin makes one.");
            return;
        }

        string[] heads = ["ID", "NAME", "ROLE", "TENANT", "SCREENS", "CREATED", "UNTIL"];
        Print(console, heads, tokens.Select(token => new[]
        {
            token.Id, token.Name, token.Role.ToString().ToLowerInvariant() + (token.IsBreakGlass ? " (break glass)" : ""), token.Tenant ?? "all", token.MayWatch ? "yes" : "no",
            Time(token.CreatedAt), token.ExpiresAt is { } end ? Time(end) : "-",
        }));
    }

    public static void PrintOne(IAnsiConsole console, SessionView session)
    {
        if (session.Verdict is { } verdict)
        {
            console.WriteLine(Plain(verdict.Line));
            console.WriteLine();
        }

        (string Name, string Value)[] facts =
        [
            ("session", session.Id),
            ("state", State(session)),
            ("user", $"{session.User} ({session.Uid})"),
            ("command", session.Command),
            ("pid", session.Pid?.ToString(CultureInfo.InvariantCulture) ?? "-"),
            ("created", Time(session.CreatedAt)),
            ("size", Size(session)),
            ("idle", Age(session.IdleSeconds)),
            ("from program", $"{session.PtyBytesRead} bytes"),
            ("to program", $"{session.PtyBytesWritten} bytes"),
        ];
        foreach ((string name, string value) in facts) { console.WriteLine($"{name,-13} {Plain(value)}"); }
        if (session.Channels.Count > 0) { PrintChannels(console, session); }
        if (session.Timeline is not { Count: > 0 } timeline) { return; }
        console.WriteLine();
        DateTimeOffset day = default;
        foreach (TimelineEventView happened in timeline)
        {
            DateTimeOffset at = happened.At.ToUniversalTime();
            if (at.Date != day.Date) { console.WriteLine(at.ToString("yyyy-MM-dd (UTC)", CultureInfo.InvariantCulture)); }
            day = at;
            console.WriteLine($"{at.ToString("HH:mm:ss", CultureInfo.InvariantCulture)}  {Plain(happened.Line)}");
        }
    }

    private static void PrintChannels(IAnsiConsole console, SessionView session)
    {
        console.WriteLine();
        string[] heads = ["CHANNEL", "PORT", "PEER", "RTT", "RTTVAR", "JITTER", "HEARD", "IN", "OUT", "BYTES IN", "BYTES OUT", "ROAMS", "DROPPED"];
        Print(console, heads, session.Channels.Select(channel => new[]
        {
            $"{channel.Id}", $"{channel.Port}", channel.Peer ?? "-", Milliseconds(channel.SrttMs), Milliseconds(channel.RttVariationMs),
            Milliseconds(channel.SrttMs is null ? null : channel.JitterMs), Age(channel.LastHeardSecondsAgo),
            $"{channel.DatagramsIn}", $"{channel.DatagramsOut}", $"{channel.BytesIn}", $"{channel.BytesOut}", $"{channel.Roams}",
            channel.Drops.Count == 0 ? "-" : string.Join(' ', channel.Drops.Select(drop => $"{drop.Key}={drop.Value}")),
        }));
    }

    private static void Print(IAnsiConsole console, string[] heads, IEnumerable<string[]> rows)
    {
        bool isTerminal = console.Profile.Capabilities.Ansi;
        Table table = new() { Border = isTerminal ? TableBorder.Simple : TableBorder.None, ShowHeaders = true };
        foreach (string head in heads) { table.AddColumn(new TableColumn(head) { NoWrap = !isTerminal || head != "COMMAND" }); }
        foreach (string[] row in rows) { table.AddRow([.. row.Select(cell => new Text(Plain(cell)))]); }
        console.Write(table);
    }

    // A command or a name comes from its user; what controls a terminal or turns the reading direction must not reach an admin's.
    private static string Plain(string text) => string.Concat(OneLine.Of(text).Select(
        c => char.GetUnicodeCategory(c) is UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator ? '?' : c));

    private static ChannelView? Best(SessionView session) => session.Channels.MinBy(channel => channel.LastHeardSecondsAgo ?? double.MaxValue);

    private static string State(SessionView session)
    {
        string state = session.State.ToString().ToLowerInvariant();
        return session.EndReason is { } reason ? $"{state} ({reason})" : state;
    }

    private static string Size(SessionView session) => $"{session.Columns}x{session.Rows}";

    private static string Milliseconds(double? value) => value is { } ms ? string.Create(CultureInfo.InvariantCulture, $"{ms:0} ms") : "-";

    private static string Time(DateTimeOffset time) => time.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static string Age(double? seconds) => seconds switch
    {
        null => "-",
        < 60 => string.Create(CultureInfo.InvariantCulture, $"{seconds:0.0} s"),
        < 3600 => string.Create(CultureInfo.InvariantCulture, $"{(int)(seconds / 60)} min"),
        < 86_400 => string.Create(CultureInfo.InvariantCulture, $"{(int)(seconds / 3600)} h {(int)(seconds % 3600 / 60)} min"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{(int)(seconds / 86_400)} d"),
    };
}
