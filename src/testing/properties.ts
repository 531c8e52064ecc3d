import fc from 'fast-check'

// On a developer's machine every run tries new inputs. In CI the inputs are always the same, so that a change is judged by
// what it changed; `FAST_CHECK_SEED` repeats a run that failed elsewhere.
const seed = process.env.FAST_CHECK_SEED ?? (process.env.CI ? '727250' : undefined)
if (seed !== undefined) fc.configureGlobal({ seed: Number(seed) })
