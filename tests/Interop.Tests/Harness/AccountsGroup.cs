namespace MoshBroker.Interop.Tests.Harness;

/// <summary>Tests that need accounts, and so root.</summary>
[CollectionDefinition(Name)]
public sealed class AccountsGroup : ICollectionFixture<AccountsFixture>
{
    public const string Name = "accounts";
}
