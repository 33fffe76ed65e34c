namespace MoshBroker.FrontDoor.Tests;

/// <summary>The synthetic session through the front door, by OpenSSH's own client.</summary>
[Collection(FrontDoorGroup.Name)]
public sealed class ProbeTests(FrontDoorFixture door)
{
    [Theory]
    [InlineData("cat")]
    [InlineData("shell")]
    public async Task A_target_that_echoes_lets_every_leg_through(string target)
    {
        CommandResult result = await door.ProbeAsync(door.Ann, "--timeout", "60", "root@127.0.0.1", target);
        Assert.True(result.ExitCode == 0, result.Output + result.Error);
        Assert.Matches("^ssh +ok .*\nudp +ok .*\necho +ok .*\nroam +ok .*\n$", result.Output);
    }

    [Fact]
    public async Task A_target_that_does_not_echo_fails_the_third_leg()
    {
        CommandResult result = await door.ProbeAsync(door.Ann, "--timeout", "8", "root@127.0.0.1", "deaf");
        Assert.Equal(13, result.ExitCode);
        Assert.Matches("(?m)^udp +ok .*\necho +FAILED .*what was typed did not come back\n +cure: the program behind the session must echo", result.Output);
    }

    [Fact]
    public async Task A_key_that_no_user_has_fails_the_first_leg()
    {
        CommandResult result = await door.ProbeAsync(door.Stranger, "root@127.0.0.1", "cat");
        Assert.Equal(11, result.ExitCode);
        Assert.Matches("^ssh +FAILED .*Permission denied.*\n +cure: put the probe's public key into the policy", result.Output);
    }

    [Fact]
    public async Task A_target_that_policy_does_not_know_fails_the_first_leg_with_the_front_doors_words()
    {
        CommandResult result = await door.ProbeAsync(door.Ann, "root@127.0.0.1", "it's nowhere");
        Assert.Equal(11, result.ExitCode);
        Assert.Matches("^ssh +FAILED .*there is no target", result.Output);
    }
}
