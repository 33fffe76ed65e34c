namespace MoshBroker.Tenants;

/// <summary>The answer to "may he?": one of the two is there.</summary>
internal readonly record struct Decision(Admission? Admission, Denial? Denial)
{
    public static Decision Deny(DenyReason reason, string userLine, string explanation) => new(null, new Denial(reason, userLine, explanation));
}
