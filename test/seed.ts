import fc from 'fast-check'

// The same cases at every run, so that a red test is red for everybody. PROPERTY_SEED=<number> explores others.
fc.configureGlobal({ seed: Number(process.env.PROPERTY_SEED ?? 1) })
