using MoshBroker.Configuration;
using MoshBroker.Dashboard.Feed;
using MoshBroker.Tenants;
using MoshBroker.Tenants.Reading;
using Xunit;

namespace MoshBroker.Broker.Tests.Tenants;

public sealed class PolicyReadingTests
{
    [Fact]
    public void The_documented_example_is_a_policy_with_every_key()
    {
        Policy policy = Policies.Read(Policies.Example);

        Tenant acme = policy.Tenants["acme"];
        Assert.Equal((3, 4), (acme.Users.Count, acme.Targets.Count));
        Assert.Equal("web-1", acme.DefaultTarget!.Name);
        Assert.Equal("bastion", ((SshTarget)acme.Targets["web-1"]).ProxyJump!.Name);
        Assert.Equal((200, 10, RecordingMode.Required), (acme.Rules.Sessions, acme.Rules.SessionsPerUser, acme.Rules.Recording));
        Assert.Equal(2 * 1024 * 1024, acme.Rules.Limits.BytesPerSecond);
        Assert.Equal((TimeSpan.FromMinutes(30), TimeSpan.FromDays(7)), (acme.Users["carla"].Limits.Idle, acme.Users["carla"].Limits.Absolute));
        Assert.Equal([DashboardRole.Viewer, DashboardRole.Operator], acme.Users["ann"].Roles.Order());
        Assert.True(acme.Users["ann"].MayWatch);
        Assert.False(acme.Users["bob"].MayWatch);
        Assert.Equal(new TimeSpan(400, 0, 0, 0), acme.Rules.AuditRetention);
        Assert.Equal(10, policy.DropIn!.SessionsPerUser);
    }

    [Fact]
    public void The_example_uses_every_key_of_the_schema()
    {
        string[] unused = [.. Keys(PolicyShapes.Policy.ToSchema()).Distinct().Where(key => !System.Text.RegularExpressions.Regex.IsMatch(Policies.Example, $@"[\s{{]{key}:"))];

        Assert.Empty(unused);
    }

