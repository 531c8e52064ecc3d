import { parseArgs } from 'node:util'
import { guanxi } from './adapters/guanxi.ts'
import { check, report } from './check.ts'

// `npm run conformance -- --url http://127.0.0.1:7250 --key gx_...` asks a running, empty instance.
const { values } = parseArgs({ options: { url: { type: 'string' }, key: { type: 'string' } } })
if (!values.url || !values.key) {
  console.error('Say where an empty Guanxi runs and give it a key: --url http://127.0.0.1:7250 --key gx_...')
  process.exit(2)
}
const system = guanxi({ url: values.url.replace(/\/$/, ''), key: values.key })
await system.start()
const checked = await check(system)
console.log(report(system, checked))
process.exitCode = checked.some(({ verdict }) => verdict === 'broken' || verdict === 'failed') ? 1 : 0
