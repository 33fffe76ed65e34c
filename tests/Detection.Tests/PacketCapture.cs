using System.Collections.Concurrent;
using System.Diagnostics;

namespace MoshBroker.Detection.Tests;

/// <summary>What tcpdump sees on loopback: a witness that is no part of the broker.</summary>
internal sealed class PacketCapture : IAsyncDisposable
{
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly Process _process;
    private readonly TaskCompletionSource _listens = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private PacketCapture(string filter)
    {
        _process = Command.Start(["/usr/bin/tcpdump", "-n", "-l", "-q", "-t", "-i", "lo", "--immediate-mode", filter], SessionHome.Inherited());
        _process.OutputDataReceived += (_, line) =>
        {
            if (line.Data is { Length: > 0 } text) { _lines.Enqueue(text); }
        };
        _process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data?.Contains("listening on", StringComparison.Ordinal) == true) { _listens.TrySetResult(); }
        };
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>One line for each packet so far.</summary>
    public IReadOnlyList<string> Lines => [.. _lines];

    public static async Task<PacketCapture> StartAsync(string filter)
    {
        PacketCapture capture = new(filter);
        await capture._listens.Task.WaitAsync(TimeSpan.FromSeconds(30));
        return capture;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) { _process.Kill(); }
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
