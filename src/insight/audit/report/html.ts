/** Text as it may stand in a page: names of files and shops are written by strangers. */
export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, letter => `&#${letter.charCodeAt(0)};`)
}
