using MoshBroker.Native;
using MoshBroker.Telemetry;
using MoshBroker.Tenants;

namespace MoshBroker.Targets;

/// <summary>Into another machine, by a session on a shared SSH connection.</summary>
internal sealed class SshPath(SshTarget target, string tenant, string session, IReadOnlyList<string> environment, SshPool pool) : ITargetPath
{
    private const int SshFailed = 255;

    private SshConnection? _connection;
    private bool _wasInside;
    private bool _isDisposed;

    public void Prepare(Action<TargetStep> answer)
    {
        if (_wasInside && _connection is { IsDead: false })
        {
            // The status looked like a lost connection, and the connection lives: the program itself ended so.
            answer(new TargetStep.Done());
            return;
        }

        GiveBack();
        (_connection, string configuration) = pool.Take(tenant, target);
        _ = AnswerAsync(_connection, configuration, answer);
    }

    public string? Connection => _connection?.ControlPath;

    public void Resume(string? connection)
    {
        _wasInside = true;
        if (connection is not null) { _connection = pool.Adopt(connection); }
    }

    public TargetStep OnEnded(int? status)
    {
        if (!IsLoss(status)) { return new TargetStep.Done(); }
        if (target.Reattach is not null) { return new TargetStep.Lost($"the connection to {target.Name} is lost"); }
        return _connection is { IsDead: false } ? new TargetStep.Done() : new TargetStep.Failed($"the connection to {target.Name} is lost", TargetFailure.Reset);
    }

    /// <summary>By the status; or, where nobody could wait for it, by whether the connection lives.</summary>
    private bool IsLoss(int? status) => status is { } known ? (known & 0x7f) == 0 && ((known >> 8) & 0xff) == SshFailed : _connection is not { IsDead: false };

    public void Dispose()
    {
        _isDisposed = true;
        GiveBack();
    }

    private async Task AnswerAsync(SshConnection connection, string configuration, Action<TargetStep> answer)
    {
        string? errors = await connection.Ready;
        if (_isDisposed) { return; }
        if (errors is not null)
        {
            (string line, TargetFailure reason) = SshFailure.Read(target.Name, errors);
            bool mayPass = !line.Contains("administrator", StringComparison.Ordinal);
            answer(_wasInside && target.Reattach is not null && mayPass ? new TargetStep.Lost(line, reason) : new TargetStep.Failed(line, reason));
            return;
        }

        List<string> words = [pool.Ssh, "-F", configuration, "-S", connection.ControlPath, "-tt", "-e", "none", "--", target.Name];
        // The target's own shell reads it; it is the policy's, and {session} is eight hexadecimal digits.
        if (target.Reattach is { } template) { words.Add(template.Replace("{session}", session, StringComparison.Ordinal)); }
        _wasInside = true;
        answer(new TargetStep.Run(new ChildProgram { Path = pool.Ssh, Arguments = words, Environment = environment, Directory = "/" }));
    }

    private void GiveBack()
    {
        if (_connection is not null) { pool.Return(_connection); }
        _connection = null;
    }
}
