import { ProgrammePage } from '../../src/financial/points/screen.tsx'
import { Ladder } from '../../src/financial/tiers/screen-ladder.tsx'

/** The frequent-buyer programme as one page: points, and the ladder of tiers beneath them. */
export function Programme() {
  return <ProgrammePage ladder={<Ladder />} />
}
