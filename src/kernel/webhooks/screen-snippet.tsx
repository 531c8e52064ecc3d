import { Button, CopyButton, SegmentedControl } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

const samples = {
  node: `// npm install standardwebhooks express
import express from 'express'
import { Webhook } from 'standardwebhooks'

const webhook = new Webhook(process.env.GUANXI_WEBHOOK_SECRET) // whsec_…
// Keep these in your database: a message sent again has the same id.
const seen = new Set()

express()
  .use(express.text({ type: 'application/json' }))
  .post('/hooks', (request, response) => {
    let message
    try {
      message = webhook.verify(request.body, request.headers)
    } catch {
      return response.sendStatus(401)
    }
    const id = request.headers['webhook-id']
    if (!seen.has(id)) {
      seen.add(id)
      console.log(message.type, message.data.partyId, message.data.payload)
    }
    // Any 2xx within 15 seconds says: I have it.
    response.sendStatus(204)
  })
  .listen(3000)`,
  python: `# pip install standardwebhooks flask
import os
from flask import Flask, request
from standardwebhooks import Webhook, WebhookVerificationError

app = Flask(__name__)
webhook = Webhook(os.environ["GUANXI_WEBHOOK_SECRET"])  # whsec_…
# Keep these in your database: a message sent again has the same id.
seen = set()

@app.post("/hooks")
def hooks():
    try:
        body = request.get_data(as_text=True)
        message = webhook.verify(body, dict(request.headers))
    except WebhookVerificationError:
        return "", 401
    if request.headers["webhook-id"] not in seen:
        seen.add(request.headers["webhook-id"])
        data = message["data"]
        print(message["type"], data["partyId"], data["payload"])
    # Any 2xx within 15 seconds says: I have it.
    return "", 204`,
} as const

/** How a receiver checks that a message is ours, ready to copy. */
export function VerifySnippet() {
  const { t } = useTranslation()
  const [language, setLanguage] = useState<keyof typeof samples>('node')
  return (
    <section className="reading-width">
      <h2>{t('webhooks:verify.title')}</h2>
      <p className="muted">{t('webhooks:verify.text')}</p>
      <SegmentedControl
        mt="xs"
        aria-label={t('webhooks:verify.language')}
        value={language}
        onChange={value => setLanguage(value as keyof typeof samples)}
        data={[
          { value: 'node', label: 'Node.js' },
          { value: 'python', label: 'Python' },
        ]}
      />
      <div className="snippet">
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
        <pre tabIndex={0}>{samples[language]}</pre>
        <CopyButton value={samples[language]}>
          {({ copied, copy }) => <Button onClick={copy}>{t(copied ? 'copied' : 'copy')}</Button>}
        </CopyButton>
      </div>
    </section>
  )
}
