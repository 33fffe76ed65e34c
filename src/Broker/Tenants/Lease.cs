namespace MoshBroker.Tenants;

/// <summary>How long a session's right lasts.</summary>
/// <param name="EndsAt"><see cref="DateTimeOffset.MaxValue"/> for no end in sight.</param>
/// <param name="Cause">What ends then, for the user: "your certificate".</param>
internal readonly record struct Lease(DateTimeOffset EndsAt, string Cause)
{
    public static Lease Endless { get; } = new(DateTimeOffset.MaxValue, "");

    public bool HasEnd => EndsAt < DateTimeOffset.MaxValue;

    public Lease Until(DateTimeOffset? end, string cause) => end < EndsAt ? new Lease(end.Value, cause) : this;
}
