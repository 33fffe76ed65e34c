using MoshBroker.Broker.Tests.Recording;
using MoshBroker.Cluster;
using MoshBroker.Recording;
using MoshBroker.Sessions;
using MoshBroker.Tenants;
using Xunit;

namespace MoshBroker.Broker.Tests.Sessions;

/// <summary>A session, and the recording that policy wants of it.</summary>
public sealed class RecordedSessionTests
{
    private readonly PlayedRecorder _recorder = new();

    private StagedSession Start(RecordingMode mode, RecordingFailure onFailure = RecordingFailure.Refuse) =>
        StagedSession.Started(recording: new RecordingDuty(_recorder, mode, onFailure));

    private static bool Shows(ScriptedClient client, string text) =>
        Enumerable.Range(0, client.Frame.Rows).Any(row => client.Row(row).Contains(text, StringComparison.Ordinal));

    private static void Tell(StagedSession session)
    {
        session.Actor.Tell(new SessionMessage.RecordingChanged());
        session.Host.Loop.Run();
    }

    [Fact]
    public void Output_sizes_attaches_and_silences_are_recorded_and_the_end_closes_it()
    {
        using StagedSession session = Start(RecordingMode.On);
        session.Join(100, 30);
        session.RunUntil(() => session.Backend.IsReleased, "the client is there");
        session.Backend.Print(session.Now, "hello");
        session.Run(20);
        session.Backend.Exit(session.Now);
        session.RunUntil(() => session.HasStopped || _recorder.Events.Contains("end"), "the end is recorded");

        Assert.Contains(_recorder.Events, what => what.StartsWith("mark client attached from ", StringComparison.Ordinal));
        Assert.Contains("resize 100x30", _recorder.Events);
        Assert.Contains("output hello", _recorder.Events);
        Assert.Equal("end", _recorder.Events[^1]);
    }

    [Fact]
    public void While_a_required_recording_is_behind_nothing_more_is_taken_from_the_program()
    {
        using StagedSession session = Start(RecordingMode.Required);
        session.Join();
        session.RunUntil(() => session.Backend.IsReleased, "the client is there");
        _recorder.KeepsUp = false;
        session.Backend.Print(session.Now, "much");
        Assert.True(session.Backend.IsPaused);

        _recorder.KeepsUp = true;
        Tell(session);
        Assert.False(session.Backend.IsPaused);
        Assert.Empty(session.Ends);
    }

    [Fact]
    public void A_recording_that_is_not_required_never_holds_its_session_back()
    {
        using StagedSession session = Start(RecordingMode.On);
        session.Join();
        session.RunUntil(() => session.Backend.IsReleased, "the client is there");
        (_recorder.KeepsUp, _recorder.IsBroken) = (false, true);
        session.Backend.Print(session.Now, "much");
        Tell(session);

        Assert.False(session.Backend.IsPaused);
        Assert.Empty(session.Ends);
    }

    [Fact]
    public void A_session_that_must_be_recorded_ends_when_the_disk_refuses()
    {
        using StagedSession session = Start(RecordingMode.Required);
        session.Join();
        session.RunUntil(() => session.Backend.IsReleased, "the client is there");
        (_recorder.KeepsUp, _recorder.IsBroken) = (false, true);
        Tell(session);
        session.RunUntil(() => session.Ends.Count > 0, "the session ends");

        Assert.Equal([SessionEndReason.RecordingFailed], session.Ends);
    }

    [Fact]
    public void Where_policy_says_so_it_waits_behind_a_locked_screen_and_goes_on()
    {
        using StagedSession session = Start(RecordingMode.Required, RecordingFailure.Pause);
        ScriptedClient client = session.Join();
        session.RunUntil(() => session.Backend.IsReleased, "the client is there");
        (_recorder.KeepsUp, _recorder.IsBroken) = (false, true);
        Tell(session);
        session.RunUntil(() => Shows(client, "its recording cannot be written"), "the screen says why");
        client.Type("x");
        session.Run(200);
        Assert.DoesNotContain("x", session.Backend.Input, StringComparison.Ordinal);

        (_recorder.KeepsUp, _recorder.IsBroken) = (true, false);
        Tell(session);
        session.RunUntil(() => !Shows(client, "recording"), "the screen is back");
        client.Type("y");
        session.RunUntil(() => session.Backend.Input.Contains('y', StringComparison.Ordinal), "keys reach the program again");
        Assert.Empty(session.Ends);
    }
}
