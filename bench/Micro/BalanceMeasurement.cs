using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using Barnabas.Kernel;
using Barnabas.Platform;

namespace Barnabas.Micro;

/// <summary>
/// What it costs that busy connections meet on one reactor: two reactors, an echo that takes a while for each request,
/// clients that wait for each answer. And how many connections a second one reactor accepts.
/// </summary>
internal static class BalanceMeasurement
{
    private const int Busy = 8;
    private const int Rounds = 3;
    private static readonly TimeSpan Service = TimeSpan.FromMicroseconds(40);
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan Measured = TimeSpan.FromSeconds(4);

    public static void Print()
    {
        Console.WriteLine("| busy connections | requests/s | p50, us | p99, us | moved |");
        Console.WriteLine("|---|---|---|---|---|");
        for (int round = 0; round < Rounds; round++)
        {
            Measure("all on one reactor, and stay", together: true, movable: false);
            Measure("dealt evenly, and stay", together: false, movable: false);
            Measure("all on one reactor, free to move", together: true, movable: true);
        }
    }

    public static void PrintAccepts()
    {
        for (int round = 0; round < Rounds; round++)
        {
            TransportOptions options = Options(reactors: 2);
            using EpollNetwork network = new(options);
            using EpollNetwork clients = new(Options(reactors: 1));
            using IListener listener = network.Listen(
                new IPEndPoint(IPAddress.Loopback, 0), new Acceptor(static connection => new Echo(connection, false)));
            long ended = 0;
            void Next() => clients.Reactors[0].Connect(
                listener.Local,
                new Acceptor(connection => new Leaver(connection, () =>
                {
                    Interlocked.Increment(ref ended);
                    Next();
                })));
            for (int i = 0; i < Busy; i++)
            {
                Next();
            }

            TimeSpan before = ThreadTime("reactor-0");
            Stopwatch watch = Stopwatch.StartNew();
            Thread.Sleep(Measured);
            double seconds = watch.Elapsed.TotalSeconds;
            double share = (ThreadTime("reactor-0") - before) / watch.Elapsed;
            Console.WriteLine(FormattableString.Invariant(
                $"{ended / seconds:F0} connections/s; accepting and asking reactor: {share:P0} of a core"));
        }
    }

    private static void Measure(string name, bool together, bool movable)
    {
        TransportOptions options = Options(reactors: 2);
        using EpollNetwork network = new(options);
        using EpollNetwork clients = new(Options(reactors: 1));
        ConcurrentDictionary<int, IReactor> homes = new();
        Acceptor acceptor = new(connection =>
        {
            homes[connection.Remote.Port] = connection.Reactor;
            return new Echo(connection, movable);
        });
        using IListener listener = network.Listen(new IPEndPoint(IPAddress.Loopback, 0), acceptor);
        List<Asker> askers = [];
        for (int i = 0; askers.Count < Busy; i++)
        {
            using ManualResetEventSlim connected = new();
            Asker asker = null!;
            clients.Reactors[0].Connect(listener.Local, new Acceptor(connection =>
            {
                asker = new Asker(connection);
                connected.Set();
                return asker;
            }));
            connected.Wait();
            IReactor? home;
            while (!homes.TryGetValue(asker.Port, out home))
            {
                Thread.Yield();
            }

            // Those that are on the wrong one rest.
            if (home == network.Reactors[together ? 1 : askers.Count % 2])
            {
                askers.Add(asker);
            }
        }

        askers.ForEach(asker => clients.Reactors[0].Post(asker));
        Thread.Sleep(Settling);
        Histogram latency = new();
        askers.ForEach(asker => Volatile.Write(ref asker.Latency, latency));
        Stopwatch watch = Stopwatch.StartNew();
        Thread.Sleep(Measured);
        HistogramSnapshot seen = latency.Snapshot();
        double perSecond = seen.Count / watch.Elapsed.TotalSeconds;
        Console.WriteLine(FormattableString.Invariant($"| {name} | {perSecond:F0} | {seen.Quantile(0.5)} ")
            + FormattableString.Invariant($"| {seen.Quantile(0.99)} | {options.Moves.Value} |"));
    }

    private static TransportOptions Options(int reactors) => new()
    {
        Reactors = reactors,
        OnFault = static (_, fault) => Console.Error.WriteLine(fault),
    };

    /// <summary>Processor time of the threads of that name: the server's reactor and that of the clients.</summary>
    private static TimeSpan ThreadTime(string name)
    {
        long ticks = 0;
        foreach (string task in Directory.GetDirectories("/proc/self/task"))
        {
            if (File.ReadAllText($"{task}/comm").TrimEnd() == name)
            {
                string[] fields = File.ReadAllText($"{task}/schedstat").Split(' ');
                ticks += long.Parse(fields[0], System.Globalization.CultureInfo.InvariantCulture) / 100;
            }
        }

        return new TimeSpan(ticks);
    }

    private sealed class Acceptor(Func<IConnection, IConnectionHandler> accept) : IConnectionAcceptor
    {
        public IConnectionHandler? Accept(IConnection connection) => accept(connection);
    }

    /// <summary>Returns what comes, after the time that a request takes.</summary>
    private sealed class Echo(IConnection connection, bool movable) : IConnectionHandler
    {
        private readonly byte[] _buffer = new byte[4096];

        public void OnReadable()
        {
            IoResult received = connection.Receive(_buffer);
            long end = Stopwatch.GetTimestamp() + (long)(Service.TotalSeconds * Stopwatch.Frequency);
            while (received.Count > 0 && Stopwatch.GetTimestamp() < end)
            {
            }

            connection.Send(_buffer.AsSpan(0, received.Count));
        }

        public void OnWritable()
        {
        }

        public void OnClosed()
        {
        }

        public bool TryLeave() => movable;
    }

    /// <summary>Asks, waits for the answer, asks again.</summary>
    private sealed class Asker(IConnection connection) : WorkItem, IConnectionHandler
    {
        private readonly byte[] _buffer = new byte[1024];
        private long _asked;

        public Histogram? Latency;

        public int Port => connection.Local.Port;

        public override void Run()
        {
            _asked = Stopwatch.GetTimestamp();
            connection.Send(_buffer);
        }

        public void OnReadable()
        {
            if (connection.Receive(_buffer).Count > 0)
            {
                Volatile.Read(ref Latency)?.Record((long)Stopwatch.GetElapsedTime(_asked).TotalMicroseconds);
                Run();
            }
        }

        public void OnWritable()
        {
        }

        public void OnClosed()
        {
        }
    }

    /// <summary>Closes as soon as it is connected.</summary>
    private sealed class Leaver : IConnectionHandler
    {
        private readonly Action _gone;

        public Leaver(IConnection connection, Action gone)
        {
            _gone = gone;
            connection.Close();
        }

        public void OnReadable()
        {
        }

        public void OnWritable()
        {
        }

        public void OnClosed() => _gone();
    }
}
