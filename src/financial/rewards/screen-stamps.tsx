import type { Icon } from './contract.ts'
import { RewardIcon } from './screen-icon.tsx'
import './screen-stamps.css'

/** A stamp card, drawn: a circle for every stamp, the last one the reward. */
export function Stamps({ full, of, icon }: { full: number; of: number; icon: Icon }) {
  const isMany = of > 12
  return (
    <span className="stamps" aria-hidden data-many={isMany ? true : undefined}>
      {Array.from({ length: of }, (_, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the places of a card never move
        <i key={place} data-full={place < full ? true : undefined}>
          {place === of - 1 && !isMany ? <RewardIcon icon={icon} size={13} /> : null}
        </i>
      ))}
    </span>
  )
}
