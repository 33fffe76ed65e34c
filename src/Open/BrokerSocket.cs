using MoshBroker.Open.Native;

namespace MoshBroker.Open;

/// <summary>Where the broker is: <c>--broker</c>, else MOSHBROKER_SOCKET, else the two places where it listens by itself.</summary>
internal static class BrokerSocket
{
    /// <summary>Null when there is no broker; then <paramref name="notices"/> gets one line with the paths tried and the cure.</summary>
    public static ControlClient? Connect(byte[]? given, EnvironmentBlock environment, ByteText notices)
    {
        var tried = new ByteText();
        foreach (byte[] path in Candidates(given, environment))
        {
            if (ControlClient.TryConnect(path, out int error) is ControlClient client) { return client; }
            if (!tried.Span.IsEmpty) { tried.Append(", "u8); }
            tried.Append(path).Append(" ("u8).Append(FileNative.DescribeError(error)).Append(")"u8);
        }

        notices.AppendNotice("no broker answers at "u8, tried.Span, "; start one with `moshbroker serve`, or name its socket with --broker or MOSHBROKER_SOCKET"u8);
        return null;
    }

    /// <summary>One path that was named, or the usual ones in turn.</summary>
    public static List<byte[]> Candidates(byte[]? given, EnvironmentBlock environment)
    {
        var paths = new List<byte[]>();
        given ??= environment.Find("MOSHBROKER_SOCKET"u8) is { Length: > 0 } named ? named : null;
        if (given is not null)
        {
            paths.Add(given);
            return paths;
        }

        if (environment.Find("XDG_RUNTIME_DIR"u8) is { Length: > 0 } runtime)
        {
            paths.Add(new ByteText().Append(runtime).Append("/moshbroker/broker.sock"u8).ToArray());
        }

        paths.Add("/run/moshbroker/broker.sock"u8.ToArray());
        return paths;
    }
}
