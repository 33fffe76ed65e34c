using Microsoft.AspNetCore.Http;

namespace MoshBroker.Dashboard.Components.Shared;

/// <summary>A page that says that there is nothing of that name.</summary>
internal static class NotFound
{
    /// <summary>Gives the page its status. Set while rendering, it would make the framework drop the page.</summary>
    public static void Mark(HttpContext context) => context.Response.OnStarting(() =>
    {
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    });
}
