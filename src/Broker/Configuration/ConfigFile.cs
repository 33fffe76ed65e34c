using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace MoshBroker.Configuration;

/// <summary>Reads <c>--config</c>: one YAML mapping, the long flags as keys; a flag that may repeat takes a list too.</summary>
internal static class ConfigFile
{
    private const int MaxLength = 1024 * 1024;

    /// <summary>The settings by flag.</summary>
    /// <exception cref="StartRefusedException">Unreadable, not YAML, or with a key or value that no flag takes; the line is named.</exception>
    public static Dictionary<string, List<Setting>> Read(string file)
    {
        Dictionary<string, List<Setting>> settings = new(StringComparer.Ordinal);
        foreach ((YamlNode key, YamlNode value) in ReadMapping(file))
        {
            string where = $"{file} line {key.Start.Line}:";
            string name = (key as YamlScalarNode)?.Value ?? throw Refuse($"{where} a key must be a word");
            ServeFlag flag = ServeFlags.All.FirstOrDefault(flag => flag.Name == name)
                ?? throw Refuse($"{where} unknown key '{OneLine.Of(name)}': known are {string.Join(", ", ServeFlags.All.Select(known => known.Name))}");
            settings[name] = [.. Values(flag, value).Select(text => new Setting(text, $"{where} {name}", Path.GetDirectoryName(file)!))];
        }

        return settings;

        IEnumerable<string> Values(ServeFlag flag, YamlNode value) => value switch
        {
            YamlScalarNode { Value: { Length: > 0 } text } => [text],
            YamlSequenceNode list when flag.MayRepeat && list.Children.Count > 0 && list.All(item => item is YamlScalarNode { Value.Length: > 0 }) =>
                list.Select(item => ((YamlScalarNode)item).Value!),
            _ => throw Refuse($"{file} line {value.Start.Line}: {flag.Name} takes {flag.Form}{(flag.MayRepeat ? ", or a list of these" : "")}"),
        };
    }

    private static YamlMappingNode ReadMapping(string file)
    {
        try
        {
            if (new FileInfo(file) is { Exists: true, Length: > MaxLength }) { throw Refuse($"config {file} is longer than {MaxLength} bytes"); }
            using StreamReader reader = File.OpenText(file);
            YamlStream yaml = [];
            yaml.Load(reader);
            return yaml.Documents.Count switch
            {
                0 => new YamlMappingNode(),
                1 => yaml.Documents[0].RootNode switch
                {
                    YamlMappingNode mapping => mapping,
                    YamlScalarNode { Value: null or "" } => new YamlMappingNode(),
                    YamlNode other => throw Refuse($"{file} line {other.Start.Line}: write 'flag: value' lines, such as 'ports: 60001:60999'"),
                },
                _ => throw Refuse($"{file} line {yaml.Documents[1].RootNode.Start.Line}: one document only"),
            };
        }
        catch (YamlException e)
        {
            throw Refuse($"{file} line {e.Start.Line}: not YAML: {OneLine.Of(e)}");
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException or IndexOutOfRangeException or NullReferenceException)
        {
            // The scanner's own confusion, which it does not report as such: a plain word that goes on over lines inside braces, for one.
            throw Refuse($"{file}: not YAML: look for a missing quote, comma or bracket");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Refuse($"config {file}: {OneLine.Of(e)}: name a file that the broker's user can read by --config");
        }
    }

    private static StartRefusedException Refuse(string line) => new(line, exitCode: ExitCodes.Usage);
}
