/** What a script may rely on; listed by `guanxi --help`. */
export const exitCodes = { done: 0, fault: 1, badUse: 2, refused: 3, databaseUnreachable: 4 } as const

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]
