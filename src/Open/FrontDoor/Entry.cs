using System.Runtime.InteropServices;
using MoshBroker.Control;
using MoshBroker.Open.Native;

namespace MoshBroker.Open.FrontDoor;

/// <summary>The front door's forced command: says to the broker who came and what he asked for, passes the answer on, and is gone.</summary>
internal static unsafe class Entry
{
    /// <summary>sshd's note of how the user proved himself: one line with his key or certificate.</summary>
    private const int MaxProof = 16 * 1024;

    public static int Run(ReadOnlySpan<byte[]> words, EnvironmentBlock environment)
    {
        var notices = new ByteText();
        byte[]? socket = words.Length == 2 && words[0].AsSpan().SequenceEqual("--broker"u8) ? words[1] : null;
        byte[]? connection = environment.Find("SSH_CONNECTION"u8);
        if (socket is null || connection is null) { return Fail(notices.AppendNotice("enter is for the front door's sshd only"u8)); }

        RemoteCommand command = RemoteCommand.Parse(environment.Find("SSH_ORIGINAL_COMMAND"u8) ?? []);
        if (command.WantsAddress) { _ = FileNative.TryWriteAll(1, new ByteText().Append("\nMOSH SSH_CONNECTION "u8).AppendPrintable(connection).Append("\n"u8).Span); }
        Arguments? mosh = command.IsMosh ? Arguments.Parse(command.Words, connection, isFrontDoor: true) : null;
        switch (mosh?.Verdict)
        {
            case Verdict.ShowHelp: return FileNative.TryWriteAll(1, Arguments.Usage) ? 0 : 1;
            case Verdict.ShowVersion: return FileNative.TryWriteAll(1, "moshbroker 0.1.0, a Mosh session broker\n"u8) ? 0 : 1;
            case Verdict.Refuse: notices = mosh.Notices; break;
            default: break;
        }

        string? fault = command.Fault;
        if (fault is not null) { notices.AppendNotice(ByteText.FromAscii(fault)); }
        bool isRefused = fault is not null || mosh?.Verdict == Verdict.Refuse;

        ControlMessage request = new("enter"u8);
        request.Add("wants"u8, isRefused ? "refusal"u8 : command.StreamName is not null ? "stream"u8 : mosh is not null ? "mosh"u8 : "terminal"u8);
        request.Add("connection"u8, connection);
        request.Add("proof"u8, ReadProof(environment));
        if (environment.Find("USER"u8) is { } login) { request.Add("login"u8, login); }
        if (isRefused) { request.Add("reason"u8, notices.Span); }
        byte[][] asked = mosh is not null ? mosh.Command : command.Words;
        foreach (byte[] word in isRefused ? [] : asked) { request.Add("word"u8, word); }
        if (mosh is not null && !isRefused) { Describe(mosh, request); }
        if (command.StreamName is { } name) { request.Add("name"u8, name); }

        bool isTerminal = FileNative.IsTerminal(0) == 1;
        int line = -1;
        int remote = -1;
        if (mosh is null && !isRefused && isTerminal && command.StreamName is null)
        {
            int* pair = stackalloc int[2];
            if (SocketNative.SocketPair(SocketNative.FamilyUnix, SocketNative.TypeStream | FileNative.CloseOnExec, 0, pair) != 0)
            {
                return Fail(notices.AppendNotice("no socket to be had: "u8, FileNative.DescribeError(Marshal.GetLastPInvokeError())));
            }

            (line, remote) = (pair[0], pair[1]);
            WindowSize size = Pty.SizeOfStandardInput();
            request.Add("size"u8, new ByteText().Append(size.Columns).Append("x"u8).Append(size.Rows).Span);
            request.Add("term"u8, environment.Find("TERM"u8) ?? []);
        }

        if (ControlClient.TryConnect(socket, out int error) is not { } broker)
        {
            return Fail(notices.AppendNotice("the broker does not answer ("u8, FileNative.DescribeError(error), "); try again in a moment"u8));
        }

        if (command.StreamName is not null && !isRefused) { return StreamRelay.Run(broker, request, notices); }
        ReadOnlySpan<int> descriptors = line >= 0 ? [FileNative.Duplicate(0), remote] : [];
        ControlMessage? answer = broker.Ask(request, descriptors, out bool timedOut);
        if (isRefused) { return Fail(notices); }
        if (answer is null || !answer.Head.SequenceEqual("ok"u8))
        {
            if (timedOut) { notices.AppendNotice("the broker did not answer within 10 seconds"u8); }
            else { notices.AppendNotice(answer?.Find("message"u8) ?? "the broker closed the connection without an answer"u8); }
            return Fail(notices);
        }

        return mosh is not null ? Connect(answer, notices, isTerminal) : Stay(answer, notices, line);
    }

    private static void Describe(Arguments mosh, ControlMessage request)
    {
        request.Add("colors"u8, new ByteText().Append(mosh.Colors).Span);
        if (mosh.BindAddress is byte[] address)
        {
            request.Add("bind"u8, address);
            request.Add("bind-source"u8, mosh.IsBindAddressFromSsh ? "ssh"u8 : "option"u8);
        }

        if (mosh.Ports is PortRange ports) { request.Add("ports"u8, ports.ToText()); }
        if (mosh.IsProbe) { request.Add("probe"u8, []); }
        foreach (byte[] setting in mosh.LocaleSettings) { request.Add("locale"u8, setting); }
    }

    private static int Connect(ControlMessage answer, ByteText notices, bool isTerminal)
    {
        byte[]? port = answer.Find("port"u8);
        byte[]? key = answer.Find("key"u8);
        if (port is null || key is null) { return Fail(notices.AppendNotice("the broker's answer makes no sense"u8)); }
        int from = 0;
        while (answer.FindNext("warning"u8, ref from) is byte[] warning) { notices.AppendNotice("warning: "u8, warning); }
        _ = FileNative.TryWriteAll(2, notices.Span);
        var connect = new ByteText();
        if (isTerminal) { connect.Append("\r\n\n"u8); }
        connect.Append("MOSH CONNECT "u8).Append(port).Append(" "u8).Append(key).Append("\n"u8);
        return FileNative.TryWriteAll(1, connect.Span) ? 0 : 1;
    }

    /// <summary>Plain ssh: text that was asked for, or a terminal that the broker has from now on.</summary>
    private static int Stay(ControlMessage answer, ByteText notices, int line)
    {
        if (answer.Find("text"u8) is byte[] text) { return FileNative.TryWriteAll(1, text) ? 0 : 1; }
        if (line < 0) { return Fail(notices.AppendNotice("a session needs a terminal: use ssh -t, or mosh"u8)); }
        Waiter.Become(line);
        return Fail(notices.AppendNotice("/bin/sh cannot be started: "u8, FileNative.DescribeError(Marshal.GetLastPInvokeError())));
    }

    private static byte[] ReadProof(EnvironmentBlock environment)
    {
        if (environment.Find("SSH_USER_AUTH"u8) is not { } path) { return []; }
        byte[] proof = FileNative.ReadAll(ByteText.ZeroTerminated(path)) ?? [];
        return proof.Length <= MaxProof ? proof : [];
    }

    private static int Fail(ByteText notices)
    {
        _ = FileNative.TryWriteAll(2, notices.Span);
        return 1;
    }
}
