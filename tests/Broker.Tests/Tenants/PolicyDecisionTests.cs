using System.Net;
using MoshBroker.Tenants;
using Xunit;

namespace MoshBroker.Broker.Tests.Tenants;

public sealed class PolicyDecisionTests
{
    private static readonly IPAddress Inside = IPAddress.Parse("10.1.2.3");
    private static readonly DateTimeOffset Wednesday = new(2026, 11, 25, 12, 0, 0, TimeSpan.Zero);
    private static readonly Credential AnnsKey = new Credential.Key(Policies.AnnsFingerprint);
    private static readonly Policy Example = Policies.Read(Policies.Example);

    [Fact]
    public void A_key_says_who_somebody_is()
    {
        Identity ann = Example.Identify(AnnsKey, Wednesday);

        Assert.Equal("ann@acme", ann.User!.ToString());
        Assert.Equal(DenyReason.UnknownKey, Example.Identify(new Credential.Key("SHA256:nobody"), Wednesday).Denial!.Reason);
    }

    [Fact]
    public void A_revoked_key_is_nobodys()
    {
        Policy policy = Policies.Read(Policies.Small + $"    revoked: [{Policies.AnnsFingerprint}]\n");

        Assert.Equal(DenyReason.Revoked, policy.Identify(AnnsKey, Wednesday).Denial!.Reason);
    }

    [Theory]
    [InlineData("bob", null)]
    [InlineData("bob@acme.example", null)]
    [InlineData("eve", DenyReason.UnknownPrincipal)]
    internal void A_certificate_of_the_tenants_CA_names_a_user(string principal, DenyReason? reason)
    {
        Identity identity = Example.Identify(Certificate() with { Principals = ["root", principal] }, Wednesday);

        Assert.Equal((reason is null ? "bob@acme" : null, reason), (identity.User?.ToString(), identity.Denial?.Reason));
    }

    [Fact]
    public void A_certificate_counts_only_if_known_fresh_short_and_not_revoked()
    {
        (Credential.Certificate Certificate, DenyReason Reason)[] cases =
        [
            (Certificate() with { Authority = Policies.BobsFingerprint }, DenyReason.UnknownAuthority),
            (Certificate() with { Serial = 1042 }, DenyReason.Revoked),
            (Certificate() with { KeyId = "bob@acme-laptop-2025" }, DenyReason.Revoked),
            (Certificate() with { Fingerprint = "SHA256:TNwdlsVminVLIBZix0+GNf2fkbq+RbHr4Ge+qlSJaf4" }, DenyReason.Revoked),
            (Certificate() with { ValidBefore = Wednesday }, DenyReason.CertificateExpired),
            (Certificate() with { ValidAfter = Wednesday.AddSeconds(1) }, DenyReason.CertificateNotYetValid),
            (Certificate() with { ValidBefore = DateTimeOffset.MaxValue }, DenyReason.CertificateTooLong),
        ];

        Assert.All(cases, one => Assert.Equal(one.Reason, Example.Identify(one.Certificate, Wednesday).Denial?.Reason));
    }

    [Fact]
    public void A_certificate_that_names_two_users_names_nobody()
    {
        Policy policy = Policies.Read(Policies.Small.Replace(
            "    groups:\n", $"      bob: {{ principals: [bob] }}\n      eve: {{ principals: [eve] }}\n    certificate_authorities: [{Policies.CaKey}]\n    groups:\n", StringComparison.Ordinal));

        Assert.Equal(DenyReason.AmbiguousPrincipal, policy.Identify(Certificate() with { Principals = ["bob", "eve"] }, Wednesday).Denial!.Reason);
    }

