using BenchmarkDotNet.Running;

// dotnet run -c Release --project bench/Micro -- --filter '*Crc32C*'
BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
