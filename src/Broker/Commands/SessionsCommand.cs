using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using MoshBroker.Configuration;
using MoshBroker.Control;
using MoshBroker.Dashboard.Feed;
using Spectre.Console;

namespace MoshBroker.Commands;

/// <summary><c>moshbroker sessions</c>: looks at, and ends, the sessions of a running broker, by its control socket.</summary>
internal static class SessionsCommand
{
    public static Command Create(HostEnvironment host)
    {
        Option<string> broker = new("--broker") { HelpName = "SOCKET", Description = "Control socket of the broker", Recursive = true };
        Option<bool> json = new("--json") { Description = "Print JSON", Recursive = true };
        Command list = new("list", "List sessions: your own, or as root all");
        list.SetAction((parsed, token) => ListAsync(new Call(parsed, host, broker, json), token));

        Argument<string> shown = new("ID") { Description = "Session" };
        Command show = new("show", "Show one session with its counters") { shown };
        show.SetAction((parsed, token) => ShowAsync(new Call(parsed, host, broker, json), parsed.GetRequiredValue(shown), token));

        Argument<string> watched = new("ID") { Description = "Session" };
        Command watch = new("watch", "Watch a session in this terminal; q leaves, and nothing is typed to it") { watched };
        watch.SetAction((parsed, token) =>
        {
            Call call = new(parsed, host, broker, json);
            return WatchCommand.RunAsync(call.Socket, parsed.GetRequiredValue(watched), call.Output, token);
        });

        Argument<string> closed = new("ID") { Description = "Session", Arity = ArgumentArity.ZeroOrOne };
        Option<int?> idle = new("--idle") { HelpName = "SECONDS", Description = "Close those whose client has sent nothing for that long" };
        Command close = new("close", "End a session, or all idle ones") { closed, idle };
        close.Validators.Add(result =>
        {
            int given = (result.GetResult(closed) is { Tokens.Count: > 0 } ? 1 : 0) + (result.GetResult(idle) is not null ? 1 : 0);
            if (given != 1) { result.AddError("close takes one session ID, or --idle SECONDS"); }
        });
        idle.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && int.TryParse(result.Tokens[0].Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int seconds) && seconds < 0)
            {
                result.AddError("--idle takes seconds, from 0");
            }
        });
        close.SetAction((parsed, token) => CloseAsync(new Call(parsed, host, broker, json), parsed.GetValue(closed), parsed.GetValue(idle), token));

        Command sessions = new("sessions", "List, show, watch and close sessions of a running broker") { broker, json, list, show, watch, close };
        sessions.SetAction((parsed, token) => ListAsync(new Call(parsed, host, broker, json), token));
        return sessions;
    }

    private static async Task<int> ListAsync(Call call, CancellationToken cancellationToken)
    {
        byte[] answer = await call.AskAsync(new ControlMessage("sessions-list"u8), cancellationToken);
        if (call.WantsJson) { return call.PrintJson(answer); }
        IReadOnlyList<SessionView> sessions = Read(answer, FeedJson.Default.IReadOnlyListSessionView);
        if (sessions.Count == 0)
        {
            await call.Output.WriteLineAsync("No sessions.");
            return ExitCodes.Ok;
        }

        SessionTable.PrintList(call.Console, sessions);
        return ExitCodes.Ok;
    }

    private static async Task<int> ShowAsync(Call call, string id, CancellationToken cancellationToken)
    {
        byte[] answer = await call.AskAsync(new ControlMessage("sessions-show"u8).Add("session"u8, Encoding.UTF8.GetBytes(id)), cancellationToken);
        if (call.WantsJson) { return call.PrintJson(answer); }
        SessionTable.PrintOne(call.Console, Read(answer, FeedJson.Default.SessionView));
        return ExitCodes.Ok;
    }

    private static async Task<int> CloseAsync(Call call, string? id, int? idle, CancellationToken cancellationToken)
    {
        ControlMessage request = new("sessions-close"u8);
        if (id is not null) { request.Add("session"u8, Encoding.UTF8.GetBytes(id)); }
        if (idle is { } seconds) { request.Add("idle"u8, Encoding.UTF8.GetBytes(seconds.ToString(CultureInfo.InvariantCulture))); }
        byte[] answer = await call.AskAsync(request, cancellationToken);
        if (call.WantsJson) { return call.PrintJson(answer); }
        string[] closed = Read(answer, FeedJson.Default.StringArray);
        foreach (string session in closed) { await call.Output.WriteLineAsync($"Closed {OneLine.Of(session)}."); }
        if (closed.Length == 0) { await call.Output.WriteLineAsync("No session is idle for that long."); }
        return ExitCodes.Ok;
    }

    private static T Read<T>(byte[] json, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(json, type) ?? throw new StartRefusedException("the broker's answer is empty");
        }
        catch (JsonException e)
        {
            throw new StartRefusedException("the broker's answer is not understood: use the moshbroker of the same version, or --json", e);
        }
    }

    private sealed class Call(ParseResult parsed, HostEnvironment host, Option<string> broker, Option<bool> json)
    {
        public bool WantsJson => parsed.GetValue(json);

        public string Socket => ControlClient.FindSocket(parsed.GetValue(broker), host);

        public TextWriter Output => parsed.InvocationConfiguration.Output;

        /// <summary>Null when the output is not a terminal.</summary>
        public IAnsiConsole Console => SessionTable.ConsoleFor(Output);

        public Task<byte[]> AskAsync(ControlMessage request, CancellationToken cancellationToken) =>
            ControlClient.AskAsync(Socket, request, cancellationToken);

        public int PrintJson(byte[] answer)
        {
            Output.WriteLine(Encoding.UTF8.GetString(answer));
            return ExitCodes.Ok;
        }
    }
}
