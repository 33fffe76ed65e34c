using MoshBroker.Native;
using MoshBroker.Tenants;

namespace MoshBroker.Targets;

/// <summary>Into a program on this machine, as its account.</summary>
internal sealed class CommandPath(CommandTarget target, Account account, IReadOnlyList<string> environment) : ITargetPath
{
    private static readonly string[] Folders = ["/usr/local/bin", "/usr/bin", "/bin", "/usr/local/sbin", "/usr/sbin", "/sbin"];

    public void Prepare(Action<TargetStep> answer)
    {
        string? program = Find(target.Run[0]);
        answer(program is null ? new TargetStep.Failed($"{target.Name}: its program is not on this machine") : new TargetStep.Run(Compose(program)));
    }

    public TargetStep OnEnded(int? status) => new TargetStep.Done();

    public void Dispose()
    {
        // Nothing is held.
    }

    private static string? Find(string name) =>
        name.StartsWith('/') ? File.Exists(name) ? name : null : Folders.Select(folder => $"{folder}/{name}").FirstOrDefault(File.Exists);

    private ChildProgram Compose(string program)
    {
        List<string> words = [];
        string first = program;
        string directory = target.Directory ?? account.Home;
        if (target.Via == Launcher.SystemdRun)
        {
            first = "/usr/bin/systemd-run";
            words = [first, "--quiet", "--collect", "--wait", "--pty", $"--uid={target.Uid}", $"--working-directory={directory}"];
            words.AddRange(environment.Select(variable => $"--setenv={variable}"));
            words.Add("--");
        }
        else if (target.Uid != AccountNative.EffectiveUser())
        {
            first = "/usr/bin/setpriv";
            words = [first, $"--reuid={target.Uid}", $"--regid={account.Gid}", "--init-groups", "--"];
        }

        words.Add(program);
        words.AddRange(target.Run.Skip(1));
        return new ChildProgram
        {
            Path = first,
            Arguments = words,
            Environment = environment,
            Directory = Directory.Exists(directory) ? directory : "/",
        };
    }
}
