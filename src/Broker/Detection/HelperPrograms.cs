using System.Globalization;
using System.Text.Json;
using MoshBroker.Configuration;
using MoshBroker.Native;

namespace MoshBroker.Detection;

/// <summary>The programs that responses run: <c>nft</c>, and the one that policy wants told. By argument vectors, never by a shell; a few at a time, and none for long.</summary>
internal sealed class HelperPrograms(Children children, DetectionLog log, TimeProvider time) : IFirewallSet, INotifier
{
    private const int MostAtOnce = 4;
    private const int Nothing = -1;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly string[] NftPlaces = ["/usr/sbin/nft", "/sbin/nft", "/usr/bin/nft"];

    private int _running;

    public void Block(string prefix, bool isIPv4, TimeSpan time)
    {
        string? nft = Array.Find(NftPlaces, File.Exists);
        if (nft is null)
        {
            log.ResponseFailed($"blocking {prefix} in the kernel", "there is no nft here: apt-get install nftables, or nftables: false in the policy");
            return;
        }

        string element = string.Create(CultureInfo.InvariantCulture, $"{{ {prefix} timeout {(long)Math.Ceiling(time.TotalSeconds)}s }}");
        Run($"blocking {prefix} in the kernel", [nft, "add", "element", "inet", "moshbroker", isIPv4 ? "blocked_v4" : "blocked_v6", element], null);
    }

    public void Tell(IReadOnlyList<string> command, Alarm alarm) =>
        Run("telling of a detection", command, JsonSerializer.SerializeToUtf8Bytes(DetectionViews.Of(alarm), Dashboard.Feed.FeedJson.Default.DetectionView));

    private void Run(string what, IReadOnlyList<string> command, byte[]? input)
    {
        if (Interlocked.Increment(ref _running) > MostAtOnce)
        {
            Interlocked.Decrement(ref _running);
            log.ResponseFailed(what, $"{MostAtOnce} programs run already");
            return;
        }

        try
        {
            Start(what, command, input);
        }
        catch (Exception failure) when (failure is IOException or InvalidOperationException)
        {
            Interlocked.Decrement(ref _running);
            log.ResponseFailed(what, OneLine.Of(failure));
        }
    }

    private void Start(string what, IReadOnlyList<string> command, byte[]? input)
    {
        if (!PipeNative.TryMake(out FileDescriptor read, out FileDescriptor write)) { throw new IOException(Errno.Text(Errno.Last)); }
        using (read)
        using (write)
        {
            // Shorter than a pipe holds (64 KiB), so nobody waits for the program to read it.
            if (input is not null) { WriteTo(write, input); }
            ChildProgram program = new()
            {
                Path = command[0],
                Arguments = command,
                Environment = ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8"],
                Directory = "/",
            };
            int error = program.StartWith(read.Number, Nothing, Nothing, out int pid);
            if (error != 0) { throw new IOException($"{command[0]}: {Errno.Text(error)}"); }
            TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
            children.Add(pid, status =>
            {
                Interlocked.Decrement(ref _running);
                if (status != 0) { log.ResponseFailed(what, $"{command[0]} ended with status {(status >> 8) & 0xFF}, signal {status & 0x7F}"); }
                ended.TrySetResult();
            });
            _ = EndLateAsync(pid, ended.Task);
        }
    }

    private async Task EndLateAsync(int pid, Task ended)
    {
        await ended.WaitAsync(Patience, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!ended.IsCompleted) { children.End(pid); }
    }

    private static void WriteTo(FileDescriptor pipe, byte[] bytes)
    {
        using Microsoft.Win32.SafeHandles.SafeFileHandle handle = new(pipe.DangerousGetHandle(), ownsHandle: false);
        using FileStream stream = new(handle, FileAccess.Write, bufferSize: 0);
        stream.Write(bytes);
    }
}
