import { Modal } from '@mantine/core'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAllVerbs, useVerbs } from './keys.ts'

const event = 'guanxi:verbs'

export function showVerbList(): void {
  window.dispatchEvent(new Event(event))
}

/** `?` lists the keys that work on the page one looks at. */
export function VerbList() {
  const { t } = useTranslation()
  const [opened, setOpened] = useState(false)
  useVerbs([{ keys: '?', label: t('keys.title'), run: () => setOpened(true) }])
  useEffect(() => {
    const show = () => setOpened(true)
    window.addEventListener(event, show)
    return () => window.removeEventListener(event, show)
  }, [])
  const verbs = useAllVerbs()
  return (
    <Modal
      opened={opened}
      onClose={() => setOpened(false)}
      title={t('keys.title')}
      closeButtonProps={{ 'aria-label': t('close') }}
      size="sm"
    >
      <dl className="keys">
        {[...verbs, { keys: 'Ctrl k', label: t('top.find') }].map(verb => (
          <div key={verb.keys}>
            <dt>
              {verb.keys.split(' ').map(key => (
                <kbd key={key}>{key.length === 1 ? key.toUpperCase() : key}</kbd>
              ))}
            </dt>
            <dd>{verb.label}</dd>
          </div>
        ))}
      </dl>
    </Modal>
  )
}
