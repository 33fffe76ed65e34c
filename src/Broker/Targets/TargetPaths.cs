using MoshBroker.Native;
using MoshBroker.Sessions;
using MoshBroker.Tenants;

namespace MoshBroker.Targets;

/// <summary>Finds the way into a target for a session.</summary>
internal sealed class TargetPaths(SshPool pool)
{
    private const string SearchPath = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    public ITargetPath For(Admission admission, SessionFacts facts, bool manyColors, IReadOnlyList<string> locale) => admission.Target switch
    {
        CommandTarget command => ForCommand(command, facts, manyColors),
        SshTarget ssh => new SshPath(ssh, admission.Tenant, facts.Id, [.. SshPool.Environment, .. locale, $"TERM={(manyColors ? "xterm-256color" : "xterm")}"], pool),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static CommandPath ForCommand(CommandTarget target, SessionFacts facts, bool manyColors)
    {
        Account account = AccountNative.Read(target.Uid) ?? new Account(target.Account, target.Uid, target.Uid, "/", "/bin/sh");
        List<string> environment =
        [
            SearchPath,
            // The broker decodes UTF-8 and nothing else; what the client has is not sure to be on this machine.
            "LANG=C.UTF-8",
            $"TERM={(manyColors ? "xterm-256color" : "xterm")}",
            "NCURSES_NO_UTF8_ACS=1",
            $"HOME={account.Home}",
            $"USER={account.Name}",
            $"LOGNAME={account.Name}",
            $"SHELL={account.Shell}",
            $"MOSHBROKER_SESSION={facts.Id}",
        ];
        environment.RemoveAll(variable => target.Environment.ContainsKey(variable[..variable.IndexOf('=', StringComparison.Ordinal)]));
        environment.AddRange(target.Environment.Select(variable => $"{variable.Key}={variable.Value}"));
        return new CommandPath(target, account, environment);
    }
}
