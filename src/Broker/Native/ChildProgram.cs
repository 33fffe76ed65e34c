namespace MoshBroker.Native;

/// <summary>A program to start: in a session of its own, with default signals and no descriptor of ours but its three.</summary>
internal sealed record ChildProgram
{
    /// <summary>Absolute: nothing is looked up in PATH, and nothing goes through a shell.</summary>
    public required string Path { get; init; }

    /// <summary>With argv[0].</summary>
    public required IReadOnlyList<string> Arguments { get; init; }

    /// <summary><c>NAME=VALUE</c>; all that it gets.</summary>
    public required IReadOnlyList<string> Environment { get; init; }

    /// <summary>Null: ours.</summary>
    public string? Directory { get; init; }

    /// <summary>Starts it with the terminal as its three descriptors and its controlling terminal.</summary>
    /// <param name="pid">Whoever started it has it reaped (<see cref="Children"/>).</param>
    /// <returns>0, or the error number.</returns>
    public int StartIn(string terminal, out int pid) => Start(terminal, 0, 0, 0, out pid);

    /// <summary>Starts it with copies of these descriptors as 0, 1 and 2; -1 is /dev/null.</summary>
    public int StartWith(int input, int output, int errors, out int pid) => Start(null, input, output, errors, out pid);

    private unsafe int Start(string? terminal, int input, int output, int errors, out int pid)
    {
        using NativeText arguments = new(Arguments);
        using NativeText environment = new(Environment);
        using NativeText paths = new([Path, terminal ?? "/dev/null", Directory ?? "/"]);
        byte* actions = stackalloc byte[SpawnNative.OpaqueSize];
        byte* attributes = stackalloc byte[SpawnNative.OpaqueSize];
        byte* signals = stackalloc byte[SpawnNative.OpaqueSize];
        _ = SpawnNative.InitAttributes(attributes);
        _ = SpawnNative.SetFlags(attributes, SpawnNative.SetSession | SpawnNative.SetSignalDefaults | SpawnNative.SetSignalMask);
        // Not sigfillset: it leaves out libc's own two signals, which posix_spawn would then set to be ignored in the child.
        new Span<byte>(signals, SpawnNative.OpaqueSize).Fill(0xff);
        _ = SpawnNative.SetDefaultSignals(attributes, signals);
        _ = SpawnNative.EmptySignals(signals);
        _ = SpawnNative.SetMask(attributes, signals);

        _ = SpawnNative.InitActions(actions);
        if (terminal is not null)
        {
            // The first terminal that a session's leader opens becomes its controlling one.
            _ = SpawnNative.AddOpen(actions, 0, paths.Start[1], SpawnNative.OpenReadWrite, 0);
            _ = SpawnNative.AddDuplicate(actions, 0, 1);
            _ = SpawnNative.AddDuplicate(actions, 0, 2);
        }
        else
        {
            ReadOnlySpan<int> standard = [input, output, errors];
            for (int i = 0; i < standard.Length; i++)
            {
                if (standard[i] < 0) { _ = SpawnNative.AddOpen(actions, i, paths.Start[1], SpawnNative.OpenReadWrite, 0); }
                else { _ = SpawnNative.AddDuplicate(actions, standard[i], i); }
            }
        }

        _ = SpawnNative.AddCloseFrom(actions, 3);
        if (Directory is not null) { _ = SpawnNative.AddChangeDirectory(actions, paths.Start[2]); }
        int child = 0;
        int error = SpawnNative.Spawn(&child, paths.Start[0], actions, attributes, arguments.Start, environment.Start);
        _ = SpawnNative.DestroyActions(actions);
        pid = child;
        return error;
    }
}
