using System.Diagnostics;
using System.Globalization;

namespace MoshBroker.Testing;

/// <summary>Debian's PostgreSQL in a folder of its own, on a Unix socket: as the user <c>postgres</c> where the tests run as root, who it refuses to run as.</summary>
/// <remarks>It ends with whoever started it, however that ends: its shell waits for the end of its input.</remarks>
public sealed class PostgresServer : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly Lazy<PostgresServer> OfTheRun = new(() =>
    {
        PostgresServer server = new();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => server.Dispose();
        return server;
    });

    private readonly TemporaryDirectory _folder = new();
    private Process? _process;
    private int _schemas;

    public PostgresServer()
    {
        if (IsRoot) { Run("chown", "postgres", _folder.Path); }
        Run([.. AsServer, Path.Combine(Programs, "initdb"), "-D", DataFolder, "--no-sync", "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C"]);
        File.AppendAllText(Path.Combine(DataFolder, "postgresql.conf"), $"""

            listen_addresses = ''
            unix_socket_directories = '{_folder.Path}'
            fsync = off
            max_connections = 200
            shared_buffers = 32MB
            shared_preload_libraries = 'pg_stat_statements'
            timezone = 'UTC'
            """);
        File.WriteAllText(Path.Combine(DataFolder, "pg_hba.conf"), "local all locked scram-sha-256\nlocal all all trust\n");
        Start();
    }

    /// <summary>One for all tests of a run; each takes a schema of its own.</summary>
    public static PostgresServer Shared => OfTheRun.Value;

    public string DataFolder => Path.Combine(_folder.Path, "data");

    /// <summary>As its superuser.</summary>
    public string ConnectionString => $"Host={_folder.Path};Username=postgres;Database=postgres";

    private static bool IsRoot => Environment.UserName == "root";

    private static string Programs => Directory.GetDirectories("/usr/lib/postgresql").Order(StringComparer.Ordinal).Last() + "/bin";

    private static string[] AsServer => IsRoot ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] : [];

    /// <summary>A fresh schema; stores that are opened by this are on their own.</summary>
    public string NewSchema()
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"s{Interlocked.Increment(ref _schemas)}");
        Sql($"CREATE SCHEMA {name}");
        return $"{ConnectionString};Search Path={name}";
    }

    /// <summary>What psql prints, without headers.</summary>
    public string Sql(string statements, string? schema = null) => Run(
        Path.Combine(Programs, "psql"), "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", _folder.Path, "-U", "postgres", "-d", "postgres", "-c",
        schema is null ? statements : $"SET search_path = {schema}; {statements}");

    /// <summary>Runs one of its programs on it: <c>pg_dump</c>.</summary>
    public string RunProgram(string name, params string[] arguments) =>
        Run([Path.Combine(Programs, name), "-h", _folder.Path, "-U", "postgres", "-d", "postgres", .. arguments]);

    public void Start()
    {
        const string Script = """
            "$@" <&- & server=$!
            read -r how
            kill -"${how:-QUIT}" $server
            wait $server
            """;
        ProcessStartInfo start = new("sh") { RedirectStandardInput = true, RedirectStandardError = true, RedirectStandardOutput = true, UseShellExecute = false };
        foreach (string argument in (string[])["-c", Script, "sh", .. AsServer, Path.Combine(Programs, "postgres"), "-D", DataFolder]) { start.ArgumentList.Add(argument); }
        _process = Process.Start(start)!;
        _process.BeginErrorReadLine();
        _process.BeginOutputReadLine();
        long began = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                Sql("SELECT 1");
                return;
            }
            catch (InvalidOperationException) when (Stopwatch.GetElapsedTime(began) < Patience && !_process.HasExited)
            {
                Thread.Sleep(50); // It has no other way to say that it is there.
            }
        }
    }

    /// <summary>Ends it: by SIGQUIT, at once, as a crash does; or by SIGINT, in order.</summary>
    public void Stop(string signal = "QUIT")
    {
        if (_process is not { } process) { return; }
        _process = null;
        process.StandardInput.WriteLine(signal);
        process.StandardInput.Close();
        process.WaitForExit(Patience);
        process.Dispose();
    }

    public void Dispose()
    {
        Stop();
        _folder.Dispose();
    }

    private static string Run(params string[] words)
    {
        ProcessStartInfo start = new(words[0]) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false, WorkingDirectory = "/" };
        foreach (string word in words.AsSpan(1)) { start.ArgumentList.Add(word); }
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output.Trim() : throw new InvalidOperationException($"{words[0]} ended with {process.ExitCode}: {errors.GetAwaiter().GetResult()}");
    }
}
