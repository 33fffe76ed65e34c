using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using MoshBroker.Configuration;
using MoshBroker.Protocol.Crypto;

namespace MoshBroker.Probing;

/// <summary>The first leg: a session is asked for, and port and key come back.</summary>
internal static class ProbeBootstrap
{
    private const int MaxOutput = 64 * 1024;

    /// <exception cref="ProbeFault">There is no session.</exception>
    public static async Task<(int Port, SessionKey Key)> RunAsync(ProbePlan plan, CancellationToken cancellation)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(plan.Timeout);
        ProcessStartInfo start = new(plan.Bootstrap[0], plan.Bootstrap.Skip(1)) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["LC_ALL"] = "C.UTF-8";
        using Process process = Start(start);
        try
        {
            process.StandardInput.Close();
            Task<string> error = ReadAsync(process.StandardError, limit.Token);
            string output = await ReadAsync(process.StandardOutput, limit.Token);
            await process.WaitForExitAsync(limit.Token);
            return Find(output) ?? throw Refused(plan, process.ExitCode, LastLine(await error));
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            process.Kill(entireProcessTree: true);
            throw new ProbeFault(
                $"no session within {plan.Timeout.TotalSeconds:0.#} s",
                plan.IsBySsh ? "look whether the SSH port is open from here, and at the broker's log" : "look at the broker's log: it does not answer on its socket");
        }
    }

    /// <summary>The connect line in what the server printed.</summary>
    public static (int Port, SessionKey Key)? Find(string output)
    {
        foreach (string line in output.Split('\n'))
        {
            string[] words = line.Trim().Split(' ');
            if (words is ["MOSH", "CONNECT", var port, var key] && ushort.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out ushort number)
                && number > 0 && SessionKey.TryParse(key, out SessionKey? parsed))
            {
                return (number, parsed);
            }
        }

        return null;
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new ProbeFault($"{start.FileName} cannot be started ({OneLine.Of(e)})", $"install it, or put {Path.GetFileName(start.FileName)} into PATH");
        }
    }

    private static ProbeFault Refused(ProbePlan plan, int status, string line)
    {
        string fault = line.Length > 0 ? line : $"{Path.GetFileName(plan.Bootstrap[0])} ended with status {status} and without a connect line";
        string cure = line switch
        {
            _ when line.Contains("Connection refused", StringComparison.Ordinal) => "nobody listens there: start the broker with --ssh ADDR:PORT, or give the port by -p",
            _ when line.Contains("Permission denied", StringComparison.Ordinal) => "put the probe's public key into the policy, and name its private key by -i",
            _ when line.Contains("Host key verification", StringComparison.Ordinal) => "put the front door's host key into known_hosts, or name such a file by -o UserKnownHostsFile=FILE",
            _ when line.Contains("resolve", StringComparison.Ordinal) => "the name has no address: correct it, or the DNS",
            _ => plan.IsBySsh ? "the front door's line says why; its audit trail (moshbroker audit) has more" : "the line says why; start 'moshbroker serve', or name its socket by --broker",
        };
        return new ProbeFault(fault, cure);
    }

    private static string LastLine(string text) => OneLine.Of(text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault() ?? "");

    private static async Task<string> ReadAsync(StreamReader reader, CancellationToken cancellation)
    {
        char[] text = new char[MaxOutput];
        int length = 0;
        while (length < text.Length)
        {
            int count = await reader.ReadAsync(text.AsMemory(length), cancellation);
            if (count == 0) { break; }
            length += count;
        }

        return new string(text, 0, length);
    }
}
