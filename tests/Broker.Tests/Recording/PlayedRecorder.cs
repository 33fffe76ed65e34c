using System.Text;
using MoshBroker.Protocol;
using MoshBroker.Recording;

namespace MoshBroker.Broker.Tests.Recording;

/// <summary>A recording that the test lets fall behind or break.</summary>
internal sealed class PlayedRecorder : ISessionRecorder
{
    public bool KeepsUp { get; set; } = true;

    public bool IsBroken { get; set; }

    /// <summary>"output …", "resize 80x24", "mark …", "end", in order.</summary>
    public List<string> Events { get; } = [];

    public void Output(MonoTime now, ReadOnlySpan<byte> bytes) => Events.Add($"output {Encoding.UTF8.GetString(bytes)}");

    public void Input(MonoTime now, ReadOnlySpan<byte> bytes) => Events.Add($"input {Encoding.UTF8.GetString(bytes)}");

    public void Resize(MonoTime now, int columns, int rows) => Events.Add($"resize {columns}x{rows}");

    public void Mark(MonoTime now, string label) => Events.Add($"mark {label}");

    public void End(MonoTime now) => Events.Add("end");
}
