using MoshBroker.Control;
using MoshBroker.Open.Native;

namespace MoshBroker.Open;

/// <summary>The request that goes to the broker together with the terminal and the release pipe.</summary>
internal static class OpenRequest
{
    /// <summary>The command is for lists of sessions only, so a line of it is enough.</summary>
    private const int MaxCommand = 200;

    public static ControlMessage Compose(
        Arguments arguments, SessionProgram program, WindowSize size, int pid, long networkTimeout, ReadOnlySpan<byte> sshConnection, ReadOnlySpan<byte> term)
    {
        var request = new ControlMessage("open"u8);
        request.Add("pid"u8, new ByteText().Append(pid).Span);
        if (arguments.BindAddress is byte[] address)
        {
            request.Add("bind"u8, address);
            request.Add("bind-source"u8, arguments.IsBindAddressFromSsh ? "ssh"u8 : "option"u8);
        }

        if (arguments.Ports is PortRange ports) { request.Add("ports"u8, ports.ToText()); }
        request.Add("size"u8, new ByteText().Append(size.Columns).Append("x"u8).Append(size.Rows).Span);
        request.Add("command"u8, program.ToDisplay(MaxCommand));
        if (networkTimeout > 0) { request.Add("network-timeout"u8, new ByteText().Append(networkTimeout).Span); }
        // A claim, and a user may claim anything: what isn't an address is not worth repeating.
        ReadOnlySpan<byte> client = SshConnection.Word(sshConnection, 0);
        if (NumericAddress.IsValid(client)) { request.Add("claimed-client"u8, client); }
        if (arguments.IsProbe) { request.Add("probe"u8, []); }
        request.Add("term"u8, term);
        return request;
    }
}
