using Barnabas.Platform;

namespace Barnabas.Micro;

/// <summary>
/// How much of the work the busiest reactor has, as a model without threads: clients connect, one connection of each is
/// busy, and the connections are dealt to reactors in several ways; then the busiest give theirs away, one a second.
/// Shares are in fair shares: 1 is the best there is.
/// </summary>
internal static class DealingModel
{
    private const int Rounds = 400;

    private delegate int Dealer(int[] connections, int dealt, Random random);

    public static void Print()
    {
        Console.WriteLine(
            "| reactors, clients, connections of each | dealt | busiest, mean | p99 | after 10 s | 60 s | moves |");
        Console.WriteLine("|---|---|---|---|---|---|---|");
        (int Reactors, int Clients, int Each)[] sizes =
            [(2, 10, 2), (8, 10, 2), (8, 10, 3), (8, 100, 2), (32, 10, 2), (32, 100, 2), (32, 100, 3)];
        foreach ((int reactors, int clients, int each) in sizes)
        {
            Print(reactors, clients, each, "in turn", static (all, dealt, _) => dealt % all.Length);
            Print(reactors, clients, each, "at random", static (all, _, random) => random.Next(all.Length));
            Print(reactors, clients, each, "fewest", static (all, dealt, _) => ReactorBalance.Deal(all, (uint)dealt));
        }
    }

    private static void Print(int reactors, int clients, int each, string name, Dealer deal)
    {
        double[] first = new double[Rounds];
        double after10 = 0, after60 = 0;
        int moves = 0;
        for (int round = 0; round < Rounds; round++)
        {
            List<int>[] shares = Dealt(reactors, clients, each, deal, new Random(round));
            double fair = Math.Max(
                (double)shares.Sum(static own => own.Sum()) / reactors, Most(shares.SelectMany(static own => own)));
            first[round] = Busiest(shares) / fair;
            for (int second = 0; second < 60; second++)
            {
                after10 += second == 10 ? Busiest(shares) / fair : 0;
                moves += MoveForASecond(shares);
            }

            after60 += Busiest(shares) / fair;
        }

        Array.Sort(first);
        double p99 = first[Rounds * 99 / 100];
        Console.WriteLine(FormattableString.Invariant($"| {reactors}, {clients}, {each} | {name} ")
            + FormattableString.Invariant($"| {first.Average():F2} | {p99:F2} | {after10 / Rounds:F2} ")
            + FormattableString.Invariant($"| {after60 / Rounds:F2} | {(double)moves / Rounds:F1} |"));
    }

    /// <summary>The last connection of each client is busy, as a producer's second one is; the others rest.</summary>
    private static List<int>[] Dealt(int reactors, int clients, int each, Dealer deal, Random random)
    {
        int[] connections = new int[reactors];
        List<int>[] shares = [.. Enumerable.Range(0, reactors).Select(static _ => new List<int>())];
        int most = Math.Min(400, 700 * reactors / clients);
        // Others were here before.
        int dealt = random.Next(1000);
        for (int i = 0; i < clients * each; i++)
        {
            int to = deal(connections, dealt + i, random);
            connections[to]++;
            if (i % each == each - 1)
            {
                shares[to].Add(random.Next(most / 4, most));
            }
        }

        return shares;
    }

    private static int MoveForASecond(List<int>[] shares)
    {
        ReactorBalance balance = new(shares.Length);
        for (int i = 0; i < shares.Length; i++)
        {
            balance.Report(i, Load(shares[i]), default);
        }

        int moves = 0;
        for (int giver = 0; giver < shares.Length; giver++)
        {
            int target = balance.FindTarget(giver, default, out int gap);
            long[] work = [.. shares[giver].Select(static share => (long)share)];
            int promised = 0;
            int chosen = target < 0
                ? -1
                : ReactorBalance.Choose(Load(shares[giver]), gap, work, work.Sum(), out promised);
            if (chosen >= 0)
            {
                balance.Promise(target, promised, default);
                shares[target].Add(shares[giver][chosen]);
                shares[giver].RemoveAt(chosen);
                moves++;
            }
        }

        return moves;
    }

    private static double Busiest(List<int>[] shares) => Most(shares.Select(static own => own.Sum()));

    private static int Most(IEnumerable<int> numbers) => numbers.DefaultIfEmpty(0).Max();

    private static int Load(List<int> own) => own.Sum();
}
