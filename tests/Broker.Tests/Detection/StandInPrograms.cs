using MoshBroker.Detection;

namespace MoshBroker.Broker.Tests.Detection;

/// <summary>Remembers what it was asked to run.</summary>
internal sealed class StandInPrograms : IFirewallSet, INotifier
{
    public List<string> Done { get; } = [];

    public void Block(string prefix, bool isIPv4, TimeSpan time) => Done.Add($"{(isIPv4 ? "v4" : "v6")} {prefix} {time.TotalSeconds} s");

    public void Tell(IReadOnlyList<string> command, Alarm alarm) => Done.Add($"{command[0]} {alarm.Rule.ToName()} {(alarm.EndedAt is null ? "begin" : "end")}");
}
