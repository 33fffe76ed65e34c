using System.CommandLine;
using MoshBroker.Configuration;
using MoshBroker.Control;

namespace MoshBroker.Commands;

/// <summary><c>moshbroker upgrade</c>: the running broker hands over to the build that stands in its place now.</summary>
internal static class UpgradeCommand
{
    public static Command Create(HostEnvironment host)
    {
        Option<string> broker = new("--broker") { HelpName = "SOCKET", Description = "Control socket of the broker" };
        Command command = new("upgrade", "Let the running broker hand its sessions over to the newest build; nobody's session ends") { broker };
        command.SetAction(async (parsed, cancellation) =>
        {
            await ControlClient.AskAsync(ControlClient.FindSocket(parsed.GetValue(broker), host), new ControlMessage("upgrade"u8), cancellation);
            return ExitCodes.Ok;
        });
        return command;
    }
}
