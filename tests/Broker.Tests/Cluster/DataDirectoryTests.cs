using MoshBroker.Cluster;
using MoshBroker.Configuration;
using MoshBroker.Testing;
using Xunit;

namespace MoshBroker.Broker.Tests.Cluster;

public sealed class DataDirectoryTests : IDisposable
{
    private readonly TemporaryDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    private static string Refusal(string path) => Assert.Throws<StartRefusedException>(() => DataDirectory.Open(path).Dispose()).Message;

    [Fact]
    public void It_is_made_for_its_owner_only()
    {
        string path = Path.Combine(_folder.Path, "a", "b");
        using DataDirectory data = DataDirectory.Open(path);

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(path));
        Assert.Equal(path, data.Path);
    }

    [Fact]
    public void A_second_broker_is_refused_in_one_line_until_the_first_ends()
    {
        DataDirectory first = DataDirectory.Open(_folder.Path);
        Assert.Equal(
            $"data folder {_folder.Path} is in use by another broker (process {Environment.ProcessId}): stop that one, or choose another folder by --data",
            Refusal(_folder.Path));
        first.Dispose();

        using DataDirectory second = DataDirectory.Open(_folder.Path);
        Assert.NotNull(second);
    }

    [Fact]
    public void A_folder_that_others_can_write_is_refused_and_left_as_it_is()
    {
        const UnixFileMode All = (UnixFileMode)0x1FF;
        File.SetUnixFileMode(_folder.Path, All);

        Assert.Equal(
            $"data folder {_folder.Path} can be written by others: chmod 700 {_folder.Path}, or choose another by --data", Refusal(_folder.Path));
        Assert.Equal(All, File.GetUnixFileMode(_folder.Path));
    }

    [Fact]
    public void A_file_in_its_place_is_refused()
    {
        string path = Path.Combine(_folder.Path, "file");
        File.WriteAllText(path, "");

        Assert.StartsWith($"data folder {path}: ", Refusal(path), StringComparison.Ordinal);
        Assert.EndsWith(": choose another by --data", Refusal(path), StringComparison.Ordinal);
    }
}
