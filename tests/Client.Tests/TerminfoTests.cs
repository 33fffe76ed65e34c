using System.Diagnostics;
using FsCheck;
using FsCheck.Fluent;
using MoshBroker.Client.Display;
using MoshBroker.Protocol.Display;

namespace MoshBroker.Client.Tests;

/// <summary>Our reader against ncurses' own tool, on every terminal that the system knows of those that people have.</summary>
public sealed class TerminfoTests
{
    [Theory]
    [InlineData("xterm-256color")]
    [InlineData("xterm")]
    [InlineData("screen-256color")]
    [InlineData("tmux-256color")]
    [InlineData("linux")]
    [InlineData("vt100")]
    [InlineData("rxvt")]
    [InlineData("dumb")]
    public void It_reads_what_infocmp_reads(string name)
    {
        string[] facts = Infocmp(name);
        Terminfo? found = Terminfo.Find(name, Environment.GetEnvironmentVariable, out string error);
        Assert.True(found is not null, error);
        Assert.Equal(facts.Contains("bce"), found.Abilities.HasFlag(TerminalAbilities.EraseInBackground));
        Assert.Equal(facts.Any(f => f.StartsWith("ech=", StringComparison.Ordinal)), found.Abilities.HasFlag(TerminalAbilities.EraseCharacters));
        Assert.Equal(facts.Any(f => f.StartsWith("indn=", StringComparison.Ordinal)), found.Abilities.HasFlag(TerminalAbilities.Scroll));
        Assert.Equal(facts.FirstOrDefault(f => f.StartsWith("smcup=", StringComparison.Ordinal), "smcup=")["smcup=".Length..], Escaped(found.EnterScreen));
        Assert.Equal(facts.FirstOrDefault(f => f.StartsWith("rmcup=", StringComparison.Ordinal), "rmcup=")["rmcup=".Length..], Escaped(found.LeaveScreen));
        string colors = facts.FirstOrDefault(f => f.StartsWith("colors#", StringComparison.Ordinal), "colors#0")["colors#".Length..];
        Assert.Equal(colors.StartsWith("0x", StringComparison.Ordinal) ? Convert.ToInt32(colors, 16) : int.Parse(colors), found.Colors);
    }

    [Fact]
    public void Any_bytes_are_read_or_refused() => Check.One(Config.QuickThrowOnFailure, Prop.ForAll(
        ArbMap.Default.ArbFor<byte[]>(), bytes =>
        {
            _ = Terminfo.TryParse(bytes, out _);
            _ = Terminfo.TryParse([0x1e, 0x02, .. bytes], out _);
            _ = Terminfo.TryParse([0x1a, 0x01, 4, 0, 8, 0, 14, 0, 60, 0, 40, 0, .. bytes, .. new byte[200]], out _);
            return true;
        }));

    private static string Escaped(byte[] text) => string.Concat(text.Select(b => b == 0x1b ? "\\E" : ((char)b).ToString()));

    private static string[] Infocmp(string name)
    {
        ProcessStartInfo start = new("infocmp", ["-1", name]) { RedirectStandardOutput = true, UseShellExecute = false };
        using Process process = Process.Start(start)!;
        string[] lines = process.StandardOutput.ReadToEnd().Split('\n');
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return [.. lines.Where(line => line.StartsWith('\t')).Select(line => line.Trim().TrimEnd(','))];
    }
}
