using MoshBroker.Cluster;
using MoshBroker.Sessions;
using MoshBroker.Tenants;
using Xunit;

namespace MoshBroker.Broker.Tests.Sessions;

/// <summary>A client pages through what has left the screen.</summary>
public sealed class ScrollbackTests : IDisposable
{
    private const string Up = "\e[5;2~";
    private const string Down = "\e[6;2~";

    private readonly StagedSession _session = StagedSession.Started();
    private readonly ScriptedClient _client;

    public ScrollbackTests()
    {
        _client = _session.Join();
        _session.RunUntil(() => _session.Backend.IsReleased, "the client is there");
        Print(1, 100);
        _session.RunUntil(() => _client.Row(22) == "row 100", "the last page");
    }

    public void Dispose() => _session.Dispose();

    [Fact]
    public void Page_keys_page_and_do_not_reach_the_program_and_another_key_does_both()
    {
        _client.Type(Up);
        _session.RunUntil(() => _client.Row(0) == "row 56", "a page back");
        Assert.StartsWith(" scrolled back 22 lines of 77;", _client.Row(23), StringComparison.Ordinal);
        Assert.False(_client.Frame.CursorVisible);
        _client.Type(Up + Up + Up);
        _session.RunUntil(() => _client.Row(0) == "row 1", "the oldest page");
        _client.Type(Down);
        _session.RunUntil(() => _client.Row(0) == "row 23", "a page on");
        Assert.Equal("", _session.Backend.Input);
        _client.Type("q");
        _session.RunUntil(() => _client.Row(22) == "row 100" && _session.Backend.Input == "q", "the present, and the key");
        Assert.True(_client.Frame.CursorVisible);
    }

    [Fact]
    public void Keys_that_page_count_as_applied_so_that_no_prediction_waits_for_ever()
    {
        _client.Type(Up);
        _session.RunUntil(() => _client.Row(0) == "row 56", "a page back");
        _session.RunUntil(() => _client.EchoAck == _client.Transport.NewestSentNumber, "the echo-ack of it");
    }

    [Fact]
    public void A_key_in_two_datagrams_is_one()
    {
        _client.Type("\e[5");
        _session.Run(100);
        _client.Type(";2~");
        _session.RunUntil(() => _client.Row(0) == "row 56", "a page back");
        Assert.Equal("", _session.Backend.Input);
    }

    [Fact]
    public void An_escape_alone_reaches_the_program_50_ms_later()
    {
        _client.Type("\e");
        _session.RunUntil(() => _client.Transport.AcknowledgedNumber == _client.Transport.NewestSentNumber, "the key has come");
        _session.RunUntil(() => _session.Backend.Input == "\e", "the escape");
    }

    [Fact]
    public void What_is_printed_meanwhile_leaves_the_page_where_it_is()
    {
        _client.Type(Up);
        _session.RunUntil(() => _client.Row(0) == "row 56", "a page back");
        Print(101, 110);
        _session.RunUntil(() => _client.Row(23).StartsWith(" scrolled back 32 lines", StringComparison.Ordinal), "the note");
        Assert.Equal("row 56", _client.Row(0));
    }

    [Fact]
    public void Another_client_and_a_watcher_see_the_present_and_a_watcher_cannot_page()
    {
        ScriptedClient second = _session.Join(60, 20, _session.Attach());
        ScriptedClient watcher = _session.Join(80, 24, _session.Attach(new Watcher("somebody")));
        _session.RunUntil(() => second.Row(0).Length > 0 && watcher.Row(0).Length > 0, "both are there");
        (string before, string beside) = (watcher.Row(5), second.Row(5));
        _client.Type(Up);
        watcher.Type(Up);
        _session.RunUntil(() => _client.Row(23).StartsWith(" scrolled back", StringComparison.Ordinal), "a page back");
        _session.Run(1_000);
        Assert.Equal((before, beside), (watcher.Row(5), second.Row(5)));
        Assert.Equal("", _session.Backend.Input);
    }

    [Fact]
    public void Behind_a_lock_nobody_pages()
    {
        _client.Type(Up);
        _session.RunUntil(() => _client.Row(0) == "row 56", "a page back");
        _session.Actor.Tell(new SessionMessage.Lose(LossAction.Lock, SessionEndReason.LeaseExpired, "for a test"));
        _session.RunUntil(() => Screen().Contains("locked", StringComparison.Ordinal), "the lock");
        Assert.DoesNotContain("row", Screen(), StringComparison.Ordinal);
        _client.Type(Up);
        _session.Run(1_000);
        Assert.DoesNotContain("row", Screen(), StringComparison.Ordinal);
        _session.Actor.Tell(new SessionMessage.Unlock());
        _session.RunUntil(() => _client.Row(22) == "row 100", "the present");
    }

    [Fact]
    public void A_window_that_is_resized_stays_at_its_page()
    {
        _client.Type(Up);
        _session.RunUntil(() => _client.Row(0) == "row 56", "a page back");
        _client.Resize(50, 10);
        _session.RunUntil(() => _client.Frame.Rows == 10, "the smaller window");
        Assert.Equal(("row 56", "row 64"), (_client.Row(0), _client.Row(8)));
        Assert.StartsWith(" scrolled back", _client.Row(9), StringComparison.Ordinal);
    }

    private string Screen() => string.Join('\n', Enumerable.Range(0, _client.Frame.Rows).Select(_client.Row));

    private void Print(int from, int to) =>
        _session.Backend.Print(_session.Now, string.Concat(Enumerable.Range(from, to - from + 1).Select(n => $"row {n}\r\n")));
}
