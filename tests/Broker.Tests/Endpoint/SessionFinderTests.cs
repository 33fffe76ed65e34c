using FsCheck;
using FsCheck.Fluent;
using MoshBroker.Endpoint;
using MoshBroker.Protocol;
using MoshBroker.Protocol.Datagrams;
using MoshBroker.Testing;
using Xunit;

namespace MoshBroker.Broker.Tests.Endpoint;

public sealed class SessionFinderTests
{
    private static readonly UdpAddress Home = SourceBudgetTests.Address("192.0.2.1", 4000);
    private static readonly UdpAddress Train = SourceBudgetTests.Address("198.51.100.9", 5000);

    private readonly DemuxStats _stats = new();
    private readonly SessionFinder _finder;
    private MonoTime _now = new(90_000_000);

    public SessionFinderTests() => _finder = new SessionFinder(seed: 5, _stats);

    [Fact]
    public void The_first_datagram_finds_its_session_among_many_fresh_ones_at_the_first_try_when_it_is_the_latest_opened()
    {
        Open(1000);
        PlayedCandidate latest = Open(1)[0];
        Assert.Same(latest, Find(Home, latest.Sends(0)));
        Assert.Equal(1, _stats.TrialHits);
        Assert.Equal(0, _stats.TrialMisses);
    }

    [Fact]
    public void A_known_address_is_asked_first_and_costs_no_search()
    {
        PlayedCandidate[] all = Attach(100);
        Assert.Same(all[30], Find(AddressOf(all[30]), all[30].Sends(1)));
        Assert.Equal(1, _stats.AddressHits);
        Assert.Equal(100, _stats.WindowHits); // What the beginning took.
    }

    [Fact]
    public void A_client_that_moves_is_found_by_its_number_and_then_known_at_its_new_address()
    {
        PlayedCandidate[] all = Attach(100);
        for (ulong number = 1; number < 20; number++) { Find(AddressOf(all[7]), all[7].Sends(number)); }
        int asked = all.Sum(candidate => candidate.Asked);
        Assert.Same(all[7], Find(Train, all[7].Sends(21)));
        Assert.Equal(1, all.Sum(candidate => candidate.Asked) - asked);
        Assert.Same(all[7], Find(Train, all[7].Sends(22)));
        Assert.Equal(1, _stats.Moves);
        Assert.Equal(20, _stats.AddressHits);
    }

    [Fact]
    public void A_key_that_comes_from_where_it_may_not_be_makes_nothing_known_there()
    {
        PlayedCandidate client = Attach(1)[0];
        client.Forbidden = Train;
        ulong expected = client.NextExpected;
        Assert.Null(_finder.Find(_now, Train, client.Sends(7), out DropReason reason));
        Assert.Equal(DropReason.Network, reason);
        Assert.False(_finder.HasClientIn(Train.Network));
        Assert.False(_finder.HadClientIn(_now, Train.Network));
        Assert.Equal((expected, 0), (client.NextExpected, _stats.Moves));
        Assert.Same(client, Find(AddressOf(client), client.Sends(8)));
    }

    [Fact]
    public void What_was_under_way_from_the_old_address_still_finds_its_session_and_moves_nothing()
    {
        PlayedCandidate client = Attach(1)[0];
        UdpAddress before = AddressOf(client);
        Find(Train, client.Sends(5));
        Assert.Same(client, Find(before, client.Sends(3)));
        Assert.Equal(Train, client.Current.Address);
        Assert.Equal(1, _stats.Moves);
    }

    [Fact]
    public void An_older_datagram_from_a_new_address_is_handed_on_and_moves_nothing()
    {
        PlayedCandidate client = Attach(1)[0];
        UdpAddress before = AddressOf(client);
        Find(before, client.Sends(9));
        Assert.Same(client, Find(Train, client.Sends(8)));
        Assert.Equal(before, client.Current.Address);
    }

