using Barnabas.Kernel;

namespace Barnabas.Storage;

/// <summary>Where a batch lies in its segment.</summary>
internal readonly record struct BatchPosition(int Position, int Size, Offset BaseOffset, Offset LastOffset);
