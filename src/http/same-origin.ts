export interface Provenance {
  readonly secFetchSite?: string | undefined
  readonly origin?: string | undefined
  readonly host: string
}

/**
 * Whether a browser says that another site made this request. Asked of everything that changes something and may ride on
 * a cookie, sign-in included. Browsers send `Sec-Fetch-Site` over https and to this machine, `Origin` with every POST;
 * who sends neither is no browser and carries no stranger's cookies.
 *
 * Example: `Origin: https://evil.example` at `shop.example` is foreign; no header at all (curl) is not.
 */
export function isForeign({ secFetchSite, origin, host }: Provenance): boolean {
  if (secFetchSite !== undefined) return secFetchSite !== 'same-origin' && secFetchSite !== 'none'
  if (origin === undefined) return false
  try {
    // `URL` leaves out the port that the scheme implies; a Host header may carry it.
    return new URL(origin).host !== host.toLowerCase().replace(/:(80|443)$/, '')
  } catch {
    return true
  }
}

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS'])

export const changesSomething = (method: string) => !safeMethods.has(method)
