using MoshBroker.Protocol;
using MoshBroker.Sessions.Verdicts;
using MoshBroker.Testing;
using Xunit;

namespace MoshBroker.Broker.Tests.Sessions.Verdicts;

/// <summary>The ring of what happened.</summary>
public sealed class SessionTimelineTests
{
    private static readonly MonoTime Start = new(10_000_000);
    private readonly SessionTimeline _timeline = new();

    [Fact]
    public void Numbers_come_back_as_they_went_in_negative_ones_too()
    {
        _timeline.Add(Start, TimelineKind.Attached, -1);
        _timeline.Add(Start.Plus(5), TimelineKind.Resized, 2048, 1024);
        Assert.Equal(
            [new TimelineEntry(Start, TimelineKind.Attached, -1, 0), new TimelineEntry(Start.Plus(5), TimelineKind.Resized, 2048, 1024)],
            _timeline.Read(Start.Plus(10)));
    }

    [Fact]
    public void The_newest_are_kept_and_none_older_than_an_hour()
    {
        for (int i = 0; i < 1000; i++) { _timeline.Add(Start.Plus(i * 10_000), TimelineKind.Attached, i); }
        Assert.Equal(Enumerable.Range(1000 - SessionTimeline.Length, SessionTimeline.Length), _timeline.Read(Start.Plus(9_990_000)).Select(entry => entry.First));
        Assert.Equal(999, Assert.Single(_timeline.Read(Start.Plus(9_990_000 + SessionTimeline.SpanMs))).First);
        Assert.Empty(_timeline.Read(Start.Plus(9_990_001 + SessionTimeline.SpanMs)));
    }

    [Fact]
    public void A_window_that_is_dragged_is_one_entry_with_its_last_size()
    {
        for (int i = 0; i < 50; i++) { _timeline.Add(Start.Plus(i * 20), TimelineKind.Resized, 80 + i, 24); }
        Assert.Equal(new TimelineEntry(Start.Plus(980), TimelineKind.Resized, 129, 24), Assert.Single(_timeline.Read(Start.Plus(1000))));
    }

    [Fact]
    public void Adding_allocates_nothing()
    {
        Assert.Equal(0, Allocations.Least(() =>
        {
            for (int i = 0; i < 500; i++) { _timeline.Add(Start.Plus(i), TimelineKind.Verdict, i); }
        }));
    }
}