    [Fact]
    public void A_recording_played_an_hour_later_from_elsewhere_is_its_sessions_and_moves_nothing()
    {
        PlayedCandidate client = Attach(1)[0];
        UdpAddress home = AddressOf(client);
        for (ulong number = 1; number < 1200; number++) { Find(home, client.Sends(number)); }
        Assert.Same(client, Find(Train, client.Sends(10)));
        Assert.Equal((home, 1200ul, 0), (client.Current.Address, client.NextExpected, _stats.Moves));
        Assert.False(_finder.HasClientIn(Train.Network));
        Assert.Equal((1, 0), (_stats.FullHits, _stats.FullMisses));
        Assert.Equal(0, _finder.Budget.Occupancy(_now).Sources);
    }

    [Fact]
    public void A_recording_that_goes_on_is_recognized_among_a_thousand_sessions_and_then_at_the_first_try()
    {
        PlayedCandidate[] all = Attach(1000);
        foreach (PlayedCandidate candidate in all) { Find(AddressOf(candidate), candidate.Sends(5000)); }
        int played = 0;
        for (ulong number = 0; _finder.Find(_now, Train, all[618].Sends(number), out _) is null; number++)
        {
            _now = _now.Plus(300);
            Assert.True(++played < 20, "not recognized");
        }

        int asked = all.Sum(candidate => candidate.Asked);
        Assert.Same(all[618], Find(Train, all[618].Sends(77)));
        Assert.Equal(1, all.Sum(candidate => candidate.Asked) - asked);
    }

    [Fact]
    public void A_flood_of_numbers_used_long_ago_is_held_to_a_budget_of_its_own_and_takes_nothing_from_roamers()
    {
        PlayedCandidate[] all = Attach(1000);
        foreach (PlayedCandidate candidate in all) { Find(AddressOf(candidate), candidate.Sends(5000)); }
        int before = all.Sum(candidate => candidate.Asked);
        for (int i = 0; i < 50_000; i++)
        {
            if (i % 50 == 0) { _now = _now.Plus(1); }
            Find(SourceBudgetTests.Address($"203.0.{i % 97}.{i % 251}", (ushort)i), PlayedCandidate.Datagram(PlayedCandidate.Nobody, 1), DropReason.UnknownSource);
        }

        Assert.InRange(all.Sum(candidate => candidate.Asked) - before, 1000, 4096 + 2000);
        Assert.Equal((0, 0), (_stats.BudgetExhausted, _finder.Budget.Occupancy(_now).Networks));
        Assert.Same(all[400], Find(Train, all[400].Sends(5001)));
    }

    [Fact]
    public void Two_sessions_at_one_address_and_port_are_told_apart_without_a_search()
    {
        PlayedCandidate[] both = Open(2);
        Find(Home, both[0].Sends(0));
        Find(Home, both[1].Sends(0));
        for (ulong number = 1; number < 50; number++)
        {
            Assert.Same(both[0], Find(Home, both[0].Sends(number)));
            Assert.Same(both[1], Find(Home, both[1].Sends(number)));
        }

        Assert.Equal(98, _stats.AddressHits);
        Assert.Equal(0, _stats.Moves);
    }

    [Fact]
    public void Random_numbers_cost_no_key_and_no_budget()
    {
        PlayedCandidate[] all = Attach(500);
        int asked = all.Sum(candidate => candidate.Asked);
        Random random = new(3);
        for (int i = 0; i < 10_000; i++) { Find(Train, PlayedCandidate.Datagram(PlayedCandidate.Nobody, (ulong)random.NextInt64()), DropReason.UnknownSource); }
        Assert.Equal(asked, all.Sum(candidate => candidate.Asked));
        Assert.Equal(0, _stats.BudgetExhausted);
    }

    [Fact]
    public void A_forgery_from_a_clients_own_address_is_not_authentic_and_the_client_goes_on()
    {
        PlayedCandidate client = Attach(1)[0];
        Assert.Null(Find(AddressOf(client), PlayedCandidate.Datagram(PlayedCandidate.Nobody, 1), DropReason.AuthFailed));
        Assert.Same(client, _finder.AtAddress);
        Assert.Same(client, Find(AddressOf(client), client.Sends(1)));
    }

