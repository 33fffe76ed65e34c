using System.Globalization;
using System.Net;
using MoshBroker.Bench.SharedPort;
using MoshBroker.Testing.Swarm;

// bench/shared-port starts the broker and this: LAUNCHER SOCKET SESSIONS MOVERS FLOOD BROKER-PID
if (args is not [string launcher, string socket, string sessions, string movers, string flood, string brokerPid])
{
    Console.Error.WriteLine("usage: LAUNCHER SOCKET SESSIONS MOVERS FLOOD BROKER-PID");
    return 2;
}

int count = int.Parse(sessions, CultureInfo.InvariantCulture);
int moving = int.Parse(movers, CultureInfo.InvariantCulture);
int perSecond = int.Parse(flood, CultureInfo.InvariantCulture);
using BrokerProcess broker = new(launcher, socket, int.Parse(brokerPid, CultureInfo.InvariantCulture));
using ClientSwarm swarm = new();
Scenario scenario = new(swarm, broker);

// Each client comes as soon as its session is there: one that waits for a minute is given up.
await broker.OpenAsync(count, scenario.Join);
Console.WriteLine($"{count} sessions behind UDP port {scenario.Port}");
if (!scenario.AllAttached()) { return 1; }
bool isGood = scenario.Move(moving);
scenario.Report("echo, nobody disturbs", scenario.Type());
foreach (bool isAimed in new[] { false, true })
{
    using GarbageFlood garbage = new(new IPEndPoint(IPAddress.Loopback, scenario.Port), perSecond, isAimed);
    string what = isAimed ? "at the numbers that sessions expect" : "random";
    scenario.Report($"echo under {perSecond} garbage/s, {what}", scenario.Type(() => garbage.Sent));
    isGood &= scenario.Move(Math.Min(moving, 20));
}

scenario.Report("echo, nobody disturbs any more", scenario.Type());
return isGood ? 0 : 1;
