using System.Runtime.InteropServices;
using Barnabas.Kernel;

namespace Barnabas.Platform;

/// <summary>
/// An epoll descriptor, the eventfd that wakes it, and the targets that its events lead to. An event carries the slot
/// of its target and the slot's generation, so one that was fetched before its target left cannot reach the slot's next
/// tenant.
/// </summary>
internal sealed unsafe class EpollSet : IDisposable
{
    public const uint Readable = 0x1;
    public const uint Writable = 0x4;
    public const uint Error = 0x8;
    public const uint HangUp = 0x10;
    private const uint EdgeTriggered = 1u << 31;
    private const int CloseOnExec = 0x80000;
    private const int NonBlocking = 0x800;
    private const int Add = 1;
    private const int Remove = 2;
    private const int Change = 3;
    private const int EventsPerWait = 256;
    private const ulong WakeMark = ulong.MaxValue;

    // struct epoll_event has no padding on x86-64 and four bytes of it elsewhere.
    private static readonly int EventBytes = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;
    private static readonly int MarkAt = EventBytes - sizeof(ulong);

    private readonly byte[] _events = GC.AllocateArray<byte>(EventsPerWait * 16, pinned: true);
    private readonly Stack<int> _freeSlots = new();
    private readonly int _epoll;
    private readonly int _wake;
    private EpollTarget?[] _targets = new EpollTarget?[64];
    private uint[] _generations = new uint[64];
    private int _slotsUsed;

    public EpollSet()
    {
        _epoll = Libc.EpollCreate(CloseOnExec);
        _wake = Libc.EventDescriptor(0, CloseOnExec | NonBlocking);
        if (_epoll < 0 || _wake < 0)
        {
            throw new NetworkException($"cannot make a reactor: {Errno.Text(Errno.Last)}");
        }

        // Edge-triggered: each wake-up is an event of its own, and nobody has to read the counter down.
        Control(Add, _wake, Readable | EdgeTriggered, WakeMark);
    }

    /// <summary>From any thread.</summary>
    public void Wake()
    {
        ulong one = 1;
        _ = Libc.Write(_wake, (byte*)&one, sizeof(ulong));
    }

    public void Register(EpollTarget target, uint events)
    {
        int slot = _freeSlots.Count > 0 ? _freeSlots.Pop() : _slotsUsed++;
        if (slot == _targets.Length)
        {
            Array.Resize(ref _targets, slot * 2);
            Array.Resize(ref _generations, slot * 2);
        }

        _targets[slot] = target;
        target.Slot = slot;
        Control(Add, target.Descriptor, events, MarkOf(slot));
    }

    public void Modify(EpollTarget target, uint events) =>
        Control(Change, target.Descriptor, events, MarkOf(target.Slot));

    /// <summary>Forgets a target whose descriptor goes on living.</summary>
    public void Unregister(EpollTarget target)
    {
        Control(Remove, target.Descriptor, 0, 0);
        Forget(target);
    }

    /// <summary>Forgets a target whose descriptor is closed, which is all that epoll itself needs.</summary>
    public void Forget(EpollTarget target)
    {
        if (target.Slot >= 0)
        {
            _targets[target.Slot] = null;
            _generations[target.Slot]++;
            _freeSlots.Push(target.Slot);
            target.Slot = -1;
        }
    }

    /// <summary>Sleeps at most so long (-1: until something happens) and returns how many events there are.</summary>
    public int Wait(int milliseconds)
    {
        fixed (byte* events = _events)
        {
            int count = Libc.EpollWait(_epoll, events, EventsPerWait, milliseconds);
            Invariant.That(count >= 0 || Errno.Last == Errno.Interrupted);
            return Math.Max(0, count);
        }
    }

    /// <summary>The target of one of the events that <see cref="Wait"/> returned; null if it has left or was a
    /// wake-up.</summary>
    public EpollTarget? TargetOf(int index, out uint events)
    {
        ReadOnlySpan<byte> entry = _events.AsSpan(index * EventBytes, EventBytes);
        events = MemoryMarshal.Read<uint>(entry);
        ulong mark = MemoryMarshal.Read<ulong>(entry[MarkAt..]);
        int slot = (int)(uint)mark;
        return mark != WakeMark && _generations[slot] == (uint)(mark >> 32) ? _targets[slot] : null;
    }

    /// <summary>Slots that are or were in use.</summary>
    public int Slots => _slotsUsed;

    public EpollTarget? TargetAt(int slot) => _targets[slot];

    /// <summary>All targets, for the end of the reactor.</summary>
    public EpollTarget[] Targets() => [.. _targets.OfType<EpollTarget>()];

    public void Dispose()
    {
        Libc.Close(_epoll);
        Libc.Close(_wake);
    }

    private ulong MarkOf(int slot) => ((ulong)_generations[slot] << 32) | (uint)slot;

    private void Control(int operation, int descriptor, uint events, ulong mark)
    {
        Span<byte> change = stackalloc byte[16];
        MemoryMarshal.Write(change, events);
        MemoryMarshal.Write(change[MarkAt..], mark);
        fixed (byte* entry = change)
        {
            int result = Libc.EpollControl(_epoll, operation, descriptor, entry);
            Invariant.That(result == 0, "epoll accepts every descriptor of its reactor");
        }
    }
}
