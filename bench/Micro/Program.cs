using Barnabas.Micro;
using BenchmarkDotNet.Running;

// dotnet run -c Release --project bench/Micro -- dealing | balance | accept | --filter '*Crc32C*'
switch (args)
{
    case ["dealing"]:
        DealingModel.Print();
        break;
    case ["balance"]:
        BalanceMeasurement.Print();
        break;
    case ["accept"]:
        BalanceMeasurement.PrintAccepts();
        break;
    default:
        BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
        break;
}
