namespace MoshBroker.FrontDoor.Tests;

/// <summary>Who comes in, by OpenSSH's own client.</summary>
[Collection(FrontDoorGroup.Name)]
public sealed class LoginTests(FrontDoorFixture door)
{
    [Fact]
    public async Task The_right_key_lands_on_its_target_by_the_stock_wrapper()
    {
        await using TmuxTerminal terminal = await door.MoshAsync(door.Ann, "shell");
        await terminal.WaitForTextAsync("p1>", TimeSpan.FromSeconds(60));
        await terminal.TypeAsync("id -un; stty size; echo $SSH_CONNECTION.\r");
        TerminalScreen screen = await terminal.WaitForTextAsync("24 80", TimeSpan.FromSeconds(30));
        Assert.True(screen.Shows(door.Account.Name), screen.ToString());
        await terminal.TypeAsync("exit\r");
        Assert.Equal(0, (await terminal.WaitForEndAsync(TimeSpan.FromSeconds(30))).ExitStatus);
    }

    [Fact]
    public async Task A_key_that_no_user_has_is_refused()
    {
        CommandResult result = await door.SshAsync(door.Stranger, "list");
        Assert.Equal(255, result.ExitCode);
        Assert.Contains("Permission denied (publickey)", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("password")]
    [InlineData("keyboard-interactive")]
    [InlineData("hostbased")]
    public async Task Nothing_but_keys_is_offered(string method)
    {
        CommandResult result = await Command.RunAsync([.. door.Ssh(door.Ann, "-v", "-o", $"PreferredAuthentications={method}"), "root@127.0.0.1", "list"], door.Home.Environment);
        Assert.Equal(255, result.ExitCode);
        Assert.Contains("Authentications that can continue: publickey\r\n", result.Error.ReplaceLineEndings("\r\n"), StringComparison.Ordinal);
        Assert.Contains("Permission denied (publickey)", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_login_name_is_refused_though_the_key_is_right()
    {
        CommandResult result = await Command.RunAsync([.. door.Ssh(door.Ann), $"{door.Account.Name}@127.0.0.1", "list"], door.Home.Environment);
        Assert.Equal(255, result.ExitCode);
        Assert.Contains("Permission denied", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_key_exchange_is_hybrid_and_the_cipher_authenticates()
    {
        CommandResult result = await Command.RunAsync([.. door.Ssh(door.Ann, "-v"), "root@127.0.0.1", "list"], door.Home.Environment);
        Assert.Equal(0, result.ExitCode);
        Assert.Matches("kex: algorithm: (mlkem768x25519-sha256|sntrup761x25519-sha512(@openssh.com)?)", result.Error);
        Assert.Matches("cipher: (chacha20-poly1305|aes256-gcm|aes128-gcm)@openssh.com", result.Error);
        Assert.Contains("host key algorithm: ssh-ed25519", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-o", "KexAlgorithms=ecdh-sha2-nistp256")]
    [InlineData("-c", "aes128-ctr")]
    public async Task Weaker_algorithms_find_nothing_in_common(string option, string value)
    {
        CommandResult result = await Command.RunAsync([.. door.Ssh(door.Ann, option, value), "root@127.0.0.1", "list"], door.Home.Environment);
        Assert.Equal(255, result.ExitCode);
        Assert.Contains("no matching", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_is_forwarded_and_there_is_no_subsystem()
    {
        CommandResult tunnel = await Command.RunAsync([.. door.Ssh(door.Ann, "-W", $"127.0.0.1:{door.Host.Port}"), "root@127.0.0.1"], door.Home.Environment);
        Assert.NotEqual(0, tunnel.ExitCode);
        Assert.DoesNotContain("SSH-2.0", tunnel.Output, StringComparison.Ordinal);
        CommandResult subsystem = await Command.RunAsync([.. door.Ssh(door.Ann, "-s"), "root@127.0.0.1", "sftp"], door.Home.Environment);
        Assert.NotEqual(0, subsystem.ExitCode);
    }

    [Fact]
    public async Task The_right_key_from_the_wrong_network_is_told_so()
    {
        Assert.Equal(0, (await door.SshAsync(door.Carla, "list")).ExitCode);
        CommandResult elsewhere = await Command.RunAsync([.. door.Ssh(door.Carla, "-b", "127.0.0.5"), "root@127.0.0.1", "list"], door.Home.Environment);
        Assert.Equal(1, elsewhere.ExitCode);
        Assert.Contains("you may not connect from this network", elsewhere.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_certificate_counts_for_its_principal_and_while_it_is_valid()
    {
        await door.Dora.CertifyAsync(door.Authority, "dora", "+1h");
        CommandResult valid = await door.SshAsync(door.Dora, "list");
        Assert.True(valid.ExitCode == 0, valid.Error);
        await door.Dora.CertifyAsync(door.Authority, "dora", "-2h:-1h");
        Assert.Contains("Permission denied", (await door.SshAsync(door.Dora, "list")).Error, StringComparison.Ordinal);
        await door.Dora.CertifyAsync(door.Authority, "nobody", "+1h");
        Assert.Contains("Permission denied", (await door.SshAsync(door.Dora, "list")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_revoked_key_comes_in_no_more()
    {
        CommandResult fingerprint = await Command.RunAsync(["/usr/bin/ssh-keygen", "-lf", door.Bob.Path + ".pub"]);
        await using (await door.ChangedAsync(revoked: fingerprint.Output.Split(' ')[1]))
        {
            Assert.Equal(255, (await door.SshAsync(door.Bob, "list")).ExitCode);
        }

        Assert.Equal(0, (await door.SshAsync(door.Bob, "list")).ExitCode);
    }

    [Fact]
    public async Task Another_tenants_target_is_as_unknown_as_one_that_is_nowhere()
    {
        CommandResult other = await door.OpenAsync(door.Ann, "'secret'");
        CommandResult nowhere = await door.OpenAsync(door.Ann, "'nowhere'");
        Assert.Equal((1, 1), (other.ExitCode, nowhere.ExitCode));
        Assert.Contains("there is no target 'secret'", other.Error, StringComparison.Ordinal);
        Assert.Equal(nowhere.Error.Replace("nowhere", "secret", StringComparison.Ordinal), other.Error);
    }

    [Fact]
    public async Task A_full_quota_is_told_in_one_line()
    {
        await door.CloseAllAsync();
        Assert.Contains("MOSH CONNECT", (await door.OpenAsync(door.Carla, "'shell'")).Output, StringComparison.Ordinal);
        Assert.Contains("MOSH CONNECT", (await door.OpenAsync(door.Carla, "'shell'")).Output, StringComparison.Ordinal);
        CommandResult third = await door.OpenAsync(door.Carla, "'shell'");
        await door.CloseAllAsync();
        Assert.Equal(1, third.ExitCode);
        Assert.Contains("you have 2 sessions, as many as you may", third.Error, StringComparison.Ordinal);
    }
}
