/** A tab is current when its whole address is; the page itself says which, so that filters may stand beside it. */
export const exactly = { exact: true, includeSearch: true, explicitUndefined: true } as const
