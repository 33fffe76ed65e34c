using MoshBroker.Broker.Tests.Commands;
using MoshBroker.Configuration;
using Npgsql;
using Xunit;

namespace MoshBroker.Broker.Tests.Configuration;

public sealed class PostgresAddressTests
{
    [Theory]
    [InlineData("postgres://ann@db.example:6432/broker", "db.example|6432|broker|ann", "postgres://ann@db.example:6432/broker")]
    [InlineData("postgresql://ann:p%40ss@[2001:db8::1]/broker?sslmode=require", "2001:db8::1|5432|broker|ann", "postgres://ann@2001:db8::1:5432/broker")]
    [InlineData("postgres:///broker?host=/run/postgresql&user=ann", "/run/postgresql|5432|broker|ann", "postgres:///broker?host=/run/postgresql&user=ann")]
    [InlineData("postgres:Host=db;Database=broker;Username=ann;Password=p@ss", "db|5432|broker|ann", "postgres://ann@db:5432/broker")]
    [InlineData("Host=db;Database=broker;Username=ann;Password=p@ss", "db|5432|broker|ann", "postgres://ann@db:5432/broker")]
    public void An_address_is_read_and_printed_without_its_password(string text, string parts, string printed)
    {
        StoreAddress.Postgres address = PostgresAddress.TryParse(text, out string? fault)!;
        NpgsqlConnectionStringBuilder read = new(address.ConnectionString);

        Assert.Null(fault);
        Assert.Equal(parts, $"{read.Host}|{read.Port}|{read.Database}|{read.Username}");
        Assert.Equal(printed, address.ToString());
    }

    [Theory]
    [InlineData("postgres://ann:secret@/broker")]
    [InlineData("postgres://ann:secret@db/broker?nonsense=1")]
    [InlineData("postgres://ann:secret@db:port/broker")]
    [InlineData("postgres:Password=secret")]
    [InlineData("postgres:Host=db;Colour=secret")]
    [InlineData("postgres:Host=db1,db2;Password=secret")]
    public async Task A_bad_address_is_refused_without_repeating_it(string text)
    {
        CommandLineRun run = await CommandLineRun.Of(CommandLineRun.Host(false, ("HOME", "/h")), "serve", "--store", text);

        Assert.Equal(2, run.Status);
        Assert.StartsWith("moshbroker: --store", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_no_address_of_PostgreSQL_is_left_to_others()
    {
        Assert.Null(PostgresAddress.TryParse("mysql://db/broker", out string? fault));
        Assert.Null(fault);
    }
}
