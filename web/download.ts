/** Saves a table as CSV, with the mark that makes spreadsheets read UTF-8. A cell never begins a formula. */
export function download(name: string, rows: readonly (readonly string[])[]): void {
  const cell = (text: string) => `"${(/^[=+\-@\t\r]/.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`
  const text = `\uFEFF${rows.map(row => row.map(cell).join(',')).join('\r\n')}\r\n`
  const address = URL.createObjectURL(new Blob([text], { type: 'text/csv' }))
  const link = document.createElement('a')
  link.href = address
  link.download = name
  link.click()
  URL.revokeObjectURL(address)
}