    [Theory]
    [InlineData("ann", "10.1.2.3", "web-1", null)]
    [InlineData("ann", "10.1.2.3", null, null)]
    [InlineData("ann", "2001:db8:ac::7", "shell", null)]
    [InlineData("ann", "::ffff:10.1.2.3", "web-1", null)]
    [InlineData("ann", "192.0.2.1", "web-1", DenyReason.Network)]
    [InlineData("ann", "2001:db8:ad::7", "web-1", DenyReason.Network)]
    [InlineData("ann", "10.1.2.3", "db-1", null)]
    [InlineData("ann", "203.0.113.9", "db-1", DenyReason.Network)]
    [InlineData("ann", "10.1.2.3", "bastion", DenyReason.TargetNotAllowed)]
    [InlineData("ann", "10.1.2.3", "nowhere", DenyReason.TargetUnknown)]
    [InlineData("ann", "10.1.2.3", "'; rm -rf /", DenyReason.TargetUnknown)]
    [InlineData("bob", "10.1.2.3", "db-1", DenyReason.TargetNotAllowed)]
    [InlineData("carla", "203.0.113.9", "web-1", null)]
    [InlineData("carla", "203.0.113.200", "web-1", DenyReason.Network)]
    [InlineData("carla", "10.1.2.3", "web-1", DenyReason.Network)]
    internal void Who_may_reach_what_from_where(string user, string source, string? target, DenyReason? reason)
    {
        Decision decision = Policy.Decide(Example.User("acme", user), AnnsKey, IPAddress.Parse(source), target, Wednesday, default);

        Assert.Equal(reason, decision.Denial?.Reason);
        Assert.Equal(reason is null, decision.Admission is not null);
    }

    [Theory]
    [InlineData("2026-11-25T06:59:59Z", false)]
    [InlineData("2026-11-25T07:00:00Z", true)]
    [InlineData("2026-11-25T16:59:59Z", true)]
    [InlineData("2026-11-25T17:00:00Z", false)]
    [InlineData("2026-07-22T06:00:00Z", true)]
    [InlineData("2026-11-28T12:00:00Z", false)]
    [InlineData("2026-11-28T22:00:00Z", true)]
    [InlineData("2026-11-29T01:59:59Z", true)]
    [InlineData("2026-11-29T02:00:00Z", false)]
    [InlineData("2026-11-29T22:30:00Z", false)]
    public void A_time_window_has_days_hours_and_a_zone_and_may_pass_midnight(string now, bool allowed)
    {
        Decision decision = Policy.Decide(Example.User("acme", "ann"), AnnsKey, Inside, "db-1", DateTimeOffset.Parse(now), default);

        Assert.Equal(allowed ? null : DenyReason.OutsideWindow, decision.Denial?.Reason);
        if (!allowed) { Assert.Equal("db-1 is open to you at other times: mon-fri 08:00-18:00 Europe/Berlin; sat 22:00-02:00 UTC", decision.Denial!.UserLine); }
    }

    [Fact]
    public void What_is_closed_now_is_told_apart_from_what_is_open_and_from_what_is_nobodys_business()
    {
        Policy policy = Policies.Read(Policies.Small + """
                  - users: [ann]
                    targets: [web-2]
                    when: [{ days: [sat], from: "03:00", to: "04:00", zone: UTC }]
            """);
        PolicyUser ann = policy.User("acme", "ann");
        System.Net.IPAddress here = System.Net.IPAddress.Parse("10.1.2.3");
        DateTimeOffset wednesday = new(2026, 11, 25, 12, 0, 0, TimeSpan.Zero);
        Assert.Equal(["web-1"], Policy.TargetsOf(ann, here, wednesday).Select(target => target.Name));
        (Target target, string why) = Assert.Single(Policy.ClosedTargetsOf(ann, here, wednesday));
        Assert.Equal(("web-2", "web-2 is open to you at other times: sat 03:00-04:00 UTC"), (target.Name, why));
        Assert.Empty(Policy.ClosedTargetsOf(ann, here, new DateTimeOffset(2026, 11, 28, 3, 30, 0, TimeSpan.Zero)));
        Assert.Empty(Policy.ClosedTargetsOf(ann, System.Net.IPAddress.Parse("192.0.2.1"), wednesday));
    }

