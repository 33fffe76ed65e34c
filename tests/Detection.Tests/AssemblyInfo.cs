// Scenarios run side by side already, as many as two cores carry: one test at a time.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
