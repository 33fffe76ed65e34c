using System.Runtime.InteropServices;
using MoshBroker.Control;
using MoshBroker.Open;
using MoshBroker.Open.FrontDoor;
using MoshBroker.Open.Native;

// Words and variables come from /proc, not from the runtime, which would put replacement characters where they are not UTF-8.
byte[]? commandLine = FileNative.ReadAll("/proc/self/cmdline\0"u8);
byte[]? environmentBlock = FileNative.ReadAll("/proc/self/environ\0"u8);
if (commandLine is null || environmentBlock is null) { return Fail(new ByteText().AppendNotice("/proc is needed and can't be read"u8)); }
List<byte[]> allWords = EnvironmentBlock.SplitAtZeros(commandLine);
byte[][] words = allWords.GetRange(allWords.Count - args.Length, args.Length).ToArray();
EnvironmentBlock environment = EnvironmentBlock.Parse(environmentBlock);

if (words.Length > 0 && words[0].AsSpan().SequenceEqual("enter"u8)) { return Entry.Run(words.AsSpan(1), environment); }

byte[]? sshConnection = environment.Find("SSH_CONNECTION"u8);
Arguments arguments = Arguments.Parse(words, sshConnection);
ByteText notices = arguments.Notices;
switch (arguments.Verdict)
{
    case Verdict.ShowHelp: return FileNative.TryWriteAll(1, Arguments.Usage) ? 0 : 1;
    case Verdict.ShowVersion: return FileNative.TryWriteAll(1, "moshbroker 0.1.0, a Mosh session broker\n"u8) ? 0 : 1;
    case Verdict.Refuse: return Fail(notices);
    default: break;
}

if (arguments.StreamName is null && !LocaleRule.TryApply(environment, arguments.LocaleSettings, notices)) { return Fail(notices); }
long networkTimeout = NetworkTimeout.Read(environment, notices);
ControlClient? broker = BrokerSocket.Connect(arguments.BrokerSocket, environment, notices);
if (broker is null) { return Fail(notices); }

if (arguments.StreamName is { } name)
{
    ControlMessage stream = new ControlMessage("stream"u8).Add("name"u8, name);
    ReadOnlySpan<byte> client = SshConnection.Word(sshConnection, 0);
    if (NumericAddress.IsValid(client)) { stream.Add("claimed-client"u8, client).Add("claimed-port"u8, SshConnection.Word(sshConnection, 1)); }
    return StreamRelay.Run(broker, stream, notices);
}

CallerState caller = CallerState.TakeFrom(environment);
SessionProgram program = SessionProgram.From(arguments.Command, environment);
ReadOnlySpan<byte> term = arguments.Colors == 256 ? "xterm-256color"u8 : "xterm"u8;
environment.Set("TERM"u8, term);
environment.Set("NCURSES_NO_UTF8_ACS"u8, "1"u8);
environment.Remove("STY"u8);
GoHome(program, environment, notices);

WindowSize size = Pty.SizeOfStandardInput();
if (!Pty.TryOpen(size, out Pty pty, out ReadOnlySpan<byte> failed))
{
    return Fail(notices.AppendNotice("no pseudo-terminal to be had: "u8, new ByteText().Append(failed).Append(": "u8)
        .Append(FileNative.DescribeError(Marshal.GetLastPInvokeError())).Span, " (see sysctl kernel.pty.max and kernel.pty.nr)"u8));
}

if (!TryMakePipe(out int releaseRead, out int releaseWrite))
{
    return Fail(notices.AppendNotice("no pipe to be had: "u8, FileNative.DescribeError(Marshal.GetLastPInvokeError())));
}

if (!Trampoline.TryStart(program, environment, caller, pty, releaseRead, out Trampoline? child, out int error))
{
    return Fail(notices.AppendNotice("/bin/bash, which starts the session's program, can't be started: "u8, FileNative.DescribeError(error)));
}

_ = FileNative.Close(releaseRead);
ControlMessage request = OpenRequest.Compose(arguments, program, size, child!.Pid, networkTimeout, sshConnection, term);
ControlMessage? answer = broker.Ask(request, [pty.Master, releaseWrite], out bool timedOut);
byte[]? port = answer?.Find("port"u8);
byte[]? key = answer?.Find("key"u8);
if (answer is null || !answer.Head.SequenceEqual("ok"u8) || port is null || key is null)
{
    child.End();
    if (timedOut) { notices.AppendNotice("the broker did not answer within 10 seconds; see its log"u8); }
    else if (answer is null) { notices.AppendNotice("the broker closed the connection without an answer; see its log"u8); }
    else { notices.AppendNotice(answer.Find("message"u8) ?? "the broker's answer makes no sense; are its version and ours the same?"u8); }
    return Fail(notices);
}

// Everything that the user should see goes first: the mosh wrapper reads no further than the connect line.
int from = 0;
while (answer.FindNext("warning"u8, ref from) is byte[] warning) { notices.AppendNotice("warning: "u8, warning); }
_ = FileNative.TryWriteAll(2, notices.Span);

// On a terminal the cursor may stand in the middle of a line, and the wrapper wants the word MOSH at the start of one.
var connect = new ByteText();
if (FileNative.IsTerminal(0) == 1) { connect.Append("\r\n\n"u8); }
connect.Append("MOSH CONNECT "u8).Append(port).Append(" "u8).Append(key).Append("\n"u8);
if (!FileNative.TryWriteAll(1, connect.Span)) { return 1; }

var detached = new ByteText().Append("\nmoshbroker 0.1.0\n[mosh session broker detached, session "u8)
    .Append(answer.Find("session"u8) ?? "?"u8).Append(", pid = "u8).Append(child.Pid).Append("]\n"u8);
_ = FileNative.TryWriteAll(2, detached.Span);
return 0;

static int Fail(ByteText notices)
{
    _ = FileNative.TryWriteAll(2, notices.Span);
    return 1;
}

static unsafe void GoHome(SessionProgram program, EnvironmentBlock environment, ByteText notices)
{
    if (program.Home is null) { return; }
    byte[] path = ByteText.ZeroTerminated(program.Home);
    fixed (byte* at = path)
    {
        if (FileNative.ChangeDirectory(at) == 0) { environment.Set("PWD"u8, program.Home); }
        else { notices.AppendNotice("warning: can't enter the home directory "u8, program.Home); }
    }
}

static unsafe bool TryMakePipe(out int readEnd, out int writeEnd)
{
    int* ends = stackalloc int[2];
    bool made = FileNative.Pipe(ends, FileNative.CloseOnExec) == 0;
    (readEnd, writeEnd) = (ends[0], ends[1]);
    return made;
}
