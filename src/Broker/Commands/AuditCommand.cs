using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using MoshBroker.Audit;
using MoshBroker.Configuration;
using MoshBroker.Control;

namespace MoshBroker.Commands;

/// <summary><c>moshbroker audit</c>: asks the trail of a running broker, and checks its chain.</summary>
internal static class AuditCommand
{
    private const int DefaultLimit = 100;

    // Shown in columns of their own; the rest of a line follows as name=value.
    private static readonly string[] Columns = ["number", "timestamp", "event.name", "previous"];

    public static Command Create(HostEnvironment host)
    {
        Option<string> broker = new("--broker") { HelpName = "SOCKET", Description = "Control socket of the broker", Recursive = true };
        Option<bool> json = new("--json") { Description = "Print JSON, a line an event" };
        Option<string> since = new("--since") { HelpName = "TIME", Description = "From then on: 90s, 15m, 24h, 7d, or 2026-01-31T12:00Z" };
        Option<string> until = new("--until") { HelpName = "TIME", Description = "Before then, written as for --since" };
        Option<string> name = new("--event") { HelpName = "NAME", Description = "Such as login, deny, session.start, session.end, session.watch" };
        Option<string> tenant = new("--tenant") { HelpName = "NAME" };
        Option<string> user = new("--user") { HelpName = "NAME" };
        Option<string> session = new("--session") { HelpName = "ID" };
        Option<int> limit = new("--limit") { HelpName = "N", Description = "The newest N events", DefaultValueFactory = _ => DefaultLimit };
        Argument<string[]> files = new("FILE") { Description = "Copies of audit files, oldest first; without, those of the running broker", Arity = ArgumentArity.ZeroOrMore };
        Command verify = new("verify", "Check that no event was changed, removed or put in") { files };
        verify.SetAction((parsed, token) => VerifyAsync(parsed, host, parsed.GetValue(broker), parsed.GetValue(files) ?? [], token));

        Command audit = new("audit", "Show who did what, from where, with which outcome") { broker, json, since, until, name, tenant, user, session, limit, verify };
        audit.SetAction(async (parsed, token) =>
        {
            ControlMessage request = new("audit-query"u8);
            Add(request, "since"u8, ToMs(parsed.GetValue(since), "--since"));
            Add(request, "until"u8, ToMs(parsed.GetValue(until), "--until"));
            Add(request, "event"u8, parsed.GetValue(name));
            Add(request, "tenant"u8, parsed.GetValue(tenant));
            Add(request, "user"u8, parsed.GetValue(user));
            Add(request, "session"u8, parsed.GetValue(session));
            Add(request, "limit"u8, parsed.GetValue(limit).ToString(CultureInfo.InvariantCulture));
            byte[] answer = await ControlClient.AskAsync(ControlClient.FindSocket(parsed.GetValue(broker), host), request, token);
            using JsonDocument events = JsonDocument.Parse(answer);
            TextWriter output = parsed.InvocationConfiguration.Output;
            foreach (JsonElement happened in events.RootElement.EnumerateArray())
            {
                await output.WriteLineAsync(parsed.GetValue(json) ? happened.GetRawText() : Line(happened));
            }

            if (events.RootElement.GetArrayLength() == 0 && !parsed.GetValue(json)) { await output.WriteLineAsync("No such events."); }
            return ExitCodes.Ok;
        });
        return audit;
    }

    private static void Add(ControlMessage request, ReadOnlySpan<byte> name, string? value)
    {
        if (value is not null) { request.Add(name, Encoding.UTF8.GetBytes(value)); }
    }

    private static string Line(JsonElement happened)
    {
        StringBuilder line = new($"{happened.GetProperty("timestamp").GetString()}  {happened.GetProperty("event.name").GetString(),-16}");
        foreach (JsonProperty attribute in happened.EnumerateObject().Where(attribute => !Columns.Contains(attribute.Name, StringComparer.Ordinal)))
        {
            line.Append(CultureInfo.InvariantCulture, $"  {attribute.Name}={OneLine.Of(attribute.Value.ToString())}");
        }

        return line.ToString();
    }

    /// <summary>"15m" ago, or a moment, in milliseconds since 1970.</summary>
    private static string? ToMs(string? text, string option)
    {
        if (text is null) { return null; }
        DateTimeOffset now = DateTimeOffset.UtcNow;
        if (text.Length >= 2 && double.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double count)
            && "smhd".IndexOf(text[^1], StringComparison.Ordinal) is >= 0 and int unit)
        {
            double seconds = count * unit switch { 0 => 1, 1 => 60, 2 => 3600, _ => 86_400 };
            return seconds < now.ToUnixTimeSeconds() ? now.AddSeconds(-seconds).ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture) : "0";
        }

        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset moment)
            ? moment.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture)
            : throw new StartRefusedException($"{option} '{OneLine.Of(text)}' is not a time: write 90s, 15m, 24h, 7d, or 2026-01-31T12:00Z", exitCode: ExitCodes.Usage);
    }

    private static async Task<int> VerifyAsync(ParseResult parsed, HostEnvironment host, string? broker, string[] files, CancellationToken token)
    {
        (long lines, long last, string? fault) = files.Length > 0
            ? OfFiles([.. files.Select(file => Path.GetFullPath(file, host.WorkingDirectory))])
            : OfBroker(await ControlClient.AskAsync(ControlClient.FindSocket(broker, host), new ControlMessage("audit-verify"u8), token));
        if (fault is not null) { throw new StartRefusedException($"the audit trail does not hold: {OneLine.Of(fault)} ({lines} events before that do)"); }
        await parsed.InvocationConfiguration.Output.WriteLineAsync(
            files.Length > 0
                ? $"{lines} events, up to number {last}: none was changed, removed or put in. Whether later ones were cut off, only the broker's store can tell."
                : $"{lines} events, up to number {last}: none was changed, removed, put in or cut off.");
        return ExitCodes.Ok;
    }

    private static (long Lines, long Last, string? Fault) OfFiles(string[] files)
    {
        try
        {
            AuditCheck check = AuditCheck.Of(files);
            return (check.Lines, check.Last?.Number ?? 0, check.Fault);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartRefusedException(OneLine.Of(e), e);
        }
    }

    private static (long Lines, long Last, string? Fault) OfBroker(byte[] json)
    {
        using JsonDocument answer = JsonDocument.Parse(json);
        JsonElement root = answer.RootElement;
        return (root.GetProperty("lines").GetInt64(), root.GetProperty("last").GetInt64(), root.GetProperty("fault").GetString());
    }
}
