using MoshBroker.Cluster;
using MoshBroker.Configuration;
using MoshBroker.Testing;
using Xunit;

namespace MoshBroker.Broker.Tests.Cluster;

public sealed class MasterKeyTests : IDisposable
{
    private readonly TemporaryDirectory _folder = new();

    private string File => Path.Combine(_folder.Path, MasterKey.FileName);

    public void Dispose() => _folder.Dispose();

    private string Refusal(string? path = null) =>
        Assert.Throws<StartRefusedException>(() => MasterKey.Load(_folder.Path, path).Dispose()).Message;

    [Fact]
    public void It_is_made_once_for_its_owner_only()
    {
        using MasterKey first = MasterKey.Load(_folder.Path, path: null);
        using MasterKey second = MasterKey.Load(_folder.Path, path: null);

        Assert.Equal(first.Bytes.ToArray(), second.Bytes.ToArray());
        Assert.Contains(first.Bytes.ToArray(), value => value != 0);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, System.IO.File.GetUnixFileMode(File));
        Assert.Equal([File], Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void What_a_crash_left_aside_is_no_obstacle()
    {
        System.IO.File.WriteAllText($"{File}.{Environment.ProcessId}.new", "half");
        using MasterKey key = MasterKey.Load(_folder.Path, path: null);

        Assert.Equal(32, key.Bytes.Length);
        Assert.Equal([File], Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void It_is_zeroed_when_disposed()
    {
        MasterKey key = MasterKey.Load(_folder.Path, path: null);
        ReadOnlySpan<byte> bytes = key.Bytes;
        key.Dispose();

        Assert.Equal(new byte[32], bytes.ToArray());
    }

    [Theory]
    [InlineData(UnixFileMode.GroupRead, "640")]
    [InlineData(UnixFileMode.OtherRead, "604")]
    [InlineData(UnixFileMode.OtherWrite, "602")]
    public void A_file_that_is_open_to_others_is_refused_with_the_cure(UnixFileMode more, string mode)
    {
        MasterKey.Load(_folder.Path, path: null).Dispose();
        System.IO.File.SetUnixFileMode(File, UnixFileMode.UserRead | UnixFileMode.UserWrite | more);

        Assert.Equal($"master key {File} is open to others (mode {mode}): chmod 600 {File}", Refusal());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(31)]
    [InlineData(33)]
    public void A_file_of_the_wrong_length_is_refused(int length)
    {
        MasterKey.Load(_folder.Path, path: null).Dispose();
        System.IO.File.WriteAllBytes(File, new byte[length]);

        Assert.Equal(
            $"master key {File} has {length} bytes instead of 32: restore it from a backup, or remove it to start with a new one", Refusal());
    }

    [Fact]
    public void A_named_file_must_exist()
    {
        string named = Path.Combine(_folder.Path, "elsewhere");

        Assert.StartsWith($"master key {named}: Could not find", Refusal(named), StringComparison.Ordinal);
        Assert.False(System.IO.File.Exists(named));
    }

    [Fact]
    public void A_named_file_is_read_and_none_is_made()
    {
        using TemporaryDirectory elsewhere = new();
        using MasterKey key = MasterKey.Load(elsewhere.Path, path: null);
        using MasterKey named = MasterKey.Load(_folder.Path, Path.Combine(elsewhere.Path, MasterKey.FileName));

        Assert.Equal(key.Bytes.ToArray(), named.Bytes.ToArray());
        Assert.False(System.IO.File.Exists(File));
    }

    [Fact]
    public async Task The_next_key_is_made_by_a_command_and_taken_at_the_next_start()
    {
        using MasterKeys before = MasterKeys.Load(_folder.Path, path: null);
        Commands.CommandLineRun known = await Commands.CommandLineRun.Of(Commands.CommandLineRun.Host(), "store", "rotate-key", "--next", "--data", _folder.Path);
        Assert.Equal((0, ""), (known.Status, known.Error));
        Assert.StartsWith($"Made {File}.2.next.\n", known.Output, StringComparison.Ordinal);
        using MasterKeys both = MasterKeys.Load(_folder.Path, path: null);
        Assert.Equal(1, both.Current);
        Assert.Equal([2, 1], both.Versions.Select(version => (int)version));
        Assert.Equal(before.Fingerprint(1), both.Fingerprint(1));
        Assert.NotEqual(both.Fingerprint(1), both.Fingerprint(2));

        Assert.StartsWith($"Made {File}.3.\n", (await Commands.CommandLineRun.Of(Commands.CommandLineRun.Host(), "store", "rotate-key", "--data", _folder.Path)).Output, StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, System.IO.File.GetUnixFileMode(File + ".3"));
        using MasterKeys all = MasterKeys.Load(_folder.Path, path: null);
        Assert.Equal(3, all.Current);
    }
}
