namespace MoshBroker.Tenants.Reading;

internal enum NodeKind
{
    Scalar,
    List,
    Mapping,
}
