using System.Text;
using MoshBroker.Broker.Tests.Telemetry;
using MoshBroker.Endpoint;
using MoshBroker.Telemetry;
using Xunit;

namespace MoshBroker.Broker.Tests.Sessions;

/// <summary>A channel answers a new address with little until it proves itself.</summary>
public sealed class PathValidationTests
{
    private static readonly UdpPath Elsewhere = MemoryEndpoint.From("203.0.113.7", 40_000);

    [Fact]
    public void A_client_that_moves_is_answered_there_at_once_and_moved_once()
    {
        using StagedSession session = Typing(out ScriptedClient client);
        session.Endpoint().Lost.Add(client.Path.Peer);
        client.Path = Elsewhere;
        client.Type("b");
        session.RunUntil(() => session.Backend.Input.EndsWith('b'), "the key");
        session.Backend.Print(session.Now, "b");
        session.RunUntil(() => client.Row(0) == "ab", "the echo at the new address");
        session.Run(500);
        session.Backend.Print(session.Now, new string('x', 5000));
        session.RunUntil(() => client.Row(20).EndsWith('x'), "more than an unproven address gets");

        Assert.Equal([("203.0.113.7:40000", true)], session.Moves.Skip(1));
        (double sent, double received) = Unvalidated(session);
        Assert.InRange(sent, 1, 3 * received);
    }

    [Fact]
    public void A_copier_gets_three_times_what_he_sends_at_most_and_the_client_keeps_its_screen()
    {
        using StagedSession session = Typing(out ScriptedClient client);
        UdpPath home = client.Path;
        session.Endpoint().Lost.Add(Elsewhere.Peer);
        session.Endpoint().Copier = Elsewhere;
        for (int i = 0; i < 20; i++)
        {
            client.Type("k");
            session.Backend.Print(session.Now, $"\e[H\e[2Jpage {i}\r\n{new string((char)('a' + i), 1500)}");
            int page = i;
            session.RunUntil(() => client.Row(0) == $"page {page}", $"page {page}");
        }

        (double sent, double received) = Unvalidated(session);
        Assert.True(received > 500);
        Assert.InRange(sent, 1, 3 * received);
        session.Run(1500);
        Assert.Equal(home.Peer.ToString(), session.Moves[^1].Peer);
        Assert.Empty(session.Failures);
    }

    [Fact]
    public void However_many_addresses_copies_come_from_nobody_is_answered_who_sent_nothing_authentic()
    {
        using StagedSession session = Typing(out ScriptedClient client);
        for (int i = 1; i < 60; i++)
        {
            session.Endpoint().Copier = MemoryEndpoint.From($"203.0.{i}.7", 40_000);
            client.Type("k");
            session.Backend.Print(session.Now, $"{i} ");
            session.Run(300);
        }

        Assert.True(Unvalidated(session).Received > 0);
        Assert.Equal(0, session.Host.Metrics.ReadNodePulse().Unauthenticated);
    }

    [Fact]
    public void Who_seems_to_flap_between_networks_is_told_to_the_auditor_and_answered_where_he_hears_us()
    {
        using StagedSession session = Typing(out ScriptedClient client);
        session.Endpoint().Lost.Add(Elsewhere.Peer);
        for (int i = 0; i < 40 && session.Flapping.Count == 0; i++)
        {
            session.Endpoint().Copier = i % 2 == 0 ? Elsewhere : null;
            client.Type("k");
            session.Run(300);
        }

        Assert.Equal([client.Path.Peer.ToString()], session.Flapping);
        Assert.True(Sum(session, "moshbroker_roam_flaps_total") > 4);
    }

    [Fact]
    public void Who_copies_all_the_while_is_told_of_though_the_client_is_not_followed_to_him()
    {
        using StagedSession session = Typing(out ScriptedClient client);
        session.Endpoint().Lost.Add(Elsewhere.Peer);
        session.Endpoint().Copier = Elsewhere;
        for (int second = 0; second < 60; second++)
        {
            client.Type("k");
            session.Backend.Print(session.Now, "k");
            session.Run(1000);
        }

        Assert.InRange(Sum(session, "moshbroker_roam_flaps_total"), 5, 12);
        Assert.Contains(session.Host.Metrics.Lookout.Take(session.Now).Flaps, flap => flap.Count >= 5);
    }

    [Fact]
    public void A_client_that_really_moves_to_and_fro_is_no_copier()
    {
        using StagedSession session = Typing(out ScriptedClient client);
        UdpPath home = client.Path;
        for (int move = 0; move < 3; move++)
        {
            client.Path = move % 2 == 0 ? Elsewhere : home;
            for (int second = 0; second < 20; second++)
            {
                client.Type("k");
                session.Backend.Print(session.Now, "k");
                session.Run(1000);
            }
        }

        Assert.Equal(2, Sum(session, "moshbroker_roam_flaps_total")); // Back home, and there again.
    }

    private static StagedSession Typing(out ScriptedClient client)
    {
        StagedSession session = StagedSession.Started();
        ScriptedClient joined = client = session.Join();
        session.RunUntil(() => session.Backend.IsReleased, "the client is there");
        joined.Type("a");
        session.Backend.Print(session.Now, "a");
        session.RunUntil(() => joined.Row(0) == "a", "the first echo");
        session.Run(1000);
        return session;
    }

    private static (double Sent, double Received) Unvalidated(StagedSession session) =>
        (Sum(session, "moshbroker_unvalidated_path_sent_bytes_total"), Sum(session, "moshbroker_unvalidated_path_received_bytes_total"));

    private static double Sum(StagedSession session, string name)
    {
        MetricsText text = new(isOpenMetrics: false);
        session.Host.Metrics.Registry.WriteTo(text);
        text.End();
        return ScrapedSeries.Parse(Encoding.UTF8.GetString(text.Written.Span)).Where(series => series.Name == name).Sum(series => series.Value);
    }
}
