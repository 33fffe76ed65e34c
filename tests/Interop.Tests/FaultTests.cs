using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Net;
using MoshBroker.Interop.Tests.Harness;

namespace MoshBroker.Interop.Tests;

/// <summary>The broker dies between any two steps of a turn, again and again, while somebody types.</summary>
[Collection(InteropGroup.Name)]
public sealed class FaultTests : IDisposable
{
    private static readonly TimeSpan Recovery = TimeSpan.FromSeconds(30); // Ten times the goal.
    private static readonly string[] Points = ["Received", "Journalled", "HalfSaved", "Saved", "HandedOver", "Printed", "ScreenSaved", "Composed", "Sent"];

    // A short form runs with all tests; MOSHBROKER_SURVIVAL_FAULTS=1000 for the long one.
    private static readonly int Faults = int.TryParse(Environment.GetEnvironmentVariable("MOSHBROKER_SURVIVAL_FAULTS"), CultureInfo.InvariantCulture, out int faults) ? faults : 36;

    private readonly SessionHome _home = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task Every_key_arrives_once_every_letter_is_shown_once_and_no_number_is_used_twice_wherever_it_dies()
    {
        using DebugCopy copy = await DebugCopy.MakeAsync();
        await RunningBroker.BuildAsync();
        await using RunningBroker broker = await RunningBroker.StartOpenAsync(null, [], copy.Launcher);
        string typed = _home.File("typed");
        OpenedSession session = await broker.OpenAsync(_home.Environment, ["/bin/sh", "-c", $"stty raw -echo; printf 'ready '; exec tee {typed}"]);
        using var relay = new ImpairmentRelay(session.On(IPAddress.Loopback));
        await using TmuxTerminal terminal = await MoshTerminal.ClientAsync(session, relay, _home);
        await terminal.WaitForTextAsync("ready");
        // The first one is alive and well: what follows is about its heirs.
        Random random = new(11);
        await broker.KillAsync();
        copy.Wish(Fault(random, 0));
        await broker.RunAsync();

        using CancellationTokenSource done = new();
        int count = 0;
        Task typing = Task.Run(async () =>
        {
            while (!done.IsCancellationRequested)
            {
                await terminal.TypeAsync((count++).ToString("D5", CultureInfo.InvariantCulture) + " ");
                await Task.Delay(5);
            }
        });
        List<double> recoveries = [];
        long? diedAt = null;
        for (int fault = 0; fault < Faults; fault++)
        {
            await broker.DiedAsync(Recovery);
            diedAt ??= Stopwatch.GetTimestamp();
            int heard = relay.Captured.Count;
            copy.Wish(fault + 1 < Faults ? Fault(random, fault + 1) : "");
            broker.RunAgain();
            // It may be one that dies before it has spoken: then the time goes on.
            await Eventually.TrueAsync(() => broker.HasDied || HasSpoken(), $"the next one speaks after fault {fault}", Recovery, () => broker.Log);
            if (!HasSpoken()) { continue; }
            recoveries.Add(Stopwatch.GetElapsedTime(diedAt.Value).TotalSeconds);
            diedAt = null;

            bool HasSpoken() => relay.Captured.Skip(heard).Any(datagram => !datagram.ToServer);
        }

        await done.CancelAsync();
        await typing;
        string expected = string.Concat(Enumerable.Range(0, count).Select(number => number.ToString("D5", CultureInfo.InvariantCulture) + " "));
        await Eventually.TrueAsync(() => new FileInfo(typed).Length >= expected.Length, "all keys have arrived", Recovery);
        Assert.Equal(expected, await File.ReadAllTextAsync(typed));
        string[] rows = Rows("ready " + expected);
        await terminal.WaitForAsync(screen => screen.Rows.Take(rows.Length).Select(row => row.TrimEnd()).SequenceEqual(rows, StringComparer.Ordinal), "the screen is what the program printed", Recovery);
        Assert.Empty(relay.RepeatedNonces);
        recoveries.Sort();
        if (Environment.GetEnvironmentVariable("MOSHBROKER_SURVIVAL_REPORT") is { } report)
        {
            await File.AppendAllTextAsync(report, string.Create(CultureInfo.InvariantCulture,
                $"{Faults} faults, {count} tokens: recovery p50 {recoveries[recoveries.Count / 2]:F2} s, p99 {recoveries[recoveries.Count * 99 / 100]:F2} s, most {recoveries[^1]:F2} s\n"));
        }

        Assert.True(recoveries[recoveries.Count * 99 / 100] < Recovery.TotalSeconds);
    }

    /// <summary>Soon enough to be reached by somebody who types, and each time after another number of steps.</summary>
    private static string Fault(Random random, int number) => string.Create(CultureInfo.InvariantCulture, $"{Points[number % Points.Length]}:{(Points[number % Points.Length] == "ScreenSaved" ? 1 : random.Next(1, 12))}");

    /// <summary>The last rows of a terminal of 80 by 24 that so much was printed to.</summary>
    private static string[] Rows(string printed)
    {
        string[] all = [.. printed.Chunk(80).Select(row => new string(row).TrimEnd())];
        return [.. all.TakeLast(24)];
    }
}
