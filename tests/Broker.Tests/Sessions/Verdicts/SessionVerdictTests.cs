using MoshBroker.Backends;
using MoshBroker.Dashboard.Feed;
using MoshBroker.Protocol;
using MoshBroker.Sessions.Verdicts;
using MoshBroker.Telemetry;
using Xunit;

namespace MoshBroker.Broker.Tests.Sessions.Verdicts;

/// <summary>Each cause, made on a session whose clock, path and program the test plays.</summary>
public sealed class SessionVerdictTests : IDisposable
{
    private readonly StagedSession _session = StagedSession.Started();
    private readonly ScriptedClient _client;

    public SessionVerdictTests()
    {
        _client = _session.Join();
        _session.RunUntil(() => _session.Backend.IsReleased, "the client is there");
        _session.Run(20_000);
    }

    private string Cause => Verdict.Cause;

    private VerdictView Verdict => VerdictWords.Verdict(_session.Actor, _session.Now, DateTimeOffset.UnixEpoch);

    private IEnumerable<string> Told => VerdictWords.Timeline(_session.Actor, _session.Now, DateTimeOffset.UnixEpoch).Select(happened => happened.Line);

    public void Dispose() => _session.Dispose();

    [Fact]
    public void An_idle_client_is_fine_for_a_day()
    {
        Assert.Equal("fine", Cause);
        _session.Run(86_400_000);
        Assert.Equal("fine", Cause);
        Assert.Empty(Told);
    }

    [Fact]
    public void Before_a_client_comes_the_blocked_port_is_named()
    {
        using StagedSession other = StagedSession.Started(port: 60_044);
        VerdictView verdict = VerdictWords.Verdict(other.Actor, other.Now, DateTimeOffset.UnixEpoch);
        Assert.Equal("no_client", verdict.Cause);
        Assert.Contains("UDP port 60044", verdict.Line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(8_000)]
    [InlineData(300_000)]
    public void A_client_that_sleeps_is_silent_and_named_when_it_wakes(int sleep)
    {
        _client.IsAsleep = true;
        _session.Run(sleep);
        Assert.Equal("silent", Cause);
        _client.IsAsleep = false;
        _session.RunUntil(() => Cause == "was_asleep", "it is awake");
        Assert.Contains(Told, line => line.EndsWith("in which it had sent nothing", StringComparison.Ordinal));
        _session.Run(20_000);
        Assert.Equal("fine", Cause);
    }

    [Theory]
    [InlineData(8_000, false)]
    [InlineData(8_000, true)]
    [InlineData(300_000, true)]
    public void A_cut_path_is_silent_and_named_when_it_is_back(int cut, bool bothWays)
    {
        _client.Loses = up => up || bothWays;
        _session.Run(cut);
        Assert.Equal("silent", Cause);
        _client.Loses = _ => false;
        _session.RunUntil(() => Cause == "uplink_was_cut", "it is back");
        Assert.Contains(Told, line => line.EndsWith("missing", StringComparison.Ordinal));
        _session.Run(20_000);
        Assert.Equal("fine", Cause);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_client_that_is_heard_and_hears_nothing_has_a_cut_downlink(bool types)
    {
        _client.Loses = up => !up;
        for (int i = 0; i < 15; i++)
        {
            if (types) { _client.Type("x"); }
            _session.Run(1000);
        }

        Assert.Equal("downlink_cut", Cause);
        _client.Loses = _ => false;
        _session.Run(5_000);
        Assert.Equal("fine", Cause);
    }

    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 2)]
    [InlineData(true, 3)]
    public void Loss_in_either_direction_is_a_lossy_path_while_it_lasts(bool up, int seed)
    {
        Random random = new(seed);
        _client.Loses = fromClient => fromClient == up && random.NextDouble() < 0.3;
        for (int i = 0; i < 60; i++)
        {
            _client.Type("x");
            _session.Backend.Print(_session.Now, "x");
            _session.Run(500);
        }

        Assert.Equal("path_lossy", Cause);
        _client.Loses = _ => false;
        _session.Run(60_000);
        Assert.Equal("fine", Cause);
    }

    [Fact]
    public void Another_port_without_the_clients_doing_is_a_nats()
    {
        _client.Path = MemoryEndpoint.From("198.51.100.1", 55_555);
        _session.RunUntil(() => Cause == "nat_rebound", "the client is heard from there, and hears us");
        Assert.Contains("the client moved to another port of its address", Told);
        _session.Run(30_000);
        Assert.Equal("fine", Cause);
    }

    [Fact]
    public void A_client_that_hops_because_it_hears_nothing_is_no_nat()
    {
        _client.Loses = up => !up;
        for (int i = 0; i < 4; i++)
        {
            _session.Run(13_000);
            Assert.Equal("downlink_cut", Cause);
            _client.Path = MemoryEndpoint.From("198.51.100.1", 50_000 + i);
        }

        _session.Run(5_000);
        _client.Loses = _ => false;
        _session.Run(5_000);
        Assert.Equal("fine", Cause);
    }

    [Fact]
    public void Another_network_is_told_and_fine()
    {
        _client.Path = MemoryEndpoint.From("203.0.113.9", 55_555);
        _session.Run(10_000);
        Assert.Equal("fine", Cause);
        Assert.Contains("the client moved to another network", Told);
    }

