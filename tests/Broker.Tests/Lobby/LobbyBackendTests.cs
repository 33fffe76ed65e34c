using System.Text;
using MoshBroker.Backends;
using MoshBroker.Broker.Tests.Sessions;
using MoshBroker.Lobby;
using MoshBroker.Protocol;
using MoshBroker.Protocol.Terminal;
using MoshBroker.Sessions;
using Xunit;

namespace MoshBroker.Broker.Tests.Lobby;

/// <summary>The menu as what runs in a session.</summary>
public sealed class LobbyBackendTests
{
    [Fact]
    public void What_is_chosen_runs_in_its_place_with_the_windows_size()
    {
        Stage stage = new();
        stage.Type("db\r");
        Assert.Equal(["db-1"], stage.Desk.Chosen);
        InMemoryBackend inside = stage.Inside!;
        Assert.Equal(["resize 80x24", "release"], inside.Calls);
        inside.Print(stage.Now, "$ ");
        Assert.Equal("$", stage.Row(0));
        stage.Type("ls\r");
        Assert.Equal("ls\r", inside.Input);
        inside.Exit(stage.Now);
        Assert.Equal(BackendEnd.Exited, stage.End);
    }

    [Fact]
    public void What_cannot_be_had_leads_back_with_the_reason()
    {
        Stage stage = new();
        stage.Type("db\r");
        Assert.True(((IBackendHandler)stage.Lobby).OnParted(stage.Now, "db-1: it refuses the connection"));
        stage.Run(0);
        Assert.Contains("db-1: it refuses the connection", stage.Text, StringComparison.Ordinal);
        Assert.Contains("Where to?", stage.Text, StringComparison.Ordinal);
        Assert.Equal(1, stage.Desk.Returns);
        stage.Type("\r");
        Assert.Equal(["db-1", "db-1"], stage.Desk.Chosen);
    }

    [Fact]
    public void A_refusal_is_said_in_the_menu()
    {
        Stage stage = new();
        stage.Desk.Refusal = "you have 2 sessions, as many as you may: end one first";
        stage.Type("db\r");
        Assert.Contains("you have 2 sessions, as many as you may: end one first", stage.Text, StringComparison.Ordinal);
        Assert.Null(stage.Inside);
        Assert.Null(stage.End);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_fault_at_the_desk_is_the_sessions_and_nobodys_else(bool isChoosing)
    {
        Stage stage = new();
        stage.Desk.Fault = new InvalidOperationException("a fault of ours");
        if (isChoosing) { stage.Type("db\r"); }
        else { stage.Run(10_000); }
        Assert.Same(stage.Desk.Fault, stage.Fault);
    }

    [Fact]
    public void An_escape_that_nothing_follows_leaves_and_one_that_begins_a_key_does_not()
    {
        Stage stage = new();
        stage.Type("\e");
        stage.Type("[B");
        stage.Run(1_000);
        Assert.Null(stage.End);
        stage.Type("\e");
        stage.Run(100);
        Assert.Equal(BackendEnd.Exited, stage.End);
    }

    [Fact]
    public void Nobody_at_the_keys_for_a_while_is_warned_and_then_it_ends()
    {
        Stage stage = new();
        stage.Run(241_000);
        Assert.Contains("closes within a minute", stage.Text, StringComparison.Ordinal);
        stage.Type("\e[B");
        Assert.DoesNotContain("closes within a minute", stage.Text, StringComparison.Ordinal);
        stage.Run(241_000);
        Assert.Null(stage.End);
        stage.Run(61_000);
        Assert.Equal(BackendEnd.Exited, stage.End);
    }

    [Fact]
    public void Who_is_not_welcome_any_more_has_no_menu()
    {
        Stage stage = new();
        stage.Desk.Items = null;
        stage.Run(11_000);
        Assert.Equal(BackendEnd.Exited, stage.End);
    }

    [Fact]
    public void Another_size_is_drawn_for()
    {
        Stage stage = new();
        stage.Resize(30, 5);
        stage.Run(0);
        Assert.Contains("web-1", stage.Text, StringComparison.Ordinal);
        Assert.StartsWith("Where to?", stage.Row(0), StringComparison.Ordinal);
    }

    private sealed class Stage : IBackendHandler
    {
        private readonly ManualDispatcher _loop = new();
        private Emulator _terminal = new(80, 24);

        public Stage()
        {
            SessionFacts facts = new()
            {
                Id = "s",
                Epoch = 1,
                Uid = 0,
                User = "ann",
                Command = "menu",
                Pid = 0,
                CreatedAt = DateTimeOffset.UnixEpoch,
                Columns = 80,
                Rows = 24,
                NetworkTimeout = default,
            };
            Lobby = new LobbyBackend(Desk, _loop, facts, this, (source, handler) => Inside = new InMemoryBackend(handler));
            Lobby.Release(Now);
            _loop.Run();
        }

        public StandInDesk Desk { get; } = new();

        public LobbyBackend Lobby { get; }

        public InMemoryBackend? Inside { get; private set; }

        public BackendEnd? End { get; private set; }

        public Exception? Fault { get; private set; }

        public MonoTime Now => _loop.Now;

        public string Text => string.Join('\n', Enumerable.Range(0, _terminal.Frame.Rows).Select(Row));

        public string Row(int row) => _terminal.Frame.RowText(row).TrimEnd();

        public void Type(string keys)
        {
            Lobby.Send(Now, Encoding.UTF8.GetBytes(keys));
            _loop.Run();
        }

        public void Run(long milliseconds) => _loop.Advance(milliseconds, _loop.Run);

        public void Resize(int columns, int rows)
        {
            _terminal = new Emulator(columns, rows);
            Lobby.Resize(columns, rows);
        }

        public void OnOutput(MonoTime now, ReadOnlySpan<byte> output) => _terminal.Write(output);

        public void OnOutputEnd(MonoTime now)
        {
        }

        public void OnBackendEnded(BackendEnd end) => End = end;

        public void OnFault(Exception failure) => Fault = failure == Desk.Fault ? failure : throw failure;
    }
}
