namespace MoshBroker.Configuration;

/// <summary>One flag of <c>serve</c>: <c>--name</c> on the command line, <c>name:</c> in the config file.</summary>
internal sealed record ServeFlag(string Name, string Form, string Description, bool MayRepeat = false);
