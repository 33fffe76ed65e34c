using System.Text;
using MoshBroker.Broker.Tests.Telemetry;
using MoshBroker.Probing;
using MoshBroker.Protocol.Crypto;
using MoshBroker.Testing;
using Xunit;

namespace MoshBroker.Broker.Tests.Probing;

/// <summary>How a probe asks, what it takes for an answer, and how it tells.</summary>
public sealed class ProbeReportTests
{
    private static readonly ProbeResult Failed = new(
        DateTimeOffset.UnixEpoch.AddSeconds(1.5), [new ProbeOutcome(ProbeLeg.Ssh, true, 0.25), new ProbeOutcome(ProbeLeg.Udp, false, 10.001, "no answer", "open it")]);

    [Fact]
    public void A_failed_leg_has_its_cure_below_it() =>
        Assert.Equal("ssh   ok      0.250 s\nudp   FAILED  10.001 s  no answer\n      cure: open it\n", ProbeReport.Text(Failed));

    [Theory]
    [InlineData((int)ProbeLeg.Ssh, 11)]
    [InlineData((int)ProbeLeg.Udp, 12)]
    [InlineData((int)ProbeLeg.Echo, 13)]
    [InlineData((int)ProbeLeg.Roam, 14)]
    public void The_exit_status_says_which_leg_failed(int leg, int status) =>
        Assert.Equal(status, new ProbeResult(default, [new ProbeOutcome((ProbeLeg)leg, false, 1, "", "")]).ExitStatus);

    [Fact]
    public void Legs_that_were_not_tried_have_no_series_and_all_labels_are_in_the_catalogue()
    {
        List<ScrapedSeries> series = ScrapedSeries.Parse(Encoding.UTF8.GetString(ProbeReport.Metrics(Failed, isOpenMetrics: false).Written.Span));
        Assert.Equal(
            ["moshbroker_probe_success=1", "moshbroker_probe_success=0", "moshbroker_probe_duration_seconds=0.25", "moshbroker_probe_duration_seconds=10.001", "moshbroker_probe_timestamp_seconds=1.5"],
            series.Select(sample => FormattableString.Invariant($"{sample.Name}={sample.Value}")));
        Assert.Empty(series.SelectMany(Catalogue.Strangers));
        Assert.EndsWith("# EOF\n", Encoding.UTF8.GetString(ProbeReport.Metrics(null, isOpenMetrics: true).Written.Span), StringComparison.Ordinal);
    }

    [Fact]
    public void A_target_s_name_reaches_the_far_end_as_one_word()
    {
        IReadOnlyList<string> words = ProbeWords.Ssh(["-p", "2222"], "ann@host", "mosh-server", "it's $(here)", TimeSpan.FromSeconds(0.5));
        Assert.Equal(["ssh", "-T", "-o", "BatchMode=yes", "-o", "ConnectTimeout=1", "-p", "2222", "--", "ann@host"], words.SkipLast(1));
        Assert.Equal("""mosh-server 'new' '-@' 'moshbroker-probe' '-c' '256' '-l' 'LANG=C.UTF-8' '-s' '--' 'it'\''s $(here)'""", words[^1]);
    }

    [Fact]
    public void The_connect_line_is_found_among_others_and_nothing_else_is_taken_for_it()
    {
        using SessionKey key = SessionKey.Generate(new SeededRandom(1));
        (int Port, SessionKey Key)? found = ProbeBootstrap.Find($"Welcome\r\n\nMOSH SSH_CONNECTION 1 2 3 4\nMOSH CONNECT 60001 {key.ToPrintedForm()}\r\n");
        Assert.Equal((60001, key.ToPrintedForm()), (found!.Value.Port, found.Value.Key.ToPrintedForm()));
        Assert.Null(ProbeBootstrap.Find($"MOSH CONNECT 0 {key.ToPrintedForm()}\n"));
        Assert.Null(ProbeBootstrap.Find("MOSH CONNECT 60001 short\n"));
        Assert.Null(ProbeBootstrap.Find($"echo MOSH CONNECT 60001 {key.ToPrintedForm()}"));
    }
}
