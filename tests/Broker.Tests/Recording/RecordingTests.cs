using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using MoshBroker.Audit;
using MoshBroker.Broker.Tests.Commands;
using MoshBroker.Native;
using MoshBroker.Protocol;
using MoshBroker.Recording;
using MoshBroker.Testing;
using Xunit;

namespace MoshBroker.Broker.Tests.Recording;

public sealed class RecordingTests : IDisposable
{
    private static readonly RecordingStart Start =
        new("1a2b3c4d", "acme", "ann on web-1", new DateTimeOffset(2026, 7, 1, 12, 0, 0, TimeSpan.Zero), 80, 24, RecordsInput: false);

    private readonly TemporaryDirectory _data = new();
    private readonly MonoClock _clock = new(TimeProvider.System);

    private string Folder => Path.Combine(_data.Path, "recordings");

    private string Cast => Path.Combine(Folder, "acme", "20260701T120000Z-1a2b3c4d.cast");

    public void Dispose() => _data.Dispose();

    private RecordingService Service() =>
        new(Folder, RecordingKey.Load(_data.Path), new RecordingLog(NullLogger<RecordingService>.Instance), NoAuditTrail.Instance, _clock);

    /// <summary>A whole recording: begun, told, closed.</summary>
    private void Record(Action<ISessionRecorder, MonoTime> tell, RecordingStart? start = null)
    {
        using RecordingService service = Service();
        ISessionRecorder recorder = service.TryStart(start ?? Start, () => { }, out string? refusal) ?? throw new InvalidOperationException(refusal);
        MonoTime now = _clock.Now();
        tell(recorder, now);
        recorder.End(now);
    }

    private RecordingCheck Check()
    {
        using ECDsa key = RecordingKey.LoadPublic(Path.Combine(_data.Path, RecordingKey.PublicFileName));
        return RecordingCheck.Of(Cast, key);
    }

    private List<JsonElement> Events() => [.. File.ReadLines(Cast).Skip(1).Select(line => JsonDocument.Parse(line).RootElement)];

    [Fact]
    public void A_recording_is_asciicast_2_with_output_resizes_and_markers()
    {
        Record((recorder, now) =>
        {
            recorder.Output(now, "hello \u001b[1mworld\r\n"u8);
            recorder.Resize(now.Plus(1500), 120, 40);
            recorder.Mark(now.Plus(2000), "roamed");
        });

        using JsonDocument head = JsonDocument.Parse(File.ReadLines(Cast).First());
        Assert.Equal(2, head.RootElement.GetProperty("version").GetInt32());
        Assert.Equal(80, head.RootElement.GetProperty("width").GetInt32());
        Assert.Equal(1_782_907_200, head.RootElement.GetProperty("timestamp").GetInt64());
        List<JsonElement> events = Events();
        Assert.Equal(["o", "r", "m"], events.Select(e => e[1].GetString()));
        Assert.Equal(["hello \u001b[1mworld\r\n", "120x40", "roamed"], events.Select(e => e[2].GetString()));
        Assert.InRange(events[1][0].GetDouble() - events[0][0].GetDouble(), 1.4999, 1.5001);
    }

    [Fact]
    public void A_character_that_two_reads_cut_is_one_and_bytes_that_are_none_are_replaced()
    {
        Record((recorder, now) =>
        {
            recorder.Output(now, [0xe2, 0x82]);
            recorder.Output(now, [0xac, (byte)'x', 0xff]);
        });

        Assert.Equal("€x\ufffd", string.Concat(Events().Select(e => e[2].GetString())));
    }

    [Fact]
    public void Keys_are_recorded_only_where_policy_wants_them()
    {
        Record((recorder, now) => recorder.Input(now, "secret"u8));
        Assert.Empty(Events());

        File.Delete(Cast);
        File.Delete(RecordingCheck.ChainOf(Cast));
        Record((recorder, now) => recorder.Input(now, "ls\r"u8), Start with { RecordsInput = true });
        Assert.Equal("i", Assert.Single(Events())[1].GetString());
    }

    [Fact]
    public void A_whole_recording_verifies()
    {
        Record((recorder, now) =>
        {
            for (int i = 0; i < 3000; i++) { recorder.Output(now.Plus(i), Encoding.UTF8.GetBytes($"line {i} of a program that says a lot of things\r\n")); }
        });

        RecordingCheck check = Check();
        Assert.Null(check.Fault);
        Assert.True(check.IsComplete);
        Assert.Equal("1a2b3c4d", check.Session);
        Assert.Equal(new FileInfo(Cast).Length, check.Bytes);
        Assert.True(check.Blocks > 1, $"{check.Blocks} blocks");
    }

