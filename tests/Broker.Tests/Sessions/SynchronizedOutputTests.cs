using MoshBroker.Protocol.StateSync;
using MoshBroker.Protocol.Terminal;
using Xunit;

namespace MoshBroker.Broker.Tests.Sessions;

/// <summary>Mode 2026: between its begin and its end a program's drawing stays with the program.</summary>
public sealed class SynchronizedOutputTests
{
    private const int Rows = 24;

    [Fact]
    public void A_client_never_holds_a_half_drawn_frame()
    {
        using StagedSession session = StagedSession.Started();
        ScriptedClient client = session.Join();
        Random random = new(2026);
        HashSet<char> seen = [];
        session.Run(300);
        for (int frame = 0; frame < 100; frame++)
        {
            char letter = (char)('a' + (frame % 26));
            session.Backend.Print(session.Now, "\x1b[?2026h\x1b[2J");
            for (int row = 1; row <= Rows; row++)
            {
                session.Backend.Print(session.Now, $"\x1b[{row};1H{new string(letter, 79)}");
                if (random.Next(3) == 0) { RunAndLook(random.Next(1, 12)); }
            }

            session.Backend.Print(session.Now, "\x1b[?2026l");
            RunAndLook(random.Next(1, 60));
        }

        Assert.True(seen.Count > 15, $"only {seen.Count} different frames arrived");

        void RunAndLook(int milliseconds)
        {
            for (int i = 0; i < milliseconds; i++)
            {
                session.Run(1);
                string first = client.Row(0);
                Assert.All(Enumerable.Range(1, Rows - 1), row => Assert.Equal(first, client.Row(row)));
                if (first.Length > 0) { seen.Add(first[0]); }
            }
        }
    }

    [Fact]
    public void A_program_that_does_not_end_its_frame_is_waited_for_150_ms()
    {
        using StagedSession session = StagedSession.Started();
        ScriptedClient client = session.Join();
        session.Run(300);
        session.Backend.Print(session.Now, "\x1b[?2026hhalf");
        session.Run(Emulator.SynchronizedUpdateLimitMs - 1);
        Assert.Equal("", client.Row(0));
        session.Run(50);
        Assert.Equal("half", client.Row(0));
        session.Backend.Print(session.Now, " and half");
        session.Run(50);
        Assert.Equal("half and half", client.Row(0));
    }

    [Fact]
    public void One_frame_after_another_is_given_its_own_time()
    {
        using StagedSession session = StagedSession.Started();
        ScriptedClient client = session.Join();
        session.Run(300);
        session.Backend.Print(session.Now, "\x1b[?2026hone");
        session.Run(100);
        session.Backend.Print(session.Now, "\x1b[?2026l\x1b[?2026h\rtwo");
        session.Run(100);
        Assert.Equal("one", client.Row(0));
        session.Run(100);
        Assert.Equal("two", client.Row(0));
    }

    [Fact]
    public void Keys_count_as_shown_only_once_a_screen_can_show_them()
    {
        using StagedSession session = StagedSession.Started();
        ScriptedClient client = session.Join();
        session.Run(300);
        ulong before = client.EchoAck;
        session.Backend.Print(session.Now, "\x1b[?2026h");
        client.Type("x");
        session.RunUntil(() => session.Backend.Input == "x", "the key");
        session.Backend.Print(session.Now, "x");
        session.Run(100);
        Assert.Equal(before, client.EchoAck);
        session.Backend.Print(session.Now, "\x1b[?2026l");
        session.RunUntil(() => client.EchoAck > before, "the echo-ack");
        Assert.Equal("x", client.Row(0));
    }

    [Fact]
    public void The_last_screen_of_a_program_that_ended_in_a_frame_is_shown()
    {
        using StagedSession session = StagedSession.Started();
        ScriptedClient client = session.Join();
        session.Run(300);
        session.Backend.Print(session.Now, "\x1b[?2026hlast words");
        session.Backend.Exit(session.Now);
        session.RunUntil(() => client.EndReason == EndReason.PeerShutdown, "the end");
        Assert.Equal("last words", client.Row(0));
    }
}
