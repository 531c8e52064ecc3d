export type Level = 'jade' | 'vermilion' | 'indigo'

/** The first character says who at a glance: the family name in Chinese, the first letter otherwise. */
export function Face({ name, level = 'vermilion', size = 36 }: { name: string; level?: Level; size?: number }) {
  const characters = Array.from(name.trim())
  // Where only a number is known, its end tells people apart; its beginning rarely does.
  const first = /^\d+$/.test(name.trim()) ? characters.slice(-2).join('') : (characters[0]?.toUpperCase() ?? '·')
  return (
    <span className={`face face-${level}`} data-size={size >= 56 ? 'large' : size <= 28 ? 'small' : 'row'} aria-hidden>
      {first}
    </span>
  )
}
