using MoshBroker.Open.Tests.Harness;

namespace MoshBroker.Open.Tests;

public sealed class LocaleRuleTests
{
    [Fact]
    public void A_UTF8_locale_of_ones_own_wins_over_the_clients()
    {
        string[] program = ProgramsVariables(("LANG", "C.UTF-8"), ["-l", "LANG=POSIX", "-l", "LC_TIME=POSIX"]);

        Assert.Contains("LANG=C.UTF-8", program);
        Assert.DoesNotContain("LC_TIME=POSIX", program);
    }

    [Fact]
    public void Without_one_the_clients_settings_replace_all_of_ones_own()
    {
        string[] program = ProgramsVariables(("LC_ALL", "POSIX"), ["-l", "LANG=POSIX", "-l", "LC_CTYPE=C.UTF-8", "-l", "EVIL=1"]);

        Assert.Contains("LANG=POSIX", program);
        Assert.Contains("LC_CTYPE=C.UTF-8", program);
        Assert.DoesNotContain(program, line => line.StartsWith("LC_ALL=", StringComparison.Ordinal) || line.StartsWith("EVIL=", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("LC_ALL=POSIX", "LANG=POSIX", "(LC_ALL=POSIX) selects the character set \"ANSI_X3.4-1968\"", "(LANG=POSIX) selects the character set \"ANSI_X3.4-1968\"")]
    [InlineData("LANG=zz_ZZ.UTF-8", "LC_ALL=yy_YY.UTF-8", "(LANG=zz_ZZ.UTF-8) names a locale that is not available", "(LC_ALL=yy_YY.UTF-8) names a locale that is not available")]
    [InlineData("LANG=", "", "(no locale variable set) selects", "(no locale variable set) selects")]
    public void With_no_UTF8_locale_at_all_both_settings_and_the_cure_are_named(string own, string client, string first, string second)
    {
        using var broker = new FakeBroker();
        string[] pair = own.Split('=');
        string[] words = client.Length == 0 ? ["new"] : ["new", "-l", client];
        using OpenRun run = OpenRun.Start(broker, OpenRun.Variables(("LANG", ""), (pair[0], pair[1])), words);

        Assert.Equal(1, run.ExitCode);
        Assert.Equal("", run.Output);
        Assert.Contains("a UTF-8 locale is needed", run.Errors, StringComparison.Ordinal);
        Assert.Contains(first, run.Errors, StringComparison.Ordinal);
        Assert.Contains(second, run.Errors, StringComparison.Ordinal);
        Assert.Contains("LANG=C.UTF-8 is on every Debian", run.Errors, StringComparison.Ordinal);
        Assert.Equal(run.Errors.Length - 1, run.Errors.IndexOf('\n', StringComparison.Ordinal));
        Assert.False(broker.HasCaller);
    }

    private static string[] ProgramsVariables((string Name, string Value) own, string[] options)
    {
        using var broker = new FakeBroker();
        using OpenRun run = OpenRun.Start(broker, OpenRun.Variables(("LANG", ""), own), ["new", .. options, "--", "env"]);
        using FakeConnection connection = broker.Accept();
        connection.Accept();
        connection.Release();
        return connection.Terminal.ReadToEnd().Split('\n');
    }
}
