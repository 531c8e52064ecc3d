#!/usr/bin/env node
import { enableCompileCache } from 'node:module'

// Before anything else is loaded: a second start then reads compiled code instead of compiling it again.
enableCompileCache()
const { run } = await import('./program.ts')
process.exitCode = await run(process.argv)
