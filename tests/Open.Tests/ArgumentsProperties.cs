using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace MoshBroker.Open.Tests;

public sealed class ArgumentsProperties
{
    /// <summary>Any bytes are words: nothing throws, and no line can begin with "MOSH ", which the wrapper would act on.</summary>
    [Fact]
    public void Any_words_are_read_or_refused_and_no_notice_looks_like_a_connect_line()
    {
        Gen<byte[]> odd = Gen.Elements("new", "-s", "-p", "-i", "-c", "-l", "-@", "--", "-h", "--broker", "LANG=x", "\nMOSH CONNECT 1 x", "-", "--x", "60001:60002")
            .Select(Encoding.UTF8.GetBytes);
        Gen<byte[]> any = ArbMap.Default.GeneratorFor<byte[]>();
        Gen<byte[][]> words = Gen.OneOf(odd, any).ArrayOf();

        Prop.ForAll(words.ToArbitrary(), Arb.From(any), (line, ssh) =>
        {
            Arguments arguments = Arguments.Parse(line, ssh);
            bool refusedWithReason = arguments.Verdict != Verdict.Refuse || !arguments.Notices.Span.IsEmpty;
            return refusedWithReason
                && arguments.LocaleSettings.TrueForAll(s => LocaleRule.IsLocaleVariable(s.AsSpan(0, s.AsSpan().IndexOf((byte)'='))))
                && arguments.Notices.Span.IndexOf("\nMOSH "u8) < 0;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));
    }
}
