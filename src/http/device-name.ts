const browsers: readonly [RegExp, string][] = [
  [/MicroMessenger/, 'WeChat'],
  [/Edg(e|A|iOS)?\//, 'Edge'],
  [/OPR\/|Opera/, 'Opera'],
  [/Firefox\/|FxiOS/, 'Firefox'],
  [/Chrome\/|CriOS/, 'Chrome'],
  [/Safari\//, 'Safari'],
]
const systems: readonly [RegExp, string][] = [
  [/iPhone/, 'iPhone'],
  [/iPad/, 'iPad'],
  [/Android/, 'Android'],
  [/Windows/, 'Windows'],
  [/Mac OS X/, 'macOS'],
  [/CrOS/, 'ChromeOS'],
  [/Linux/, 'Linux'],
]

/**
 * What a browser calls itself, short enough to be recognised in a list of one's own devices. No version, nothing that tells one
 * machine from another of its kind.
 *
 * Example: `Mozilla/5.0 (Windows NT 10.0…) Gecko/… Firefox/141.0` -> `Firefox · Windows`.
 */
export function deviceName(userAgent: string | undefined): string | undefined {
  if (!userAgent) return undefined
  const first = (known: readonly [RegExp, string][]) => known.find(([sign]) => sign.test(userAgent))?.[1]
  const parts = [first(browsers), first(systems)].filter(part => part !== undefined)
  return parts.length > 0 ? parts.join(' · ') : undefined
}
