using System.Text.Json;

namespace MoshBroker.FrontDoor.Tests;

/// <summary>Why a session freezes whose program is at the far end of an ssh, where no terminal of ours can be asked.</summary>
[Collection(FrontDoorGroup.Name)]
public sealed class VerdictTests(FrontDoorFixture door)
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task A_target_that_answered_and_does_not_any_more_is_stalled()
    {
        await using TmuxTerminal terminal = await StartAsync();
        await door.Host.SuspendAsync();
        try
        {
            await terminal.TypeAsync("a");
            await VerdictAsync("fine");
            await terminal.TypeAsync("b");
            await VerdictAsync("target_stalled");
        }
        finally
        {
            await door.Host.ResumeAsync();
        }

        await VerdictAsync("fine");
        await terminal.WaitForTextAsync("> ab", Long);
        await EndAsync(terminal);
    }

    [Fact]
    public async Task Ctrl_S_at_a_target_is_told_from_the_silence_after_it()
    {
        await using TmuxTerminal terminal = await StartAsync();
        await terminal.PressAsync(0x13);
        await terminal.TypeAsync("ab");
        await VerdictAsync("program_stopped");
        await terminal.PressAsync(0x11);
        await VerdictAsync("fine");
        await terminal.WaitForTextAsync("> ab", Long);
        await EndAsync(terminal);
    }

    private static async Task EndAsync(TmuxTerminal terminal)
    {
        await terminal.TypeAsync("\x15" + "exit\r");
        await terminal.WaitForEndAsync(Long);
    }

    private async Task<TmuxTerminal> StartAsync()
    {
        TmuxTerminal terminal = await door.MoshAsync(door.Ann, "web");
        await terminal.WaitForTextAsync("p1>", Long);
        await terminal.TypeAsync("echo answered-$((3 + 4))\r");
        await terminal.WaitForTextAsync("answered-7", Long);
        return terminal;
    }

    private async Task VerdictAsync(string cause)
    {
        string id = await door.NewestAsync();
        string seen = "";
        await Eventually.TrueAsync(
            async () =>
            {
                CommandResult shown = await door.Broker.CommandAsync("sessions", "show", id, "--json");
                using JsonDocument session = JsonDocument.Parse(shown.Output);
                seen = session.RootElement.GetProperty("verdict").ToString();
                return session.RootElement.GetProperty("verdict").GetProperty("cause").GetString() == cause;
            },
            cause, Long, () => seen);
    }
}
