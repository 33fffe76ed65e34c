using System.Diagnostics;
using MoshBroker.Interop.Tests.Harness;

namespace MoshBroker.Interop.Tests;

/// <summary>Two real accounts, and the broker as a third: what one of them does to his own terminal is nobody else's trouble.</summary>
[Collection(AccountsGroup.Name)]
public sealed class HostileUserTests(AccountsFixture accounts)
{
    private const int Trials = 12;
    private static readonly TimeSpan Usual = TimeSpan.FromSeconds(5); // Ten times the goal: two cores run terminals, a flood and the rest of the machine, too.
    private static readonly TimeSpan Worst = Usual * 2;

    private static string Script => Repository.Path("tests", "Interop.Tests", "scripts", "hostile_pty.py");

    [Theory]
    [InlineData("never-reads", true)]
    [InlineData("blocks", true)]
    [InlineData("blocks-and-steals", false)]
    public async Task A_user_who_plays_tricks_with_his_terminal_stalls_nobody_else_under_load(string trick, bool endsForSure)
    {
        // The load: a neighbour's program that prints without end.
        OpenedSession load = await accounts.OpenAsync(accounts.Bob, "/usr/bin/yes");
        using WireClient loadClient = new(load);
        loadClient.SendInstruction(0, 1, ProtobufFields.Resize(80, 24));
        OpenedSession neighbour = await accounts.OpenAsync(accounts.Bob, SessionHome.Bash);
        await using TmuxTerminal terminal = await MoshTerminal.ClientAsync(neighbour, accounts.Bob.Home);
        await terminal.WaitForTextAsync("p1>");

        using Process hostile = Command.Start(["/usr/bin/python3", CopyOf(Script), accounts.Broker.Socket, accounts.Ann.Uid.ToString(), trick], SessionHome.Inherited());
        try
        {
            OpenedSession session = await AnswerAsync(hostile);
            using WireClient client = new(session);
            client.SendInstruction(0, 1, ProtobufFields.Resize(80, 24));
            List<TimeSpan> echoes = [];
            string typed = "";
            for (int i = 0; i < Trials; i++)
            {
                // More than a terminal's buffer holds, so that the broker's write has to wait, or would.
                for (int part = 0; part < 8; part++)
                {
                    ulong number = 2 + (ulong)((i * 8) + part);
                    client.SendInstruction(number - 1, number, ProtobufFields.Keys(new string('k', 1000)));
                }

                char key = (char)('a' + i);
                typed += key;
                await terminal.PressAsync((byte)key);
                echoes.Add(await Eventually.TrueAsync(
                    async () => (await terminal.ScreenAsync()).LastRow.EndsWith(typed, StringComparison.Ordinal), "the neighbour's echo", Worst));
            }

            Assert.True(echoes.Order().ElementAt(Trials / 2) <= Usual, $"{trick}: the neighbour's echo took {string.Join(' ', echoes)}");
            if (endsForSure)
            {
                await Eventually.TrueAsync(async () => await EndReasonAsync(session) is not null, "the hostile session has ended");
            }

            Assert.Contains(await EndReasonAsync(session), new[] { "pty_stalled", endsForSure ? "pty_stalled" : null });
            Assert.Null(await EndReasonAsync(neighbour));
            Assert.Null(await EndReasonAsync(load));
        }
        finally
        {
            hostile.Kill();
            await accounts.Broker.CommandAsync("sessions", "close", load.Id);
        }
    }

    [Fact]
    public async Task What_is_no_terminal_of_the_asking_user_is_refused_in_one_line_and_leaves_no_descriptor_behind()
    {
        Dictionary<string, string> expected = new(StringComparer.Ordinal)
        {
            ["foreign-slave"] = "not a terminal of yours",
            ["slave"] = "not a terminal of yours",
            ["locked"] = "not a terminal of yours",
            ["device"] = "not a terminal of yours",
            ["file"] = "not a terminal of yours",
            ["socket"] = "not a terminal of yours",
            ["second-master"] = "not a pipe",
            ["no-pipe"] = "not a pipe",
            ["one"] = "a terminal and a pipe",
            ["three"] = "a terminal and a pipe",
            ["none"] = "a terminal and a pipe",
        };
        string script = CopyOf(Script);
        int before = Descriptors();
        foreach ((string kind, string words) in expected)
        {
            CommandResult result = await Command.RunAsync(["/usr/bin/python3", script, accounts.Broker.Socket, accounts.Ann.Uid.ToString(), "refuse-" + kind]);
            string[] lines = result.Output.TrimEnd('\n').Split('\n');
            Assert.True(lines is ["error", _] && lines[1].StartsWith("message=", StringComparison.Ordinal), $"{kind}: {result.Output}{result.Error}");
            Assert.True(lines[1].Contains(words, StringComparison.Ordinal), $"{kind}: {lines[1]}");
        }

        // Many descriptors at once: as many as are not too many are looked at, and all are closed.
        CommandResult many = await Command.RunAsync(["/usr/bin/python3", script, accounts.Broker.Socket, accounts.Ann.Uid.ToString(), "refuse-many"]);
        Assert.True(many.Output.StartsWith("error", StringComparison.Ordinal) || many.Output == "nothing\n", many.Output + many.Error);
        await Eventually.TrueAsync(() => Descriptors() <= before, $"the broker has no more than {before} descriptors again");
    }

