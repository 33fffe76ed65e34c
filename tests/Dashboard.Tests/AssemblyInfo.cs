// One browser, one broker, two cores: one test at a time.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
