using System.CommandLine;
using System.Globalization;
using MoshBroker.Configuration;
using MoshBroker.Firewall;
using MoshBroker.Tenants;

namespace MoshBroker.Commands;

/// <summary>How commands beside the broker learn what the broker was told: its config file, or the same flags.</summary>
internal sealed class SurroundingOptions
{
    private readonly Option<string> _config = new("--config") { HelpName = "FILE", Description = "The broker's config file" };
    private readonly Option<string> _policy = new("--policy") { HelpName = "FILE", Description = "The policy file" };
    private readonly Option<string> _data = new("--data") { HelpName = "DIR", Description = "The broker's data folder" };
    private readonly Option<string[]> _ports = new("--ports") { HelpName = "LO:HI|shared:PORT", Description = "The broker's UDP ports; may repeat", AllowMultipleArgumentsPerToken = false };
    private readonly Option<string> _ssh = new("--ssh") { HelpName = "ADDR:PORT|off", Description = "The front door (127.0.0.1:2222)" };

    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[_config, _policy, _data, _ports, _ssh]) { command.Options.Add(option); }
    }

    public ServeOptions ReadOptions(ParseResult parsed, HostEnvironment host)
    {
        Dictionary<string, List<Setting>> given = new(StringComparer.Ordinal);
        foreach ((string name, string[]? values) in ((string, string[]?)[])[(ServeFlags.Policy, One(_policy)), (ServeFlags.Data, One(_data)), (ServeFlags.Ports, parsed.GetValue(_ports))])
        {
            if (values is { Length: > 0 }) { given[name] = [.. values.Select(value => new Setting(value, $"--{name}", host.WorkingDirectory))]; }
        }

        return ServeOptionsReader.Read(given, parsed.GetValue(_config), host);

        string[]? One(Option<string> option) => parsed.GetValue(option) is { } value ? [value] : null;
    }

    public FirewallPorts ReadPorts(ParseResult parsed, ServeOptions options)
    {
        string ssh = parsed.GetValue(_ssh) ?? "127.0.0.1:2222";
        if (ssh == "off") { return new FirewallPorts(options.Ports, null); }
        return int.TryParse(ssh[(ssh.LastIndexOf(':') + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out int port) && port is > 0 and < 65536
            ? new FirewallPorts(options.Ports, port)
            : throw new StartRefusedException($"--ssh {OneLine.Of(ssh)}: not an address and a port: write it as 127.0.0.1:2222, or 'off'", exitCode: ExitCodes.Usage);
    }

    /// <exception cref="StartRefusedException">No policy is named, or it is not valid.</exception>
    public (Policy Policy, FirewallPorts Ports) Read(ParseResult parsed, HostEnvironment host)
    {
        ServeOptions options = ReadOptions(parsed, host);
        if (options.PolicyFile is not { } file) { throw new StartRefusedException("which networks, and whose? name the policy by --policy FILE, or the broker's --config FILE", exitCode: ExitCodes.Usage); }
        PolicyReading reading = PolicyReading.Of(file, PolicySurroundings.Of(host, options.Ports));
        return reading.Policy is { } policy
            ? (policy, ReadPorts(parsed, options))
            : throw new StartRefusedException($"{reading.Faults[0]}{(reading.FaultCount > 1 ? $" (and {reading.FaultCount - 1} more: moshbroker policy check {file})" : "")}", exitCode: ExitCodes.Usage);
    }
}