    [Fact]
    public async Task A_user_sees_and_closes_his_own_sessions_and_the_brokers_account_and_root_all()
    {
        OpenedSession anns = await accounts.OpenAsync(accounts.Ann, SessionHome.Bash);
        OpenedSession bobs = await accounts.OpenAsync(accounts.Bob, SessionHome.Bash);
        Assert.Equal((true, false), await SeesAsync(accounts.Ann));
        Assert.Equal((false, true), await SeesAsync(accounts.Bob));
        Assert.Equal((true, true), await SeesAsync(accounts.Keeper));
        Assert.Equal((true, true), Sees(await accounts.Broker.CommandAsync("sessions", "list", "--json")));

        foreach (string verb in new[] { "show", "close" })
        {
            CommandResult refused = await accounts.CommandAsync(accounts.Ann, "sessions", verb, bobs.Id);
            Assert.NotEqual(0, refused.ExitCode);
            Assert.Contains("no session", Assert.Single(refused.Error.TrimEnd('\n').Split('\n')), StringComparison.Ordinal);
        }

        // `--idle 0` is every session that ever had a client: none of Bob's may be among them.
        Assert.Equal(0, (await accounts.CommandAsync(accounts.Ann, "sessions", "close", "--idle", "0")).ExitCode);
        Assert.Null(await EndReasonAsync(bobs));
        Assert.Equal(0, (await accounts.CommandAsync(accounts.Ann, "sessions", "close", anns.Id)).ExitCode);
        await Eventually.TrueAsync(async () => await EndReasonAsync(anns) == "operator", "Ann's own is closed");
        Assert.Equal(0, (await accounts.CommandAsync(accounts.Keeper, "sessions", "close", bobs.Id)).ExitCode);
        await Eventually.TrueAsync(async () => await EndReasonAsync(bobs) == "operator", "the broker's account closes Bob's");

        async Task<(bool Anns, bool Bobs)> SeesAsync(UnixAccount user) => Sees(await accounts.CommandAsync(user, "sessions", "list", "--json"));

        (bool Anns, bool Bobs) Sees(CommandResult list) =>
            (list.Output.Contains($"\"{anns.Id}\"", StringComparison.Ordinal), list.Output.Contains($"\"{bobs.Id}\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_program_is_the_users_and_the_broker_is_not()
    {
        string seen = accounts.Ann.Home.File("who");
        OpenedSession session = await accounts.OpenAsync(accounts.Ann, "/bin/sh", "-c", $"id -un > {seen}");
        using WireClient client = new(session);
        client.SendInstruction(0, 1, ProtobufFields.Resize(80, 24));
        await Eventually.TrueAsync(() => File.Exists(seen) && File.ReadAllText(seen) == accounts.Ann.Name + "\n", "the program has run");
        Assert.Contains($"\t{accounts.Keeper.Uid}\t", File.ReadAllLines($"/proc/{accounts.Broker.ProcessId}/status").Single(line => line.StartsWith("Uid:", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    private string CopyOf(string script) => accounts.Ann.Home.Write("hostile_pty.py", File.ReadAllText(script));

    private int Descriptors() => Directory.GetFiles($"/proc/{accounts.Broker.ProcessId}/fd").Length;

    private async Task<string?> EndReasonAsync(OpenedSession session) => (await accounts.Broker.ShowAsync(session)).GetProperty("endReason").GetString();

    private static async Task<OpenedSession> AnswerAsync(Process hostile)
    {
        Dictionary<string, string> answer = new(StringComparer.Ordinal);
        while (!answer.ContainsKey("session"))
        {
            string line = await hostile.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(30)) ?? throw new InvalidOperationException(await hostile.StandardError.ReadToEndAsync());
            int equals = line.IndexOf('=', StringComparison.Ordinal);
            Assert.NotEqual("error", line);
            if (equals > 0) { answer[line[..equals]] = line[(equals + 1)..]; }
        }

        return new OpenedSession(int.Parse(answer["port"]), answer["key"], answer["session"]);
    }
}
