using System.Net;
using System.Net.Sockets;
using MoshBroker.Interop.Tests.Harness;

namespace MoshBroker.Interop.Tests;

/// <summary>A collector that is not there harms nobody.</summary>
[Collection(InteropGroup.Name)]
public sealed class DeadCollectorTests : IDisposable
{
    private readonly SessionHome _home = new();

    public void Dispose() => _home.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_collector_that_refuses_or_never_answers_costs_one_line_and_no_session(bool isBlackHole)
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;
        if (!isBlackHole) { listener.Stop(); }
        await using RunningBroker broker = await RunningBroker.StartAsync(null, OtlpReceiver.Hurry, "--otlp", $"http://127.0.0.1:{port}");
        OpenedSession session = await broker.OpenAsync(_home.Environment, SessionHome.Bash);
        await using TmuxTerminal terminal = await MoshTerminal.ClientAsync(session, _home);
        await terminal.WaitForTextAsync("p1>", TimeSpan.FromSeconds(30));
        await Eventually.TrueAsync(() => Told(broker) == 1, "it is told", TimeSpan.FromSeconds(60), () => broker.Log);
        Assert.Contains($"cannot be sent to http://127.0.0.1:{port}/", broker.Log, StringComparison.Ordinal);
        for (int i = 1; i <= 20; i++)
        {
            await terminal.TypeAsync($"echo $((1000 + {i}))-{i}\r");
            await terminal.WaitForTextAsync($"{1000 + i}-{i}", TimeSpan.FromSeconds(30));
        }

        await terminal.TypeAsync("exit\r");
        await terminal.WaitForEndAsync(TimeSpan.FromSeconds(60));
        Assert.Equal(1, Told(broker));
        long began = System.Diagnostics.Stopwatch.GetTimestamp();
        await broker.StopAsync(); // Which kills after 10 s.
        Assert.InRange(System.Diagnostics.Stopwatch.GetElapsedTime(began).TotalSeconds, 0, 9.5);
    }

    [Fact]
    public async Task An_address_with_a_password_in_it_is_refused_without_repeating_it()
    {
        CommandResult result = await Command.RunAsync([RunningBroker.Launcher, "serve", "--otlp", "http://me:hunter2@127.0.0.1:4318"], SessionHome.Inherited());
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("--otlp: an address with a password in it", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", result.Error + result.Output, StringComparison.Ordinal);
    }

    private static int Told(RunningBroker broker) => broker.Log.Split('\n').Count(line => line.Contains("cannot be sent to", StringComparison.Ordinal));
}
