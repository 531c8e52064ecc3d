/**
 * Gathers a stream of bytes into pieces that end with a line: at least `size` bytes each, but for the last one. A line feed
 * inside a value is written `\n` in the COPY text format, so that every line feed ends a row.
 */
export async function* wholeLines(chunks: AsyncIterable<Buffer>, size: number): AsyncGenerator<Buffer> {
  let kept: Buffer[] = []
  let bytes = 0
  for await (const chunk of chunks) {
    if (bytes + chunk.length < size) {
      kept.push(chunk)
      bytes += chunk.length
      continue
    }
    const end = chunk.lastIndexOf(10) + 1
    if (end === 0) {
      kept.push(chunk)
      bytes += chunk.length
      continue
    }
    yield Buffer.concat([...kept, chunk.subarray(0, end)])
    kept = end < chunk.length ? [chunk.subarray(end)] : []
    bytes = chunk.length - end
  }
  if (bytes > 0) yield Buffer.concat(kept)
}
