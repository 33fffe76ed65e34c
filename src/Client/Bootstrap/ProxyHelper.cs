using System.Text;
using MoshBroker.Client.Native;

namespace MoshBroker.Client.Bootstrap;

/// <summary>
/// What ssh runs as its ProxyCommand: connects, says on stderr to which address, and hands the connection to ssh, so that no byte of it passes
/// through us.
/// </summary>
internal static class ProxyHelper
{
    private const int StandardOutput = 1;

    /// <param name="words">FAMILY -- HOST PORT.</param>
    public static int Run(ReadOnlySpan<string> words)
    {
        if (words.Length != 4 || words[1] != "--") { return ExitStatus.Usage; }
        (string family, string host, string port) = (words[0], words[2], words[3]);
        List<byte[]> addresses = HostAddresses.Find(host, port, family, out string error);
        string lastError = $"{host}: {error}";
        foreach (byte[] address in addresses)
        {
            string text = SocketNative.AddressText(address);
            int socket = SocketNative.Socket(SocketNative.FamilyOf(address), SocketNative.Stream | FileNative.CloseOnExec, 0);
            int result = socket < 0 ? System.Runtime.InteropServices.Marshal.GetLastPInvokeError() : SocketNative.Connect(socket, address);
            if (result == 0)
            {
                _ = FileNative.TryWriteAll(2, Encoding.ASCII.GetBytes($"MOSH IP {text}\n"));
                if (SocketNative.TryPass(StandardOutput, socket)) { return ExitStatus.Clean; }
                FileNative.Say("moshbroker: ssh does not take the connection over (it needs ProxyUseFdpass); try --experimental-remote-ip=remote");
                return ExitStatus.NotStarted;
            }

            lastError = $"{text} port {port}: {FileNative.DescribeError(result)}";
            if (socket >= 0) { _ = FileNative.Close(socket); }
        }

        FileNative.Say("moshbroker: can't connect to " + lastError);
        return ExitStatus.NotStarted;
    }
}
