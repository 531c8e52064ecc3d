import { Button } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { useAsk, useDo } from '../../../web/api.ts'
import { useFormat } from '../../../web/format.ts'
import { Answer } from '../../../web/kit/index.ts'
import { endMyDevice, endOtherDevices, listMyDevices } from './contract.ts'

/** Where I am signed in, and the way out of the others. */
export function Devices() {
  const { t } = useTranslation()
  const format = useFormat()
  const asked = useAsk(listMyDevices, {})
  const end = useDo(endMyDevice, { refresh: [listMyDevices] })
  const endOthers = useDo(endOtherDevices, { refresh: [listMyDevices] })
  return (
    <section className="form devices">
      <h2>{t('access:device.title')}</h2>
      <Answer of={asked}>
        {({ items }) => (
          <>
            <ul>
              {items.map(device => (
                <li key={device.deviceId}>
                  <div>
                    <b>{device.name ?? t('access:device.unknown')}</b>
                    <p className="muted small">
                      {device.isThisOne
                        ? t('access:device.this')
                        : t('access:device.seen', { at: format.instant(device.seenAt) })}
                    </p>
                  </div>
                  {device.isThisOne ? null : (
                    <Button size="xs" onClick={() => end.mutate({ params: { deviceId: device.deviceId } })}>
                      {t('access:device.end')}
                    </Button>
                  )}
                </li>
              ))}
            </ul>
            {items.length > 1 ? (
              <Button size="sm" loading={endOthers.isPending} onClick={() => endOthers.mutate({})}>
                {t('access:device.end-others')}
              </Button>
            ) : null}
          </>
        )}
      </Answer>
    </section>
  )
}
