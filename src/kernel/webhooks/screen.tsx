import { useAsk } from '../../../web/api.ts'
import { Answer } from '../../../web/kit/index.ts'
import { listWebhooks } from './contract.ts'

/** Where events are sent to, and whether they arrive. */
export function Send() {
  const asked = useAsk(listWebhooks, {})
  return <Answer of={asked}>{({ items }) => <p>{items.length}</p>}</Answer>
}
