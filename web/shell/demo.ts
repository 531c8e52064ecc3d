import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import { loadDemo, readDemo, removeDemo } from '#demo/contract.ts'
import { useAsk, useDo } from '../api.ts'
import { useMay, useSession } from '../session.tsx'
import { enterWorld, type World } from '../world.ts'

/** Another world is another shop: the page begins anew, so that no number of one can stay on the screen of the other. */
function go(world: World): void {
  enterWorld(world)
  location.assign('/')
}

/** The demo shop: loaded, visited, left and removed in one click each. Loading is a job and says how far it is. */
export function useDemo() {
  const session = useSession()
  const mayManage = useMay('demo.manage')
  const client = useQueryClient()
  const state = useAsk(readDemo, {}, { refetchInterval: query => (query?.state === 'loading' ? 600 : false) })
  const asked = useRef(false)
  const load = useDo(loadDemo, { refresh: [readDemo] })
  const remove = useDo(removeDemo, { refresh: [readDemo] })
  const now = state.data?.state
  useEffect(() => {
    if (asked.current && now === 'loaded') go('demo')
  }, [now])
  return {
    mayManage,
    loaded: now === 'loaded' || session.worlds.demoLoaded,
    busy: load.isPending || remove.isPending || now === 'loading',
    progress: now === 'loading' ? state.data : undefined,
    visit: () => go('demo'),
    leave: () => go('business'),
    load: () => {
      if (now === 'loaded') {
        go('demo')
        return
      }
      asked.current = true
      load.mutate({}, { onSuccess: answer => void client.setQueryData([readDemo.id, {}], answer) })
    },
    remove: () => remove.mutate({}, { onSuccess: () => go('business') }),
  }
}
