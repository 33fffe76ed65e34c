using MoshBroker.Open.Tests.Harness;

namespace MoshBroker.Open.Tests;

/// <summary>eng/moshbroker, in a checkout of the test's own.</summary>
public sealed class LauncherTests
{
    [Fact]
    public void Any_other_verb_goes_to_the_broker_which_takes_the_process_over()
    {
        using var checkout = new FakeCheckout();
        checkout.AddScript("artifacts/current/serve/moshbroker-serve", "echo \"$$ $PWD $*\"");
        using OpenRun run = OpenRun.Start("/bin/sh", "cd /usr", OpenRun.Variables(), "-c", "echo $$; exec \"$0\" sessions list --json", checkout.Launcher);

        string[] lines = run.Output.Split('\n');
        Assert.Equal($"{lines[0]} /usr sessions list --json", lines[1]);
        Assert.Equal("", run.Errors);
        Assert.Equal(0, run.ExitCode);
    }

    [Fact]
    public void A_symbolic_link_to_it_works_from_any_directory()
    {
        using var checkout = new FakeCheckout();
        checkout.AddScript("artifacts/current/serve/moshbroker-serve", "echo here");
        Directory.CreateDirectory(Path.Combine(checkout.Root, "bin"));
        File.CreateSymbolicLink(Path.Combine(checkout.Root, "bin", "one"), "../eng/moshbroker");
        File.CreateSymbolicLink(Path.Combine(checkout.Root, "bin", "mb"), Path.Combine(checkout.Root, "bin", "one"));
        using OpenRun run = OpenRun.Start("mb", $"cd /; PATH={checkout.Root}/bin:$PATH", OpenRun.Variables(), "serve");

        Assert.Equal("here\n", run.Output);
    }

    [Fact]
    public void It_publishes_when_a_source_is_newer_than_the_last_publish_and_says_nothing()
    {
        using var checkout = new FakeCheckout();
        checkout.AddScript("artifacts/current/serve/moshbroker-serve", "echo served");
        checkout.AddScript("eng/publish", "touch \"${0%/*}/../artifacts/current/stamp\" \"${0%/*}/../published\"");
        string source = checkout.AddScript("src/Protocol/Wire/Varint.cs", "");
        string published = Path.Combine(checkout.Root, "published");
        DateTime now = DateTime.UtcNow;

        File.SetLastWriteTimeUtc(source, now.AddMinutes(-2));
        File.SetLastWriteTimeUtc(Path.Combine(checkout.Current, "stamp"), now.AddMinutes(-1));
        using (OpenRun fresh = OpenRun.Start(checkout.Launcher, "", OpenRun.Variables(), "serve")) { Assert.Equal("served\n", fresh.Output); }
        Assert.False(File.Exists(published));

        File.SetLastWriteTimeUtc(source, now);
        using OpenRun stale = OpenRun.Start(checkout.Launcher, "", OpenRun.Variables(), "serve");
        Assert.Equal("served\n", stale.Output);
        Assert.Equal("", stale.Errors);
        Assert.True(File.Exists(published));
    }

    [Fact]
    public void A_publish_that_fails_ends_it()
    {
        using var checkout = new FakeCheckout(isBuilt: false);
        checkout.AddScript("eng/publish", "echo broken >&2; exit 1");
        using OpenRun run = OpenRun.Start(checkout.Launcher, "", OpenRun.Variables(), "open", "new");

        Assert.Equal(1, run.ExitCode);
        Assert.Equal("broken\n", run.Errors);
    }

    [Fact]
    public void Connect_goes_to_the_client_which_takes_the_process_over()
    {
        using var checkout = new FakeCheckout();
        checkout.AddScript("artifacts/current/connect/moshbroker-connect", "echo \"$$ $*\"");
        using OpenRun run = OpenRun.Start("/bin/sh", "", OpenRun.Variables(), "-c", "echo $$; exec \"$0\" connect -a host", checkout.Launcher);

        string[] lines = run.Output.Split('\n');
        Assert.Equal($"{lines[0]} -a host", lines[1]);
        Assert.Equal("", run.Errors);
    }
}
