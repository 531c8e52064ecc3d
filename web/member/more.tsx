import { DrawsSection } from './draws.tsx'
import { GiftsSection } from './gifts.tsx'
import { History } from './history.tsx'
import { Me } from './me.tsx'
import { PromisesSection } from './promises.tsx'
import { RewardsSection } from './rewards.tsx'

/** Everything but the card itself: it comes after the card, so that the card comes soon. */
export default function More({ tab, onLeave }: { tab: 'rewards' | 'history' | 'me'; onLeave: () => void }) {
  switch (tab) {
    case 'rewards':
      return (
        <>
          <RewardsSection />
          <DrawsSection />
          <GiftsSection />
        </>
      )
    case 'history':
      return (
        <>
          <PromisesSection />
          <History />
        </>
      )
    case 'me':
      return <Me onLeave={onLeave} />
  }
}
