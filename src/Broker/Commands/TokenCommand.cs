using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using MoshBroker.Configuration;
using MoshBroker.Control;
using MoshBroker.Dashboard.Feed;
using MoshBroker.Http.Access;

namespace MoshBroker.Commands;

/// <summary><c>moshbroker token</c>: who may use the dashboard and the API.</summary>
internal static class TokenCommand
{
    public static Command Create(HostEnvironment host)
    {
        Option<string> broker = new("--broker") { HelpName = "SOCKET", Description = "Control socket of the broker", Recursive = true };
        Option<string> role = new("--role") { HelpName = "ROLE", Description = "viewer, operator (may act), auditor (may read the trail), admin", Required = true };
        Option<string> tenant = new("--tenant") { HelpName = "NAME", Description = "For this tenant only (all)" };
        Option<string> name = new("--name") { HelpName = "NAME", Description = "Whose it is, for the audit trail (who makes it)" };
        Option<bool> watch = new("--watch") { Description = "May see live screens" };
        Option<string> lifetime = new("--for") { HelpName = "TIME", Description = "Valid for so long: 8h, 30d (no end)" };
        Option<bool> breakGlass = new("--break-glass") { Description = "For emergencies: its use is an alert" };
        Option<bool> once = new("--once") { Description = "Print a link that logs one browser in, once, within 15 minutes" };
        Command create = new("create", "Make a token; it is printed once") { role, tenant, name, watch, lifetime, breakGlass, once };
        create.SetAction(async (parsed, cancellation) =>
        {
            ControlMessage request = new ControlMessage("token-create"u8).Add("role"u8, Encoding.UTF8.GetBytes(parsed.GetRequiredValue(role)));
            Add(request, "tenant"u8, parsed.GetValue(tenant));
            Add(request, "name"u8, parsed.GetValue(name));
            Add(request, "watch"u8, parsed.GetValue(watch) ? "" : null);
            Add(request, "break-glass"u8, parsed.GetValue(breakGlass) ? "" : null);
            Add(request, "once"u8, parsed.GetValue(once) ? "" : null);
            if (parsed.GetValue(lifetime) is { } span) { Add(request, "lifetime"u8, Seconds(span)); }
            byte[] answer = await ControlClient.AskAsync(ControlClient.FindSocket(parsed.GetValue(broker), host), request, cancellation);
            string[] made = JsonSerializer.Deserialize(answer, FeedJson.Default.StringArray)!;
            // Alone on stdout, so that a script can keep it.
            await parsed.InvocationConfiguration.Output.WriteLineAsync(made[1]);
            if (!parsed.GetValue(once)) { await parsed.InvocationConfiguration.Error.WriteLineAsync($"Token {made[0]}; it is not shown again. moshbroker token revoke {made[0]} ends it."); }
            return ExitCodes.Ok;
        });

        Command list = new("list", "Show the tokens that there are");
        list.SetAction(async (parsed, cancellation) =>
        {
            byte[] answer = await ControlClient.AskAsync(ControlClient.FindSocket(parsed.GetValue(broker), host), new ControlMessage("token-list"u8), cancellation);
            SessionTable.PrintTokens(SessionTable.ConsoleFor(parsed.InvocationConfiguration.Output), JsonSerializer.Deserialize(answer, AccessJson.Default.AccessTokenArray)!);
            return ExitCodes.Ok;
        });

        Argument<string> id = new("ID") { Description = "As token list shows it" };
        Command revoke = new("revoke", "End a token, and every login by it") { id };
        revoke.SetAction(async (parsed, cancellation) =>
        {
            ControlMessage request = new ControlMessage("token-revoke"u8).Add("token"u8, Encoding.UTF8.GetBytes(parsed.GetRequiredValue(id)));
            await ControlClient.AskAsync(ControlClient.FindSocket(parsed.GetValue(broker), host), request, cancellation);
            return ExitCodes.Ok;
        });
        return new Command("token", "Tokens for the dashboard and the API") { broker, create, list, revoke };
    }

    private static void Add(ControlMessage request, ReadOnlySpan<byte> name, string? value)
    {
        if (value is not null) { request.Add(name, Encoding.UTF8.GetBytes(value)); }
    }

    private static string Seconds(string span)
    {
        int unit = span.Length == 0 ? 0 : span[^1] switch { 's' => 1, 'm' => 60, 'h' => 3600, 'd' => 86_400, _ => 0 };
        return unit > 0 && int.TryParse(span.AsSpan(0, span.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count is > 0 and < 100_000
            ? ((long)count * unit).ToString(CultureInfo.InvariantCulture)
            : throw new StartRefusedException($"--for '{OneLine.Of(span)}' is not a span: write 30m, 8h or 30d", exitCode: ExitCodes.Usage);
    }
}
