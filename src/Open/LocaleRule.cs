using MoshBroker.Open.Native;

namespace MoshBroker.Open;

/// <summary>Which locale the session's program gets: the user's own if it is UTF-8, else the one that the client sent.</summary>
internal static unsafe class LocaleRule
{
    // A tab between the names: they are searched one by one, and an array of them would be built at every start.
    private static ReadOnlySpan<byte> Names =>
        "LANG\tLANGUAGE\tLC_CTYPE\tLC_NUMERIC\tLC_TIME\tLC_COLLATE\tLC_MONETARY\tLC_MESSAGES\tLC_PAPER\tLC_NAME\tLC_ADDRESS\tLC_TELEPHONE\tLC_MEASUREMENT\tLC_IDENTIFICATION\tLC_ALL\t"u8;

    /// <summary>One of the fifteen variables that mosh sends along; nothing else may be set from afar.</summary>
    public static bool IsLocaleVariable(ReadOnlySpan<byte> name)
    {
        for (ReadOnlySpan<byte> rest = Names; !rest.IsEmpty; rest = rest[(rest.IndexOf((byte)'\t') + 1)..])
        {
            if (name.SequenceEqual(rest[..rest.IndexOf((byte)'\t')])) { return true; }
        }

        return false;
    }

    /// <summary>
    /// Leaves a UTF-8 locale in <paramref name="environment"/>, changing it only if its own is not one.
    /// False when neither is: then <paramref name="notices"/> says why and what to do.
    /// </summary>
    public static bool TryApply(EnvironmentBlock environment, List<byte[]> clientSettings, ByteText notices)
    {
        byte[] own = UserNative.CharacterSet();
        if (IsUtf8(own)) { return true; }
        byte[] ownSetting = DecidingSetting(environment);

        for (ReadOnlySpan<byte> rest = Names; !rest.IsEmpty; rest = rest[(rest.IndexOf((byte)'\t') + 1)..])
        {
            byte[] name = ByteText.ZeroTerminated(rest[..rest.IndexOf((byte)'\t')]);
            fixed (byte* at = name) { _ = UserNative.RemoveVariable(at); }
            environment.Remove(name.AsSpan(0, name.Length - 1));
        }

        foreach (byte[] setting in clientSettings)
        {
            int equals = setting.AsSpan().IndexOf((byte)'=');
            byte[] name = ByteText.ZeroTerminated(setting.AsSpan(0, equals));
            byte[] value = ByteText.ZeroTerminated(setting.AsSpan(equals + 1));
            fixed (byte* nameAt = name, valueAt = value) { _ = UserNative.SetVariable(nameAt, valueAt, 1); }
            environment.Set(setting.AsSpan(0, equals), setting.AsSpan(equals + 1));
        }

        byte[] client = UserNative.CharacterSet();
        if (IsUtf8(client)) { return true; }

        ByteText line = new ByteText().Append("a UTF-8 locale is needed, and there is none: "u8);
        Describe(line, "the environment here ("u8, ownSetting, own);
        Describe(line.Append(", and "u8), "what the client sent ("u8, DecidingSetting(environment), client);
        notices.AppendNotice(line.Append("; set one that this machine has, here or at the client: LANG=C.UTF-8 is on every Debian, `locale -a` lists the others"u8).ToArray());
        return false;
    }

    /// <summary>"UTF-8" or "utf-8": the spellings that the mosh programs take.</summary>
    private static bool IsUtf8(ReadOnlySpan<byte> characterSet) => characterSet.SequenceEqual("UTF-8"u8) || characterSet.SequenceEqual("utf-8"u8);

    private static void Describe(ByteText line, ReadOnlySpan<byte> whose, ReadOnlySpan<byte> setting, ReadOnlySpan<byte> characterSet)
    {
        line.Append(whose).AppendPrintable(setting);
        if (characterSet.IsEmpty) { line.Append(") names a locale that is not available on this machine"u8); }
        else { line.Append(") selects the character set \""u8).Append(characterSet).Append("\""u8); }
    }

    /// <summary>The variable that decides the character set, as POSIX ranks them.</summary>
    private static byte[] DecidingSetting(EnvironmentBlock environment)
    {
        byte[]? value;
        if ((value = environment.Find("LC_ALL"u8)) is { Length: > 0 }) { return new ByteText().Append("LC_ALL="u8).Append(value).ToArray(); }
        if ((value = environment.Find("LC_CTYPE"u8)) is { Length: > 0 }) { return new ByteText().Append("LC_CTYPE="u8).Append(value).ToArray(); }
        if ((value = environment.Find("LANG"u8)) is { Length: > 0 }) { return new ByteText().Append("LANG="u8).Append(value).ToArray(); }
        return "no locale variable set"u8.ToArray();
    }
}
