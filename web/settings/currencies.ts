/** Every currency the reader's browser knows by its ISO 4217 code. */
export const currencies: string[] = Intl.supportedValuesOf('currency')

export const zones: string[] = ['UTC', ...Intl.supportedValuesOf('timeZone').filter(zone => zone !== 'UTC')]
