using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;
using System.Text.Json;
using MoshBroker.Configuration;
using MoshBroker.Probing;

namespace MoshBroker.Commands;

/// <summary><c>moshbroker probe</c>: a synthetic session, as a client would have it, for cron, Kubernetes and people.</summary>
internal static class ProbeCommand
{
    public static Command Create(HostEnvironment host)
    {
        Argument<string> destination = new("[USER@]HOST") { Arity = ArgumentArity.ZeroOrOne, Description = "A front door, by ssh; without it: the broker of this machine, by its socket" };
        Argument<string> target = new("TARGET") { Arity = ArgumentArity.ZeroOrOne, Description = "What policy calls the program that echoes; the tenant's default if it is left out" };
        Option<string> broker = new("--broker") { HelpName = "SOCKET", Description = "Control socket of the broker of this machine" };
        Option<string> port = new("-p") { HelpName = "PORT", Description = "SSH port" };
        Option<string> identity = new("-i") { HelpName = "FILE", Description = "SSH key" };
        Option<string> config = new("-F") { HelpName = "FILE", Description = "ssh's configuration" };
        Option<string[]> more = new("-o") { HelpName = "OPTION", Description = "An option of ssh's; may repeat", AllowMultipleArgumentsPerToken = false };
        Option<string> server = new("--server") { HelpName = "WORD", Description = "What to ask for over ssh", DefaultValueFactory = _ => "mosh-server" };
        Option<string> udp = new("--udp") { HelpName = "ADDRESS", Description = "Where the datagrams go (HOST; 127.0.0.1 for the broker of this machine)" };
        Option<double> timeout = new("--timeout") { HelpName = "SECONDS", Description = "How long each leg may take", DefaultValueFactory = _ => 10 };
        Option<bool> json = new("--json") { Description = "Print JSON, one line a probe" };
        Option<string> textfile = new("--textfile") { HelpName = "FILE", Description = "Replace this file with metrics, for node_exporter" };
        Option<string> listen = new("--listen") { HelpName = "ADDR:PORT", Description = "Go on probing, and serve /metrics there" };
        Option<double> every = new("--every") { HelpName = "SECONDS", Description = "With --listen: from one probe to the next", DefaultValueFactory = _ => 60 };
        Command probe = new("probe", "Begin a session as a client would, type, roam, and leave (exit status 0, or 11 to 14: ssh, udp, echo, roam failed)")
        {
            destination, target, broker, port, identity, config, more, server, udp, timeout, json, textfile, listen, every,
        };
        RequirePositive(timeout);
        RequirePositive(every);
        probe.SetAction(async (parsed, cancellation) =>
        {
            TimeSpan limit = TimeSpan.FromSeconds(parsed.GetValue(timeout));
            string? to = parsed.GetValue(destination);
            ProbePlan plan;
            if (to is null)
            {
                string socket = ControlClient.FindSocket(parsed.GetValue(broker), host);
                plan = new ProbePlan { Bootstrap = ProbeWords.Local(OpenProgram(), socket), UdpHost = parsed.GetValue(udp) ?? "127.0.0.1", Timeout = limit };
            }
            else
            {
                List<string> options = [];
                foreach (Option<string> option in (Option<string>[])[port, identity, config])
                {
                    if (parsed.GetValue(option) is { } value) { options.AddRange([option.Name, value]); }
                }

                foreach (string option in parsed.GetValue(more) ?? []) { options.AddRange(["-o", option]); }
                plan = new ProbePlan
                {
                    Bootstrap = ProbeWords.Ssh(options, to, parsed.GetRequiredValue(server), parsed.GetValue(target), limit),
                    UdpHost = parsed.GetValue(udp) ?? to[(to.LastIndexOf('@') + 1)..],
                    Timeout = limit,
                    IsBySsh = true,
                };
            }

            string? file = parsed.GetValue(textfile) is { } path ? Path.GetFullPath(path, host.WorkingDirectory) : null;
            TextWriter output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(listen) is { } address)
            {
                using CancellationTokenSource stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
                using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
                using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
                ProbeServer serving = new(plan, TimeSpan.FromSeconds(parsed.GetValue(every)), TimeProvider.System);
                await serving.RunAsync(
                    ReadAddress(address), at => output.WriteLine($"Probing every {parsed.GetValue(every):0.#} s; metrics on http://{at}/metrics"),
                    result => TellAsync(output, result, parsed.GetValue(json), file), stopping.Token);
                return ExitCodes.Ok;

                // A probe under way is left as it is: its session ends as any does whose client is gone.
                void Stop(PosixSignalContext context)
                {
                    context.Cancel = !stopping.IsCancellationRequested;
                    stopping.Cancel();
                }
            }

            ProbeResult result = await ProbeRun.OnceAsync(plan, TimeProvider.System, cancellation);
            await TellAsync(output, result, parsed.GetValue(json), file);
            return result.ExitStatus;
        });
        return probe;
    }

    private static async Task TellAsync(TextWriter output, ProbeResult result, bool json, string? file)
    {
        if (json) { await output.WriteLineAsync(JsonSerializer.Serialize(result, ProbeJson.Default.ProbeResult)); }
        else { await output.WriteAsync(ProbeReport.Text(result)); }
        if (file is null) { return; }
        try
        {
            ProbeReport.WriteTo(file, result);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartRefusedException($"--textfile {file} cannot be written ({OneLine.Of(e)}): name a file in a folder that is there, and writable", e);
        }
    }

    /// <summary>Published beside this program.</summary>
    private static string OpenProgram()
    {
        string program = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "open", "moshbroker-open"));
        return File.Exists(program) ? program : throw new StartRefusedException($"{program} is not there: install moshbroker whole, or probe a front door by [USER@]HOST");
    }

    private static IPEndPoint ReadAddress(string text) =>
        text.Contains(':', StringComparison.Ordinal) && IPEndPoint.TryParse(text, out IPEndPoint? address)
            ? address
            : throw new StartRefusedException($"--listen '{OneLine.Of(text)}' is not an address and a port: write it as 127.0.0.1:9180 or [::]:9180", exitCode: ExitCodes.Usage);

    private static void RequirePositive(Option<double> option) => option.Validators.Add(result =>
    {
        if (result.Tokens.Count == 1 && double.TryParse(result.Tokens[0].Value, NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds) && seconds is not (> 0 and <= 86_400))
        {
            result.AddError($"{option.Name} takes seconds, more than 0 and at most 86400");
        }
    });
}
