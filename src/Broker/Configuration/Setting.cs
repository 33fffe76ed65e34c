namespace MoshBroker.Configuration;

/// <summary>A value somebody wrote, and where, so that an error can name the place.</summary>
/// <param name="Where">The start of an error line: "--ports" or "broker.yaml line 3: ports".</param>
/// <param name="Folder">What a relative path is relative to: the working directory, or the config file's folder.</param>
internal readonly record struct Setting(string Value, string Where, string Folder)
{
    public StartRefusedException Refuse(string whatAndCure) =>
        new($"{Where} {OneLine.Of(Value)}: {whatAndCure}", exitCode: ExitCodes.Usage);

    /// <summary>As <see cref="Refuse"/>, for a value that may hold a password.</summary>
    public StartRefusedException RefuseUnquoted(string whatAndCure) => new($"{Where}: {whatAndCure}", exitCode: ExitCodes.Usage);

    public string ToFullPath() => Value.Length > 0 ? Path.GetFullPath(Value, Folder) : throw Refuse("a path is missing");
}
