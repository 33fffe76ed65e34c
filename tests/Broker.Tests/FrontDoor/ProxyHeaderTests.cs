using System.Net;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using MoshBroker.FrontDoor;
using Xunit;

namespace MoshBroker.Broker.Tests.FrontDoor;

public sealed class ProxyHeaderTests
{
    private static readonly byte[] Signature = [0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a];

    [Theory]
    [InlineData("PROXY TCP4 192.0.2.1 198.51.100.7 50000 2222\r\n", "192.0.2.1:50000")]
    [InlineData("PROXY TCP6 2001:db8::1 2001:db8::7 50000 2222\r\n", "[2001:db8::1]:50000")]
    [InlineData("PROXY TCP6 ::ffff:192.0.2.1 ::1 1 2\r\n", "192.0.2.1:1")]
    [InlineData("PROXY UNKNOWN\r\n", null)]
    [InlineData("PROXY UNKNOWN ffff::1 ffff::2 1 2\r\n", null)]
    public void A_line_names_the_client(string line, string? client)
    {
        byte[] received = Encoding.ASCII.GetBytes(line + "SSH-2.0-x\r\n");
        Assert.Equal(ProxyOutcome.Whole, ProxyHeader.Read(received, out int length, out IPEndPoint? found));
        Assert.Equal((line.Length, client), (length, found?.ToString()));
    }

    [Theory]
    [InlineData(0x11, "192.0.2.1", "192.0.2.1:50000")]
    [InlineData(0x21, "2001:db8::1", "[2001:db8::1]:50000")]
    [InlineData(0x21, "::ffff:192.0.2.1", "192.0.2.1:50000")]
    public void A_block_names_the_client_and_what_the_balancer_adds_is_read_over(byte family, string address, string client)
    {
        byte[] block = Block(0x21, family, IPAddress.Parse(address).GetAddressBytes(), extra: 300);
        Assert.Equal(ProxyOutcome.Whole, ProxyHeader.Read([.. block, .. "SSH-"u8], out int length, out IPEndPoint? found));
        Assert.Equal((block.Length, client), (length, found!.ToString()));
    }

    [Fact]
    public void A_balancer_that_speaks_for_itself_names_nobody()
    {
        Assert.Equal(ProxyOutcome.Whole, ProxyHeader.Read(Block(0x20, 0, [], extra: 0), out int length, out IPEndPoint? client));
        Assert.Equal((16, null), (length, client));
    }

    [Theory]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n")]
    [InlineData("PROXY\r\n")]
    [InlineData("PROXY  TCP4 192.0.2.1 192.0.2.2 1 2\r\n")]
    [InlineData("PROXY TCP4 192.0.2.1 192.0.2.2 1\r\n")]
    [InlineData("PROXY TCP4 192.0.2.1 192.0.2.2 1 2 3\r\n")]
    [InlineData("PROXY TCP4 2001:db8::1 192.0.2.2 1 2\r\n")]
    [InlineData("PROXY TCP6 192.0.2.1 192.0.2.2 1 2\r\n")]
    [InlineData("PROXY TCP4 192.0.2.1 192.0.2.2 1 65536\r\n")]
    [InlineData("PROXY TCP4 192.0.2.1 192.0.2.2 -1 2\r\n")]
    [InlineData("PROXY TCP4 192.0.2.1 nowhere 1 2\r\n")]
    [InlineData("PROXY UDP4 192.0.2.1 192.0.2.2 1 2\r\n")]
    [InlineData("proxy TCP4 192.0.2.1 192.0.2.2 1 2\r\n")]
    public void What_is_no_header_is_malformed(string line) =>
        Assert.Equal(ProxyOutcome.Malformed, ProxyHeader.Read(Encoding.ASCII.GetBytes(line), out _, out _));

    [Fact]
    public void A_line_that_does_not_end_is_malformed_once_it_is_too_long()
    {
        string start = "PROXY TCP4 " + new string('1', 200);
        Assert.Equal(ProxyOutcome.Incomplete, ProxyHeader.Read(Encoding.ASCII.GetBytes(start[..106]), out _, out _));
        Assert.Equal(ProxyOutcome.Malformed, ProxyHeader.Read(Encoding.ASCII.GetBytes(start[..107]), out _, out _));
        Assert.Equal(ProxyOutcome.Malformed, ProxyHeader.Read(Encoding.ASCII.GetBytes(start + "\r\n"), out _, out _));
    }

    [Theory]
    [InlineData(0x11, 0x11, 12)] // Version 1 in a block.
    [InlineData(0x31, 0x11, 12)] // Version 3.
    [InlineData(0x22, 0x11, 12)] // A command that nobody knows.
    [InlineData(0x21, 0x12, 12)] // UDP.
    [InlineData(0x21, 0x31, 216)] // A Unix socket.
    [InlineData(0x21, 0x11, 11)] // Addresses cut short.
    [InlineData(0x21, 0x21, 35)]
    [InlineData(0x21, 0x11, 1009)] // Longer than any balancer's.
    public void A_block_of_another_kind_is_malformed(byte command, byte family, int length)
    {
        byte[] block = [.. Signature, command, family, (byte)(length >> 8), (byte)length, .. new byte[length]];
        Assert.Equal(ProxyOutcome.Malformed, ProxyHeader.Read(block, out _, out _));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Every_part_of_a_header_waits_for_the_rest(int version)
    {
        byte[] whole = version == 1 ? "PROXY TCP4 192.0.2.1 198.51.100.7 50000 2222\r\n"u8.ToArray() : Block(0x21, 0x21, new byte[16], extra: 40);
        for (int length = 0; length < whole.Length; length++)
        {
            Assert.Equal(ProxyOutcome.Incomplete, ProxyHeader.Read(whole.AsSpan(0, length), out _, out IPEndPoint? client));
            Assert.Null(client);
        }
    }

    [Fact]
    public void Any_bytes_after_a_signature_are_read_or_refused_within_what_has_come() =>
        Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), ArbMap.Default.ArbFor<bool>(), (rest, isBlock) =>
        {
            byte[] received = [.. isBlock ? Signature : "PROXY "u8.ToArray(), .. rest];
            ProxyOutcome outcome = ProxyHeader.Read(received, out int length, out _);
            return outcome != ProxyOutcome.Whole || length <= Math.Min(received.Length, ProxyHeader.MaxLength);
        }).QuickCheckThrowOnFailure();

    private static byte[] Block(byte command, byte family, byte[] source, int extra)
    {
        byte[] addresses = source.Length == 0 ? [] : [.. source, .. new byte[source.Length], 0xc3, 0x50, 0x08, 0xae];
        int length = addresses.Length + extra;
        return [.. Signature, command, family, (byte)(length >> 8), (byte)length, .. addresses, .. new byte[extra]];
    }
}
