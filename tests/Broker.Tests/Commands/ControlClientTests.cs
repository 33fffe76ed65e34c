using MoshBroker.Commands;
using MoshBroker.Configuration;
using Xunit;

namespace MoshBroker.Broker.Tests.Commands;

public sealed class ControlClientTests : IDisposable
{
    private readonly DirectoryInfo _home = Directory.CreateTempSubdirectory();

    public void Dispose() => _home.Delete(recursive: true);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_broker_that_eng_run_has_started_is_found_by_whoever_started_it(bool isRoot)
    {
        string socket = Path.Combine(_home.CreateSubdirectory(".local/state/moshbroker").FullName, "broker.sock");
        File.WriteAllText(socket, "");
        Assert.Equal(socket, ControlClient.FindSocket(null, Host(isRoot)));
    }

    [Fact]
    public void A_broker_that_is_named_is_asked_and_no_other()
    {
        Assert.Equal("/there/broker.sock", ControlClient.FindSocket("/there/broker.sock", Host(isRoot: true)));
        Assert.Equal("/work/here.sock", ControlClient.FindSocket("here.sock", Host(isRoot: true)));
    }

    [Fact]
    public void Where_none_is_found_the_places_and_the_cure_are_named()
    {
        StartRefusedException refused = Assert.Throws<StartRefusedException>(() => ControlClient.FindSocket(null, Host(isRoot: false)));
        Assert.Contains(_home.FullName, refused.Message, StringComparison.Ordinal);
        Assert.Contains("--broker", refused.Message, StringComparison.Ordinal);
    }

    private HostEnvironment Host(bool isRoot) => new(variable => variable == "HOME" ? _home.FullName : null, isRoot, "host", "/work");
}
