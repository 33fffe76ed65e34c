using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using MoshBroker.Configuration;
using MoshBroker.Control;

namespace MoshBroker.Commands;

/// <summary><c>moshbroker drain</c>: no new session from here on; waits until those that are there have ended.</summary>
internal static class DrainCommand
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(500);

    public static Command Create(HostEnvironment host)
    {
        Option<string> broker = new("--broker") { HelpName = "SOCKET", Description = "Control socket of the broker" };
        Option<int?> wait = new("--wait") { HelpName = "SECONDS", Description = "Give up waiting then, with status 1 (none: wait for the last one)" };
        wait.Validators.Add(result =>
        {
            if (result.Tokens is [var seconds] && (!int.TryParse(seconds.Value, NumberStyles.None, CultureInfo.InvariantCulture, out int given) || given > 604_800))
            {
                result.AddError($"--wait: '{seconds.Value}' is not a number of seconds up to a week");
            }
        });
        Command command = new("drain", "Let the running broker take no new session, and wait until it has none") { broker, wait };
        command.SetAction(async (parsed, cancellation) =>
        {
            TextWriter output = parsed.InvocationConfiguration.Output;
            string socket = ControlClient.FindSocket(parsed.GetValue(broker), host);
            long? end = parsed.GetValue(wait) is { } seconds ? Environment.TickCount64 + (seconds * 1000L) : null;
            int told = -1;
            while (true)
            {
                int left = JsonSerializer.Deserialize<int>(await ControlClient.AskAsync(socket, new ControlMessage("drain"u8), cancellation));
                if (left != told) { await output.WriteLineAsync(left == 1 ? "1 session is left" : $"{left} sessions are left"); }
                told = left;
                if (left == 0) { return ExitCodes.Ok; }
                if (Environment.TickCount64 >= end) { return ExitCodes.Failed; }
                await Task.Delay(LookEvery, cancellation);
            }
        });
        return command;
    }
}
