using System.Net;

namespace MoshBroker.Detection.Tests.Corpus;

/// <summary>Where a scenario plays: a broker of its own, people with stock clients, and a clock that may run faster.</summary>
internal sealed class Stage : IAsyncDisposable
{
    private readonly List<IAsyncDisposable> _terminals = [];
    private readonly List<IDisposable> _parts = [];
    private readonly Scratch _scratch = new();

    private Stage(double scale) => Scale = scale;

    public double Scale { get; }

    public RunningBroker Broker { get; private set; } = null!;

    public int MetricsPort { get; } = FreeTcpPorts.One();

    public SessionHome Home { get; } = new();

    public Scratch Scratch => _scratch;

    /// <summary>Where the front door listens, if the broker has one.</summary>
    public int DoorPort { get; } = FreeTcpPorts.One();

    /// <param name="sharesPort">All sessions behind one port; else a port each.</param>
    /// <param name="policy">Keys besides the version; tripwires are off unless they are what is played.</param>
    public static Task<Stage> SetAsync(double scale, bool sharesPort = false, string policy = "detections: { tripwires: false }") => SetAsync(scale, sharesPort, _ => Task.FromResult(policy), hasDoor: false);

    public static async Task<Stage> SetAsync(double scale, bool sharesPort, Func<Stage, Task<string>> policy, bool hasDoor)
    {
        Stage stage = new(scale);
        try
        {
            string file = stage._scratch.Write("policy.yaml", $"version: 1\n{await policy(stage)}\n");
            string ports = sharesPort ? $"shared:{FreePorts.Range(1).Split(':')[0]}" : FreePorts.Range(200);
            string[] door = hasDoor ? ["--ssh", $"127.0.0.1:{stage.DoorPort}"] : [];
            stage.Broker = await RunningBroker.StartAsync(ports, null, ["--metrics", $"127.0.0.1:{stage.MetricsPort}", "--policy", file, .. door]);
            return stage;
        }
        catch
        {
            await stage.DisposeAsync();
            throw;
        }
    }

    public Task<OpenedSession> OpenAsync(params IReadOnlyList<string> program) => Broker.OpenAsync(Home.Environment, program.Count > 0 ? program : SessionHome.Bash);

    /// <summary>A session whose client only sends its heartbeats, until the end.</summary>
    public async Task<OpenedSession> IdleAsync(CancellationToken stop)
    {
        OpenedSession session = await OpenAsync("/bin/cat");
        WireClient client = Keep(new WireClient(session));
        client.SendInstruction(0, 1, []);
        Assert.NotNull(await client.ReceiveAsync(TimeSpan.FromSeconds(30)));
        _ = BeatAsync();
        return session;

        async Task BeatAsync()
        {
            for (ulong state = 2; !stop.IsCancellationRequested; state++)
            {
                client.SendInstruction(1, state, []);
                await Task.Delay(1000, CancellationToken.None);
            }
        }
    }

    /// <summary>A person at a stock client, behind a network that the scenario plays.</summary>
    public async Task<(OpenedSession Session, ImpairmentRelay Relay, TmuxTerminal Terminal)> JoinAsync(IPAddress? at = null, Impairment? impairment = null)
    {
        OpenedSession session = at is null ? await OpenAsync() : await Broker.OpenAsync(Home.Environment, SessionHome.Bash, "-i", $"{at}", "-c", "256");
        ImpairmentRelay relay = Keep(new ImpairmentRelay(session.On(at ?? IPAddress.Loopback), impairment));
        TmuxTerminal terminal = at is { AddressFamily: System.Net.Sockets.AddressFamily.InterNetworkV6 }
            ? await MoshTerminal.ClientAsync(session, Home, address: at)
            : await MoshTerminal.ClientAsync(session, relay, Home);
        _terminals.Add(terminal);
        await terminal.WaitForTextAsync("p1>", TimeSpan.FromSeconds(60));
        return (session, relay, terminal);
    }

    public T Keep<T>(T part)
        where T : IDisposable
    {
        _parts.Add(part);
        return part;
    }

    /// <summary>Time passes, as long as the script says, on the scenario's clock.</summary>
    public Task PassAsync(TimeSpan fullScale) => Task.Delay(fullScale / Scale);

    /// <summary>Somebody types for a while, a few keys a second.</summary>
    public static async Task TypeAsync(TmuxTerminal terminal, TimeSpan time, double perSecond = 3)
    {
        DateTime end = DateTime.UtcNow + time;
        for (int key = 0; DateTime.UtcNow < end; key++)
        {
            await terminal.TypeAsync(key % 10 == 9 ? "\r" : "x");
            await Task.Delay(TimeSpan.FromSeconds(1 / perSecond));
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (IAsyncDisposable terminal in _terminals) { await terminal.DisposeAsync(); }
        foreach (IDisposable part in _parts) { part.Dispose(); }
        if (Broker is not null) { await Broker.DisposeAsync(); }
        Home.Dispose();
        _scratch.Dispose();
    }
}