    [Fact]
    public void Any_flipped_byte_of_recording_or_chain_is_found()
    {
        Record((recorder, now) => recorder.Output(now, "hello\r\n"u8));
        byte[] cast = File.ReadAllBytes(Cast);
        string chain = RecordingCheck.ChainOf(Cast);
        byte[] links = File.ReadAllBytes(chain);
        for (int i = 0; i < cast.Length; i++)
        {
            cast[i] ^= 1;
            File.WriteAllBytes(Cast, cast);
            Assert.NotNull(Check().Fault);
            cast[i] ^= 1;
        }

        File.WriteAllBytes(Cast, cast);
        for (int i = 0; i < links.Length - 1; i++)
        {
            links[i] ^= 1;
            File.WriteAllBytes(chain, links);
            Assert.True(Check().Fault is not null, $"byte {i} of the chain, now '{(char)links[i]}'");
            links[i] ^= 1;
        }
    }

    [Fact]
    public void A_recording_whose_end_was_cut_off_together_with_its_chain_is_not_complete()
    {
        Record((recorder, now) =>
        {
            for (int i = 0; i < 3000; i++) { recorder.Output(now, Encoding.UTF8.GetBytes($"line {i} of a program that says a lot of things\r\n")); }
        });
        string chain = RecordingCheck.ChainOf(Cast);
        string[] lines = File.ReadAllLines(chain);
        File.WriteAllLines(chain, lines[..^1]);

        RecordingCheck check = Check();
        Assert.False(check.IsComplete);

        File.WriteAllLines(chain, [.. lines[..1], .. lines[2..]]);
        Assert.Contains("the chain goes on with block 2", Check().Fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Files_are_for_their_owner_only_and_the_key_too()
    {
        Record((_, _) => { });

        const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        Assert.Equal(Owner, File.GetUnixFileMode(Cast));
        Assert.Equal(Owner, File.GetUnixFileMode(RecordingCheck.ChainOf(Cast)));
        Assert.Equal(Owner, File.GetUnixFileMode(Path.Combine(_data.Path, RecordingKey.FileName)));
    }

    [Fact]
    public void A_folder_that_cannot_be_written_refuses_the_recording_with_the_reason()
    {
        Directory.CreateDirectory(_data.Path);
        File.WriteAllText(Folder, "in the way");
        using RecordingService service = Service();

        Assert.Null(service.TryStart(Start, () => { }, out string? refusal));
        Assert.Contains(Cast, refusal, StringComparison.Ordinal);
        Assert.Equal(1, service.Failures);
    }

    [Fact]
    public async Task A_full_disk_holds_the_session_back_and_loses_nothing_of_what_was_taken()
    {
        using SmallDisk? disk = SmallDisk.Mount(_data.Path, Folder, megabytes: 1);
        Assert.NotNull(disk); // Needs root, which CI is.
        using SemaphoreSlim caughtUp = new(0);
        long taken = 0;
        using (RecordingService service = Service())
        {
            ISessionRecorder recorder = service.TryStart(Start, () => caughtUp.Release(), out _)!;
            byte[] output = Encoding.ASCII.GetBytes(new string('x', 4000));
            while (service.Failures == 0)
            {
                // As a session does: while the recording is behind, no more is taken from the program.
                if (!recorder.KeepsUp && !await caughtUp.WaitAsync(TimeSpan.FromMilliseconds(100))) { continue; }
                recorder.Output(_clock.Now(), output);
                taken += output.Length;
                Assert.True(taken < 64 * 1024 * 1024, "a full disk was not noticed");
            }

            Assert.True(disk.Grow(megabytes: 64));
            while (!recorder.KeepsUp) { Assert.True(await caughtUp.WaitAsync(TimeSpan.FromSeconds(30)), "the recording does not go on"); }
            recorder.End(_clock.Now());
        }

        Assert.Null(Check().Fault);
        Assert.True(Check().IsComplete);
        Assert.Equal(taken, Events().Where(e => e[1].GetString() == "o").Sum(e => e[2].GetString()!.Length));
    }

    [Fact]
    public async Task The_command_says_what_holds_and_what_does_not()
    {
        Record((recorder, now) => recorder.Output(now, "hello\r\n"u8));
        CommandLineRun whole = await CommandLineRun.Of("recording", "verify", Cast, "--data", _data.Path);
        Assert.Equal(0, whole.Status);
        Assert.Matches(@"session 1a2b3c4d, 1 blocks, \d+ bytes, unchanged and signed by SHA256:.+; it is complete\.", whole.Output);

        File.WriteAllText(Cast, File.ReadAllText(Cast).Replace("hello", "hullo", StringComparison.Ordinal));
        CommandLineRun changed = await CommandLineRun.Of("recording", "verify", Cast, "--data", _data.Path);
        Assert.Equal(1, changed.Status);
        Assert.Equal($"moshbroker: {Cast} does not hold: block 1, from byte 0: bytes were changed (0 blocks before that do)\n", changed.Error);

        CommandLineRun missing = await CommandLineRun.Of("recording", "verify", Cast, "--data", "/nowhere");
        Assert.Contains("name the broker's recording.pub by --key", missing.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_recording_that_was_left_open_is_gone_on_with_in_the_same_file_and_the_chain_holds()
    {
        Leave((recorder, now) => recorder.Output(now, "before\r\n"u8));
        Resume((recorder, now) =>
        {
            recorder.Mark(now, "broker restarted");
            recorder.Output(now, "after\r\n"u8);
        });
        RecordingCheck check = Check();
        Assert.Equal((null, true), (check.Fault, check.IsComplete));
        Assert.Equal(["before\r\n", "broker restarted", "after\r\n"], Events().Select(e => e[2].GetString()));
        Assert.True(Events()[1][0].GetDouble() >= 60, "its time goes on"); // It began a minute before.
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void What_a_killed_broker_had_not_vouched_for_is_cut_off_before_it_goes_on(int blocks)
    {
        Leave((recorder, now) => recorder.Output(now, "whole\r\n"u8));
        string chain = RecordingCheck.ChainOf(Cast);
        if (blocks == 0)
        {
            // Killed before its first block was there.
            File.WriteAllText(chain, File.ReadLines(chain).First() + "\n");
            File.WriteAllText(Cast, "half a header");
        }
        else
        {
            File.AppendAllText(Cast, "[1.0, \"o\", \"half a li");
            File.AppendAllText(chain, "{\"block\":2,\"off");
        }

        Resume((recorder, now) => recorder.Output(now, "after\r\n"u8));
        RecordingCheck check = Check();
        Assert.Equal((null, true), (check.Fault, check.IsComplete));
        Assert.Equal(blocks == 0 ? ["after\r\n"] : ["whole\r\n", "after\r\n"], Events().Select(e => e[2].GetString()));
        using JsonDocument head = JsonDocument.Parse(File.ReadLines(Cast).First());
        Assert.Equal(2, head.RootElement.GetProperty("version").GetInt32());
    }

    [Fact]
    public void A_closed_recording_another_sessions_and_one_of_another_key_are_left_alone()
    {
        Record((recorder, now) => recorder.Output(now, "closed"u8));
        using RecordingService service = Service();
        Assert.Null(service.TryResume(Start, Start.StartedAt, () => { }));
        Assert.Null(service.TryResume(Start with { Session = "ffffffff" }, Start.StartedAt, () => { }));
        string chain = RecordingCheck.ChainOf(Cast);
        string[] lines = File.ReadAllLines(chain);
        File.WriteAllText(chain, lines[0].Replace("SHA256:", "SHA256:x", StringComparison.Ordinal) + "\n");
        Assert.Null(service.TryResume(Start, Start.StartedAt, () => { }));
    }

    /// <summary>As a broker does that hands over.</summary>
    private void Leave(Action<ISessionRecorder, MonoTime> tell)
    {
        using RecordingService service = Service();
        tell(service.TryStart(Start, () => { }, out _)!, _clock.Now());
        service.Leave();
    }

    private void Resume(Action<ISessionRecorder, MonoTime> tell)
    {
        using RecordingService service = Service();
        ISessionRecorder recorder = service.TryResume(Start, Start.StartedAt.AddMinutes(1), () => { })!;
        MonoTime now = _clock.Now();
        tell(recorder, now);
        recorder.End(now);
    }
}
