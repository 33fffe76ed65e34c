using MoshBroker.Configuration;

namespace MoshBroker.Survival;

/// <summary>Hands over to a build that whoever started us would start now.</summary>
/// <param name="program">Its path; null when nobody would start it.</param>
/// <param name="arguments">Ours.</param>
/// <param name="leave">Makes this process leave its sessions to it, and end.</param>
internal sealed class Successor(string? program, IReadOnlyList<string> arguments, Action leave)
{
    private static readonly TimeSpan CheckLimit = TimeSpan.FromSeconds(8);

    /// <summary>Null when this process is on its way out; else why it is not.</summary>
    public async Task<string?> TryTakeOverAsync(CancellationToken cancellation)
    {
        if (program is null) { return "nobody would start it again: run it by 'serve --supervise', then it can be upgraded"; }
        using System.Diagnostics.Process check = new();
        check.StartInfo = new System.Diagnostics.ProcessStartInfo(program, [.. arguments, "--check"]) { RedirectStandardError = true, RedirectStandardOutput = true, UseShellExecute = false };
        try
        {
            check.Start();
            using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            limit.CancelAfter(CheckLimit);
            string said = await check.StandardError.ReadToEndAsync(limit.Token);
            await check.WaitForExitAsync(limit.Token);
            if (check.ExitCode != ExitCodes.Ok) { return $"the new build does not start, and nothing has changed: {OneLine.Of(said.Trim())}"; }
        }
        catch (Exception failure) when (failure is System.ComponentModel.Win32Exception or OperationCanceledException)
        {
            return $"the new build {program} does not start, and nothing has changed: {failure.Message}";
        }

        leave();
        return null;
    }
}
