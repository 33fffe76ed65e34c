using System.Diagnostics;
using System.Runtime.InteropServices;
using MoshBroker.Configuration;
using MoshBroker.Native;
using MoshBroker.Survival;

namespace MoshBroker.Commands;

/// <summary>Runs the broker as a child and starts it again when it dies, so that whoever watches us (a container's first process, a shell) sees one process.</summary>
/// <remarks>A broker that cannot be started at all ends the supervisor with its own status. After an upgrade the build before stands by: a new one that does not start changes nothing.</remarks>
/// <param name="words">The command line, for it.</param>
/// <param name="dataDirectory">Where its sessions wait for it.</param>
internal sealed class Supervisor(IReadOnlyList<string> words, string dataDirectory) : IDisposable
{
    /// <summary>Makes a broker go on with the sessions that were left, and end them in order.</summary>
    public const string EndsFlag = "--ends";

    private const int LongestPauseMs = 5_000;
    private const int FirstPauseMs = 100;
    private const int Terminate = 15;

    // A broker that lived so long had started.
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(3);

    private readonly Children _children = new(new MonoClock(TimeProvider.System));
    private readonly CancellationTokenSource _stopping = new();
    private int _pid;

    public async Task<int> RunAsync()
    {
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        string launched = LaunchedAs();
        string program = Resolve(launched);
        string proven = program;
        int pause = 0;
        bool hasSettled = false;
        while (true)
        {
            long began = Stopwatch.GetTimestamp();
            int status = await StartAsync(program, launched, []);
            bool wasSettled = Stopwatch.GetElapsedTime(began) >= Settled;
            int? code = (status & 0x7f) == 0 ? (status >> 8) & 0xff : null; // Null: killed by a signal.
            if (code == ExitCodes.Ok) { return ExitCodes.Ok; }
            if (_stopping.IsCancellationRequested) { return await EndAsync(proven, launched); }
            if (code == ExitCodes.HandedOver)
            {
                proven = program;
                program = Resolve(launched);
                (pause, hasSettled) = (0, true);
                continue;
            }

            hasSettled |= wasSettled;
            if (!hasSettled && code is not null) { return code.Value; }
            if (wasSettled) { proven = program; }
            else { program = proven; }
            if (pause > 0) { await Task.Delay(pause, _stopping.Token).ContinueWith(_ => { }, TaskScheduler.Default); }
            if (_stopping.IsCancellationRequested) { return await EndAsync(proven, launched); }
            pause = wasSettled ? 0 : Math.Clamp(pause * 2, FirstPauseMs, LongestPauseMs);
        }
    }

    public void Dispose()
    {
        _children.Dispose();
        _stopping.Dispose();
    }

    /// <summary>The very build, where a link leads to it: it is started again even when the link leads elsewhere by then.</summary>
    private static string Resolve(string program)
    {
        string build = Path.GetDirectoryName(Path.GetDirectoryName(program)!)!;
        return Directory.ResolveLinkTarget(build, returnFinalTarget: true) is { } target ? Path.Combine(target.FullName, Path.GetRelativePath(build, program)) : program;
    }

    /// <summary>As whoever started us named us: a launcher's link leads to the newest build, whenever it is asked.</summary>
    public static string LaunchedAs()
    {
        string first = File.ReadAllText("/proc/self/cmdline").Split('\0')[0];
        return Path.IsPathRooted(first) && File.Exists(first) ? first : Environment.ProcessPath!;
    }

    /// <summary>Told to stop while no broker runs, or when one died of it: its sessions are not left to wait for one that does not come.</summary>
    private async Task<int> EndAsync(string program, string launched)
    {
        if (!FdStoreClient.HasStore(dataDirectory)) { return ExitCodes.Ok; }
        int status = await StartAsync(program, launched, [EndsFlag]);
        // One that cannot even end them: their programs are hung up on, and their clients find nobody.
        if (status != 0) { FdStoreClient.EndStore(dataDirectory); }
        return status == 0 ? ExitCodes.Ok : ExitCodes.Failed;
    }

    private async Task<int> StartAsync(string program, string launched, IReadOnlyList<string> more)
    {
        TaskCompletionSource<int> ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        ChildProgram child = new()
        {
            Path = program,
            Arguments = [program, .. words, "--supervised", launched, .. more],
            Environment = [.. Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>().Select(variable => $"{variable.Key}={variable.Value}")],
            Directory = Environment.CurrentDirectory,
        };
        int error = child.StartWith(-1, 1, 2, out int pid);
        if (error != 0) { throw new StartRefusedException($"{program} cannot be started: {Errno.Text(error)}"); }
        Volatile.Write(ref _pid, pid);
        _children.Add(pid, ended.SetResult);
        if (_stopping.IsCancellationRequested && more.Count == 0) { _children.Signal(pid, Terminate); }
        return await ended.Task;
    }

    private void Stop(PosixSignalContext context)
    {
        // A second one reaches the child as well, and has its usual effect there.
        context.Cancel = true;
        _stopping.Cancel();
        if (Volatile.Read(ref _pid) is > 0 and var pid) { _children.Signal(pid, Terminate); }
    }
}
