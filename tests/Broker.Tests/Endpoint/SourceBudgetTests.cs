using System.Net;
using FsCheck;
using FsCheck.Fluent;
using MoshBroker.Endpoint;
using MoshBroker.Protocol;
using MoshBroker.Testing;
using Xunit;

namespace MoshBroker.Broker.Tests.Endpoint;

public sealed class SourceBudgetTests
{
    private static readonly MonoTime Start = new(90_000_000);

    private readonly SourceBudget _budget = new(seed: 7);

    [Fact]
    public void Four_fifths_are_for_sources_near_a_session()
    {
        Assert.Equal(4 * SourceBudget.Far.PerSecond, SourceBudget.Near.PerSecond);
        Assert.Equal(4 * SourceBudget.Far.Burst, SourceBudget.Near.Burst);
    }

    [Fact]
    public void Strangers_from_ten_thousand_networks_leave_the_share_of_those_near_a_session_alone()
    {
        for (int i = 0; i < 10_000; i++)
        {
            UdpAddress stranger = Address($"11.{i / 256}.{i % 256}.1", 4000);
            _budget.Charge(Start, stranger, isNear: false, _budget.Allowance(Start, stranger, isNear: false));
        }

        Assert.Equal(0, _budget.Allowance(Start, Address("12.0.0.1", 1), isNear: false));
        Assert.InRange(_budget.Allowance(Start, Address("192.0.2.1", 1), isNear: true), SourceBudget.PerSource.Burst - 20, SourceBudget.PerSource.Burst);
    }

    [Fact]
    public void A_flooder_behind_a_carriers_address_spends_his_own_ports_allowance_not_his_neighbours()
    {
        for (MonoTime now = Start; now < Start.Plus(10_000); now = now.Plus(1))
        {
            for (int i = 0; i < 50; i++) { Spend(now, Address("192.0.2.1", 4000)); }
        }

        MonoTime end = Start.Plus(10_000);
        Assert.True(_budget.Allowance(end, Address("192.0.2.1", 4000), isNear: true) <= 2);
        Assert.Equal(SourceBudget.PerSource.Burst, _budget.Allowance(end, Address("192.0.2.1", 4001), isNear: true));
    }

    [Fact]
    public void A_flood_from_sixteen_ports_of_a_network_leaves_a_quarter_for_ports_that_failed_at_nothing()
    {
        for (MonoTime now = Start; now < Start.Plus(20_000); now = now.Plus(1))
        {
            for (int i = 0; i < 50; i++) { Spend(now, Address($"192.0.2.{i % 4}", (ushort)(4000 + (i % 16)))); }
        }

        int left = _budget.Allowance(Start.Plus(20_000), Address("192.0.2.77", 9), isNear: true);
        Assert.InRange(left, SourceBudget.PerNetwork.Burst / 4, SourceBudget.PerNetwork.Burst);
    }

    [Fact]
    public void What_was_spent_comes_back_with_time()
    {
        UdpAddress source = Address("192.0.2.1", 4000);
        _budget.Charge(Start, source, isNear: true, (int)SourceBudget.PerSource.Burst);
        Assert.Equal(0, _budget.Allowance(Start, source, isNear: true));
        Assert.Equal(SourceBudget.PerSource.PerSecond, _budget.Allowance(Start.Plus(1000), source, isNear: true));
        Assert.Equal(SourceBudget.PerSource.Burst, _budget.Allowance(Start.Plus(60_000), source, isNear: true));
    }

    [Fact]
    public void Addresses_of_one_48_share_a_networks_budget()
    {
        Assert.Equal(Address("2001:db8:1::1", 1).Network, Address("2001:db8:1:ffff::2", 2).Network);
        Assert.NotEqual(Address("2001:db8:1::1", 1).Network, Address("2001:db8:2::1", 1).Network);
        Assert.Equal(Address("192.0.2.1", 1).Network, Address("192.0.2.254", 2).Network);
        Assert.NotEqual(Address("192.0.2.1", 1).Network, Address("192.0.3.1", 1).Network);
    }

    [Fact]
    public void Whoever_comes_from_wherever_no_budget_is_ever_exceeded() =>
        Prop.ForAll(
            ArbMap.Default.ArbFor<(ushort Where, byte Later, bool IsNear, uint Wants)[]>(),
            arrivals =>
            {
                SourceBudget budget = new(seed: 3);
                MonoTime now = Start;
                long near = 0;
                long far = 0;
                Dictionary<ulong, long> ofNetwork = [];
                foreach ((ushort where, byte later, bool isNear, uint wants) in arrivals)
                {
                    now = now.Plus(later % 5);
                    UdpAddress source = Address($"10.0.{where % 3}.{where % 200}", (ushort)(where % 7));
                    int spent = (int)Math.Min(wants, (uint)budget.Allowance(now, source, isNear));
                    budget.Charge(now, source, isNear, spent);
                    (near, far) = isNear ? (near + spent, far) : (near, far + spent);
                    ofNetwork[source.Network] = ofNetwork.GetValueOrDefault(source.Network) + spent;
                }

                long passed = now.Since(Start);
                return near <= SourceBudget.Near.Burst + (passed * SourceBudget.Near.PerSecond / 1000)
                    && far <= SourceBudget.Far.Burst + (passed * SourceBudget.Far.PerSecond / 1000)
                    && ofNetwork.Values.All(spent => spent <= SourceBudget.PerNetwork.Burst + (passed * SourceBudget.PerNetwork.PerSecond / 1000));
            }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_million_invented_sources_take_no_memory()
    {
        _budget.Charge(Start, Address("10.0.0.1", 1), isNear: false, 1);
        uint number = 0;
        Assert.Equal(0, Allocations.Least(() =>
        {
            for (int i = 0; i < 200_000; i++)
            {
                UdpAddress source = new((UInt128)0xFFFF_0000_0000 | number * 2654435761, (ushort)number, 0);
                _budget.Charge(Start, source, isNear: false, Math.Min(1, _budget.Allowance(Start, source, isNear: false)));
                number++;
            }
        }));
        Assert.Equal(1_000_000u, number);
    }

    internal static UdpAddress Address(string ip, ushort port) => UdpAddress.From(IPAddress.Parse(ip), port);

    private void Spend(MonoTime now, in UdpAddress source) => _budget.Charge(now, source, isNear: true, _budget.Allowance(now, source, isNear: true));
}