    [Fact]
    public void A_loop_that_was_late_is_the_brokers_queue()
    {
        _session.Host.Load.OnTurn(TimeSpan.FromMilliseconds(199));
        _client.Type("x");
        _session.Run(200);
        Assert.Equal("fine", Cause);
        _session.Host.Load.OnTurn(TimeSpan.FromMilliseconds(750));
        _client.Type("x");
        _session.Run(200);
        Assert.Equal("broker_queue", Cause);
        Assert.Contains("750 ms", Verdict.Line, StringComparison.Ordinal);
        _session.Run(10_000);
        Assert.Equal("fine", Cause);
    }

    [Fact]
    public void Input_that_the_program_does_not_read_is_a_stalled_target()
    {
        _session.Backend.Unread = 3;
        _client.Type("abc");
        _session.Run(1_500);
        Assert.Equal("fine", Cause);
        _session.Run(1_000);
        Assert.Equal("target_stalled", Cause);
        Assert.Contains("3 bytes", Verdict.Line, StringComparison.Ordinal);
        _session.Backend.Unread = 0;
        _session.Run(3_500);
        Assert.Equal("fine", Cause);
    }

    [Fact]
    public void A_program_that_reads_and_says_nothing_is_not_stalled()
    {
        _client.Type("secret");
        _session.Run(20_000);
        Assert.Equal("fine", Cause);
    }

    [Fact]
    public void A_terminal_that_takes_no_more_input_is_a_stalled_target()
    {
        _client.Type("much");
        _session.Run(500);
        (_session.Backend.PendingInput, _session.Backend.StalledSince) = (500, _session.Now);
        _client.Type("more");
        _session.Run(2_000);
        Assert.Equal("target_stalled", Cause);
    }

    [Fact]
    public void A_target_that_is_being_reached_again_is_stalled_meanwhile()
    {
        _session.Backend.Target = TargetState.Connecting;
        _session.Run(9_000);
        Assert.Equal("target_stalled", Cause);
        _session.Backend.Target = TargetState.Open;
        _session.Run(5_000);
        Assert.Equal("fine", Cause);
    }

    [Fact]
    public void Ctrl_S_stops_and_Ctrl_Q_resumes()
    {
        _client.Type("\x13");
        _session.RunUntil(() => Cause == "program_stopped", "Ctrl-S has arrived");
        _session.Run(600_000);
        Assert.Equal("program_stopped", Cause);
        _client.Type("\x11");
        _session.RunUntil(() => Cause == "fine", "Ctrl-Q has arrived");
    }

    [Fact]
    public void Output_well_after_Ctrl_S_proves_that_nothing_is_stopped()
    {
        _client.Type("\x13");
        _session.Run(500);
        _session.Backend.Print(_session.Now, "was on its way");
        _session.Run(1_000);
        Assert.Equal("program_stopped", Cause);
        _session.Backend.Print(_session.Now, "new");
        _session.Run(100);
        Assert.Equal("fine", Cause);
    }

    [Fact]
    public void Ctrl_S_is_an_ordinary_key_where_the_terminal_says_so()
    {
        _session.Backend.Flow = TtyFlow.Usual with { IsOn = false };
        _client.Type("\x13");
        _session.Run(5_000);
        Assert.Equal("fine", Cause);
    }

    [Fact]
    public void A_session_that_waits_for_its_share_waits_in_the_broker()
    {
        // Nothing that the program does not read can be its fault while nobody takes its output.
        SessionDiagnosis diagnosis = new(_session.Actor.Stats, _session.Host.Load);
        _session.Backend.Unread = 9;
        for (int i = 0; i < 100; i++)
        {
            MonoTime now = _session.Now.Plus(i * 100);
            diagnosis.Program.OnInput(now, "x"u8, _session.Backend);
            diagnosis.Assess(now, null, _session.Backend, isAtTty: true, isHeld: i % 5 != 0);
        }

        Assert.Equal("broker_queue", Cause);
    }

    [Theory]
    [InlineData(false, "target_stalled")]
    [InlineData(true, "program_stopped")]
    public void A_target_far_away_that_answered_before_is_missed_when_it_does_not(bool afterCtrlS, string cause)
    {
        SessionDiagnosis diagnosis = new(_session.Actor.Stats, _session.Host.Load) { Program = { IsRemote = true } };
        MonoTime now = _session.Now;
        for (int i = 0; i < 4; i++)
        {
            diagnosis.Program.OnInput(now = now.Plus(100), "x"u8, _session.Backend);
            diagnosis.Program.OnOutput(now = now.Plus(100));
        }

        diagnosis.Program.OnInput(now = now.Plus(100), afterCtrlS ? "\x13"u8 : "x"u8, _session.Backend);
        diagnosis.Program.OnInput(now = now.Plus(100), "x"u8, _session.Backend);
        MonoTime next = diagnosis.Assess(now, null, _session.Backend, isAtTty: true, isHeld: false);
        Assert.Equal("fine", Cause);
        Assert.Equal(afterCtrlS ? 1400 : 4900, next.Since(now));
        diagnosis.Assess(next, null, _session.Backend, isAtTty: true, isHeld: false);
        Assert.Equal(cause, Cause);
        diagnosis.Program.OnOutput(next.Plus(200));
        diagnosis.Assess(next.Plus(200), null, _session.Backend, isAtTty: true, isHeld: false);
        Assert.Equal("fine", Cause);
    }
}
