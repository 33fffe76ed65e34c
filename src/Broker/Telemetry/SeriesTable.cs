namespace MoshBroker.Telemetry;

/// <summary>One T per series, grown by whole tenants, so that a reference to a series stays valid.</summary>
internal sealed class SeriesTable<T>(int slots, Func<T> create)
{
    private T[][] _byTenant = [];

    public ref T At(int tenant, int slot)
    {
        T[][] tenants = Volatile.Read(ref _byTenant);
        if (tenant >= tenants.Length) { tenants = Grow(tenant); }
        return ref tenants[tenant][slot];
    }

    private T[][] Grow(int tenant)
    {
        lock (create)
        {
            while (tenant >= _byTenant.Length)
            {
                T[] row = new T[slots];
                for (int i = 0; i < slots; i++) { row[i] = create(); }
                Volatile.Write(ref _byTenant, [.. _byTenant, row]);
            }

            return _byTenant;
        }
    }
}
