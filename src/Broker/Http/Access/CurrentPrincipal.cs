using MoshBroker.Dashboard.Feed;

namespace MoshBroker.Http.Access;

/// <summary>Who makes this request; set by the gate before anything else looks.</summary>
internal sealed class CurrentPrincipal
{
    private Principal? _value;

    /// <summary>Asks again, for requests that last: true while he would be let in as he was.</summary>
    public Func<bool> IsStillWelcome { get; set; } = () => true;

    /// <exception cref="InvalidOperationException">Nobody was let in: whoever asks stands before the gate.</exception>
    public Principal Value
    {
        get => _value ?? throw new InvalidOperationException("nobody has been let in by this request");
        set => _value = value;
    }
}
