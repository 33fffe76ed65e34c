using MoshBroker.Cluster;
using MoshBroker.Protocol.Terminal;
using MoshBroker.Sessions;
using Xunit;

namespace MoshBroker.Broker.Tests.Sessions;

/// <summary>A session as it is used from the menu of another.</summary>
public sealed class MirrorTests
{
    [Fact]
    public void Frames_come_one_at_a_time_and_keys_and_sizes_go_the_other_way()
    {
        using StagedSession session = StagedSession.Started();
        ScriptedClient ann = session.Join();
        session.RunUntil(() => session.Attaches.Count == 1, "the owner is there");
        using Seen seen = new(session, 60, 20);
        session.Backend.Print(session.Now, "\e[?1hhello");
        session.RunUntil(() => seen.Row(0) == "hello", "the screen");
        Assert.Equal((60, 20), session.Backend.Size);
        seen.Mirror.Send("ls\r\eOA"u8);
        session.RunUntil(() => session.Backend.Input == "ls\r\eOA", "the keys, as the program wants them");
        session.Backend.Print(session.Now, "\e[?1l");
        seen.Mirror.Send("\eOA"u8);
        session.RunUntil(() => session.Backend.Input.EndsWith("\e[A", StringComparison.Ordinal), "the other form");
        for (int i = 0; i < 100; i++)
        {
            session.Backend.Print(session.Now, $"\r\nline {i}");
            session.Run(1);
        }

        session.RunUntil(() => seen.Row(19) == "line 99" && ann.Row(19) == "line 99", "the last line");
    }

    [Fact]
    public void It_is_told_when_the_program_ends_or_somebody_takes_over()
    {
        using StagedSession session = StagedSession.Started();
        session.Join();
        session.RunUntil(() => session.Attaches.Count == 1, "the owner is there");
        using Seen taken = new(session, 80, 24);
        session.Run(100);
        session.Actor.Tell(new SessionMessage.Detach(taken.Mirror.Id));
        session.RunUntil(() => taken.Mirror.Ending is { Length: > 0 }, "a line for its user");
        using Seen ended = new(session, 80, 24);
        session.Run(100);
        session.Backend.Exit(session.Now);
        session.RunUntil(() => ended.Mirror.Ending is not null, "the end");
        Assert.Equal("", ended.Mirror.Ending);
    }

    [Fact]
    public void Its_clients_goodbye_ends_the_session_only_when_nobody_else_is_there()
    {
        using StagedSession session = StagedSession.Started();
        ScriptedClient ann = session.Join();
        session.RunUntil(() => session.Attaches.Count == 1, "the owner is there");
        Seen first = new(session, 80, 24);
        first.Mirror.Leave(quits: true);
        session.Run(1_000);
        Assert.False(session.Backend.IsDisposed);
        ann.IsAway = true;
        session.Run(41_000);
        Seen second = new(session, 80, 24);
        session.Run(100);
        second.Mirror.Leave(quits: false);
        session.Run(1_000);
        Assert.False(session.Backend.IsDisposed);
        Seen third = new(session, 80, 24);
        session.Run(100);
        third.Mirror.Leave(quits: true);
        session.RunUntil(() => session.Backend.IsDisposed, "the end");
        Assert.Equal((int)SessionEndReason.ClientQuit, session.Actor.Stats.EndReason);
    }

    /// <summary>The other side: a terminal that is shown the frames.</summary>
    private sealed class Seen : IDisposable
    {
        private readonly Emulator _terminal;

        public Seen(StagedSession session, int columns, int rows)
        {
            _terminal = new Emulator(columns, rows);
            Mirror = new Mirror(-7, session.Actor, "menu", _ => 0.1, () => { Mirror?.TryTake(frame => _terminal.Write(frame.Span)); });
            session.Actor.Tell(new SessionMessage.AttachMirror(Mirror));
            Mirror.Resize(columns, rows);
            session.Host.Loop.Run();
        }

        public Mirror Mirror { get; }

        public string Row(int row) => _terminal.Frame.RowText(row).TrimEnd();

        public void Dispose() => Mirror.Leave(quits: false);
    }
}
