using MoshBroker.Protocol;
using Xunit;

namespace MoshBroker.Broker.Tests.Sessions;

public class AdaptiveCollectionTests
{
    [Fact]
    public void The_echo_of_a_key_is_on_its_way_when_the_program_has_been_quiet_for_a_millisecond()
    {
        using StagedSession session = Live();
        int before = session.Endpoint().AllSent.Count;
        session.Backend.Print(session.Now, "x");
        session.Host.Loop.Run();
        Assert.Equal(before, session.Endpoint().AllSent.Count);

        session.Run(1);

        Assert.Equal(before + 1, session.Endpoint().AllSent.Count);
    }

    [Fact]
    public void What_a_program_draws_in_steps_of_a_few_milliseconds_becomes_one_frame()
    {
        using StagedSession session = Live();
        DrawInSteps(session);
        int before = session.Endpoint().AllSent.Count;
        DrawInSteps(session);

        Assert.Equal(before + 1, session.Endpoint().AllSent.Count);
    }

    [Fact]
    public void A_program_that_goes_on_printing_is_shown_at_the_frame_interval()
    {
        using StagedSession session = Live();
        int before = session.Endpoint().AllSent.Count;
        MonoTime began = session.Now;
        for (int i = 0; i < 1000; i++)
        {
            session.Backend.Print(session.Now, $"line {i}\r\n");
            session.Run(1);
        }

        // 20 ms is the shortest frame interval, as stock's.
        int frames = session.Endpoint().AllSent.Count - before;
        Assert.InRange(frames, 10, (session.Now.Since(began) / 20) + 1);
    }

    private static StagedSession Live()
    {
        StagedSession session = StagedSession.Started();
        session.Join();
        session.Run(4000);
        return session;
    }

    private static void DrawInSteps(StagedSession session)
    {
        for (int i = 0; i < 3; i++)
        {
            session.Backend.Print(session.Now, "x");
            session.Run(2);
        }

        session.Run(500);
    }
}
