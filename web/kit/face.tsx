export type Level = 'jade' | 'vermilion' | 'indigo'

/** The first character says who at a glance: the family name in Chinese, the first letter otherwise. */
export function Face({ name, level = 'vermilion', size = 36 }: { name: string; level?: Level; size?: number }) {
  const first = Array.from(name.trim())[0]?.toUpperCase() ?? '·'
  return (
    <span className={`face face-${level}`} data-size={size >= 56 ? 'large' : size <= 28 ? 'small' : 'row'} aria-hidden>
      {first}
    </span>
  )
}