    [Fact]
    public void Whose_client_is_where_a_forgery_came_from_is_told_and_a_living_one_first()
    {
        PlayedCandidate[] all = Attach(2);
        UdpAddress home = AddressOf(all[0]);
        Assert.Same(all[1], Find(home, all[1].Sends(1)));
        _finder.Retire(all[1]);
        Find(home, PlayedCandidate.Datagram(PlayedCandidate.Nobody, 2), DropReason.AuthFailed);
        Assert.Same(all[0], _finder.AtAddress);
        _finder.Remove(all[0]);
        Find(home, PlayedCandidate.Datagram(PlayedCandidate.Nobody, 2), DropReason.AuthFailed);
        Assert.Same(all[1], _finder.AtAddress);
        Find(Train, PlayedCandidate.Datagram(PlayedCandidate.Nobody, 2), DropReason.UnknownSource);
        Assert.Null(_finder.AtAddress);
    }

    [Fact]
    public void A_flood_that_aims_at_dense_numbers_is_held_to_the_budget()
    {
        PlayedCandidate[] all = Attach(1000);
        int before = all.Sum(candidate => candidate.Asked);
        for (int i = 0; i < 50_000; i++)
        {
            if (i % 50 == 0) { _now = _now.Plus(1); }
            Find(SourceBudgetTests.Address($"203.0.{i % 97}.{i % 251}", (ushort)i), PlayedCandidate.Datagram(PlayedCandidate.Nobody, 1), null);
        }

        long asked = all.Sum(candidate => candidate.Asked) - before;
        Assert.InRange(asked, 1000, SourceBudget.Far.Burst + SourceBudget.Far.PerSecond);
        Assert.True(_stats.Drops(DropReason.None) == 0 && _stats.BudgetExhausted > 40_000, $"{_stats.BudgetExhausted}");
    }

    [Fact]
    public void Under_such_a_flood_a_client_that_hops_to_another_port_comes_through_at_once()
    {
        PlayedCandidate[] all = Attach(1000);
        for (int i = 0; i < 20_000; i++)
        {
            Find(SourceBudgetTests.Address($"203.0.{i % 97}.{i % 251}", (ushort)i), PlayedCandidate.Datagram(PlayedCandidate.Nobody, 1), null);
        }

        Assert.Same(all[400], Find(AddressOf(all[400]) with { Port = 60000 }, all[400].Sends(1)));
    }

    [Fact]
    public void A_roamer_behind_the_same_carrier_address_as_a_flooder_comes_through()
    {
        PlayedCandidate[] all = Attach(1000);
        UdpAddress carrier = SourceBudgetTests.Address("203.0.113.1", 1024);
        for (int i = 0; i < 50_000; i++)
        {
            if (i % 50 == 0) { _now = _now.Plus(1); }
            Find(carrier, PlayedCandidate.Datagram(PlayedCandidate.Nobody, 1), null);
        }

        // One of a thousand that all expect the same number, from a network where no session has ever been.
        Assert.Same(all[600], Find(carrier with { Port = 2048 }, all[600].Sends(1)));
    }

    [Fact]
    public void Two_hundred_of_a_thousand_that_move_at_once_are_all_found_and_spend_nothing()
    {
        PlayedCandidate[] all = Attach(1000);
        for (int i = 0; i < 200; i++) { Assert.Same(all[i], Find(SourceBudgetTests.Address("203.0.113.1", (ushort)(1024 + i)), all[i].Sends(1))); }
        Assert.Equal(200, _stats.Moves);
        Assert.Equal(0, _finder.Budget.Occupancy(_now).Networks);
    }

    [Fact]
    public void A_key_holder_who_moves_with_every_datagram_pays_for_the_search()
    {
        PlayedCandidate[] all = Attach(1000);
        PlayedCandidate restless = all[0];
        int found = 0;
        for (ushort i = 1; i < 2000; i++)
        {
            // Its number stays among the others', so that each search tries many; only the last few may be behind.
            found += _finder.Find(_now, SourceBudgetTests.Address("203.0.113.1", i), restless.Sends((ulong)(i % 30)), out _) is null ? 0 : 1;
        }

        Assert.InRange(all.Sum(candidate => candidate.Asked), 0, 3_000 + (2 * SourceBudget.PerNetwork.Burst));
        Assert.True(found < 2000);
    }

    [Fact]
    public void An_ended_channel_is_looked_for_no_more()
    {
        PlayedCandidate client = Attach(1)[0];
        _finder.Remove(client);
        Assert.Null(Find(AddressOf(client), client.Sends(1), DropReason.UnknownSource));
        Assert.Equal(0, _finder.Count);
    }

