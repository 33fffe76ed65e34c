using FsCheck;
using FsCheck.Fluent;
using MoshBroker.Control;

namespace MoshBroker.Open.Tests;

public sealed class ControlMessageProperties
{
    [Fact]
    public void Any_values_come_out_as_they_went_in()
    {
        Prop.ForAll(ArbMap.Default.ArbFor<byte[][]>(), values =>
        {
            var message = new ControlMessage("open"u8);
            foreach (byte[] value in values) { message.Add("v"u8, value).Add("other"u8, "v=1\n"u8); }

            ControlMessage read = ControlMessage.FromBody(message.ToFrame()[4..]);
            int from = 0;
            return read.Head.SequenceEqual("open"u8)
                && values.All(value => value.AsSpan().SequenceEqual(read.FindNext("v"u8, ref from)))
                && read.FindNext("v"u8, ref from) is null;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));
    }

    [Fact]
    public void Any_body_can_be_searched()
    {
        Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), body =>
        {
            ControlMessage message = ControlMessage.FromBody(body);
            int from = 0;
            int found = 0;
            while (message.FindNext("a"u8, ref from) is not null) { found++; }
            return found <= body.Length && message.Head.Length <= body.Length;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));
    }
}
