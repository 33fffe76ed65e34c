using System.Diagnostics;
using System.Net;
using System.Text;
using MoshBroker.Tenants;
using Xunit;
using Xunit.Abstractions;

namespace MoshBroker.Broker.Tests.Tenants;

public sealed class PolicySpeedTests(ITestOutputHelper output)
{
    [Fact]
    public void Ten_thousand_users_and_a_thousand_targets_load_in_seconds_and_decide_in_less_than_milliseconds()
    {
        // The goals are 2 s and 1 ms; ten times that on a machine that does other things.
        string text = LargePolicy.Text(users: 10_000, targets: 1_000);
        Stopwatch loading = Stopwatch.StartNew();
        Policy policy = Policies.Read(text);
        loading.Stop();
        PolicyUser user = policy.User("t0", "u9990");
        Credential credential = new Credential.Key(user.Keys[0].Fingerprint);
        IPAddress source = IPAddress.Parse("10.1.2.3");

        const int Decisions = 1000;
        Stopwatch deciding = Stopwatch.StartNew();
        for (int i = 0; i < Decisions; i++)
        {
            Identity identity = policy.Identify(credential, DateTimeOffset.UnixEpoch);
            Assert.NotNull(Policy.Decide(identity.User!, credential, source, $"web-{i % 100}", DateTimeOffset.UnixEpoch, default).Admission);
        }

        deciding.Stop();
        output.WriteLine($"load {loading.Elapsed.TotalMilliseconds:0} ms, {text.Length / 1024} KiB; identify and decide {deciding.Elapsed.TotalMicroseconds / Decisions:0.0} us");
        Assert.Equal(10_000, policy.Tenants.Values.Sum(tenant => tenant.Users.Count));
        Assert.InRange(loading.Elapsed.TotalSeconds, 0, 20);
        Assert.InRange(deciding.Elapsed.TotalMilliseconds / Decisions, 0, 10);
    }
}
