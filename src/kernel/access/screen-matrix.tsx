import { useTranslation } from 'react-i18next'
import { type Permission, permissions, permissionsOfRole, roles } from './permissions.ts'

/** What is read together stands together: first what may be seen, then what may be done, then what is set up. */
const groups: Readonly<Record<string, (permission: Permission) => boolean>> = {
  see: permission => permission.endsWith('.read'),
  manage: permission => permission.endsWith('.manage') || permission === 'ledger.approve',
}
const groupOf = (permission: Permission) => Object.keys(groups).find(name => groups[name]!(permission)) ?? 'act'

/** Who may do what, for people to read; the same data decide at the door. */
export function Matrix() {
  const { t } = useTranslation()
  return (
    <details className="matrix">
      <summary>{t('access:matrix.title')}</summary>
      <p className="muted small">{t('access:matrix.text')}</p>
      <dl className="matrix-roles">
        {roles.map(role => (
          <div key={role}>
            <dt>{t(`access:role.${role}`)}</dt>
            <dd>{t(`access:role-hint.${role}`)}</dd>
          </div>
        ))}
      </dl>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reached with the keyboard too. */}
      <section className="table-holder" tabIndex={0} aria-label={t('access:matrix.title')}>
        <table className="table matrix-table">
          <thead>
            <tr>
              <td />
              {roles.map(role => (
                <th key={role} scope="col">
                  {t(`access:role.${role}`)}
                </th>
              ))}
            </tr>
          </thead>
          {['see', 'act', 'manage'].map(group => (
            <tbody key={group}>
              <tr>
                <th colSpan={roles.length + 1} scope="rowgroup" className="matrix-group">
                  {t(`access:matrix.${group}`)}
                </th>
              </tr>
              {permissions
                .filter(permission => groupOf(permission) === group)
                .map(permission => (
                  <tr key={permission}>
                    <th scope="row">{t(`access:permission.${permission}`)}</th>
                    {roles.map(role => {
                      const may = permissionsOfRole[role].includes(permission)
                      return (
                        <td key={role} data-may={may || undefined}>
                          <span aria-hidden>{may ? '●' : '·'}</span>
                          <span className="visually-hidden">{t(may ? 'access:matrix.yes' : 'access:matrix.no')}</span>
                        </td>
                      )
                    })}
                  </tr>
                ))}
            </tbody>
          ))}
        </table>
      </section>
    </details>
  )
}
