namespace MoshBroker.Interop.Tests.Harness;

/// <summary>Two users of one machine, and a broker that is a third: as on a jump box.</summary>
public sealed class AccountsFixture : IAsyncLifetime
{
    private InstalledCopy? _copy;

    internal UnixAccount Ann { get; private set; } = null!;

    internal UnixAccount Bob { get; private set; } = null!;

    internal UnixAccount Keeper { get; private set; } = null!;

    internal RunningBroker Broker { get; private set; } = null!;

    internal string Launcher => _copy!.Launcher;

    public async Task InitializeAsync()
    {
        _ = await RunningBroker.BuildAsync();
        _copy = await InstalledCopy.MakeAsync();
        Ann = await UnixAccount.CreateAsync();
        Bob = await UnixAccount.CreateAsync();
        Keeper = await UnixAccount.CreateAsync();
        Broker = await RunningBroker.StartAsAsync(Keeper, Launcher);
    }

    public async Task DisposeAsync()
    {
        if (Broker is not null) { await Broker.DisposeAsync(); }
        foreach (UnixAccount? account in new[] { Ann, Bob, Keeper })
        {
            if (account is not null) { await account.DisposeAsync(); }
        }

        _copy?.Dispose();
    }

    /// <summary>`open` as one of the users.</summary>
    internal async Task<OpenedSession> OpenAsync(UnixAccount user, params IReadOnlyList<string> program)
    {
        IReadOnlyList<string> words = [Launcher, "open", "--broker", Broker.Socket, "new", "-i", "127.0.0.1", "-c", "256"];
        return MoshServer.Parse(await user.RunAsync(program.Count > 0 ? [.. words, "--", .. program] : words));
    }

    /// <summary>A verb of the command line, as one of the users.</summary>
    internal Task<CommandResult> CommandAsync(UnixAccount user, params IReadOnlyList<string> words) =>
        user.RunAsync([Launcher, .. words, "--broker", Broker.Socket]);
}