    [Fact]
    public void Whatever_arrives_an_author_is_found_or_the_datagram_has_a_reason_and_nothing_is_allocated()
    {
        PlayedCandidate[] all = Attach(50);
        int lookups = 0;
        long allocated = 0;
        Prop.ForAll(
            ArbMap.Default.ArbFor<(byte[] Bytes, ushort From)[]>(),
            datagrams =>
            {
                foreach ((byte[] bytes, ushort from) in datagrams)
                {
                    UdpAddress source = new((UInt128)0xFFFF_0A00_0000 | from, from, 0);
                    long before = GC.GetAllocatedBytesForCurrentThread();
                    Candidate? found = _finder.Find(_now, source, bytes, out DropReason reason);
                    allocated += GC.GetAllocatedBytesForCurrentThread() - before;
                    lookups++;
                    if ((found is null) == (reason == DropReason.None)) { return false; }
                }

                return true;
            }).QuickCheckThrowOnFailure();
        // The smallest object is 24 bytes; the runtime may allocate a little of its own when it compiles what has become hot.
        Assert.True(allocated < lookups * 12L, $"{allocated} bytes in {lookups} lookups");
        Assert.Equal(50, _finder.Count);
        Assert.Equal(50, all.Length);
    }

    [Fact]
    public void The_client_of_an_ended_channel_is_found_after_those_that_live_and_at_its_address_too()
    {
        PlayedCandidate[] all = Attach(100);
        PlayedCandidate ended = all[50];
        UdpAddress home = AddressOf(ended);
        _finder.Retire(ended);
        Assert.Equal(99, _finder.Count);
        int asked = ended.Asked;
        Assert.Same(all[51], Find(Train, all[51].Sends(1)));
        Assert.Equal(asked, ended.Asked);
        Assert.Same(ended, Find(home, ended.Sends(1)));
        Assert.Same(ended, Find(SourceBudgetTests.Address("203.0.113.77", 1), ended.Sends(2)));
        _finder.Remove(ended);
        Assert.Null(Find(home, ended.Sends(3), null));
    }

    [Fact]
    public void Forty_clients_of_ended_channels_return_at_once_and_each_is_found()
    {
        PlayedCandidate[] all = Attach(1000);
        PlayedCandidate[] ended = [.. all.Where(candidate => candidate.Id % 25 == 0)];
        foreach (PlayedCandidate candidate in ended) { _finder.Retire(candidate); }
        foreach (PlayedCandidate candidate in ended)
        {
            Assert.Same(candidate, Find(SourceBudgetTests.Address($"203.0.113.{candidate.Id / 25}", 7), candidate.Sends(1)));
        }

        Assert.Equal(40, ended.Length);
        Assert.Equal(0, _stats.BudgetExhausted);
    }

    private static UdpAddress AddressOf(PlayedCandidate candidate) => candidate.Current.Address;

    private PlayedCandidate[] Open(int count)
    {
        PlayedCandidate[] opened = [.. Enumerable.Range(_finder.Count, count).Select(id => new PlayedCandidate(id))];
        foreach (PlayedCandidate candidate in opened) { _finder.Add(candidate); }
        return opened;
    }

    /// <summary>Opens channels and lets each client send its first datagram, from networks all over.</summary>
    private PlayedCandidate[] Attach(int count)
    {
        PlayedCandidate[] opened = new PlayedCandidate[count];
        for (int i = 0; i < count; i++)
        {
            opened[i] = Open(1)[0];
            Assert.Same(opened[i], Find(SourceBudgetTests.Address($"10.{i / 250}.{i % 250}.7", (ushort)(1000 + i)), opened[i].Sends(0)));
        }

        _now = _now.Plus(60_000);
        return opened;
    }

    private Candidate? Find(in UdpAddress source, byte[] datagram)
    {
        Candidate? found = _finder.Find(_now, source, datagram, out DropReason reason);
        Assert.Equal(DropReason.None, reason);
        return found;
    }

    private Candidate? Find(in UdpAddress source, byte[] datagram, DropReason? expected)
    {
        Candidate? found = _finder.Find(_now, source, datagram, out DropReason reason);
        if (expected is { } wanted) { Assert.Equal(wanted, reason); }
        return found;
    }
}
