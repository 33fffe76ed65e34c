using System.Diagnostics;
using System.Reflection;
using MoshBroker.Protocol.Crypto;
using MoshBroker.Protocol.StateSync;
using MoshBroker.Testing;
using Xunit;

namespace MoshBroker.Protocol.Tests.Crypto;

public sealed class SessionKeyTests
{
    private const string Printed = "AAECAwQFBgcICQoLDA0ODw";

    [Fact]
    public void The_printed_form_is_base64_without_padding()
    {
        using SessionKey key = new([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]);
        Assert.Equal(Printed, key.ToPrintedForm());
    }

    [Fact]
    public void A_printed_key_is_read_back()
    {
        SeededRandom random = new(2);
        for (int i = 0; i < 1000; i++)
        {
            using SessionKey key = SessionKey.Generate(random);
            Assert.True(SessionKey.TryParse(key.ToPrintedForm(), out SessionKey? parsed));
            Assert.Equal(key.Bytes.ToArray(), parsed.Bytes.ToArray());
            parsed.Dispose();
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("AAECAwQFBgcICQoLDA0OD")]
    [InlineData("AAECAwQFBgcICQoLDA0ODw==")]
    [InlineData("AAECAwQFBgcICQoLDA0ODx")]
    [InlineData("AAECAwQFBgcICQoLDA0OD ")]
    [InlineData("AAECAwQF gcICQoLDA0ODw")]
    [InlineData("AAECAwQF-gcICQoLDA0ODw")]
    [InlineData("AAECAwQFé gcICQoLDA0ODw")]
    public void What_is_not_canonical_is_no_key(string text) => Assert.False(SessionKey.TryParse(text, out _));

    [Fact]
    public void The_last_character_is_one_of_four()
    {
        string last = string.Concat(Enumerable.Range(33, 94).Select(c => (char)c).Where(c => SessionKey.TryParse(Printed[..21] + c, out _)));
        Assert.Equal("AQgw", last);
    }

    [Fact]
    public void Text_made_of_a_key_does_not_show_it()
    {
        using SessionKey key = new(new byte[16]);
        Assert.Equal("SessionKey", key.ToString());
    }

    [Fact]
    public void Neither_text_nor_debugger_nor_serialiser_shows_a_key_or_what_is_made_of_it()
    {
        byte[] bytes = "0123456789abcdef"u8.ToArray();
        using SessionKey key = new(bytes);
        using AesOcb cipher = new(key);
        using TransportScratch scratch = new();
        TransportSetup setup = new() { Sends = Direction.ServerToClient, Key = key, Random = new SeededRandom(1), Scratch = scratch };
        foreach (object holder in new object[] { key, cipher, setup })
            Assert.True(holder.ToString() == holder.GetType().FullName || holder.ToString() == holder.GetType().Name);
        Assert.ThrowsAny<Exception>(() => System.Text.Json.JsonSerializer.Serialize(key));

        // What a debugger unfolds: no member of the key, and no other type of the protocol that holds its bytes.
        Assert.Equal("SessionKey", typeof(SessionKey).GetCustomAttribute<DebuggerDisplayAttribute>()!.Value);
        foreach (MemberInfo member in typeof(SessionKey).GetMembers(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic))
        {
            if (member is FieldInfo { FieldType.IsArray: true } or PropertyInfo)
                Assert.Equal(DebuggerBrowsableState.Never, member.GetCustomAttribute<DebuggerBrowsableAttribute>()?.State);
        }

        Assert.DoesNotContain(typeof(AesOcb).GetFields(BindingFlags.Instance | BindingFlags.NonPublic), f => f.FieldType.IsArray);
    }

    [Fact]
    public void A_disposed_key_is_zero_and_refuses_to_be_read()
    {
        SessionKey key = new("0123456789abcdef"u8);
        ReadOnlySpan<byte> bytes = key.Bytes;
        key.Dispose();
        Assert.Equal(new byte[16], bytes.ToArray());
        Assert.Throws<ObjectDisposedException>(() => key.ToPrintedForm());
    }
}
