using System.Net;

namespace MoshBroker.Interop.Tests.Harness;

/// <summary>Starts stock's mosh in a terminal: the wrapper, or the client alone.</summary>
internal static class MoshTerminal
{
    /// <summary>`mosh --local HOST -- program`, as a person types it.</summary>
    public static Task<TmuxTerminal> WrapperAsync(
        MoshServer server, SessionHome home, IReadOnlyList<string> program, int columns = 80, int rows = 24, string host = "127.0.0.1")
    {
        string serverWords = string.Join(' ', server.Open);
        IReadOnlyList<string> words = ["mosh", "--local", $"--server={serverWords}", host];
        return TmuxTerminal.StartAsync(program.Count > 0 ? [.. words, "--", .. program] : words, home.Environment, columns, rows);
    }

    /// <summary>mosh-client on a session that was opened before.</summary>
    public static Task<TmuxTerminal> ClientAsync(
        OpenedSession session, SessionHome home, int columns = 80, int rows = 24, IPAddress? address = null) =>
        ClientAsync(new IPEndPoint(address ?? IPAddress.Loopback, session.Port), session.Key, home, columns, rows);

    /// <summary>mosh-client on a session behind a relay.</summary>
    public static Task<TmuxTerminal> ClientAsync(OpenedSession session, ImpairmentRelay relay, SessionHome home, int columns = 80, int rows = 24) =>
        ClientAsync(new IPEndPoint(IPAddress.Loopback, relay.Port), session.Key, home, columns, rows);

    private static Task<TmuxTerminal> ClientAsync(IPEndPoint to, string key, SessionHome home, int columns, int rows) =>
        TmuxTerminal.StartAsync(["mosh-client", to.Address.ToString(), to.Port.ToString()], home.With(("MOSH_KEY", key)), columns, rows);
}