    [Fact]
    public void The_schema_in_the_repository_is_the_readers()
    {
        string written = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "docs/policy.schema.json"));

        Assert.True(PolicySchema.Render() == written, "docs/policy.schema.json is old: moshbroker policy schema > docs/policy.schema.json");
    }

    [Theory]
    [InlineData("    sesions: 5\n", "line 20, column 5: tenants.acme.sesions: unknown key: did you mean 'sessions'?")]
    [InlineData("    sessions-per-user: 5\n", "line 20, column 5: tenants.acme.sessions-per-user: unknown key: did you mean 'sessions_per_user'?")]
    [InlineData("    frobnicate: 5\n", "line 20, column 5: tenants.acme.frobnicate: unknown key: known here are networks, ")]
    [InlineData("    sessions: many\n", "line 20, column 15: tenants.acme.sessions: 'many' stands here: write a number from 0 to 1000000")]
    [InlineData("    sessions: \"5\"\n", "line 20, column 15: tenants.acme.sessions: '5' stands here: write a number")]
    [InlineData("    sessions: -1\n", "tenants.acme.sessions: '-1' stands here: write a number")]
    [InlineData("    sessions:\n", "tenants.acme.sessions: nothing stands here: write a number")]
    [InlineData("    sessions: [5]\n", "tenants.acme.sessions: a list stands here: write a number")]
    [InlineData("    scrollback: yes\n", "tenants.acme.scrollback: 'yes' stands here: write true or false")]
    [InlineData("    networks: [10.0.0.0/8]\n", "line 20, column 5: tenants.acme.networks: stands twice, first in line 4: leave one out")]
    [InlineData("    limits: { idle: 8 }\n", "tenants.acme.limits.idle: '8' stands here: write a duration such as 90s, 15m, 8h or 7d")]
    [InlineData("    limits: { idle: 99999999d }\n", "tenants.acme.limits.idle: '99999999d' is longer than ten years")]
    [InlineData("    limits: 8h\n", "tenants.acme.limits: '8h' stands here: write limits")]
    [InlineData("    limits: { bandwidth: 5GB }\n", "tenants.acme.limits.bandwidth: '5GB' stands here: write a number of bytes such as 64KiB or 2MB")]
    [InlineData("    ports: [60999:60001]\n", "tenants.acme.ports[0]: '60999:60001' is not a range of ports")]
    [InlineData("    on_revocation: kill\n", "tenants.acme.on_revocation: 'kill' stands here: write lock or end")]
    [InlineData("    revoked: [MD5:11]\n", "tenants.acme.revoked[0]: 'MD5:11' stands here: write SHA256:")]
    [InlineData("    watch: { users: [eve] }\n", "tenants.acme.watch.users[0]: there is no user 'eve' in this tenant: known are ann")]
    [InlineData("    certificate_authorities: []\n", "tenants.acme.certificate_authorities: an empty list stands here: leave the key out, or write a list, each item a public key")]
    [InlineData("  beta: {}\n", "line 20, column 9: tenants.beta: 'networks' is missing: write a list, each item a network such as 10.1.0.0/16")]
    [InlineData("    ? [a]\n    : b\n", "line 20, column 7: tenants.acme: a key must be a word")]
    [InlineData("    revoked: &x [serial:1]\n", "tenants.acme.revoked: anchors and aliases are not read")]
    [InlineData("    revoked: !!set [serial:1]\n", "tenants.acme.revoked: tags are not read")]
    [InlineData("    revoked: [serial:1\n", "not YAML: ")]
    [InlineData("---\nversion: 1\n", "line 20, column 1: a second document begins")]
    public void What_is_wrong_is_named_with_line_column_key_and_cure(string added, string fault)
    {
        IReadOnlyList<string> faults = Policies.FaultsOf(Policies.Small + added);

        Assert.Contains(fault, Assert.Single(faults), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("groups: [ops]\n    groups", "groups: [ops, cooks]\n    groups", "tenants.acme.users.ann.groups[1]: there is no group 'cooks' in this tenant: known are ops")]
    [InlineData("default_target: web-1", "default_target: web-9", "tenants.acme.default_target: there is no target 'web-9' in this tenant: known are web-1, web-2")]
    [InlineData("targets: [web-1]", "targets: [db-*]", "tenants.acme.access[0].targets[0]: no target's name is of the form 'db-*'")]
    [InlineData("targets: [web-1]", "targets: [db]", "tenants.acme.access[0].targets[0]: there is no target 'db'")]
    [InlineData("      - groups: [ops]\n", "      - users: [eve]\n", "tenants.acme.access[0].users[0]: there is no user 'eve'")]
    [InlineData("      - groups: [ops]\n        targets", "      - targets", "tenants.acme.access[0]: names nobody: write users or groups")]
    [InlineData("identity_file: /etc/id }\n      web-2", "identity_file: id }\n      web-2", "tenants.acme.targets.web-1.ssh.identity_file: 'id' stands here: write an absolute path")]
    [InlineData("host: web-1", "host: -oProxyCommand=x", "tenants.acme.targets.web-1.ssh.host: '-oProxyCommand=x' stands here: write a host name")]
    [InlineData("host: web-1", "host: \"web-1;id\"", "tenants.acme.targets.web-1.ssh.host: 'web-1;id' stands here")]
    [InlineData("host: web-1", "reattach: \"tmux {name}\", host: web-1", "ssh.reattach: 'tmux {name}' has braces that are not {session}")]
    [InlineData("host: web-1", "proxy_jump: web-1, host: web-1", "ssh.proxy_jump: goes round in a circle: web-1 -> web-1")]
    [InlineData("host: web-1", "proxy_jump: web-7, host: web-1", "ssh.proxy_jump: there is no target 'web-7'")]
    [InlineData("      web-2:", "      attach:", "tenants.acme.targets.attach: is a reserved word")]
    [InlineData("networks: [10.0.0.0/8, \"2001:db8::/32\"]", "networks: [10.1.0.0/8]", "tenants.acme.networks[0]: '10.1.0.0/8' has bits beyond the prefix: write 10.0.0.0/8, or 10.1.0.0 for the one address")]
    [InlineData("networks: [10.0.0.0/8, \"2001:db8::/32\"]", "networks: [\"::ffff:10.0.0.0/104\"]", "is an IPv4 address in IPv6 dress: write it as IPv4")]
    [InlineData("networks: [10.0.0.0/8, \"2001:db8::/32\"]", "networks: [10.0.0.0/33]", "tenants.acme.networks[0]: '10.0.0.0/33' stands here: write a network")]
    [InlineData("groups: [ops]\n    groups", "networks: [192.0.2.0/24]\n    groups", "tenants.acme.users.ann: can log in from nowhere")]
    [InlineData("version: 1", "version: 2", "version: '2' stands here: write a number from 1 to 1")]
    [InlineData("keys: [", "keys: [ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQDKae5Gb5TpQ9of9HFq56cNsgJq/L3BYzQ57nwtt9PUbs6hOEVEwJmgTscMkwuQjZOPSXFDn030HXa2ECvYGlheYtGCeHCDdlg0WWo+i+yXdmJ40jCFILrYzxfHXkbzSeRYT2mqBSVzaBjkOwrxVjJe0USiyxu8od1yODDgEOBqjkqoV457Gv4I+G7SHf91vLmUT9Y+EeiEs8DOw24X/Gvf+v6smr7He+CVNRdLzyNrndQONgqbpfw/sxk/XBfzvixbUCnxBNoufZr8pVfHU3IW/UYl0AgNXuJEu3CCN4aNihWNevNW/COFDLRmL3wmEVhdTGr/CEdRE83kJSrhiYYz, ", "is an RSA key of 2048 bits; 3072 are the least")]
    [InlineData("keys: [", $"keys: [{Policies.AnnsKey}, ", "is a key of user ann of acme already (line 7): a key stands in one place only")]
    [InlineData("        keys: [", "        principals: [ann]\n        keys: [", "tenants.acme.users.ann.principals[0]: principals need a CA")]
    public void A_reference_or_value_that_cannot_be_is_named(string good, string bad, string fault)
    {
        Assert.Contains(good, Policies.Small, StringComparison.Ordinal);

        IReadOnlyList<string> faults = Policies.FaultsOf(Policies.Small.Replace(good, bad, StringComparison.Ordinal));

        Assert.Contains(faults, line => line.Contains(fault, StringComparison.Ordinal) && line.StartsWith("policy.yaml line ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("\"web\\u001b[2J\"", "has a control character (U+001B)")]
    [InlineData("\"web\\n1\"", "has a control character (U+000A)")]
    [InlineData("\"web\\u202e1\"", "has an invisible character (U+202E)")]
    [InlineData("\"$(id)\"", "write a name of letters, digits")]
    [InlineData("\"a/../b\"", "write a name of letters, digits")]
    [InlineData("\"-x\"", "write a name of letters, digits")]
    public void Names_that_a_terminal_or_shell_would_obey_are_refused_with_line_and_key(string name, string fault)
    {
        IReadOnlyList<string> faults = Policies.FaultsOf(Policies.Small.Replace("      web-2:", $"      {name}:", StringComparison.Ordinal));

        Assert.Contains(faults, line => line.StartsWith("policy.yaml line 14, column 7: tenants.acme.targets.", StringComparison.Ordinal) && line.Contains(fault, StringComparison.Ordinal));
        Assert.All(faults, line => Assert.DoesNotContain(line, char.IsControl));
    }

    [Theory]
    [InlineData("      web-2:", "      @:")]
    [InlineData("host: web-1", "host: @")]
    [InlineData("keys: [", "keys: [@, ")]
    public void A_name_of_a_megabyte_is_refused_in_one_short_line(string good, string bad)
    {
        string text = Policies.Small.Replace(good, bad.Replace("@", new string('a', 1_000_000), StringComparison.Ordinal), StringComparison.Ordinal);

        IReadOnlyList<string> faults = Policies.FaultsOf(text);

        Assert.All(faults, line => Assert.InRange(line.Length, 1, 400));
        Assert.Contains(faults, line => line.StartsWith("policy.yaml line ", StringComparison.Ordinal)
            && (line.Contains("tenants.acme", StringComparison.Ordinal) || line.Contains("not YAML", StringComparison.Ordinal)));
    }

    [Fact]
    public void Whatever_the_text_it_is_a_policy_or_has_faults()
    {
        Random random = new(7);
        string[] pieces = ["[", "]", "{", "}", ":", "- ", "\n", "  ", "\"", "'", "|", ">", "&a", "*a", "!", "#", "\0", "\u0085", "\t", "? ", "%", "@", "~", "null", "\ufeff", "\ud800"];
        for (int round = 0; round < 2000; round++)
        {
            string text = round % 2 == 0 ? Policies.Small : Policies.Example;
            for (int edit = random.Next(1, 4); edit > 0; edit--)
            {
                int at = random.Next(text.Length);
                text = text[..at] + pieces[random.Next(pieces.Length)] + text[Math.Min(text.Length, at + random.Next(6))..];
            }

            PolicyReading reading = PolicyReading.OfText(text, "policy.yaml", Policies.Surroundings());

            Assert.Equal(reading.Policy is null, reading.FaultCount > 0);
            Assert.All(reading.Faults, fault => Assert.True(fault.Line > 0 && !fault.ToString().Any(char.IsControl), fault.ToString()));
        }
    }

    [Fact]
    public void Nesting_without_end_is_refused()
    {
        IReadOnlyList<string> faults = Policies.FaultsOf("version: 1\ntenants: " + new string('[', 5000) + new string(']', 5000));

        Assert.Contains(faults, line => line.Contains("nested deeper than 16 levels", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("")]
    [InlineData("# nothing\n")]
    [InlineData("- a\n")]
    [InlineData("just a word\n")]
    public void What_is_no_mapping_is_told_how_to_begin(string text) =>
        Assert.Contains("write 'version: 1' and 'tenants:'", Assert.Single(Policies.FaultsOf(text)), StringComparison.Ordinal);

    [Fact]
    public void All_faults_of_a_file_are_shown_in_the_order_of_lines()
    {
        IReadOnlyList<string> faults = Policies.FaultsOf(Policies.Small.Replace("version: 1", "version: one", StringComparison.Ordinal) + "    sesions: 5\n    scrollback: no\n");

        Assert.Collection(
            faults,
            fault => Assert.StartsWith("policy.yaml line 1,", fault, StringComparison.Ordinal),
            fault => Assert.StartsWith("policy.yaml line 20,", fault, StringComparison.Ordinal),
            fault => Assert.StartsWith("policy.yaml line 21,", fault, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("dev", "broker", false, "is the broker's own account")]
    [InlineData("dev", "setpriv", false, "is the broker's own account")]
    [InlineData("\"990\"", "setpriv", false, "is the broker's own account")]
    [InlineData("nobody", "broker", false, "the broker is not root and cannot become 'nobody' by itself")]
    [InlineData("ghost", "setpriv", false, "there is no account 'ghost' on this machine")]
    [InlineData("nobody", "setpriv", false, null)]
    [InlineData("dev", "broker", true, null)]
    public void A_command_runs_as_another_account_than_the_brokers_except_in_development(string account, string via, bool isDevelopment, string? fault)
    {
        string text = Policies.Small.Replace("    targets:\n", $"    targets:\n      shell: {{ command: {{ run: [/bin/bash], user: {account}, via: {via} }} }}\n", StringComparison.Ordinal);

        PolicyReading reading = PolicyReading.OfText(text, "policy.yaml", Policies.Surroundings(isDevelopment));

        if (fault is null) { Assert.NotNull(reading.Policy); }
        else { Assert.Contains(fault, Assert.Single(reading.Faults).ToString(), StringComparison.Ordinal); }
    }

    [Fact]
    public void A_tenants_ports_are_among_the_brokers()
    {
        PolicySurroundings broker = Policies.Surroundings(ports: [new PortSource.Range(60001, 60999), new PortSource.Shared(50000)]);

        Assert.Contains("'ports[0]", Policies.FaultsOf(Policies.Small + "    ports: [61000:61001]\n", broker)[0].Replace("tenants.acme.", "'", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.NotNull(PolicyReading.OfText(Policies.Small + "    ports: [60100:60200, shared:50000]\n", "policy.yaml", broker).Policy);
    }

    [Fact]
    public void A_key_is_one_users_in_all_tenants()
    {
        string text = Policies.Small + $"  beta:\n    networks: [10.0.0.0/8]\n    users:\n      eve: {{ keys: [{Policies.AnnsKey}] }}\n";

        Assert.Contains($"line 23, column 21: tenants.beta.users.eve.keys[0]: {Policies.AnnsFingerprint} is a key of user ann of acme already (line 7)", Assert.Single(Policies.FaultsOf(text)), StringComparison.Ordinal);
    }

    private static IEnumerable<string> Keys(System.Text.Json.Nodes.JsonObject schema)
    {
        foreach ((string name, System.Text.Json.Nodes.JsonNode? part) in schema)
        {
            if (name == "properties")
            {
                foreach ((string key, System.Text.Json.Nodes.JsonNode? value) in part!.AsObject())
                {
                    yield return key;
                    foreach (string inner in Keys(value!.AsObject())) { yield return inner; }
                }
            }
            else if (part is System.Text.Json.Nodes.JsonObject inner)
            {
                foreach (string key in Keys(inner)) { yield return key; }
            }
        }
    }
}
