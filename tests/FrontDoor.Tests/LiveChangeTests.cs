using System.Globalization;
using System.Text.Json;

namespace MoshBroker.FrontDoor.Tests;

/// <summary>What a change of policy, or the end of a right, does to sessions that live.</summary>
[Collection(FrontDoorGroup.Name)]
public sealed class LiveChangeTests(FrontDoorFixture door)
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Fifty_live_sessions_notice_nothing_of_a_new_policy()
    {
        await door.CloseAllAsync();
        List<PlainSession> sessions = [];
        try
        {
            while (sessions.Count < 50)
            {
                sessions.AddRange(await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => PlainSession.StartAsync(door, door.Ann, "shell"))));
            }

            await door.ReloadAsync();
            Assert.Equal(50, (await door.Broker.LiveAsync()).Count);
            await Task.WhenAll(sessions.Select(async (session, number) =>
            {
                await session.TypeAsync($"echo alive-{number}-$((6*7))\r");
                await session.WaitForAsync($"alive-{number}-42");
            }));
        }
        finally
        {
            foreach (PlainSession session in sessions) { await session.DisposeAsync(); }
            await door.CloseAllAsync();
        }
    }

    [Fact]
    public async Task A_revoked_key_locks_its_sessions_within_five_seconds()
    {
        await door.CloseAllAsync();
        string key = (await Command.RunAsync(["/usr/bin/ssh-keygen", "-lf", door.Bob.Path + ".pub"])).Output.Split(' ')[1];
        await using TmuxTerminal terminal = await door.MoshAsync(door.Bob, "shell");
        await terminal.WaitForTextAsync("p1>", Long);
        string id = await door.NewestAsync();
        DateTimeOffset revoked = DateTimeOffset.UtcNow;
        await using (await door.ChangedAsync(revoked: key))
        {
            await terminal.WaitForTextAsync("This session is locked", Long);
            await terminal.TypeAsync("echo never-$((1+1))\r");
            string locked = (await door.AuditAsync("session.lock")).Last(line => line.Contains(id, StringComparison.Ordinal));
            TimeSpan took = JsonDocument.Parse(locked).RootElement.GetProperty("timestamp").GetDateTimeOffset() - revoked;
            Assert.True(took < TimeSpan.FromSeconds(5), $"locked after {took.TotalSeconds:0.0} s");
        }

        await using TmuxTerminal fresh = await door.PlainAsync(door.Bob, "attach");
        TerminalScreen screen = await fresh.WaitForTextAsync("p1>", Long);
        Assert.False(screen.Shows("never-2"), screen.ToString());
        await fresh.TypeAsync("exit\r");
        await fresh.WaitForEndAsync(Long);
    }

    [Fact]
    public async Task A_session_locks_when_its_certificate_ends_and_a_new_one_opens_it()
    {
        await door.CloseAllAsync();
        string ends = DateTime.UtcNow.AddSeconds(25).ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture) + "Z";
        await door.Dora.CertifyAsync(door.Authority, "dora", $"-1h:{ends}");
        await using TmuxTerminal terminal = await door.MoshAsync(door.Dora, "shell");
        await terminal.WaitForTextAsync("p1>", Long);
        await terminal.TypeAsync("echo secret-$((6*7))\r");
        await terminal.WaitForTextAsync("secret-42", Long);
        TerminalScreen locked = await terminal.WaitForTextAsync("This session is locked", Long);
        Assert.False(locked.Shows("secret-42"), locked.ToString());
        await door.Dora.CertifyAsync(door.Authority, "dora", "+1h");
        await using TmuxTerminal fresh = await door.PlainAsync(door.Dora, "attach");
        await fresh.WaitForTextAsync("secret-42", Long);
        await terminal.WaitForTextAsync("secret-42", Long);
        await fresh.TypeAsync("exit\r");
        await fresh.WaitForEndAsync(Long);
    }
}
