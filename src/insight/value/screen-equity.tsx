import { BridgeSection } from './screen-bridge.tsx'
import { Concentration } from './screen-concentration.tsx'
import { LeversSection, WinningSection } from './screen-levers.tsx'
import type { Told, Value } from './screen-reasons.tsx'
import { Trend } from './screen-trend.tsx'

/** The base from five sides: where it came from, who came and went, where it lies, what one point is worth, whom to seek. */
export function Equity({ value, base }: { value: Value; base: Told }) {
  return (
    <div className="value-sections">
      <Trend value={value} base={base} />
      <BridgeSection base={base} />
      <Concentration value={value} base={base} />
      <LeversSection value={value} base={base} />
      <WinningSection value={value} base={base} />
    </div>
  )
}
