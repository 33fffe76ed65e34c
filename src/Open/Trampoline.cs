using MoshBroker.Open.Native;

namespace MoshBroker.Open;

/// <summary>
/// The waiting child: a constant script of bash in the new terminal that waits for the client's first state, restores what the
/// runtime changed for the worse, and becomes the session's program.
/// </summary>
internal sealed unsafe class Trampoline
{
    private const int ReleaseDescriptor = 3;
    private const int KillSignal = 9;

    private Trampoline(int pid) => Pid = pid;

    public int Pid { get; }

    /// <summary>
    /// Data comes as arguments only: $1 limit, $2 signals, $3 home for the message of the day or empty, $4 argv[0], $5 how many
    /// variables follow, then these variables, then the program and its arguments. No name is assigned outside a function, since
    /// that would change the variable of this name in the program's environment.
    /// </summary>
    /// <remarks>
    /// TMOUT in the user's environment would end <c>read</c> early; <c>-d ''</c> because bash passes over a zero byte otherwise.
    /// EOF without a byte means that nobody came: end quietly. `execfail` keeps the script alive to tell why there is no program.
    /// </remarks>
    private static ReadOnlySpan<byte> Script =>
        """
        released() { local REPLY; TMOUT=0 read -r -d '' -n 1 -u 3; }
        greet() {
          local file
          local -a text
          [[ ! -e $1/.hushlogin ]] || return
          for file in /run/motd.dynamic /var/run/motd.dynamic; do
            if [[ -r $file ]]; then mapfile text <"$file" && printf %s "${text[@]}"; break; fi
          done
          file=/etc/motd
          if [[ -r $file ]]; then mapfile text <"$file" && printf %s "${text[@]}"; fi
        }
        failed() {
          printf '\nmoshbroker: could not start: %s\nThe session ends in three seconds.\n' "$1" >&2
          /bin/sleep 3
          exit 1
        }
        released || exit 0
        exec 3<&-
        [[ -z $1 ]] || ulimit -Sn "$1"
        [[ -z $2 ]] || trap '' $2
        [[ -z $3 ]] || greet "$3"
        shopt -s execfail
        [[ $5 == 0 ]] || export -- "${@:6:$5}"
        exec -a "$4" -- "${@:6+$5}"
        failed "${@:6+$5:1}"
        """u8;

    /// <summary>Variables that bash takes for its own when it starts; they reach the program as arguments instead.</summary>
    private static ReadOnlySpan<byte> ShellsOwn(int index) => index switch
    {
        0 => "PS1"u8,
        1 => "PS2"u8,
        2 => "PS4"u8,
        3 => "IFS"u8,
        4 => "OPTIND"u8,
        _ => default,
    };

    /// <summary>Starts the waiting child in the terminal. False with libc's error number when that is not possible.</summary>
    public static bool TryStart(
        SessionProgram program, EnvironmentBlock environment, CallerState caller, Pty terminal, int releaseEnd, out Trampoline? child, out int error)
    {
        // Read-only in bash: they would reach the program changed, and `privileged` among them would change how it runs.
        environment.Remove("SHELLOPTS"u8);
        environment.Remove("BASHOPTS"u8);

        var arguments = new List<byte[]>();
        arguments.Add("/bin/bash"u8.ToArray());
        arguments.Add("--norc"u8.ToArray());
        arguments.Add("--noprofile"u8.ToArray());
        // Privileged: no BASH_ENV, no functions or options from the environment.
        arguments.Add("-p"u8.ToArray());
        arguments.Add("-c"u8.ToArray());
        arguments.Add(Script.ToArray());
        arguments.Add("moshbroker"u8.ToArray());
        arguments.Add(caller.DescriptorLimit);
        arguments.Add(caller.IgnoredSignals);
        arguments.Add(program.IsLogin && program.Home is not null ? program.Home : []);
        arguments.Add(program.Name);
        int count = arguments.Count;
        arguments.Add([]);
        for (int i = 0; !ShellsOwn(i).IsEmpty; i++)
        {
            if (environment.Find(ShellsOwn(i)) is not byte[] value) { continue; }
            arguments.Add(new ByteText().Append(ShellsOwn(i)).Append("="u8).Append(value).ToArray());
            environment.Remove(ShellsOwn(i));
        }

        arguments[count] = new ByteText().Append(arguments.Count - count - 1).ToArray();
        foreach (byte[] word in program.Words) { arguments.Add(word); }

        using var argv = new PointerArray(arguments.Count);
        for (int i = 0; i < arguments.Count; i++) { argv.Add(arguments[i]); }
        using var envp = new PointerArray(environment.Count);
        for (int i = 0; i < environment.Count; i++) { envp.Add(environment[i]); }
        error = Spawn(argv, envp, terminal, releaseEnd, out int pid);
        child = error == 0 ? new Trampoline(pid) : null;
        return error == 0;
    }

    /// <summary>Ends a child that nobody will release.</summary>
    public void End()
    {
        _ = SpawnNative.Kill(Pid, KillSignal);
        _ = SpawnNative.Wait(Pid, null, 0);
    }

    private static int Spawn(PointerArray argv, PointerArray envp, Pty terminal, int releaseEnd, out int pid)
    {
        byte* actions = stackalloc byte[SpawnNative.OpaqueSize];
        byte* attributes = stackalloc byte[SpawnNative.OpaqueSize];
        byte* signals = stackalloc byte[SpawnNative.OpaqueSize];
        int child;
        int error;
        fixed (byte* path = "/bin/bash\0"u8, slave = terminal.SlavePath)
        {
            _ = SpawnNative.InitAttributes(attributes);
            _ = SpawnNative.SetFlags(attributes, SpawnNative.SetSession | SpawnNative.SetSignalDefaults | SpawnNative.SetSignalMask);
            // Not sigfillset: it leaves out libc's own two signals, which posix_spawn would then set to be ignored in the child.
            for (int i = 0; i < SpawnNative.OpaqueSize; i++) { signals[i] = 0xff; }
            _ = SpawnNative.SetDefaultSignals(attributes, signals);
            _ = SpawnNative.EmptySignals(signals);
            _ = SpawnNative.SetMask(attributes, signals);

            // The release pipe first: should its number be 0, 1 or 2, opening the terminal would close it. The session leader's
            // first terminal becomes its controlling one.
            _ = SpawnNative.InitActions(actions);
            _ = SpawnNative.AddDuplicate(actions, releaseEnd, ReleaseDescriptor);
            _ = SpawnNative.AddOpen(actions, 0, slave, FileNative.OpenReadWrite, 0);
            _ = SpawnNative.AddDuplicate(actions, 0, 1);
            _ = SpawnNative.AddDuplicate(actions, 0, 2);
            _ = SpawnNative.AddCloseFrom(actions, ReleaseDescriptor + 1);
            error = SpawnNative.Spawn(&child, path, actions, attributes, argv.Start, envp.Start);
        }

        pid = child;
        return error;
    }
}
