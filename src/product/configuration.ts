import { delimiter, isAbsolute, resolve } from 'node:path'
import { z } from 'zod'
import { languages } from '#kernel/locale/languages.ts'
import { refuse } from '#kernel/refusal.ts'

const rootsIn = (value: string) => value.split(delimiter).filter(Boolean)

/** Everything that the environment decides. One schema reads it, `guanxi config` prints it. */
export const configurationSchema = z.object({
  HOST: z.string().min(1).default('127.0.0.1'),
  PORT: z.coerce.number().int().min(0).max(65535).default(7250),
  GUANXI_DATA: z.string().min(1).default('./data'),
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//)
    .optional(),
  GUANXI_UNSAFE_DATABASE: z.enum(['yes', 'no']).default('no'),
  GUANXI_LANGUAGE: z.enum(languages).optional(),
  GUANXI_LOG: z.enum(['quiet', 'info', 'json']).default('info'),
  /** Addresses or networks of reverse proxies whose X-Forwarded-* headers are believed; one on this machine always is. */
  GUANXI_TRUST_PROXY: z.string().optional(),
  /** Encrypts every backup that the server makes. Kept anywhere but beside the backups; without it they cannot be read. */
  GUANXI_BACKUP_PASSPHRASE: z.string().min(12).optional(),
  /** Whether jobs are done by a process of its own beside the server, or by the server itself, which takes less memory. */
  GUANXI_JOBS: z.enum(['apart', 'inside']).default('apart'),
  /** Folders outside the data folder in which files may be watched, absolute, separated as in PATH. */
  GUANXI_IMPORT_ROOTS: z
    .string()
    .refine(value => rootsIn(value).every(path => isAbsolute(path)))
    .optional(),
  GUANXI_CONNECTIONS: z.coerce.number().int().min(2).max(100).default(10),
})

export interface Configuration {
  readonly host: string
  readonly port: number
  readonly dataFolder: string
  readonly databaseUrl: string | undefined
  readonly allowUnsafeDatabase: boolean
  readonly language: (typeof languages)[number] | undefined
  readonly log: 'quiet' | 'info' | 'json'
  readonly backupPassphrase: string | undefined
  readonly worksApart: boolean
  readonly connections: number
  readonly trustedProxies: readonly string[]
  readonly importRoots: readonly string[]
}

/** Reads the environment; everything that is wrong is said at once. Empty variables count as not set. */
export function readConfiguration(environment: Readonly<Record<string, string | undefined>>): Configuration {
  const given = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''),
  )
  const read = configurationSchema.safeParse(given)
  if (!read.success) {
    throw refuse(
      'invalid',
      'product:refusal.configuration',
      { names: read.error.issues.map(issue => issue.path.join('.')) },
      read.error.issues.map(issue => ({ path: issue.path.join('.'), code: issue.code })),
    )
  }
  const values = read.data
  return {
    host: values.HOST,
    port: values.PORT,
    dataFolder: resolve(values.GUANXI_DATA),
    databaseUrl: values.DATABASE_URL,
    allowUnsafeDatabase: values.GUANXI_UNSAFE_DATABASE === 'yes',
    language: values.GUANXI_LANGUAGE,
    log: values.GUANXI_LOG,
    backupPassphrase: values.GUANXI_BACKUP_PASSPHRASE,
    worksApart: values.GUANXI_JOBS === 'apart',
    connections: values.GUANXI_CONNECTIONS,
    importRoots: rootsIn(values.GUANXI_IMPORT_ROOTS ?? '').map(path => resolve(path)),
    trustedProxies: ['loopback', ...(values.GUANXI_TRUST_PROXY?.split(/[\s,]+/).filter(Boolean) ?? [])],
  }
}
