// Latencies are measured here and two cores are shared with what is measured: one test at a time.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
