using FsCheck;
using FsCheck.Fluent;
using MoshBroker.Endpoint;
using Xunit;

namespace MoshBroker.Broker.Tests.Endpoint;

public sealed class NumberIndexTests
{
    [Fact]
    public void Whatever_is_added_raised_and_removed_the_order_holds_and_everybody_knows_his_place() =>
        Prop.ForAll(
            ArbMap.Default.ArbFor<(byte Who, byte By)[]>(),
            steps =>
            {
                NumberIndex index = new();
                List<PlayedCandidate> inside = [];
                for (int i = 0; i < steps.Length; i++)
                {
                    (byte who, byte by) = steps[i];
                    if (inside.Count < 4 || by < 40)
                    {
                        // Some come with a number: restored sessions do.
                        inside.Add(new PlayedCandidate(i) { NextExpected = (ulong)(by % 4) });
                        index.Add(inside[^1]);
                    }
                    else if (by < 60)
                    {
                        index.Remove(inside[who % inside.Count]);
                        inside.RemoveAt(who % inside.Count);
                    }
                    else
                    {
                        PlayedCandidate raised = inside[who % inside.Count];
                        index.Raise(raised, raised.NextExpected + (ulong)(by % 7) + 1);
                    }

                    if (!IsSound(index, inside)) { return false; }
                }

                return true;
            }).QuickCheckThrowOnFailure();

    [Fact]
    public void Of_those_that_expect_the_same_number_the_latest_opened_stands_first()
    {
        NumberIndex index = new();
        PlayedCandidate[] candidates = [.. Enumerable.Range(0, 5).Select(id => new PlayedCandidate(id))];
        foreach (PlayedCandidate candidate in candidates) { index.Add(candidate); }
        Assert.Equal([4, 3, 2, 1, 0], Enumerable.Range(0, 5).Select(rank => ((PlayedCandidate)index[rank]).Id));
    }

    [Fact]
    public void Of_those_that_expect_the_same_number_the_latest_heard_stands_first()
    {
        NumberIndex index = new();
        PlayedCandidate[] candidates = [.. Enumerable.Range(0, 50).Select(id => new PlayedCandidate(id))];
        foreach (PlayedCandidate candidate in candidates) { index.Add(candidate); }
        foreach (PlayedCandidate candidate in candidates) { index.Raise(candidate, 1); }
        Assert.Equal(49, ((PlayedCandidate)index[0]).Id);
    }

    private static bool IsSound(NumberIndex index, List<PlayedCandidate> inside)
    {
        bool isSound = index.Count == inside.Count;
        for (int rank = 0; rank < index.Count; rank++)
        {
            isSound &= index[rank].Rank == rank && index.NumberAt(rank) == index[rank].NextExpected && inside.Contains((PlayedCandidate)index[rank]);
            isSound &= rank == 0 || index.NumberAt(rank - 1) <= index.NumberAt(rank);
            isSound &= index.FirstOf(rank) == Enumerable.Range(0, index.Count).First(other => index.NumberAt(other) == index.NumberAt(rank));
            isSound &= index.CountUpTo(index.NumberAt(rank)) == inside.Count(other => other.NextExpected <= index.NumberAt(rank));
        }

        return isSound;
    }
}