    [Fact]
    public void A_lease_ends_with_the_first_of_certificate_grant_window_and_access()
    {
        Lease window = Policy.Decide(Example.User("acme", "ann"), AnnsKey, Inside, "db-1", Wednesday, default).Admission!.Lease;
        Lease certificate = Policy.Decide(Example.User("acme", "bob"), Certificate(), Inside, "web-1", Wednesday, default).Admission!.Lease;
        Lease grant = Policy.Decide(Example.User("acme", "carla"), AnnsKey, IPAddress.Parse("203.0.113.9"), "web-1", Wednesday, default).Admission!.Lease;
        Lease none = Policy.Decide(Example.User("acme", "ann"), AnnsKey, Inside, "web-1", Wednesday, default).Admission!.Lease;

        Assert.Equal(new Lease(new(2026, 11, 25, 17, 0, 0, TimeSpan.Zero), "your time window"), window);
        Assert.Equal(new Lease(Wednesday.AddHours(8), "your certificate"), certificate);
        Assert.Equal(new Lease(new(2027, 3, 31, 0, 0, 0, TimeSpan.Zero), "your grant"), grant);
        Assert.False(none.HasEnd);
    }

    [Fact]
    public void Windows_that_follow_each_other_are_one()
    {
        Policy policy = Policies.Read(Policies.Small + "        when: [{ days: [wed] }, { days: [thu], to: \"06:00\" }]\n");
        Policy always = Policies.Read(Policies.Small + "        when: [{ days: [mon-fri] }, { days: [sat-sun] }]\n");

        Assert.Equal(new DateTimeOffset(2026, 11, 26, 6, 0, 0, TimeSpan.Zero), Policy.Decide(policy.User("acme", "ann"), AnnsKey, Inside, "web-1", Wednesday, default).Admission!.Lease.EndsAt);
        Assert.False(Policy.Decide(always.User("acme", "ann"), AnnsKey, Inside, "web-1", Wednesday, default).Admission!.Lease.HasEnd);
    }

    [Theory]
    [InlineData("2027-03-31T00:00:00Z", DenyReason.GrantExpired, "your grant for web-1 ended on 2027-03-31 00:00 UTC")]
    [InlineData("2027-06-30T18:00:00Z", DenyReason.UserExpired, "your access ended on 2027-06-30 18:00 UTC")]
    internal void What_is_over_says_since_when(string now, DenyReason reason, string line)
    {
        Decision decision = Policy.Decide(Example.User("acme", "carla"), AnnsKey, IPAddress.Parse("203.0.113.9"), "web-1", DateTimeOffset.Parse(now), default);

        Assert.Equal((reason, line), (decision.Denial!.Reason, decision.Denial.UserLine));
    }

    [Theory]
    [InlineData("ann", 10, 10, DenyReason.UserQuota, "you have 10 sessions, as many as you may: end one first")]
    [InlineData("ann", 3, 200, DenyReason.TenantQuota, "no more sessions are to be had just now: try again later, or ask your administrator")]
    internal void Quotas_are_per_user_and_per_tenant(string user, int ofUser, int ofTenant, DenyReason reason, string line)
    {
        Decision decision = Policy.Decide(Example.User("acme", user), AnnsKey, Inside, "web-1", Wednesday, new SessionCounts(ofUser, ofTenant));

        Assert.Equal((reason, line), (decision.Denial!.Reason, decision.Denial.UserLine));
        Assert.Null(Policy.Decide(Example.User("acme", user), AnnsKey, Inside, "web-1", Wednesday, new SessionCounts(ofUser - 1, 199)).Denial);
    }

    [Fact]
    public void A_target_of_another_tenant_is_as_unknown_as_one_that_is_nowhere()
    {
        string beta = Policies.Small.Replace("version: 1\ntenants:\n", "", StringComparison.Ordinal).Replace("acme", "beta", StringComparison.Ordinal)
            .Replace("web-", "vault-", StringComparison.Ordinal).Replace(Policies.AnnsKey, Policies.BobsKey, StringComparison.Ordinal);
        Policy policy = Policies.Read(Policies.Small + beta);
        PolicyUser ann = policy.User("acme", "ann");

        Denial theirs = Policy.Decide(ann, AnnsKey, Inside, "vault-1", Wednesday, default).Denial!;
        Denial nowhere = Policy.Decide(ann, AnnsKey, Inside, "vault-7", Wednesday, default).Denial!;

        Assert.Equal("beta", policy.Identify(new Credential.Key(Policies.BobsFingerprint), Wednesday).User!.Tenant.Name);
        Assert.Equal((nowhere.Reason, nowhere.UserLine.Replace('7', '1')), (theirs.Reason, theirs.UserLine));
        Assert.DoesNotContain("beta", theirs.UserLine + theirs.Explanation, StringComparison.Ordinal);
    }

