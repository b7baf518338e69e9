using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Entities;
using ToolboxAI.Tests.Simulation.Harness;

namespace ToolboxAI.Tests.Simulation.Scenarios;

/// <summary>
/// Entities: accounts that are paid into by signals, and transfers between them under locks, some of which fail half-way. No
/// money may come or go, no transfer may see another's half, and every lock must be free in the end.
/// </summary>
public static class EntitiesScenario
{
    /// <summary>The name on the command line.</summary>
    public const string Name = "entities";

    private const string TransferName = "Transfer";
    private const string CheckName = "Check";
    private const int Opening = 100;
    private static readonly TaskOptions Tries = TaskOptions.FromRetryPolicy(new RetryPolicy(100, TimeSpan.FromSeconds(1)));

    /// <summary>Runs a seed.</summary>
    public static async Task<Outcome> Run(int seed, Plants plants, Action<string>? trace)
    {
        await using var world = new SimulatedWorld(seed, plants, trace);
        foreach (var name in (string[])["p1", "p2"])
        {
            var process = world.AddProcess(name);
            process.Worker = world.Hub.CreateWorker(Tasks(process), clock: process.Clock);
        }

        var (s, client) = (world.Scheduler, world.Hub.CreateClient());
        s.Faults = FaultPlan.Draw(s);
        var accounts = Enumerable.Range(0, 2 + s.Next(3)).Select(number => new EntityInstanceId(nameof(Account), $"a{number}")).ToList();
        var paidIn = accounts.Count * Opening;
        foreach (var account in accounts)
        {
            await client.Entities.SignalEntityAsync(account, nameof(Account.Add), Opening);
        }

        for (var count = s.Next(6); count > 0; count--)
        {
            var (account, amount) = (s.Pick(accounts), 1 + s.Next(50));
            paidIn += amount;
            world.Plans.Outside(Soon(world), $"pays {amount} into {account}", () => client.Entities.SignalEntityAsync(account, nameof(Account.Add), amount));
        }

        var transfers = Enumerable.Range(1, 2 + s.Next(6)).ToDictionary(number => $"transfer-{number}", _ => Draw(s, accounts));
        foreach (var (id, transfer) in transfers)
        {
            world.Plans.Outside(Soon(world), $"starts {id}: {transfer}", () =>
                client.ScheduleNewOrchestrationInstanceAsync(TransferName, transfer, new StartOrchestrationOptions(id)));
        }

        await world.Run(world.Clock.Start + TimeSpan.FromDays(1));
        world.Calm();
        await world.Run(world.Clock.Start + TimeSpan.FromDays(2));
        return new(await Check(world, accounts, transfers, paidIn), await world.CountOrchestrations(), world.Scheduler.Steps);
    }

    private static DateTimeOffset Soon(SimulatedWorld world) =>
        world.Clock.Start + world.Scheduler.Between(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1));

    private static Transfer Draw(Scheduler s, List<EntityInstanceId> accounts)
    {
        var from = s.Next(accounts.Count);
        var to = (from + 1 + s.Next(accounts.Count - 1)) % accounts.Count;
        return new(accounts[from].ToString(), accounts[to].ToString(), 1 + s.Next(80), s.Chance(0.2));
    }

    private static DurableTaskRegistry Tasks(SimulatedProcess process)
    {
        var tasks = new DurableTaskRegistry();
        tasks.AddEntity<Account>();
        tasks.AddOrchestratorFunc<Transfer, string>(TransferName, Run);
        tasks.AddActivityFunc<Transfer, bool>(CheckName, (_, transfer) => transfer.IsForbidden
            ? throw new InvalidOperationException("The transfer is forbidden.")
            : process.Acts(() => Task.FromResult(true)));
        return tasks;
    }

    private static async Task<string> Run(TaskOrchestrationContext context, Transfer transfer)
    {
        var (from, to) = (EntityInstanceId.FromString(transfer.From), EntityInstanceId.FromString(transfer.To));
        await using (await context.Entities.LockEntitiesAsync(from, to))
        {
            var before = await context.Entities.CallEntityAsync<int>(from, nameof(Account.Get));
            await context.CallActivityAsync<bool>(CheckName, transfer, transfer.IsForbidden ? null : Tries);
            if (before < transfer.Amount)
            {
                return "refused";
            }

            await context.Entities.CallEntityAsync(from, nameof(Account.Add), -transfer.Amount);
            await context.Entities.CallEntityAsync(to, nameof(Account.Add), transfer.Amount);
            var after = await context.Entities.CallEntityAsync<int>(from, nameof(Account.Get));
            return after == before - transfer.Amount ? "made" : $"disturbed: {before} before, {after} after {transfer.Amount}";
        }
    }

    private static async Task<List<string>> Check(
        SimulatedWorld world, List<EntityInstanceId> accounts, Dictionary<string, Transfer> transfers, int paidIn)
    {
        var (broken, client) = (new List<string>(world.Surprises), world.Hub.CreateClient());
        broken.AddRange((await world.Hub.ListSetAsideAsync()).Select(work => $"set aside: {work}"));
        foreach (var (id, transfer) in transfers)
        {
            var instance = await client.GetInstanceAsync(id, getInputsAndOutputs: true);
            var expected = transfer.IsForbidden ? OrchestrationRuntimeStatus.Failed : OrchestrationRuntimeStatus.Completed;
            if (instance?.RuntimeStatus != expected)
            {
                broken.Add($"{id} is {instance?.RuntimeStatus}, not {expected}: {instance?.FailureDetails?.ErrorMessage}");
            }
            else if (!transfer.IsForbidden && instance.ReadOutputAs<string>() is not ("made" or "refused"))
            {
                broken.Add($"{id}: {instance.ReadOutputAs<string>()}");
            }
        }

        var balances = new List<int>();
        foreach (var account in accounts)
        {
            var found = await client.Entities.GetEntityAsync<int>(account);
            balances.Add(found?.State ?? 0);
            if (found?.LockedBy is { } holder)
            {
                broken.Add($"{account} is still locked by {holder}");
            }
        }

        if (balances.Sum() != paidIn || balances.Exists(balance => balance < 0))
        {
            broken.Add($"the accounts hold {string.Join(" + ", balances)}, {paidIn} was paid in");
        }

        return broken;
    }

    /// <summary>A transfer of money.</summary>
    public sealed record Transfer(string From, string To, int Amount, bool IsForbidden);

    /// <summary>An account: a number.</summary>
    public sealed class Account : TaskEntity<int>
    {
        /// <summary>Pays in, or out.</summary>
        public void Add(int amount) => State += amount;

        /// <summary>The balance.</summary>
        public int Get() => State;
    }
}
