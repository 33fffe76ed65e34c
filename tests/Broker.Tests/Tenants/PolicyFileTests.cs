using Microsoft.Extensions.Logging.Abstractions;
using MoshBroker.Audit;
using MoshBroker.Configuration;
using MoshBroker.Tenants;
using MoshBroker.Testing;
using Xunit;

namespace MoshBroker.Broker.Tests.Tenants;

public sealed class PolicyFileTests : IAsyncLifetime
{
    private readonly TemporaryDirectory _folder = new();
    private readonly SemaphoreSlim _changes = new(0);
    private readonly EventList _audit = new();
    private PolicyFile _file = null!;

    private string Path => $"{_folder.Path}/policy.yaml";

    public Task InitializeAsync()
    {
        File.WriteAllText(Path, Policies.Small);
        _file = PolicyFile.Open(Path, Policies.Surroundings(), _audit, new PolicyLog(NullLogger<PolicyFile>.Instance), TimeProvider.System);
        _file.Changed += (_, _) => _changes.Release();
        _file.Watch();
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _file.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_file_written_in_place_is_taken()
    {
        File.AppendAllText(Path, "    sessions: 5\n");

        await ChangeAsync();
        Assert.Equal(5, _file.Current.Tenants["acme"].Rules.Sessions);
    }

    [Fact]
    public async Task A_file_put_in_the_place_of_the_other_is_taken_again_and_again()
    {
        for (int sessions = 5; sessions < 8; sessions++)
        {
            File.WriteAllText(Path + "~", Policies.Small + $"    sessions: {sessions}\n");
            File.SetLastWriteTimeUtc(Path + "~", DateTime.UtcNow.AddSeconds(sessions));
            File.Move(Path + "~", Path, overwrite: true);

            await ChangeAsync();
            Assert.Equal(sessions, _file.Current.Tenants["acme"].Rules.Sessions);
        }
    }

    [Fact]
    public async Task A_link_that_is_turned_to_another_file_is_followed()
    {
        File.WriteAllText($"{_folder.Path}/one.yaml", Policies.Small + "    sessions: 1\n");
        File.WriteAllText($"{_folder.Path}/two.yaml", Policies.Small + "    sessions: 22\n");
        Turn("one.yaml");
        await ChangeAsync();
        Turn("two.yaml");
        await ChangeAsync();

        Assert.Equal(22, _file.Current.Tenants["acme"].Rules.Sessions);

        void Turn(string target)
        {
            File.CreateSymbolicLink(Path + "~", target);
            File.Move(Path + "~", Path, overwrite: true);
        }
    }

    [Fact]
    public async Task A_broken_file_is_refused_as_a_whole_and_the_old_policy_stays()
    {
        Policy before = _file.Current;
        File.WriteAllText(Path, Policies.Small.Replace("web-2:", "web 2:", StringComparison.Ordinal) + "    sessions: 5\n");
        await Eventually(() => _file.NotReadyBecause is not null);

        Assert.Same(before, _file.Current);
        Assert.StartsWith("policy invalid: policy.yaml line 14, column 7: tenants.acme.targets.web 2", _file.NotReadyBecause, StringComparison.Ordinal);
        Assert.Equal([AuditEventName.PolicyRefused], _audit.Names);

        File.WriteAllText(Path, Policies.Small + "    sessions: 6\n");
        await ChangeAsync();
        Assert.Null(_file.NotReadyBecause);
        Assert.Equal(6, _file.Current.Tenants["acme"].Rules.Sessions);
        Assert.Equal([AuditEventName.PolicyRefused, AuditEventName.PolicyReload], _audit.Names);
    }

    [Fact]
    public async Task A_file_that_is_gone_changes_nothing_until_it_is_back()
    {
        Policy before = _file.Current;
        File.Delete(Path);
        await Eventually(() => _file.NotReadyBecause is not null);
        Assert.Same(before, _file.Current);

        File.WriteAllText(Path, Policies.Small);
        await Eventually(() => _file.NotReadyBecause is null);
        Assert.Same(before, _file.Current);
    }

    [Fact]
    public void A_broker_does_not_start_with_a_broken_policy()
    {
        File.WriteAllText(Path, Policies.Small + "    sesions: 5\n    x: 1\n");

        StartRefusedException refused = Assert.Throws<StartRefusedException>(() =>
            PolicyFile.Open(Path, Policies.Surroundings(), _audit, new PolicyLog(NullLogger<PolicyFile>.Instance), TimeProvider.System));

        Assert.StartsWith("--policy policy.yaml line 20, column 5: tenants.acme.sesions: unknown key: did you mean 'sessions'? (and 1 more: moshbroker policy check ", refused.Message, StringComparison.Ordinal);
    }

    private async Task ChangeAsync() => Assert.True(await _changes.WaitAsync(TimeSpan.FromSeconds(30)), $"no change in 30 s; {_file.NotReadyBecause}");

    private static async Task Eventually(Func<bool> condition)
    {
        DateTime limit = DateTime.UtcNow.AddSeconds(30);
        while (!condition())
        {
            Assert.True(DateTime.UtcNow < limit, "not in 30 s");
            await Task.Delay(20);
        }
    }

    private sealed class EventList : IAuditTrail
    {
        private readonly List<string> _names = [];

        public IReadOnlyList<string> Names
        {
            get { lock (_names) { return [.. _names]; } }
        }

        public void Write(AuditEvent happened)
        {
            lock (_names) { _names.Add(happened.Name); }
        }
    }
}