    [Fact]
    public void An_explanation_names_the_rule_and_its_line()
    {
        Decision decision = Policy.Decide(Example.User("acme", "ann"), AnnsKey, Inside, "db-1", Wednesday.AddHours(9), default);

        int line = Policies.Example.Split('\n').ToList().FindIndex(text => text.Contains("- users: [ann]", StringComparison.Ordinal)) + 1;
        Assert.Equal(
            $"the rule of line {line} (user ann) has windows mon-fri 08:00-18:00 Europe/Berlin; sat 22:00-02:00 UTC; it is 2026-11-25 21:00 UTC", decision.Denial!.Explanation);
    }

    [Fact]
    public void The_menu_shows_what_is_open_now()
    {
        PolicyUser ann = Example.User("acme", "ann");

        Assert.Equal(["db-1", "shell", "web-1"], Policy.TargetsOf(ann, Inside, Wednesday).Select(target => target.Name));
        Assert.Equal(["shell", "web-1"], Policy.TargetsOf(ann, Inside, Wednesday.AddHours(9)).Select(target => target.Name));
        Assert.Empty(Policy.TargetsOf(ann, IPAddress.Parse("192.0.2.1"), Wednesday));
    }

    [Fact]
    public void A_live_session_is_decided_again_by_the_policy_that_came_after()
    {
        Admission admission = Policy.Decide(Policies.Read(Policies.Small).User("acme", "ann"), AnnsKey, Inside, "web-1", Wednesday, default).Admission!;

        Assert.NotNull(Policies.Read(Policies.Small + "    limits: { idle: 1h }\n").DecideAgain(admission, Wednesday).Admission!.Limits.Idle);
        Assert.Equal(DenyReason.UnknownKey, Policies.Read(Policies.Small.Replace(Policies.AnnsKey, Policies.BobsKey, StringComparison.Ordinal)).DecideAgain(admission, Wednesday).Denial!.Reason);
        Assert.Equal(DenyReason.Revoked, Policies.Read(Policies.Small.Replace("      ann:", "      eve:", StringComparison.Ordinal)).DecideAgain(admission, Wednesday).Denial!.Reason);
        Assert.Equal(DenyReason.TargetNotAllowed, Policies.Read(Policies.Small.Replace("targets: [web-1]", "targets: [web-2]", StringComparison.Ordinal)).DecideAgain(admission, Wednesday).Denial!.Reason);
        Assert.False(Policies.Read(Policies.Small.Replace("10.0.0.0/8", "10.9.0.0/16", StringComparison.Ordinal)).DecideAgain(admission, Wednesday).Admission!.Networks.Contains(Inside));
    }

    [Fact]
    public void Accounts_of_the_machine_have_a_quota_of_their_own()
    {
        Assert.Null(Policy.None.DecideDropIn("ann", new SessionCounts(1000, 1000)).Denial);
        Assert.Equal(DenyReason.UserQuota, Example.DecideDropIn("ann", new SessionCounts(10, 10)).Denial!.Reason);
        Assert.True(Example.DecideDropIn("ann", default).Admission!.Networks.Contains(Inside));
        Assert.Equal(DenyReason.DropInOff, Policies.Read(Policies.Small + "drop_in: { allow: false }\n").DecideDropIn("ann", default).Denial!.Reason);
    }

    private static Credential.Certificate Certificate() => new(
        "SHA256:FXNNVn0U+tOcyQTKthTmW51MYR8cIo8XL/vq1h954aE", Policies.CaFingerprint, 7, "bob@acme", ["bob"], Wednesday.AddHours(-1), Wednesday.AddHours(8));
}
