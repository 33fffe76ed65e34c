namespace MoshBroker.Http.Api;

/// <summary>Why a request was refused, and what to do.</summary>
internal sealed record ApiFault(string Error);
