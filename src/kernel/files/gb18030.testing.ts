/** Node has no encoder for GB18030, so tests find the two bytes of each letter by decoding all pairs. */
export function gb18030(text: string): Buffer {
  const decoder = new TextDecoder('gb18030')
  const pairs = new Map<string, number[]>()
  for (let first = 0x81; first <= 0xfe; first++) {
    for (let second = 0x40; second <= 0xfe; second++) {
      if (second !== 0x7f) pairs.set(decoder.decode(Uint8Array.of(first, second)), [first, second])
    }
  }
  return Buffer.from([...text].flatMap(letter => (letter < '\u0080' ? [letter.charCodeAt(0)] : pairs.get(letter)!)))
}
