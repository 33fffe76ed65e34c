using MoshBroker.Configuration;
using MoshBroker.Tenants;
using MoshBroker.Tenants.Reading;
using Xunit;

namespace MoshBroker.Broker.Tests.Tenants;

/// <summary>Policies for tests, read for a broker that is not root, on a machine with the accounts nobody and dev.</summary>
internal static class Policies
{
    public const uint BrokerUid = 990;
    public const string AnnsKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIOVruUgn7edqKw3Zdg7X750+xgFQg/+GwZP+zE8KK0/";
    public const string AnnsFingerprint = "SHA256:3M7Qd3IlauiC6K1fL/lAHz8PGpoS4Z/XyklpDDqR+Uw";
    public const string BobsKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIM6Uck4i/wC0G4sUMHKDiaGGcHwJBnCx1Zu/JLIsZGgP";
    public const string BobsFingerprint = "SHA256:K5eRKWlneQ9tuKlHnXGXw2Go1C0jh75HdcblEK90zZc";
    public const string CaKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIMo6yq7eXl1g8Dd13x2qeus9Ch4+FbMepiEObdACYAU0";
    public const string CaFingerprint = "SHA256:HF6p8lTafVqPvkX01+oXbNRFRJusqSZa0mllf9Ipprs";
    public const string HostKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIH4jSC3/ZLgNaFbzGlq0pVyIET7kdoG7OePPH6JqeLaP";

    /// <summary>One tenant, ann with a key, a target and a rule: what a test adds to or breaks.</summary>
    public const string Small =
        $$"""
        version: 1
        tenants:
          acme:
            networks: [10.0.0.0/8, "2001:db8::/32"]
            users:
              ann:
                keys: [{{AnnsKey}} ann]
                groups: [ops]
            groups:
              ops: {}
            targets:
              web-1:
                ssh: { host: web-1, user: deploy, host_keys: [{{HostKey}}], identity_file: /etc/id }
              web-2:
                ssh: { host: web-2, user: deploy, host_keys: [{{HostKey}}], identity_file: /etc/id }
            default_target: web-1
            access:
              - groups: [ops]
                targets: [web-1]

        """;

    public static string Example => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "docs/policy.example.yaml"));

    public static PolicySurroundings Surroundings(bool isDevelopment = false, uint uid = BrokerUid, IReadOnlyList<PortSource>? ports = null) =>
        new(uid, isDevelopment, name => name switch { "nobody" => 65534, "dev" => BrokerUid, _ => null }, ports);

    public static Policy Read(string text)
    {
        PolicyReading reading = PolicyReading.OfText(text, "policy.yaml", Surroundings());
        Assert.True(reading.Policy is not null, string.Join('\n', reading.Faults));
        return reading.Policy;
    }

    /// <summary>The faults of a text that is not a policy, as a person sees them.</summary>
    public static IReadOnlyList<string> FaultsOf(string text, PolicySurroundings? surroundings = null)
    {
        PolicyReading reading = PolicyReading.OfText(text, "policy.yaml", surroundings ?? Surroundings());
        Assert.Null(reading.Policy);
        return [.. reading.Faults.Select(fault => fault.ToString())];
    }

    public static PolicyUser User(this Policy policy, string tenant, string user) => policy.FindUser(tenant, user) ?? throw new ArgumentException($"no {user}@{tenant}", nameof(user));
}
