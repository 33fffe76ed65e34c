using System.Diagnostics;
using System.Net;

namespace MoshBroker.Interop.Tests.Harness;

/// <summary>A stock client behind a relay, and a shell: frozen in one way after another, and looked at as an operator does.</summary>
internal sealed class FreezingSession : IAsyncDisposable
{
    // A verdict that lasts; a glimpse of another one on the way to it is no answer.
    private static readonly TimeSpan Steady = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(40);
    private static readonly TimeSpan Cut = TimeSpan.FromSeconds(10);

    private readonly SessionHome _home = new();
    private readonly VerdictReader _verdicts;
    private readonly OpenedSession _session;
    private readonly ImpairmentRelay _relay;
    private TmuxTerminal _terminal = null!;

    private FreezingSession(OpenedSession session, VerdictReader verdicts)
    {
        _session = session;
        _verdicts = verdicts;
        _relay = new ImpairmentRelay(session.On(IPAddress.Loopback));
    }

    public string Id => _session.Id;

    public static async Task<FreezingSession> StartAsync(RunningBroker broker, SessionHome home, VerdictReader verdicts)
    {
        FreezingSession session = new(await broker.OpenAsync(home.Environment, SessionHome.Bash), verdicts);
        session._terminal = await MoshTerminal.ClientAsync(session._session, session._relay, session._home);
        await session._terminal.WaitForTextAsync("p1>", Patience);
        return session;
    }

    /// <summary>Waits until all is well, freezes the session, and says what the broker said: one word, or two where the cause shows at the end only.</summary>
    public async Task<string> FreezeAsync(Freeze freeze)
    {
        await Eventually.TrueAsync(() => _verdicts.VerdictOf(Id) == "fine", $"all is well before {freeze}", TimeSpan.FromMinutes(2));
        switch (freeze)
        {
            case Freeze.Nothing:
                await _terminal.TypeAsync("echo well\r");
                return await SettleAsync("fine", Cut);
            case Freeze.ClientAsleep:
                int client = await _terminal.ProcessIdAsync();
                await Command.SignalAsync(client, "STOP");
                string asleep = await FirstThatLastsAsync();
                await Command.SignalAsync(client, "CONT");
                return $"{asleep}, {await NextAfterAsync(asleep)}";
            case Freeze.UplinkCut or Freeze.BothCut:
                _relay.Cut(toServer: true, toClient: freeze == Freeze.BothCut);
                string cut = await FirstThatLastsAsync();
                _relay.Resume();
                return $"{cut}, {await NextAfterAsync(cut)}";
            case Freeze.DownlinkCut:
                _relay.Cut(toServer: false, toClient: true);
                return await SeenAsync(_relay.Resume);
            case Freeze.Loss:
                await _terminal.TypeAsync("while sleep .2; do date +%N; done\r");
                _relay.Become(new Impairment { LossToServer = 0.3, LossToClient = 0.3, Seed = Random.Shared.Next() });
                string lossy = await SeenAsync(() => _relay.Become(Impairment.None));
                await _terminal.PressAsync(3);
                return lossy;
            case Freeze.NatRebound:
                _relay.Rebind();
                return await SeenAsync(() => { });
            case Freeze.ShareUsedUp:
                await _terminal.TypeAsync("yes\r");
                string queue = await SeenAsync(() => { });
                await _terminal.PressAsync(3);
                return queue;
            case Freeze.TargetStalled:
                await Command.SignalAsync(_verdicts.PidOf(Id), "STOP");
                await _terminal.TypeAsync("abc");
                string stalled = await FirstThatLastsAsync();
                await Command.SignalAsync(_verdicts.PidOf(Id), "CONT");
                await _terminal.PressAsync(0x15);
                return stalled;
            case Freeze.CtrlS:
                await _terminal.PressAsync(0x13);
                string stopped = await FirstThatLastsAsync();
                await _terminal.PressAsync(0x11);
                return stopped;
            default:
                throw new UnreachableException();
        }
    }

    /// <summary>The right answer of <see cref="FreezeAsync"/>.</summary>
    public static string Expected(Freeze freeze) => freeze switch
    {
        Freeze.Nothing => "fine",
        Freeze.ClientAsleep => "silent, was_asleep",
        Freeze.UplinkCut or Freeze.BothCut => "silent, uplink_was_cut",
        Freeze.DownlinkCut => "downlink_cut",
        Freeze.Loss => "path_lossy",
        Freeze.NatRebound => "nat_rebound",
        Freeze.ShareUsedUp => "broker_queue",
        Freeze.TargetStalled => "target_stalled",
        Freeze.CtrlS => "program_stopped",
        _ => throw new UnreachableException(),
    };

    public async ValueTask DisposeAsync()
    {
        if (_terminal is not null) { await _terminal.DisposeAsync(); }
        _relay.Dispose();
        _home.Dispose();
    }

    private async Task<string> SeenAsync(Action heal)
    {
        string seen = await FirstThatLastsAsync();
        heal();
        return seen;
    }

    /// <summary>The first verdict but "fine" that stays for a while.</summary>
    private Task<string> FirstThatLastsAsync() => LastingAsync("fine", Steady, Patience);

    private Task<string> NextAfterAsync(string verdict) => LastingAsync(verdict, Steady, Patience);

    private Task<string> SettleAsync(string expected, TimeSpan during) => LastingAsync(expected, TimeSpan.FromSeconds(1), during);

    /// <summary>A verdict other than the given one, once it has stayed the same for so long; the given one when the time is over.</summary>
    private async Task<string> LastingAsync(string but, TimeSpan lasting, TimeSpan within)
    {
        Stopwatch all = Stopwatch.StartNew();
        Stopwatch same = Stopwatch.StartNew();
        string last = _verdicts.VerdictOf(Id);
        while (all.Elapsed < within)
        {
            string now = _verdicts.VerdictOf(Id);
            if (now != last) { same.Restart(); }
            last = now;
            if (now != but && same.Elapsed >= lasting) { return now; }
            await Task.Delay(100);
        }

        return but;
    }
}
