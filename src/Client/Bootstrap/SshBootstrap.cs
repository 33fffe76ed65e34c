using MoshBroker.Client.Native;
using MoshBroker.Client.Ways;
using MoshBroker.Protocol.Crypto;
using MoshBroker.Protocol.States;

namespace MoshBroker.Client.Bootstrap;

/// <summary>Starts a server by the system's ssh, or here, and finds out where to send and under which key. No shell of ours sees any word.</summary>
internal sealed class SshBootstrap
{
    private readonly ConnectOptions _options;
    private readonly List<string> _environment;
    private readonly ServerReply _reply = new();

    public SshBootstrap(ConnectOptions options, IEnumerable<KeyValuePair<string, string>> environment)
    {
        _options = options;
        _environment = [.. environment.Select(variable => variable.Key + "=" + variable.Value)];
    }

    /// <summary>The child that may still be ending when the session begins.</summary>
    public ChildOutput? Child { get; private set; }

    /// <summary>The server's name as ssh has it; null where it is not known, or is another's behind a proxy.</summary>
    public string? Host { get; private set; }

    /// <summary>What the user is told when it failed; null before.</summary>
    public string? Error { get; private set; }

    /// <summary>Null when there is no server; <see cref="Error"/> says why.</summary>
    /// <param name="colors">The terminal's.</param>
    /// <param name="meanwhile">Done while ssh is on its way.</param>
    public ServerReply? Run(int colors, Action meanwhile)
    {
        RemoteIpMode mode = _options.RemoteIp ?? (_options.IsLocal || !HasOwnProxy() ? RemoteIpMode.Proxy : RemoteIpMode.Remote);
        List<string>? words = _options.IsLocal ? LocalWords(colors) : SshWords(mode, colors);
        if (words is null) { return null; }
        Child = ChildOutput.TryStart(words, _environment, out string error);
        if (Child is null)
        {
            Error = $"can't start {words[0]}: {error}";
            return null;
        }

        meanwhile();
        ReadReply();
        return Conclude(words[0]) ? _reply : null;
    }

    /// <summary>What carries datagrams through ssh: it asks nobody for anything, since the terminal is in use.</summary>
    public StreamFallback? Fallback(SessionKey key)
    {
        if (_options.IsLocal || (_options.Extensions & PeerExtensions.Stream) == 0) { return null; }
        List<string> words = [.. _options.Ssh, "-T", "-o", "BatchMode=yes", "-o", "ConnectTimeout=10", "-o", "ServerAliveInterval=15"];
        if (_options.Family is "inet") { words.Add("-4"); }
        if (_options.Family is "inet6") { words.Add("-6"); }
        words.AddRange([.. _options.SshOptions, _options.Destination, "--", RemoteCommand.ComposeStream(_options, ChannelName.Print(ChannelName.Of(key)))]);
        return new StreamFallback(words, _environment, _options.IsStreamOnly);
    }

    private void ReadReply()
    {
        while (!_reply.IsComplete && _reply.Error is null && Child!.ReadLine(out bool hasEnd) is { } line)
        {
            // A last line without its end is taken all the same: a server that is cut off has told what it had to tell.
            if (_reply.Take(line)) { continue; }
            _ = FileNative.TryWriteAll(1, line);
            if (hasEnd) { _ = FileNative.TryWriteAll(1, "\n"u8); }
        }
    }

    private bool Conclude(string program)
    {
        if (_reply.Error is not null)
        {
            Error = _reply.Error;
            Child!.Kill();
            return false;
        }

        if (_reply.IsComplete && _reply.Ip is null && _reply.SshConnectionIp is { } seen) { _reply.SetIp(seen); }
        if (_reply.IsComplete && _reply.Ip is not null) { return true; }
        if (_reply.IsComplete)
        {
            Error = "the server started, but its address is not known; try --experimental-remote-ip=remote or =local";
            Child!.Kill();
            return false;
        }

        int status = Child!.WaitForExit();
        Error = (status, _reply.SaysBadPort) switch
        {
            (_, true) => "the server does not support that UDP port or range",
            (255, _) when !_options.IsLocal => $"{program} could not connect to {_options.Destination} (exit status 255); what it said is above",
            (127, _) => $"there is no {_options.Server} on {_options.Destination}; install mosh or the broker there, or name its path with --server",
            _ => $"the server did not start: {program} ended with exit status {status} and no MOSH CONNECT line",
        };
        return false;
    }

    /// <summary>True when the user's ssh configuration goes through another host: then only the far end knows the address that UDP must go to.</summary>
    private bool HasOwnProxy()
    {
        List<string> words = [.. _options.Ssh, "-G", .. _options.SshOptions, "--", _options.Destination];
        ChildOutput? config = ChildOutput.TryStart(words, _environment, out _);
        if (config is null) { return false; }
        bool has = false;
        string? host = null;
        while (config.ReadLine(out _) is { } line)
        {
            string text = System.Text.Encoding.UTF8.GetString(line);
            if (text.StartsWith("hostname ", StringComparison.Ordinal)) { host = text["hostname ".Length..]; }
            has |= (text.StartsWith("proxycommand ", StringComparison.Ordinal) || text.StartsWith("proxyjump ", StringComparison.Ordinal))
                && !text.EndsWith(" none", StringComparison.Ordinal);
        }

        _ = config.WaitForExit();
        if (!has) { Host = host; }
        return has;
    }

    private List<string>? SshWords(RemoteIpMode mode, int colors)
    {
        List<string> words = [.. _options.Ssh];
        string destination = _options.Destination;
        switch (mode)
        {
            case RemoteIpMode.Proxy:
                string self = (Environment.ProcessPath ?? "").Replace("%", "%%", StringComparison.Ordinal);
                words.AddRange(["-S", "none", "-o", $"ProxyCommand={ShellQuote.Word(self)} --proxy-helper {_options.Family} -- %h %p", "-o", "ProxyUseFdpass=yes"]);
                // The command is run by the user's shell, which may not read as sh does.
                _environment.RemoveAll(variable => variable.StartsWith("SHELL=", StringComparison.Ordinal));
                _environment.Add("SHELL=/bin/sh");
                break;
            case RemoteIpMode.Local:
                int at = destination.LastIndexOf('@') + 1;
                string? ip = HostAddresses.First(destination[at..], "22", _options.Family, out string error);
                if (ip is null)
                {
                    Error = $"can't find the address of {destination[at..]}: {error}";
                    return null;
                }

                _reply.SetIp(ip);
                destination = destination[..at] + ip;
                break;
            case RemoteIpMode.Remote:
                if (_options.Family is "inet") { words.Add("-4"); }
                if (_options.Family is "inet6") { words.Add("-6"); }
                break;
        }

        words.Add("-n");
        if (_options.WantsSshPty) { words.Add("-tt"); }
        words.AddRange(_options.SshOptions);
        words.AddRange([destination, "--", RemoteCommand.Compose(_options, mode == RemoteIpMode.Remote, colors, Environment.GetEnvironmentVariable)]);
        return words;
    }

    private List<string> LocalWords(int colors)
    {
        // As over ssh: from the home directory, and without knowing of a connection.
        if (Environment.GetEnvironmentVariable("HOME") is { Length: > 0 } home && Directory.Exists(home)) { Directory.SetCurrentDirectory(home); }
        _environment.RemoveAll(variable => variable.StartsWith("SSH_CONNECTION=", StringComparison.Ordinal));
        _reply.SetIp(_options.Destination);
        return [.. ShellQuote.Split(_options.Server), .. RemoteCommand.Words(_options, colors, Environment.GetEnvironmentVariable)];
    }
}
