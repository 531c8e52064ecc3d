import type { LockFile } from '../lock.ts'

const integrity = 'sha512-hash'
const sound = {
  '': {},
  'node_modules/node': { version: '24.0.0', integrity, hasInstallScript: true },
  'node_modules/tool': { version: '1.0.0', integrity, optionalDependencies: { 'tool-linux': '1.0.0' } },
  'node_modules/tool-linux': { version: '1.0.0', integrity },
}

/** The proof that the check of the lock file bites. */
export const plantedLock: {
  readonly clean: LockFile
  readonly planted: readonly { readonly title: string; readonly lock: LockFile }[]
} = {
  clean: { packages: sound },
  planted: [
    {
      title: 'a system has no binary',
      lock: {
        packages: {
          ...sound,
          'node_modules/tool': { version: '1.0.0', integrity, optionalDependencies: { 'tool-darwin': '1.0.0' } },
        },
      },
    },
    { title: 'a package without a hash', lock: { packages: { ...sound, 'node_modules/a': { version: '1.0.0' } } } },
    {
      title: 'a package from elsewhere',
      lock: {
        packages: { ...sound, 'node_modules/a': { version: '1.0.0', integrity, resolved: 'https://a.test/a.tgz' } },
      },
    },
    {
      title: 'a script at installation',
      lock: { packages: { ...sound, 'node_modules/a': { version: '1.0.0', integrity, hasInstallScript: true } } },
    },
  ],
}
