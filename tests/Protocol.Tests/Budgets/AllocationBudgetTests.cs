using System.Reflection;
using System.Text.Json;
using BenchmarkDotNet.Attributes;
using MoshBroker.Protocol.Benchmarks;
using Xunit;

namespace MoshBroker.Protocol.Tests.Budgets;

/// <summary>Each benchmark of bench/Protocol.Benchmarks allocates no more for an operation, in the steady state, than budgets.json allows.</summary>
public class AllocationBudgetTests
{
    private const int WarmUps = 50;
    private const int OperationsPerRound = 50;

    // A collection may empty the shared array pool in mid-round; the steady state is what the best round shows.
    private const int Rounds = 20;

    public static TheoryData<string> Operations => [.. Budgets().Keys];

    [Theory]
    [MemberData(nameof(Operations))]
    public void The_operation_stays_within_its_budget(string operation)
    {
        MethodInfo method = Benchmarks().Single(candidate => NameOf(candidate) == operation);
        object benchmark = Activator.CreateInstance(method.DeclaringType!)!;
        Func<int> run = method.CreateDelegate<Func<int>>(benchmark);
        for (int i = 0; i < WarmUps; i++) { run(); }

        long least = long.MaxValue;
        for (int round = 0; round < Rounds && least > Budgets()[operation] * OperationsPerRound; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < OperationsPerRound; i++) { run(); }
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        (benchmark as IDisposable)?.Dispose();
        Assert.True(least <= Budgets()[operation] * OperationsPerRound, $"{operation} allocates {least / OperationsPerRound} bytes");
    }

    [Fact]
    public void Every_benchmark_has_a_budget() => Assert.Equal(Benchmarks().Select(NameOf).Order(), Budgets().Keys.Order());

    private static IEnumerable<MethodInfo> Benchmarks() =>
        typeof(EmulatorBenchmarks).Assembly.GetTypes().SelectMany(type => type.GetMethods()).Where(method => method.IsDefined(typeof(BenchmarkAttribute)));

    private static string NameOf(MethodInfo method) => $"{method.DeclaringType!.Name}.{method.Name}";

    private static Dictionary<string, long> Budgets()
    {
        using JsonDocument budgets = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "budgets.json")));
        return budgets.RootElement.GetProperty("protocol").Deserialize<Dictionary<string, long>>()!;
    }
}
