import { createContext, type ReactNode, useContext } from 'react'
import type { Session } from '#kernel/access/contract.ts'
import type { Permission } from '#kernel/access/permissions.ts'

const SessionContext = createContext<Session | undefined>(undefined)

export function SessionProvider({ session, children }: { session: Session; children: ReactNode }) {
  return <SessionContext value={session}>{children}</SessionContext>
}

export function useOptionalSession(): Session | undefined {
  return useContext(SessionContext)
}

export function useSession(): Session {
  const session = useContext(SessionContext)
  if (!session) throw new Error('this screen is only shown to people who are signed in')
  return session
}

/** What is not permitted is not shown; the server decides all the same. */
export function useMay(permission: Permission): boolean {
  return useSession().permissions.includes(permission)
}
